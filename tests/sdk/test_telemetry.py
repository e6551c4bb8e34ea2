"""Spans as OpenTelemetry's own Python package reads them, and the metrics as Prometheus's format has it."""

import http.server
import queue
import re
import threading
import unittest
import urllib.error
import urllib.request

from house import House
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SCHEMA = "https://opentelemetry.io/schemas/1.41.0"
QUESTION = "ひみつの粗大ごみ"
TOKEN = "a-token-for-the-scraper"


class Collector(http.server.ThreadingHTTPServer):
    """Takes what is posted to /v1/traces and keeps it."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Posted)
        self.arrived = queue.Queue()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Posted(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.arrived.put((self.path, dict(self.headers), body))
        self.send_response(200)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def value(any_value):
    kind = any_value.WhichOneof("value")
    if kind == "array_value":
        return [value(one) for one in any_value.array_value.values]
    return getattr(any_value, kind)


class Telemetry(unittest.TestCase):
    def setUp(self):
        self.collector = self.enterContext(Collector())
        port = self.collector.server_address[1]
        self.house = House(self, {
            "KANAME_OTLP_ENDPOINT": f"http://127.0.0.1:{port}",
            "KANAME_OTLP_HEADERS": "x-town=1",
            "KANAME_METRICS_TOKEN": TOKEN,
        })
        self.house.vendor("chat")

    def ask(self):
        messages = [{"role": "user", "content": QUESTION}]
        client = self.house.openai()
        stream = client.chat.completions.create(
            model="town/chat", messages=messages, stream=True, extra_headers={"traceparent": PARENT})
        return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)

    def test_a_span_is_read_by_the_package_of_opentelemetry(self):
        said = self.ask()
        path, headers, body = self.collector.arrived.get(timeout=30)
        self.assertEqual(path, "/v1/traces")
        self.assertEqual(headers["x-town"], "1")
        request = ExportTraceServiceRequest.FromString(body)
        (resource,) = request.resource_spans
        (scope,) = resource.scope_spans
        self.assertEqual({resource.schema_url, scope.schema_url}, {SCHEMA})
        (span,) = scope.spans
        # Nothing that the package does not know, at any depth.
        self.assertEqual(ExportTraceServiceRequest.FromString(request.SerializeToString()), request)
        self.assertEqual(span.name, "chat mock.model-1:0")
        self.assertEqual(span.trace_id.hex(), PARENT.split("-")[1])
        self.assertEqual(span.parent_span_id.hex(), PARENT.split("-")[2])
        self.assertLessEqual(span.start_time_unix_nano, span.end_time_unix_nano)
        facts = {pair.key: value(pair.value) for pair in span.attributes}
        self.assertEqual(facts["gen_ai.operation.name"], "chat")
        self.assertEqual(facts["kaname.decision"], "allowed")
        self.assertEqual(facts["gen_ai.response.finish_reasons"], ["stop"])
        self.assertGreater(facts["gen_ai.usage.input_tokens"], 0)
        for secret in (QUESTION, said, self.house.secret):
            self.assertNotIn(secret.encode(), body)

    def test_metrics_ask_for_the_token_and_count_the_call(self):
        self.ask()
        self.collector.arrived.get(timeout=30)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{self.house.url}/metrics")
        self.assertEqual(refused.exception.code, 401)
        refused.exception.close()
        shown = urllib.request.Request(
            f"{self.house.url}/metrics", headers={"authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(shown) as answer:
            text = answer.read().decode()
        count = re.search(
            r'gen_ai_client_operation_duration_seconds_count\{endpoint="town/chat"[^}]*\} (\d+)', text)
        self.assertEqual(count and count[1], "1", text)
        self.assertIn('kaname_gateway_breaker_state{endpoint="town/chat"} 0', text)
        self.assertIn("kaname_telemetry_spans_sent_total", text)
        self.assertNotIn(QUESTION, text)


if __name__ == "__main__":
    unittest.main()
