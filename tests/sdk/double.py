"""What every stand-in of a vendor shares: a server that records what it is asked, and what to answer.

Standard library alone. Answers are made of the question, so that a test can tell whose answer it
got. Words in the question steer: `FAIL503` and the like refuse with that status, `ONCE503` only the
first time that question is asked; `CUT` drops the connection and `BREAK` tells an error in the middle
of a stream; `ENDLESS` never ends; `FUTURE` answers with parts and events that nobody knows yet. `always` refuses everything with one status.
"""

import json
import re
import socket
import threading
import urllib.parse
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECES = ["粗大ごみ", "の手数料は", "三百円", "です。", "絵文字も🏯", "通ります。"]
WHOLE = "".join(PIECES)
ARGUMENTS = {"city": "架空の試験町", "days": 3}
THOUGHT = "考えました。"
# What a vendor signs its thoughts with, and wants back with them: base64 and long, as theirs are.
SIGNATURE = "c2lnbmF0dXJlK29mL3RoaXM9" * 40 + "Cg=="
# Three of the tokens read were kept by the vendor from before.
READ, KEPT, WRITTEN = 7, 3, 11


@dataclass
class Received:
    """A request as it came."""

    method: str
    path: str
    query: str
    headers: dict
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)


@dataclass
class Asked:
    """What a request asks for, in no vendor's words."""

    question: str
    tools: list = field(default_factory=list)
    result: str = ""
    wants_json: bool = False
    thinks: bool = False
    images: int = 0

    @property
    def calls(self):
        """The tool that is called, where one is offered and has not answered yet."""
        return self.tools[0] if self.tools and not self.result else None

    @property
    def is_ahead(self):
        """Whether the answer holds what no client knows yet."""
        return "FUTURE" in self.question

    def pieces(self):
        """The text of the answer in the pieces in which it streams."""
        if self.wants_json:
            whole = json.dumps({"answer": self.question}, ensure_ascii=False)
            return [whole[:9], whole[9:]]
        seen = [f"画像{self.images}枚"] if self.images else []
        return [*PIECES, *seen, self.result or self.question]

    def text(self):
        return "".join(self.pieces())


class Refusal(Exception):
    """Something that the vendor refuses."""

    def __init__(self, status, message, headers=()):
        super().__init__(message)
        self.status, self.message, self.headers = status, message, dict(headers)


class Double:
    """The server, in threads of its own. Use it in a `with` statement."""

    def __init__(self, api_key="upstream-secret"):
        self.api_key = api_key
        self.received = []
        self.always = None
        self.connections = self.cut_streams = 0
        self._seen = set()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"double": self}))
        self.port = self._server.server_address[1]

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    # What a vendor's own class says.

    def check_key(self, request):
        """Raises a `Refusal` when the key is not the right one."""
        raise NotImplementedError

    def answer(self, request, reply):
        """Answers with `reply.json` or `reply.stream`."""
        raise NotImplementedError

    def error(self, refusal):
        """The body of a refusal, and headers."""
        raise NotImplementedError

    # What they share.

    def steer(self, question):
        """Refuses where the question, or the test, says so."""
        if self.always:
            raise Refusal(self.always, "inner words of the upstream", {"retry-after": "0"})
        found = re.search(r"(FAIL|ONCE)(\d{3})", question)
        if not found:
            return
        with self._lock:
            known = question in self._seen
            self._seen.add(question)
        if found[1] == "FAIL" or not known:
            raise Refusal(int(found[2]), "inner words of the upstream", {"retry-after": "0"})

    def require(self, body, *fields):
        for name in fields:
            if body.get(name) in (None, []):
                raise Refusal(400, f"{name}: Field required")

    def paced(self, asked):
        """The pieces of an answer; goes on for ever, or breaks off, where the question says so."""
        pieces = asked.pieces()
        if "CUT" in asked.question or "BREAK" in asked.question:
            yield from pieces[:2]
            raise _Cut if "CUT" in asked.question else _Broken
        while True:
            yield from pieces
            if "ENDLESS" not in asked.question:
                return
            if self._over.wait(0.01):
                raise _Cut


class _Cut(Exception):
    """The connection is dropped."""


class _Broken(Exception):
    """The vendor tells an error in the middle of a stream."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A caller that leaves is no fault here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    double = None

    def setup(self):
        super().setup()
        with self.double._lock:
            self.double.connections += 1

    def log_message(self, *_):
        """Nothing: the tests say what is wrong."""

    def do_GET(self):
        self._one()

    def do_POST(self):
        self._one()

    def _one(self):
        parts = urllib.parse.urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        raw = self.rfile.read(int(headers.get("content-length", 0)))
        request = Received(self.command, parts.path, parts.query, headers, raw)
        self.double.received.append(request)
        try:
            self.double.check_key(request)
            self.double.answer(request, self)
        except Refusal as refusal:
            body, headers = self.double.error(refusal)
            self.json(body, refusal.status, {**refusal.headers, **headers})
        except (_Cut, ConnectionError):
            self._drop()

    def json(self, value, status=200, headers=()):
        data = json.dumps(value, ensure_ascii=False).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", **dict(headers)}.items():
            self.send_header(name, text)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self, frames, broken, content_type="text/event-stream"):
        """Sends `frames` (bytes) one by one; `broken` is sent instead when the answer breaks off."""
        self.send_response(200)
        self.send_header("content-type", content_type)
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        try:
            for frame in frames:
                self._chunk(frame)
        except _Broken:
            self._chunk(broken)
        except ConnectionError:
            with self.double._lock:
                self.double.cut_streams += 1
            raise
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _drop(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def sse(value, event=None):
    """One server-sent event."""
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def halves(text):
    """`text` in two pieces, as arguments of tools stream."""
    middle = len(text) // 2
    return [text[:middle], text[middle:]]


def bearer(request):
    return request.headers.get("authorization", "").removeprefix("Bearer ")
