"""Each stand-in of a vendor satisfies that vendor's own client before anything else leans on it."""

import json
import unittest

import anthropic
import botocore.exceptions
import openai
from clients import (ANSWER_SCHEMA, CHAT_TOOL, MESSAGES_TOOL, QUESTION, RESPONSES_TOOL, SCHEMA, TOOL,
                     anthropic_at, bedrock_at, gemini_at, openai_at)
from double import ARGUMENTS, PIECES, WHOLE
from double_anthropic import AnthropicDouble
from double_bedrock import BedrockDouble
from double_gemini import GeminiDouble
from double_openai import OpenAiDouble, vector_of
from google.genai import errors, types


class OpenAi(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.double = cls.enterClassContext(OpenAiDouble())
        cls.client = openai_at(cls.double.base_url, "upstream-secret")

    def chat(self, text=QUESTION, **more):
        return {"model": "mock-1", "messages": [{"role": "user", "content": text}], **more}

    def test_chat(self):
        answer = self.client.chat.completions.create(**self.chat())
        self.assertEqual(answer.choices[0].message.content, WHOLE + QUESTION)
        self.assertEqual(answer.usage.total_tokens, 18)
        with self.client.chat.completions.stream(**self.chat()) as stream:
            self.assertEqual(stream.get_final_completion().choices[0].message.content, WHOLE + QUESTION)
        for call in (self.client.chat.completions.create(**self.chat(tools=[CHAT_TOOL])), self._streamed_call()):
            use = call.choices[0].message.tool_calls[0]
            self.assertEqual((use.function.name, json.loads(use.function.arguments)), (TOOL, ARGUMENTS))
            self.assertEqual(call.choices[0].finish_reason, "tool_calls")

    def _streamed_call(self):
        with self.client.chat.completions.stream(**self.chat(tools=[CHAT_TOOL])) as stream:
            return stream.get_final_completion()

    def test_responses(self):
        asked = {"model": "mock-1", "input": QUESTION}
        self.assertEqual(self.client.responses.create(**asked).output_text, WHOLE + QUESTION)
        with self.client.responses.stream(**asked) as stream:
            self.assertEqual(stream.get_final_response().output_text, WHOLE + QUESTION)
        with self.client.responses.stream(**asked, tools=[RESPONSES_TOOL]) as stream:
            final = stream.get_final_response()
        for call in (self.client.responses.create(**asked, tools=[RESPONSES_TOOL]), final):
            self.assertEqual(json.loads(call.output[0].arguments), ARGUMENTS)

    def test_embeddings(self):
        found = self.client.embeddings.create(model="mock-1", input=["あ", "い"], encoding_format="float")
        self.assertEqual([one.embedding for one in found.data], [vector_of("あ"), vector_of("い")])

    def test_refusals_have_their_types(self):
        for text, kind in (("FAIL400", openai.BadRequestError), ("FAIL429", openai.RateLimitError),
                           ("FAIL503", openai.InternalServerError)):
            with self.assertRaises(kind):
                self.client.chat.completions.create(**self.chat(text))
        with self.assertRaises(openai.AuthenticationError):
            openai_at(self.double.base_url, "wrong").models.list()
        for text in ("CUT", "BREAK"):
            with self.assertRaises(openai.APIError):
                list(self.client.chat.completions.create(**self.chat(text, stream=True)))


class Anthropic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.double = cls.enterClassContext(AnthropicDouble())
        cls.client = anthropic_at(cls.double.url, "upstream-secret")

    def asked(self, text=QUESTION, **more):
        return {"model": "mock-1", "max_tokens": 50, "messages": [{"role": "user", "content": text}], **more}

    def final(self, **more):
        with self.client.messages.stream(**self.asked(**more)) as stream:
            return stream.get_final_message()

    def test_messages(self):
        for answer in (self.client.messages.create(**self.asked()), self.final()):
            self.assertEqual(answer.content[0].text, WHOLE + QUESTION)
            self.assertEqual((answer.stop_reason, answer.usage.output_tokens), ("end_turn", 11))
        for answer in (self.client.messages.create(**self.asked(tools=[MESSAGES_TOOL])),
                       self.final(tools=[MESSAGES_TOOL])):
            self.assertEqual((answer.content[0].name, answer.content[0].input), (TOOL, ARGUMENTS))
            self.assertEqual(answer.stop_reason, "tool_use")

    def test_thoughts_stream_with_their_signature(self):
        thinking = {"type": "enabled", "budget_tokens": 1024}
        whole = self.client.messages.create(**self.asked(thinking=thinking))
        self.assertEqual(self.final(thinking=thinking).content[0], whole.content[0])

    def test_refusals_have_their_types(self):
        for text, kind in (("FAIL400", anthropic.BadRequestError), ("FAIL429", anthropic.RateLimitError),
                           ("FAIL503", anthropic.InternalServerError)):
            with self.assertRaises(kind):
                self.client.messages.create(**self.asked(text))
        with self.assertRaises(anthropic.AuthenticationError):
            anthropic_at(self.double.url, "wrong").messages.create(**self.asked())
        with self.assertRaises(anthropic.APIStatusError):
            self.final(text="BREAK")


class Gemini(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.double = cls.enterClassContext(GeminiDouble())
        cls.client = gemini_at(cls.double.url, "upstream-secret")

    def test_content(self):
        answer = self.client.models.generate_content(model="mock-1", contents=QUESTION)
        self.assertEqual((answer.text, answer.usage_metadata.total_token_count), (WHOLE + QUESTION, 18))
        chunks = list(self.client.models.generate_content_stream(model="mock-1", contents=QUESTION))
        self.assertEqual([chunk.text for chunk in chunks if chunk.text], [*PIECES, QUESTION])
        self.assertEqual(chunks[-1].candidates[0].finish_reason, types.FinishReason.STOP)

    def test_functions(self):
        function = types.FunctionDeclaration(name=TOOL, description="天気", parameters_json_schema=SCHEMA)
        config = types.GenerateContentConfig(tools=[types.Tool(function_declarations=[function])])
        answer = self.client.models.generate_content(model="mock-1", contents=QUESTION, config=config)
        self.assertEqual((answer.function_calls[0].name, answer.function_calls[0].args), (TOOL, ARGUMENTS))
        chunks = self.client.models.generate_content_stream(model="mock-1", contents=QUESTION, config=config)
        calls = [call for chunk in chunks for call in chunk.function_calls or []]
        self.assertEqual([call.args for call in calls], [ARGUMENTS])

    def test_structured_output(self):
        config = types.GenerateContentConfig(
            response_mime_type="application/json", response_json_schema=ANSWER_SCHEMA)
        answer = self.client.models.generate_content(model="mock-1", contents="a", config=config)
        self.assertEqual(json.loads(answer.text), {"answer": "a"})

    def test_refusals_have_their_types(self):
        with self.assertRaises(errors.ClientError) as caught:
            self.client.models.generate_content(model="mock-1", contents="FAIL429")
        self.assertEqual(caught.exception.status, "RESOURCE_EXHAUSTED")
        with self.assertRaises(errors.ServerError):
            self.client.models.generate_content(model="mock-1", contents="FAIL503")
        with self.assertRaises(errors.APIError):
            list(self.client.models.generate_content_stream(model="mock-1", contents="BREAK"))
        # Held by a name: this client closes its connections when it is let go.
        wrong = gemini_at(self.double.url, "wrong")
        with self.assertRaises(errors.ClientError):
            wrong.models.generate_content(model="mock-1", contents="a")


class Bedrock(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.double = cls.enterClassContext(BedrockDouble())
        cls.client = bedrock_at(cls.double.url)

    def asked(self, text=QUESTION, **more):
        return {"modelId": "mock.model-1:0", "messages": [{"role": "user", "content": [{"text": text}]}], **more}

    def events(self, **more):
        return list(self.client.converse_stream(**self.asked(**more))["stream"])

    def test_converse(self):
        answer = self.client.converse(**self.asked())
        self.assertEqual(answer["output"]["message"]["content"][0]["text"], WHOLE + QUESTION)
        self.assertEqual((answer["stopReason"], answer["usage"]["totalTokens"]), ("end_turn", 18))
        pieces = [event["contentBlockDelta"]["delta"]["text"] for event in self.events()
                  if "contentBlockDelta" in event]
        self.assertEqual(pieces, [*PIECES, QUESTION])

    def test_tools(self):
        tools = {"tools": [{"toolSpec": {"name": TOOL, "inputSchema": {"json": SCHEMA}}}]}
        use = self.client.converse(**self.asked(toolConfig=tools))["output"]["message"]["content"][0]["toolUse"]
        self.assertEqual((use["name"], use["input"]), (TOOL, ARGUMENTS))
        events = self.events(toolConfig=tools)
        sent = "".join(event["contentBlockDelta"]["delta"]["toolUse"]["input"] for event in events
                       if "contentBlockDelta" in event)
        self.assertEqual(json.loads(sent), ARGUMENTS)
        self.assertIn({"messageStop": {"stopReason": "tool_use"}}, events)

    def test_a_picture_is_taken(self):
        image = {"image": {"format": "png", "source": {"bytes": b"\x89PNG"}}}
        content = [{"text": "何の絵ですか。"}, image]
        answer = self.client.converse(modelId="mock-1", messages=[{"role": "user", "content": content}])
        self.assertIn("画像1枚", answer["output"]["message"]["content"][0]["text"])

    def test_refusals_have_their_types(self):
        for text, kind in (("FAIL429", "ThrottlingException"), ("FAIL503", "ServiceUnavailableException"),
                           ("FAIL400", "ValidationException")):
            with self.assertRaises(getattr(self.client.exceptions, kind)):
                self.client.converse(**self.asked(text))
        with self.assertRaises(self.client.exceptions.AccessDeniedException):
            bedrock_at(self.double.url, "another-secret").converse(**self.asked())
        with self.assertRaises(botocore.exceptions.EventStreamError):
            self.events(text="BREAK")


if __name__ == "__main__":
    unittest.main()
