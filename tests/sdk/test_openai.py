"""The stock OpenAI client against a real Kaname with a mock upstream behind it.

The mock itself is held against the same client first, so that a fault is Kaname's when only Kaname
shows it. Needs the `openai` package (pinned in scripts/setup.sh).
"""

import base64
import json
import pathlib
import struct
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import openai
from kaname_ledger import check_receipt, check_replay, settled_head
from kaname_server import Server, wait_for
from upstream import PIECES, WHOLE, Upstream, vector_of

QUESTION = "粗大ごみの手数料はいくらですか。「①②③」\n\t<script>&amp;"


def ask(client, text, **more):
    messages = [{"role": "system", "content": "日本語で答える。"}, {"role": "user", "content": text}]
    return client.chat.completions.create(messages=messages, **more)


def streamed(client, text, **more):
    """The text of a streamed answer, and its chunks."""
    chunks = list(ask(client, text, stream=True, **more))
    return "".join(c.choices[0].delta.content or "" for c in chunks if c.choices), chunks


class Dialect:
    """What any server in OpenAI's dialect must do; `client`, `model` and `embedding` are given."""

    def test_a_plain_answer_is_whole(self):
        answer = ask(self.client, QUESTION, model=self.model)
        self.assertEqual(answer.choices[0].message.content, WHOLE + QUESTION)
        self.assertEqual(answer.choices[0].finish_reason, "stop")
        self.assertEqual(answer.usage.total_tokens, 18)

    def test_a_streamed_answer_comes_in_its_pieces(self):
        text, chunks = streamed(self.client, QUESTION, model=self.model)
        self.assertEqual(text, WHOLE + QUESTION)
        pieces = [c.choices[0].delta.content for c in chunks if c.choices and c.choices[0].delta.content]
        self.assertEqual(pieces, [*PIECES, QUESTION])
        self.assertEqual(chunks[-1].choices[0].finish_reason, "stop")

    def test_usage_comes_at_the_end_of_a_stream_when_asked_for(self):
        _, chunks = streamed(self.client, "a", model=self.model, stream_options={"include_usage": True})
        self.assertEqual(chunks[-1].usage.completion_tokens, 11)

    def test_vectors_of_an_upstream_come_as_floats_and_in_base64(self):
        texts = ["粗大ごみ", "手数料"]
        expected = [list(struct.unpack("<8f", struct.pack("<8f", *vector_of(text)))) for text in texts]
        # The client asks for base64 by itself and decodes it.
        default = self.client.embeddings.create(model=self.embedding, input=texts)
        self.assertEqual([d.embedding for d in default.data], expected)
        floats = self.client.embeddings.create(model=self.embedding, input=texts, encoding_format="float")
        self.assertEqual([d.embedding for d in floats.data], [vector_of(text) for text in texts])

    def test_a_refusal_of_the_upstream_keeps_its_words(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            ask(self.client, "REFUSE", model=self.model)
        self.assertEqual(caught.exception.code, "bad_value")

    def test_a_stream_that_the_caller_leaves_is_ended_upstream(self):
        before = self.upstream.cut_streams
        stream = ask(self.client, "ENDLESS", model=self.model, stream=True)
        for _, _chunk in zip(range(5), stream):
            pass
        stream.close()
        wait_for("the end of the stream upstream", lambda: self.upstream.cut_streams > before, 20)


class TheMockItself(Dialect, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.upstream = cls.enterClassContext(Upstream())
        cls.client = openai.OpenAI(base_url=cls.upstream.base_url, api_key="upstream-secret", max_retries=0)
        cls.model = cls.embedding = "mock-1"

    def test_it_refuses_a_wrong_key(self):
        with self.assertRaises(openai.AuthenticationError):
            self.client.with_options(api_key="wrong").models.list()


class ThroughKaname(Dialect, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.upstream = cls.enterClassContext(Upstream())
        cls.server = cls.enterClassContext(Server())
        cls.server.start()
        cls.session = cls.server.set_up()
        cls.secret = cls.session.post("/keys", {"name": "試験", "scopes": ["models"], "expires_in_days": 1})["secret"]
        cls.model, cls.embedding = "town/chat", "town/embedding"
        for name, capability in ((cls.model, "chat"), (cls.embedding, "embeddings")):
            cls.endpoint(name, [capability])
        cls.client = cls.kaname(cls.secret)

    @classmethod
    def endpoint(cls, public_name, capabilities, clearance="2", upstream=None):
        return cls.session.post("/endpoints", {
            "name": public_name, "kind": "openai_compatible", "api_key": "upstream-secret",
            "base_url": (upstream or cls.upstream).base_url, "model": "mock-1", "public_name": public_name,
            "capabilities": capabilities, "languages": ["ja", "en"], "clearance": clearance,
        })

    @classmethod
    def kaname(cls, key, **more):
        url = f"http://127.0.0.1:{cls.server.port}/v1"
        return openai.OpenAI(base_url=url, api_key=key, max_retries=0, **more)

    def test_models_are_listed_and_found(self):
        listed = {model.id for model in self.client.models.list()}
        self.assertLessEqual({self.model, self.embedding}, listed)
        self.assertEqual(self.client.models.retrieve(self.model).id, self.model)

    def test_the_embedded_model_answers_as_floats_and_in_base64(self):
        embedded = [e for e in self.session.get("/endpoints")["items"] if e["kind"] == "embedded_embedding"]
        self.assertEqual(len(embedded), 1)
        name = embedded[0]["public_name"]
        texts = ["粗大ごみの手数料", "大型の廃棄物の料金", "議会の傍聴"]
        floats = self.client.embeddings.create(model=name, input=texts, encoding_format="float")
        raw = self.client.embeddings.with_raw_response.create(model=name, input=texts, encoding_format="base64")
        for item, plain in zip(json.loads(raw.content)["data"], floats.data):
            data = base64.b64decode(item["embedding"])
            for left, right in zip(struct.unpack(f"<{len(data) // 4}f", data), plain.embedding, strict=True):
                self.assertAlmostEqual(left, right, places=5)
        one, two, three = (d.embedding for d in floats.data)
        dot = lambda a, b: sum(x * y for x, y in zip(a, b))
        self.assertGreater(dot(one, two), dot(one, three))

    def test_the_upstream_sees_its_own_model_name_and_nothing_of_the_caller(self):
        ask(self.client, "名前", model=self.model, temperature=0.25)
        body = self.upstream.bodies[-1]
        self.assertEqual((body["model"], body["temperature"]), ("mock-1", 0.25))

    def test_a_wrong_key_is_401(self):
        for key in ("wrong", "kn_" + "A" * 43, self.secret[:-1] + ("A" if self.secret[-1] != "A" else "B")):
            with self.assertRaises(openai.AuthenticationError) as caught:
                ask(self.kaname(key), "a", model=self.model)
            self.assertEqual(caught.exception.code, "invalid_api_key")

    def test_a_key_without_the_scope_is_403(self):
        secret = self.session.post("/keys", {"name": "別", "scopes": ["ledger"], "expires_in_days": 1})["secret"]
        with self.assertRaises(openai.PermissionDeniedError):
            ask(self.kaname(secret), "a", model=self.model)

    def test_an_unknown_model_is_404(self):
        with self.assertRaises(openai.NotFoundError) as caught:
            ask(self.client, "a", model="no/such")
        self.assertEqual((caught.exception.code, caught.exception.param), ("model_not_found", "model"))

    def test_a_bad_request_is_400_and_names_the_part(self):
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.chat.completions.create(model=self.model, messages=[])
        self.assertEqual((caught.exception.param, caught.exception.type), ("messages", "invalid_request_error"))
        with self.assertRaises(openai.BadRequestError):
            self.client.embeddings.create(model=self.embedding, input=[])

    def test_a_failing_upstream_is_502_without_its_inner_words(self):
        with self.assertRaises(openai.InternalServerError) as caught:
            ask(self.client, "FAIL", model=self.model)
        self.assertEqual(caught.exception.status_code, 502)
        self.assertNotIn("inner secret", str(caught.exception.body))

    def test_a_label_above_the_clearance_is_403_and_nothing_connects(self):
        with Upstream() as closed:
            self.endpoint("town/low", ["chat"], clearance="1", upstream=closed)
            for streams in (False, True):
                with self.assertRaises(openai.PermissionDeniedError) as caught:
                    ask(self.client, "秘密", model="town/low", stream=streams, extra_headers={"x-kaname-label": "2"})
                self.assertEqual(caught.exception.type, "permission_error")
                self.assertEqual(caught.exception.code, "guard.endpoint_not_cleared")
            self.assertEqual(closed.connections, 0)

    def test_fifty_streams_at_once_end_without_an_error(self):
        client, wrong, gate = self.kaname(self.secret), [], threading.Barrier(50)

        def one(number):
            try:
                gate.wait()
                text, _ = streamed(client, f"SLOW {number} 番", model=self.model)
                if text != f"{WHOLE}SLOW {number} 番":
                    wrong.append((number, text))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is wrong
                wrong.append((number, repr(error)))

        threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(wrong, [])

    def test_every_answer_is_proved_by_its_act(self):
        raw = self.client.chat.completions.with_raw_response.create(
            model=self.model, messages=[{"role": "user", "content": "証明"}])
        act = raw.headers["x-kaname-act"]
        vkey = settled_head(self.session)["vkey"]
        self.assertEqual(check_receipt(self.session, act, vkey)["id"], act)
        check_replay(self.session)


if __name__ == "__main__":
    unittest.main()
