"""Batches, the cache and rerank: the stock OpenAI client and plain HTTP against a real Kaname."""

import io
import json
import socket
import unittest

import openai
from clients import QUESTION
from house import House
from kaname_server import wait_for

ENDED = ("completed", "failed", "expired", "cancelled")
CHAT = "/v1/chat/completions"


def call(custom_id, model, url=CHAT):
    body = {"model": model, "input": custom_id}
    if url == CHAT:
        body = {"model": model, "messages": [{"role": "user", "content": custom_id}]}
    return {"custom_id": custom_id, "method": "POST", "url": url, "body": body}


def as_lines(calls):
    return io.BytesIO("\n".join(json.dumps(one, ensure_ascii=False) for one in calls).encode())


class Batches(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)
        cls.house.vendor("chat")
        cls.client = cls.house.openai()

    def begun(self, calls, url=CHAT, **more):
        file = self.client.files.create(file=("calls.jsonl", as_lines(calls)), purpose="batch")
        return self.client.batches.create(
            input_file_id=file.id, endpoint=url, completion_window="24h", **more)

    def ended(self, batch):
        def over():
            found = self.client.batches.retrieve(batch.id)
            return found if found.status in ENDED else None
        return wait_for("the end of the batch", over, 60)

    def results(self, file_id):
        lines = self.client.files.content(file_id).text.splitlines()
        return {line["custom_id"]: line for line in map(json.loads, lines)}

    def test_a_batch_is_made_watched_and_read(self):
        batch = self.begun(
            [call("一", "town/chat"), call("二", "no/model"), call(QUESTION, "town/chat")],
            metadata={"for": "試験"})
        self.assertEqual((batch.object, batch.status), ("batch", "validating"))
        batch = self.ended(batch)
        counts = batch.request_counts
        self.assertEqual((batch.status, counts.total, counts.completed, counts.failed), ("completed", 3, 2, 1))
        self.assertEqual(batch.metadata, {"for": "試験"})
        good = self.results(batch.output_file_id)
        self.assertEqual(set(good), {"一", QUESTION})
        answer = good[QUESTION]["response"]["body"]["choices"][0]["message"]["content"]
        self.assertIn(QUESTION, answer)
        act = good["一"]["response"]["request_id"]
        self.assertEqual(self.house.session.get(f"/acts/{act}")["act"]["kind"], "guard.request")
        bad = self.results(batch.error_file_id)
        self.assertEqual(bad["二"]["response"]["body"]["error"]["code"], "model_not_found")
        self.assertIn(batch.id, [one.id for one in self.client.batches.list(limit=1)])
        file = self.client.files.retrieve(batch.input_file_id)
        self.assertEqual((file.purpose, file.status, file.filename), ("batch", "processed", "calls.jsonl"))
        self.assertTrue(self.client.files.delete(file.id).deleted)
        with self.assertRaises(openai.NotFoundError):
            self.client.files.content(file.id)

    def test_faults_of_a_file_are_told_by_line(self):
        batch = self.ended(self.begun([call("a", "town/chat"), {"custom_id": "b"}]))
        self.assertEqual(batch.status, "failed")
        fault = batch.errors.data[0]
        self.assertEqual((fault.line, fault.code, fault.param), (2, "invalid_method", "method"))
        with self.assertRaises(openai.BadRequestError) as caught:
            self.client.files.create(file=("a.jsonl", b"{}"), purpose="fine-tune")
        self.assertEqual(caught.exception.param, "purpose")
        with self.assertRaises(openai.BadRequestError) as caught:
            self.begun([call("a", "town/chat")], url="/v1/completions")
        self.assertEqual(caught.exception.param, "endpoint")

    def test_a_batch_under_way_is_stopped(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            self.silent_endpoint("stop", silent)
            batch = self.begun([call(str(number), "town/stop") for number in range(6)])
            held = [silent.accept()[0] for _ in range(4)]
            stopped = self.client.batches.cancel(batch.id)
            self.assertEqual(stopped.status, "cancelling")
            for connection in held:
                connection.close()
            batch = self.ended(batch)
        self.assertEqual(batch.status, "cancelled")
        bad = self.results(batch.error_file_id)
        self.assertEqual([bad[str(number)]["error"]["code"] for number in (4, 5)], ["batch_cancelled"] * 2)
        with self.assertRaises(openai.ConflictError):
            self.client.batches.cancel(batch.id)

    def test_after_kill_9_calls_under_way_are_told_and_the_others_made(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            endpoint = self.silent_endpoint("kill", silent)
            batch = self.begun([call(str(number), "town/kill") for number in range(6)])
            held = [silent.accept()[0] for _ in range(4)]
            self.house.session.want(
                "PATCH", f"/api/v1/endpoints/{endpoint['id']}",
                {"base_url": self.house.doubles["chat"].base_url, "api_key": self.house.doubles["chat"].api_key})
            self.house.server.kill()
            for connection in held:
                connection.close()
        self.house.server.start()
        self.house.url = f"http://127.0.0.1:{self.house.server.port}"
        self.house.session = self.house.session.at(self.house.server.port)
        type(self).client = self.house.openai()
        batch = self.ended(batch)
        self.assertEqual(batch.status, "completed")
        self.assertEqual(set(self.results(batch.output_file_id)), {"4", "5"})
        bad = self.results(batch.error_file_id)
        self.assertEqual({line["error"]["code"] for line in bad.values()}, {"outcome_unknown"})
        self.assertEqual(set(bad), {"0", "1", "2", "3"})

    def silent_endpoint(self, name, server):
        port = server.getsockname()[1]
        double = self.house.doubles["chat"]
        return self.house.session.post("/endpoints", {
            "name": name, "kind": "openai_compatible", "api_key": double.api_key,
            "base_url": f"http://127.0.0.1:{port}/v1", "model": "silent", "public_name": f"town/{name}",
            "capabilities": ["chat"], "languages": ["ja"], "clearance": "2",
        })

    def test_the_same_question_is_kept_for_its_asker(self):
        double = self.house.doubles["chat"]
        self.house.endpoint("chat", "kept", double, cache_seconds=60)
        asked = {"model": "town/kept", "temperature": 0, "messages": [{"role": "user", "content": "要"}]}
        raw = self.client.chat.completions.with_raw_response
        first, again = raw.create(**asked), raw.create(**asked)
        told = [answer.headers["x-kaname-cache"] for answer in (first, again)]
        self.assertEqual(told, ["miss", "hit"])
        self.assertEqual(first.parse().id, again.parse().id)
        anew = raw.create(**asked, extra_headers={"cache-control": "no-store"})
        self.assertNotIn("x-kaname-cache", anew.headers)

    def test_documents_are_put_in_order_over_plain_http(self):
        double = self.house.doubles["chat"]
        self.house.endpoint("chat", "near", double, capabilities=["embeddings"])
        caller = self.house.server.client(key=self.house.secret)
        body = {"model": "town/near", "query": "要", "documents": ["a", {"text": "要"}], "return_documents": True}
        answer = caller.want("POST", "/v1/rerank", body)
        best = answer["results"][0]
        self.assertEqual((best["index"], best["document"]["text"]), (1, "要"))
        self.assertAlmostEqual(best["relevance_score"], 1.0, places=6)
        self.assertEqual(answer["meta"]["method"], "cosine_of_embeddings")
        refused = caller.send("POST", "/v1/rerank", {**body, "top_n": 0})
        self.assertEqual((refused.status, refused.json["error"]["param"]), (400, "top_n"))
        caller.close()


if __name__ == "__main__":
    unittest.main()
