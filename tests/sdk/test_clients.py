"""The stock clients of OpenAI and Anthropic through Kaname: what they raise, retry, cancel and parse."""

import itertools
import json
import unittest

import anthropic
import openai
import pydantic
from clients import MESSAGES_TOOL, QUESTION, TOOL
from double import ARGUMENTS, PIECES, WHOLE
from double_openai import vector_of
from house import ABLE, BEHIND, House
from kaname_server import wait_for

INNER = "inner words of the upstream"
CHAT, RESPONSES, MESSAGES = "chat", "responses", "messages"


class Answer(pydantic.BaseModel):
    answer: str


class Through(unittest.TestCase):
    """A house with every vendor, and one way to ask in each dialect."""

    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        for what in BEHIND:
            cls.house.vendor(what)
        cls.openai, cls.anthropic = cls.house.openai(), cls.house.anthropic()
        cls.names = map("fresh-{}".format, itertools.count())

    def fresh(self, what, **more):
        """An endpoint of its own, so that no breaker of another test stands in the way."""
        name = next(self.names)
        self.house.endpoint(what, name, self.house.doubles[what], **more)
        return f"town/{name}"

    def ask(self, dialect, model, text, stream=False, openai=None, anthropic=None, **more):
        """One call; a stream comes as the client gives it."""
        if dialect == MESSAGES:
            messages = [{"role": "user", "content": text}]
            client = anthropic or self.anthropic
            return client.messages.create(model=model, max_tokens=50, messages=messages, stream=stream, **more)
        client = openai or self.openai
        if dialect == RESPONSES:
            return client.responses.create(model=model, input=text, stream=stream, **more)
        messages = [{"role": "user", "content": text}]
        return client.chat.completions.create(model=model, messages=messages, stream=stream, **more)

    def each(self, check, streams=(False,)):
        """Checks every dialect at every kind of endpoint."""
        for dialect, what, stream in itertools.product((CHAT, RESPONSES, MESSAGES), BEHIND, streams):
            with self.subTest(dialect=dialect, to=what, stream=stream):
                check(dialect, what, stream, openai if dialect != MESSAGES else anthropic)


class Errors(Through):
    def test_a_request_that_the_vendor_refuses_is_400_in_its_words(self):
        def check(dialect, what, stream, package):
            with self.assertRaises(package.BadRequestError) as caught:
                self.ask(dialect, f"town/{what}", "FAIL400", stream)
            self.shape(dialect, caught.exception, INNER)

        self.each(check, (False, True))

    def shape(self, dialect, error, words):
        """The body is the dialect's own."""
        if dialect == MESSAGES:
            self.assertEqual(error.body["type"], "error")
            self.assertIn(words, error.body["error"]["message"])
            self.assertEqual(error.body["error"]["type"], "invalid_request_error")
        else:
            self.assertIn(words, error.body["message"])
            self.assertEqual(error.type, "invalid_request_error")

    def test_too_many_requests_at_the_vendor_is_429_with_when_to_try_again(self):
        def check(dialect, what, stream, package):
            with self.assertRaises(package.RateLimitError) as caught:
                self.ask(dialect, self.fresh(what), "FAIL429", stream)
            self.assertEqual(caught.exception.response.headers["retry-after"], "0")

        self.each(check, (False, True))

    def test_a_vendor_that_fails_is_a_server_error_without_its_inner_words(self):
        def check(dialect, what, stream, package):
            with self.assertRaises(package.InternalServerError) as caught:
                self.ask(dialect, self.fresh(what), "FAIL503", stream)
            self.assertNotIn(INNER, str(caught.exception.body))

        self.each(check, (False, True))

    def test_a_key_that_the_vendor_refuses_is_not_the_callers_fault(self):
        def check(dialect, what, _stream, package):
            with self.assertRaises(package.InternalServerError) as caught:
                self.ask(dialect, self.fresh(what, api_key="wrong"), "a")
            self.assertEqual(caught.exception.status_code, 502)

        self.each(check)

    def test_a_wrong_key_of_the_caller_is_401(self):
        clients = {"openai": self.openai.with_options(api_key="kn_wrong"),
                   "anthropic": self.anthropic.with_options(api_key="kn_wrong")}
        for dialect in (CHAT, RESPONSES, MESSAGES):
            package = anthropic if dialect == MESSAGES else openai
            with self.subTest(dialect=dialect), self.assertRaises(package.AuthenticationError):
                self.ask(dialect, "town/chat", "a", **clients)

    def test_an_unknown_model_is_404(self):
        for dialect in (CHAT, RESPONSES, MESSAGES):
            package = anthropic if dialect == MESSAGES else openai
            with self.subTest(dialect=dialect), self.assertRaises(package.NotFoundError):
                self.ask(dialect, "no/such", "a")

    def test_an_answer_that_breaks_off_raises_and_is_never_taken_for_whole(self):
        def check(dialect, what, _stream, package):
            for word in ("CUT", "BREAK"):
                heard = []
                with self.subTest(word=word), self.assertRaises(package.APIError):
                    for event in self.ask(dialect, self.fresh(what), word, stream=True):
                        heard.append(event)
                self.assertIn(PIECES[1], "".join(map(str, heard)))

        self.each(check)

    def test_an_unknown_path_is_404_and_the_connection_goes_on(self):
        for _ in range(3):
            with self.assertRaises(openai.NotFoundError):
                self.openai.post("/responses/compact", cast_to=object, body={"model": "town/responses"})
            self.assertEqual(self.openai.responses.create(model="town/responses", input="a").output_text, WHOLE + "a")


class Retries(Through):
    def test_the_clients_own_second_try_succeeds(self):
        clients = {"openai": self.house.openai(max_retries=2), "anthropic": self.house.anthropic(max_retries=2)}
        for dialect, what, stream, status in itertools.product(
                (CHAT, RESPONSES, MESSAGES), ("responses", "anthropic"), (False, True), (429, 503)):
            with self.subTest(dialect=dialect, to=what, stream=stream, status=status):
                before = len(self.house.doubles[what].received)
                answer = self.ask(dialect, self.fresh(what), f"ONCE{status} {dialect} {stream}", stream, **clients)
                self.assertIn("ONCE", "".join(map(str, answer)) if stream else str(answer))
                self.assertEqual(len(self.house.doubles[what].received) - before, 2)


class Cancelled(Through):
    def test_a_stream_that_the_caller_leaves_is_ended_at_the_vendor(self):
        def check(dialect, what, _stream, _package):
            double = self.house.doubles[what]
            before = double.cut_streams
            stream = self.ask(dialect, self.fresh(what), "ENDLESS", stream=True)
            self.assertEqual(len(list(itertools.islice(stream, 8))), 8)
            stream.close()
            wait_for("the end of the stream upstream", lambda: double.cut_streams > before, 20)

        self.each(check)


class Parsed(Through):
    def test_structured_output_is_parsed(self):
        for what in BEHIND:
            with self.subTest(to=what):
                messages = [{"role": "user", "content": QUESTION}]
                answer = self.openai.chat.completions.parse(
                    model=f"town/{what}", messages=messages, response_format=Answer)
                self.assertEqual(answer.choices[0].message.parsed, Answer(answer=QUESTION))
                answer = self.openai.responses.parse(model=f"town/{what}", input=QUESTION, text_format=Answer)
                self.assertEqual(answer.output_parsed, Answer(answer=QUESTION))
                answer = self.anthropic.messages.parse(
                    model=f"town/{what}", max_tokens=50, messages=messages, output_format=Answer)
                self.assertEqual(answer.parsed_output, Answer(answer=QUESTION))

    def test_vectors_come_as_floats(self):
        model = self.fresh("chat", capabilities=["embeddings"])
        found = self.openai.embeddings.create(model=model, input=["粗大ごみ", "手数料"], encoding_format="float")
        self.assertEqual([one.embedding for one in found.data], [vector_of("粗大ごみ"), vector_of("手数料")])

    def test_a_stream_of_events_tells_the_tool_piece_by_piece(self):
        for what in BEHIND:
            with self.subTest(to=what):
                sent = ""
                messages = [{"role": "user", "content": QUESTION}]
                with self.anthropic.messages.stream(model=f"town/{what}", max_tokens=50, messages=messages,
                                                    tools=[MESSAGES_TOOL]) as stream:
                    for event in stream:
                        if event.type == "input_json":
                            sent += event.partial_json
                self.assertEqual(json.loads(sent), ARGUMENTS)

    def test_the_text_streams_in_the_pieces_of_the_vendor(self):
        for what in BEHIND:
            with self.subTest(to=what):
                stream = self.openai.chat.completions.create(
                    model=f"town/{what}", messages=[{"role": "user", "content": QUESTION}], stream=True)
                pieces = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]
                self.assertEqual([piece for piece in pieces if piece], [*PIECES, QUESTION])

    def test_tokens_are_counted_where_the_vendor_can(self):
        asked = {"messages": [{"role": "user", "content": "四文字だ"}]}
        self.assertEqual(self.anthropic.messages.count_tokens(model="town/anthropic", **asked).input_tokens, 4)
        with self.assertRaises(anthropic.BadRequestError):
            self.anthropic.messages.count_tokens(model="town/gemini", **asked)

    def test_the_models_are_listed_and_found(self):
        listed = {model.id for model in self.openai.models.list()}
        self.assertLessEqual({f"town/{what}" for what in BEHIND}, listed)
        self.assertEqual(self.openai.models.retrieve("town/gemini").id, "town/gemini")

    def test_the_answer_names_its_act_and_the_model_that_was_asked_for(self):
        def check(dialect, what, _stream, package):
            client = self.anthropic.messages if dialect == MESSAGES else (
                self.openai.responses if dialect == RESPONSES else self.openai.chat.completions)
            body = {"messages": [{"role": "user", "content": "a"}]} if dialect != RESPONSES else {"input": "a"}
            more = {"max_tokens": 50} if dialect == MESSAGES else {}
            raw = client.with_raw_response.create(model=f"town/{what}", **body, **more)
            self.assertRegex(raw.headers["x-kaname-act"], r"^[0-9a-z-]{20,}$")
            self.assertEqual(raw.headers["x-request-id"], raw.headers["x-kaname-act"])
            told = json.loads(raw.content)["model"] if hasattr(raw, "content") else raw.parse().model
            # In its own dialect an answer passes as it came; a translated one is Kaname's.
            self.assertIn(told, (f"town/{what}", "mock.model-1:0"))

        self.each(check)

    def test_the_name_of_a_called_tool_stays(self):
        answer = self.anthropic.messages.create(
            model="town/bedrock", max_tokens=50, messages=[{"role": "user", "content": "a"}],
            tools=[MESSAGES_TOOL], tool_choice={"type": "tool", "name": TOOL})
        self.assertEqual(answer.content[-1].name, TOOL)
        body = self.house.doubles["bedrock"].received[-1].body
        self.assertEqual(body["toolConfig"]["toolChoice"], {"tool": {"name": TOOL}})

    def test_what_these_endpoints_can_do_is_said(self):
        said = [one["capabilities"] for one in self.house.session.all("/endpoints")
                if one["public_name"] == "town/gemini"]
        self.assertEqual(said, [sorted(ABLE, key=ABLE.index)])


if __name__ == "__main__":
    unittest.main()
