"""In its own dialect a call passes as it came: the request's bytes and the answer's, unknown things too.

Only the model's name may differ, and what the record needs: `stream_options.include_usage` in Chat
Completions, `store` in Responses.
"""

import http.client
import json
import unittest

from clients import QUESTION
from house import House

# Odd on purpose: spaces, escapes, unknown and null fields, numbers that no float holds.
ODD = (' {"x_future" : {"deep":[1, 2.50, 1E+2, null, 12345678901234567890123]} ,\t"model":"MODEL",  '
       '"user":null, "CONTENT":[{"role":"user","content":"\\u7c97\\ud83c\\udfef / \\/ QUESTION"}], '
       '"temperature":0.10,"max_tokens": 50 REST}\n')
PATHS = {"chat": ("/chat/completions", "messages"), "responses": ("/responses", "input"),
         "anthropic": ("/messages", "messages")}


def odd(what, model, rest="", question="a"):
    text = ODD.replace("CONTENT", PATHS[what][1]).replace("MODEL", model).replace("QUESTION", question)
    return text.replace(" REST", rest).encode()


def post(port, path, body, key):
    """The status and the bytes of an answer, whatever they are."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data


class Verbatim(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        for what in PATHS:
            cls.house.vendor(what)

    def both(self, what, rest="", question="a", changed=lambda body: body):
        """Sends the same body through Kaname and straight; what arrived must differ as `changed` says."""
        double, path = self.house.doubles[what], f"/v1{PATHS[what][0]}"
        through = post(self.house.server.port, path, odd(what, f"town/{what}", rest, question), self.house.secret)
        arrived = double.received[-1].raw
        straight = changed(odd(what, "mock.model-1:0", rest, question))
        self.assertEqual(arrived, straight)
        self.assertEqual(through, post(double.port, path, straight, double.api_key))
        return through

    def test_a_whole_answer_and_its_request_pass_byte_for_byte(self):
        for what in PATHS:
            with self.subTest(to=what):
                # Responses are stored at the vendor unless the request says otherwise.
                status, data = self.both(what, ',"store":false' if what == "responses" else "")
                self.assertEqual(status, 200, data)

    def test_a_stream_and_its_request_pass_byte_for_byte(self):
        said = {"chat": ',"stream":true , "stream_options":{"include_usage":true,"x":1}',
                "responses": ',"store" : false, "stream":true', "anthropic": ',"stream":true'}
        for what in PATHS:
            with self.subTest(to=what):
                status, data = self.both(what, said[what])
                self.assertEqual(status, 200)
                self.assertTrue(data.endswith(b"\n\n"))

    def test_events_and_parts_that_nobody_knows_yet_pass(self):
        said = {"chat": ',"stream":true,"stream_options":{"include_usage":true}',
                "responses": ',"store":false,"stream":true', "anthropic": ',"stream":true'}
        for what in PATHS:
            for rest in (said[what], ',"store":false' if what == "responses" else ""):
                with self.subTest(to=what, rest=rest):
                    status, data = self.both(what, rest, "FUTURE")
                    self.assertIn(b"x_future", data)
                    self.assertNotIn(b"gateway.", data)
                    self.assertEqual(status, 200, data)

    def test_what_the_record_needs_is_all_that_is_added(self):
        def stored(body):
            return {**json.loads(body), "store": False}

        def counted(body):
            return {**json.loads(body), "stream_options": {"include_usage": True}}

        for what, rest, added in (("responses", "", stored), ("chat", ',"stream":true', counted)):
            with self.subTest(to=what):
                path = f"/v1{PATHS[what][0]}"
                post(self.house.server.port, path, odd(what, f"town/{what}", rest), self.house.secret)
                arrived = self.house.doubles[what].received[-1].raw
                self.assertEqual(json.loads(arrived), added(odd(what, "mock.model-1:0", rest)))
                # What was there is there still, in the bytes that it had.
                kept = odd(what, "mock.model-1:0", rest).strip()[1:-1]
                self.assertIn(kept.strip(), arrived)

    def test_usage_that_nobody_asked_for_is_not_shown(self):
        path, what = "/v1/chat/completions", "chat"
        _, data = post(self.house.server.port, path, odd(what, "town/chat", ',"stream":true'), self.house.secret)
        chunks = [json.loads(line[6:]) for line in data.decode().splitlines() if line.startswith("data: {")]
        self.assertEqual([chunk for chunk in chunks if not chunk["choices"]], [])

    def test_what_cannot_be_read_in_one_way_is_refused(self):
        bodies = {
            "twice": b'{"model":"town/chat","messages":[{"role":"user","content":"a"}],"model":"town/other"}',
            "deep twice": b'{"model":"town/chat","messages":[{"role":"user","content":"a","content":"b"}]}',
            "no UTF-8": b'{"model":"town/chat","messages":[{"role":"user","content":"\xff"}]}',
            "half a pair": b'{"model":"town/chat","messages":[{"role":"user","content":"\\ud83c"}]}',
            "cut": b'{"model":"town/chat","messages":[{"role":"user"',
            "a list": b"[]", "nothing": b"", "after it": b'{"model":"town/chat","messages":[{"role":"user","content":"a"}]}x',
            "deep": b'{"model":"town/chat","messages":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        }
        for what, (path, _) in PATHS.items():
            for name, body in bodies.items():
                with self.subTest(to=what, body=name):
                    before = len(self.house.doubles["chat"].received)
                    status, data = post(self.house.server.port, f"/v1{path}", body, self.house.secret)
                    self.assertEqual(status, 400, data)
                    error = json.loads(data)
                    self.assertEqual(error["error"]["type"], "invalid_request_error")
                    self.assertEqual("type" in error, what == "anthropic")
                    self.assertEqual(len(self.house.doubles["chat"].received), before)

    def test_the_clients_body_differs_in_nothing_else(self):
        asked = {"messages": [{"role": "user", "content": QUESTION}], "max_tokens": 50}
        self.house.anthropic().messages.create(
            model="town/anthropic", **asked, metadata={"user_id": "u"},
            extra_body={"top_k": 4, "x_future": {"a": None}})
        body = self.house.doubles["anthropic"].received[-1].body
        self.assertEqual(body, {"model": "mock.model-1:0", **asked, "metadata": {"user_id": "u"}, "top_k": 4,
                                "x_future": {"a": None}})
        self.house.openai().chat.completions.create(
            model="town/chat", **asked, logit_bias={"50256": -100}, seed=7, extra_body={"x_future": None})
        body = self.house.doubles["chat"].received[-1].body
        self.assertEqual(body, {"model": "mock.model-1:0", **asked, "logit_bias": {"50256": -100}, "seed": 7,
                                "x_future": None})

    def test_nothing_of_the_caller_but_the_body_reaches_the_vendor(self):
        self.house.anthropic().with_options(default_headers={"x-own": "mine"}).messages.create(
            model="town/anthropic", max_tokens=5, messages=[{"role": "user", "content": "a"}])
        headers = self.house.doubles["anthropic"].received[-1].headers
        self.assertEqual(headers["x-api-key"], "upstream-secret")
        self.assertEqual(headers["anthropic-version"], "2023-06-01")
        self.assertNotIn(self.house.secret, str(headers))
        self.assertEqual([name for name in headers if name.startswith("x-stainless") or name == "x-own"], [])


if __name__ == "__main__":
    unittest.main()
