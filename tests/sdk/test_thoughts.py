"""Thoughts and their signatures: told to the caller, and given back to the vendor that signed them.

Two turns: the model thinks and calls a tool; the caller sends everything back with the tool's answer,
as the vendors' guides say. Gemini and Anthropic refuse a history whose signatures are missing or changed.
And where a route has moved on to another vendor in between, that one must be able to go on.
"""

import itertools
import unittest

from clients import CHAT_TOOL, MESSAGES_TOOL, QUESTION, RESPONSES_TOOL
from double import SIGNATURE, THOUGHT, WHOLE
from house import BEHIND, House

RESULT = "晴れ、22度"
# Chat Completions has no thoughts.
THINKERS = ("responses", "anthropic", "gemini", "bedrock")


class Thoughts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        for what in BEHIND:
            cls.house.vendor(what)
        cls.openai, cls.anthropic = cls.house.openai(), cls.house.anthropic()

    def each(self, kinds, check):
        for what in kinds:
            for streams in (False, True):
                with self.subTest(to=what, streams=streams):
                    check(what, streams)

    def is_given_back(self, what):
        self.assertIn(SIGNATURE.encode(), self.house.doubles[what].received[-1].raw)

    def handed_over(self, first, second):
        """Each kind of endpoint calls the tool, and each other goes on where it left off."""
        for what, then in itertools.product(BEHIND, BEHIND):
            with self.subTest(first=what, then=then):
                self.assertEqual(second(then, first(what)), WHOLE + RESULT)

    def test_another_vendor_goes_on_in_messages(self):
        body = {"max_tokens": 3000, "tools": [MESSAGES_TOOL], "thinking": {"type": "adaptive", "display": "summarized"}}
        asked = {"role": "user", "content": QUESTION}

        def first(what):
            return self.anthropic.messages.create(model=f"town/{what}", messages=[asked], **body).content

        def second(what, content):
            result = {"type": "tool_result", "tool_use_id": content[-1].id, "content": RESULT}
            turns = [asked, {"role": "assistant", "content": content}, {"role": "user", "content": [result]}]
            more = {**body, "thinking": {"type": "disabled"}}
            return self.anthropic.messages.create(model=f"town/{what}", messages=turns, **more).content[-1].text

        self.handed_over(first, second)

    def test_another_vendor_goes_on_in_responses(self):
        body = {"tools": [RESPONSES_TOOL], "store": False, "include": ["reasoning.encrypted_content"]}
        asked = {"role": "user", "content": QUESTION}

        def first(what):
            return self.openai.responses.create(
                model=f"town/{what}", input=[asked], reasoning={"effort": "low", "summary": "auto"}, **body).output

        def second(what, output):
            items = [asked, *(item.model_dump(exclude_none=True) for item in output),
                     {"type": "function_call_output", "call_id": output[-1].call_id, "output": RESULT}]
            return self.openai.responses.create(model=f"town/{what}", input=items, **body).output_text

        self.handed_over(first, second)

    def test_another_vendor_goes_on_in_chat(self):
        asked = {"role": "user", "content": QUESTION}

        def first(what):
            answer = self.openai.chat.completions.create(model=f"town/{what}", messages=[asked], tools=[CHAT_TOOL])
            return answer.choices[0].message

        def second(what, message):
            result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": RESULT}
            messages = [asked, message.model_dump(exclude_none=True, exclude={"annotations"}), result]
            answer = self.openai.chat.completions.create(model=f"town/{what}", messages=messages, tools=[CHAT_TOOL])
            return answer.choices[0].message.content

        self.handed_over(first, second)

    def test_in_messages(self):
        def asked(what, streams, **body):
            body = {"model": f"town/{what}", "max_tokens": 3000, "tools": [MESSAGES_TOOL], "output_config":
                    {"effort": "low"}, "thinking": {"type": "adaptive", "display": "summarized"}, **body}
            if not streams:
                return self.anthropic.messages.create(**body)
            with self.anthropic.messages.stream(**body) as stream:
                return stream.get_final_message()

        def check(what, streams):
            turns = [{"role": "user", "content": QUESTION}]
            first = asked(what, streams, messages=turns)
            self.assertEqual([block.type for block in first.content], ["thinking", "tool_use"])
            self.assertEqual(first.content[0].thinking, THOUGHT)
            result = {"type": "tool_result", "tool_use_id": first.content[1].id, "content": RESULT}
            turns += [{"role": "assistant", "content": first.content}, {"role": "user", "content": [result]}]
            second = asked(what, streams, messages=turns)
            self.assertEqual(second.content[-1].text, WHOLE + RESULT)
            self.is_given_back(what)

        self.each(THINKERS, check)

    def test_in_responses(self):
        def asked(what, streams, items):
            body = {"model": f"town/{what}", "input": items, "tools": [RESPONSES_TOOL], "store": False,
                    "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}
            if not streams:
                return self.openai.responses.create(**body)
            with self.openai.responses.stream(**body) as stream:
                return stream.get_final_response()

        def check(what, streams):
            items = [{"role": "user", "content": QUESTION}]
            first = asked(what, streams, items)
            self.assertEqual([item.type for item in first.output], ["reasoning", "function_call"])
            told = first.output[0].summary or first.output[0].content
            self.assertEqual(told[0].text, THOUGHT)
            items += [item.model_dump(exclude_none=True, exclude={"parsed_arguments"}) for item in first.output]
            items.append({"type": "function_call_output", "call_id": first.output[1].call_id, "output": RESULT})
            self.assertEqual(asked(what, streams, items).output_text, WHOLE + RESULT)
            self.is_given_back(what)

        self.each(THINKERS, check)

    def test_in_chat_a_signed_call_keeps_its_signature(self):
        def asked(what, streams, messages):
            body = {"model": f"town/{what}", "messages": messages, "tools": [CHAT_TOOL]}
            if not streams:
                return self.openai.chat.completions.create(**body).choices[0].message
            with self.openai.chat.completions.stream(**body) as stream:
                return stream.get_final_completion().choices[0].message

        def check(what, streams):
            messages = [{"role": "user", "content": QUESTION}]
            first = asked(what, streams, messages)
            call = first.tool_calls[0]
            kept = {"id": call.id, "type": "function",
                    "function": {"name": call.function.name, "arguments": call.function.arguments}}
            messages += [{"role": "assistant", "content": None, "tool_calls": [kept]},
                         {"role": "tool", "tool_call_id": call.id, "content": RESULT}]
            self.assertEqual(asked(what, streams, messages).content, WHOLE + RESULT)
            self.is_given_back(what)

        self.each(("gemini",), check)


if __name__ == "__main__":
    unittest.main()
