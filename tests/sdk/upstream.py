"""A small server in OpenAI's dialect, to stand behind Kaname in tests and measurements.

Answers are made of the question, so that a test can tell whose answer it got. It counts its
connections and requests, and can be told by the question to be slow, endless or to refuse:
words in the last message `SLOW`, `ENDLESS`, `REFUSE`, `FAIL`.
"""

import asyncio
import base64
import json
import struct
import threading

PIECES = ["粗大ごみ", "の手数料は", "三百円", "です。", "絵文字も🏯", "通ります。"]
WHOLE = "".join(PIECES)
DIMENSIONS = 8


def vector_of(text):
    """A vector that tells one text from another."""
    data = text.encode()
    return [(sum(data[place::DIMENSIONS]) % 997) / 997 for place in range(DIMENSIONS)]


class Upstream:
    """The server, in a thread of its own. Use it in a `with` statement."""

    def __init__(self, api_key="upstream-secret"):
        self.api_key = api_key
        self.connections = self.requests = self.open_streams = self.cut_streams = 0
        self.bodies = []
        self.port = None
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self):
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self):
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**24))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        line, *rest = head.decode("latin-1").split("\r\n")
        method, path, _ = line.split(" ")
        headers = {k.strip().lower(): v.strip() for k, _, v in (field.partition(":") for field in rest) if k}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        self.requests += 1
        asked = json.loads(body) if body else {}
        self.bodies.append(asked)
        if self.api_key and headers.get("authorization") != f"Bearer {self.api_key}":
            return self._json(writer, 401, error("invalid_request_error", "invalid_api_key", "wrong key"))
        if (method, path) == ("GET", "/v1/models"):
            model = {"id": "mock-1", "object": "model", "created": 1, "owned_by": "mock"}
            return self._json(writer, 200, {"object": "list", "data": [model]})
        if (method, path) == ("POST", "/v1/embeddings"):
            return self._json(writer, 200, embeddings(asked))
        if (method, path) == ("POST", "/v1/chat/completions"):
            return await self._chat(writer, asked)
        return self._json(writer, 404, error("invalid_request_error", "not_found", "no such path"))

    def _json(self, writer, status, value):
        data = json.dumps(value).encode()
        head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
        writer.write(head.encode() + data)
        return True

    async def _chat(self, writer, asked):
        question = last_text(asked)
        if "REFUSE" in question:
            return self._json(writer, 400, error("invalid_request_error", "bad_value", "refused by the upstream"))
        if "FAIL" in question:
            return self._json(writer, 500, error("server_error", "broken", "inner secret of the upstream"))
        if not asked.get("stream"):
            return self._json(writer, 200, completion(asked, WHOLE + question))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        self.open_streams += 1
        try:
            await self._stream(writer, asked, question)
        except ConnectionError:
            self.cut_streams += 1
            raise
        finally:
            self.open_streams -= 1
        return True

    async def _stream(self, writer, asked, question):
        pieces = [*PIECES, question]
        place = 0
        while True:
            send(writer, chunk(asked, {"role": "assistant", "content": ""} if place == 0 else {}, None))
            send(writer, chunk(asked, {"content": pieces[place % len(pieces)]}, None))
            await writer.drain()
            place += 1
            if "ENDLESS" in question:
                await asyncio.sleep(0.01)
            elif place == len(pieces):
                break
            elif "SLOW" in question:
                await asyncio.sleep(0.02)
        send(writer, chunk(asked, {}, "stop"))
        if (asked.get("stream_options") or {}).get("include_usage"):
            send(writer, {**chunk(asked, {}, None), "choices": [], "usage": usage()})
        data = b"data: [DONE]\n\n"
        writer.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(data), data))
        await writer.drain()


def send(writer, value):
    data = b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"
    writer.write(b"%x\r\n%s\r\n" % (len(data), data))


def last_text(asked):
    content = asked["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def usage():
    return {"prompt_tokens": 7, "completion_tokens": 11, "total_tokens": 18}


def completion(asked, text):
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": asked["model"],
            "choices": [choice], "usage": usage()}


def chunk(asked, delta, finish):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": asked["model"],
            "choices": [choice]}


def embeddings(asked):
    texts = asked["input"] if isinstance(asked["input"], list) else [asked["input"]]
    data = []
    for index, text in enumerate(texts):
        vector = vector_of(text)
        if asked.get("encoding_format") == "base64":
            vector = base64.b64encode(struct.pack(f"<{DIMENSIONS}f", *vector)).decode()
        data.append({"object": "embedding", "index": index, "embedding": vector})
    return {"object": "list", "data": data, "model": asked["model"], "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def error(kind, code, message):
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}
