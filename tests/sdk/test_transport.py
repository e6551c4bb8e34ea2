"""Under the dialects: a certificate that nobody vouches for, and an answer of 100 MB against the memory of a real server."""

import http.server
import pathlib
import ssl
import subprocess
import tempfile
import threading
import unittest

import openai
from house import House

HUGE_BYTES = 100_000_000
MESSAGES = [{"role": "user", "content": "a"}]


class Flood(http.server.BaseHTTPRequestHandler):
    """Answers every call with 100 MB: one text, or event after event where a stream is asked for."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["content-length"]))
        streams = b'"stream":true' in asked.replace(b" ", b"")
        piece = b'{"choices":[{"index":0,"delta":{"content":"' + b"a" * 8_000 + b'"}}]}'
        piece = b"data: " + piece + b"\n\n" if streams else b"a" * 8_000
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streams else "application/json")
        # No length: how much comes is not known before.
        self.send_header("connection", "close")
        self.end_headers()
        try:
            self.wfile.write(b"" if streams else b'{"choices":[{"message":{"content":"')
            for _ in range(HUGE_BYTES // len(piece)):
                self.wfile.write(piece)
        except (BrokenPipeError, ConnectionResetError):
            pass
        self.close_connection = True

    def log_message(self, *_):
        pass


class Serving:
    """A server on 127.0.0.1, with TLS where a context is given."""

    def __init__(self, context=None):
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flood)
        if context:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.server.server_address[1]}/v1"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def self_signed(folder):
    """A certificate for 127.0.0.1 that signs itself."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Transport(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.house = House(cls)

    def endpoint(self, name, url):
        return self.house.session.post("/endpoints", {
            "name": name, "kind": "openai_compatible", "base_url": url, "model": "m",
            "public_name": f"town/{name}", "capabilities": ["chat"], "languages": ["ja"], "clearance": "2"})

    def test_a_certificate_that_nobody_vouches_for_is_no_connection(self):
        with tempfile.TemporaryDirectory() as folder:
            with Serving(self_signed(pathlib.Path(folder))) as server:
                self.endpoint("self-signed", server.url)
                for stream in (False, True):
                    with self.subTest(stream=stream), self.assertRaises(openai.InternalServerError) as caught:
                        self.house.openai().chat.completions.create(
                            model="town/self-signed", messages=MESSAGES, stream=stream)
                    self.assertEqual(caught.exception.code, "gateway.upstream_unreachable")

    def test_an_answer_of_100_mb_is_refused_and_never_held(self):
        with Serving() as server:
            self.endpoint("flood", server.url)
            client = self.house.openai()
            before = self.memory_kib()
            with self.assertRaises(openai.InternalServerError) as caught:
                client.chat.completions.create(model="town/flood", messages=MESSAGES)
            self.assertEqual(caught.exception.code, "gateway.upstream_too_large")
            with self.assertRaises(openai.APIError) as caught:
                for _ in client.chat.completions.create(model="town/flood", messages=MESSAGES, stream=True):
                    pass
            self.assertEqual(caught.exception.code, "gateway.upstream_too_large")
            grown = self.memory_kib() - before
            print(f"at its highest the server had grown by {grown // 1024} MiB", flush=True)
            # 32 MiB may be kept of an answer, and are written to the ledger from there.
            self.assertLess(grown, 160 << 10)

    def memory_kib(self):
        """The most memory that the server has had."""
        status = pathlib.Path(f"/proc/{self.house.server.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    unittest.main()
