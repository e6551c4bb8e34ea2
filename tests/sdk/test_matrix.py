"""Every dialect in against every kind of endpoint out, with the stock clients, whole and streaming.

Five kinds of endpoint, three dialects: whoever asks in whichever words gets the same answer.
"""

import json
import unittest

from clients import (ANSWER_SCHEMA, CHAT_TOOL, MESSAGES_TOOL, PNG, QUESTION, RESPONSES_TOOL, SCHEMA, SYSTEM,
                     TOOL)
from double import ARGUMENTS, WHOLE
from house import BEHIND, House

ENDED, CALLED = "ended", "called"
# The fields that each vendor knows at the top of a request; a translated one holds no others.
KNOWN = {
    "chat": {"model", "messages", "tools", "tool_choice", "parallel_tool_calls", "stream", "stream_options",
             "max_completion_tokens", "max_tokens", "temperature", "top_p", "stop", "response_format"},
    "responses": {"model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "stream",
                  "max_output_tokens", "temperature", "top_p", "text", "store", "include"},
    "anthropic": {"model", "messages", "system", "tools", "tool_choice", "stream", "max_tokens", "temperature",
                  "top_p", "stop_sequences", "output_config"},
    "gemini": {"contents", "systemInstruction", "tools", "toolConfig", "generationConfig"},
    "bedrock": {"messages", "system", "toolConfig", "inferenceConfig", "outputConfig"},
}


class Said:
    """What an answer says in whichever dialect."""

    def __init__(self, text, call, end, usage):
        self.text, self.call, self.end, self.usage = text, call, end, usage

    def __eq__(self, other):
        return vars(self) == vars(other)

    def __repr__(self):
        return repr(vars(self))


class Chat:
    """The stock `openai` client's chat completions."""

    def __init__(self, house):
        self.create = house.openai().chat.completions.create
        self.streamed = house.openai().chat.completions.stream

    def ask(self, model, turns, streams, tools=False, shape=None):
        body = {"model": model, "messages": self.messages(turns), "max_completion_tokens": 500}
        if tools:
            body["tools"] = [CHAT_TOOL]
        if shape:
            named = {"name": "answer", "schema": shape, "strict": True}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        if not streams:
            return self.read(self.create(**body))
        with self.streamed(**body, stream_options={"include_usage": True}) as stream:
            return self.read(stream.get_final_completion())

    def messages(self, turns):
        messages = [{"role": "system", "content": SYSTEM}]
        for kind, value in turns:
            if kind == "user":
                messages.append({"role": "user", "content": value})
            elif kind == "image":
                url = {"url": f"data:image/png;base64,{PNG}"}
                parts = [{"type": "text", "text": value}, {"type": "image_url", "image_url": url}]
                messages.append({"role": "user", "content": parts})
            else:
                function = {"name": TOOL, "arguments": json.dumps(ARGUMENTS)}
                call = {"id": "call_7", "type": "function", "function": function}
                messages += [{"role": "assistant", "content": None, "tool_calls": [call]},
                             {"role": "tool", "tool_call_id": "call_7", "content": value}]
        return messages

    def read(self, answer):
        choice, calls = answer.choices[0], answer.choices[0].message.tool_calls or []
        call = [(call.function.name, json.loads(call.function.arguments)) for call in calls]
        end = {"stop": ENDED, "tool_calls": CALLED}[choice.finish_reason]
        cached = answer.usage.prompt_tokens_details.cached_tokens
        usage = (answer.usage.prompt_tokens, cached, answer.usage.completion_tokens)
        return Said(choice.message.content or "", call, end, usage)


class Responses:
    """The stock `openai` client's responses."""

    def __init__(self, house):
        self.create = house.openai().responses.create
        self.streamed = house.openai().responses.stream

    def ask(self, model, turns, streams, tools=False, shape=None):
        body = {"model": model, "input": self.items(turns), "instructions": SYSTEM, "max_output_tokens": 500}
        if tools:
            body["tools"] = [RESPONSES_TOOL]
        if shape:
            named = {"type": "json_schema", "name": "answer", "schema": shape, "strict": True}
            body["text"] = {"format": named}
        if not streams:
            return self.read(self.create(**body))
        with self.streamed(**body) as stream:
            return self.read(stream.get_final_response())

    def items(self, turns):
        items = []
        for kind, value in turns:
            if kind == "user":
                items.append({"role": "user", "content": value})
            elif kind == "image":
                image = {"type": "input_image", "image_url": f"data:image/png;base64,{PNG}", "detail": "auto"}
                items.append({"role": "user", "content": [{"type": "input_text", "text": value}, image]})
            else:
                call = {"type": "function_call", "call_id": "call_7", "name": TOOL}
                items += [{**call, "arguments": json.dumps(ARGUMENTS)},
                          {"type": "function_call_output", "call_id": "call_7", "output": value}]
        return items

    def read(self, answer):
        call = [(item.name, json.loads(item.arguments)) for item in answer.output if item.type == "function_call"]
        end = CALLED if answer.status == "completed" and call else {"completed": ENDED}[answer.status]
        usage = answer.usage
        counted = (usage.input_tokens, usage.input_tokens_details.cached_tokens, usage.output_tokens)
        return Said(answer.output_text, call, end, counted)


class Messages:
    """The stock `anthropic` client's messages."""

    def __init__(self, house):
        self.create = house.anthropic().messages.create
        self.streamed = house.anthropic().messages.stream

    def ask(self, model, turns, streams, tools=False, shape=None):
        body = {"model": model, "messages": self.messages(turns), "system": SYSTEM, "max_tokens": 500}
        if tools:
            body["tools"] = [MESSAGES_TOOL]
        if shape:
            body["output_config"] = {"format": {"type": "json_schema", "schema": shape}}
        if not streams:
            return self.read(self.create(**body))
        with self.streamed(**body) as stream:
            return self.read(stream.get_final_message())

    def messages(self, turns):
        messages = []
        for kind, value in turns:
            if kind == "user":
                messages.append({"role": "user", "content": value})
            elif kind == "image":
                source = {"type": "base64", "media_type": "image/png", "data": PNG}
                image = {"type": "image", "source": source}
                messages.append({"role": "user", "content": [{"type": "text", "text": value}, image]})
            else:
                use = {"type": "tool_use", "id": "call_7", "name": TOOL, "input": ARGUMENTS}
                result = {"type": "tool_result", "tool_use_id": "call_7", "content": value}
                messages += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]
        return messages

    def read(self, answer):
        text = "".join(block.text for block in answer.content if block.type == "text")
        call = [(block.name, block.input) for block in answer.content if block.type == "tool_use"]
        end = {"end_turn": ENDED, "tool_use": CALLED}[answer.stop_reason]
        cached = answer.usage.cache_read_input_tokens or 0
        return Said(text, call, end, (answer.usage.input_tokens + cached, cached, answer.usage.output_tokens))


USAGE = (7, 3, 11)


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        for what in BEHIND:
            cls.house.vendor(what)
        cls.dialects = {"chat": Chat(cls.house), "responses": Responses(cls.house), "messages": Messages(cls.house)}

    def everywhere(self, turns, expected, **more):
        """Asks in each dialect, at each kind of endpoint, whole and streaming."""
        for dialect, speaker in self.dialects.items():
            for what, double in self.house.doubles.items():
                for streams in (False, True):
                    with self.subTest(dialect=dialect, to=what, streams=streams):
                        said = speaker.ask(f"town/{what}", turns, streams, **more)
                        self.assertEqual(said, expected)
                        self.assertLessEqual(set(double.received[-1].body), KNOWN[what])

    def test_a_text(self):
        self.everywhere([("user", QUESTION)], Said(WHOLE + QUESTION, [], ENDED, USAGE))

    def test_a_call_of_a_tool(self):
        self.everywhere([("user", QUESTION)], Said("", [(TOOL, ARGUMENTS)], CALLED, USAGE), tools=True)

    def test_the_answer_after_a_tool_answered(self):
        turns = [("user", QUESTION), ("tool", "晴れ、22度")]
        self.everywhere(turns, Said(WHOLE + "晴れ、22度", [], ENDED, USAGE), tools=True)

    def test_a_picture(self):
        turns = [("image", "何の絵ですか。")]
        self.everywhere(turns, Said(WHOLE + "画像1枚何の絵ですか。", [], ENDED, USAGE))

    def test_an_answer_in_a_given_shape(self):
        text = json.dumps({"answer": QUESTION}, ensure_ascii=False)
        self.everywhere([("user", QUESTION)], Said(text, [], ENDED, USAGE), shape=ANSWER_SCHEMA)

    def test_the_system_text_and_the_bounds_arrive(self):
        places = {
            "chat": lambda body: (body["messages"][0]["content"], body.get("max_completion_tokens") or body.get("max_tokens")),
            "responses": lambda body: (body.get("instructions") or body["input"][0]["content"], body["max_output_tokens"]),
            "anthropic": lambda body: (body["system"], body["max_tokens"]),
            "gemini": lambda body: (body["systemInstruction"]["parts"], body["generationConfig"]["maxOutputTokens"]),
            "bedrock": lambda body: (body["system"], body["inferenceConfig"]["maxTokens"]),
        }
        for dialect, speaker in self.dialects.items():
            for what, double in self.house.doubles.items():
                with self.subTest(dialect=dialect, to=what):
                    speaker.ask(f"town/{what}", [("user", "a")], False)
                    system, most = places[what](double.received[-1].body)
                    self.assertEqual((system if isinstance(system, str) else system[0]["text"], most), (SYSTEM, 500))

    def test_the_tool_arrives_whole(self):
        places = {
            "chat": lambda body: body["tools"][0]["function"]["parameters"],
            "responses": lambda body: body["tools"][0]["parameters"],
            "anthropic": lambda body: body["tools"][0]["input_schema"],
            "gemini": lambda body: body["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"],
            "bedrock": lambda body: body["toolConfig"]["tools"][0]["toolSpec"]["inputSchema"]["json"],
        }
        for dialect, speaker in self.dialects.items():
            for what, double in self.house.doubles.items():
                with self.subTest(dialect=dialect, to=what):
                    speaker.ask(f"town/{what}", [("user", "a")], False, tools=True)
                    self.assertEqual(places[what](double.received[-1].body), SCHEMA)


if __name__ == "__main__":
    unittest.main()
