"""A real Kaname server for tests: start it, kill it, talk to it, and leave nothing behind.

Knows the command line and the HTTP contract; knows nothing of what a test wants to prove.
KANAME_BIN names the binary; without it, the one that cargo built last.
"""

import atexit
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PASSWORD = "Tsubaki-no-hana 2031 minato"
ADMINISTRATOR = "kanri"
TOWN = "架空の試験町"
READY_WITHIN_S = 120
_owned = []


def binary():
    """The binary under test."""
    named = os.environ.get("KANAME_BIN")
    if named:
        return pathlib.Path(named)
    target = os.environ.get("CARGO_TARGET_DIR", pathlib.Path.home() / ".cache/kaname/target")
    return pathlib.Path(target) / "debug/kaname"


def wait_for(what, probe, within_s=60.0):
    """Asks `probe` until it gives something true, and gives that back."""
    deadline = time.monotonic() + within_s
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come about within {within_s:.0f} s")
        time.sleep(0.02)


def scratch(prefix="kaname-test-"):
    """A folder that is removed when the process ends."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    _owned.append(folder)
    return folder


@atexit.register
def _clean():
    for owned in reversed(_owned):
        if isinstance(owned, Server):
            owned.kill()
        elif not os.environ.get("KEEP"):
            shutil.rmtree(owned, ignore_errors=True)


class Answer:
    """What came back: status, headers, bytes."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The problem's stable code, or nothing."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return None
        return found.get("code") if isinstance(found, dict) else None

    def __repr__(self):
        return f"{self.status} {self.body[:300].decode('utf-8', 'replace')}"


class Refused(Exception):
    """An answer that is no success where one was needed."""

    def __init__(self, method, path, answer):
        super().__init__(f"{method} {path}: {answer}")
        self.answer = answer


class Client:
    """One caller with one connection: a session, an API key, or nobody."""

    def __init__(self, port, cookie=None, csrf=None, key=None, timeout_s=120):
        self.port, self.cookie, self.csrf, self.key = port, cookie, csrf, key
        self.timeout_s = timeout_s
        # Whether a request may be sent again when the server had closed an idle connection.
        self.repeats = ("GET",)
        self.connection = None

    def at(self, port):
        """The same caller at another port."""
        return Client(port, self.cookie, self.csrf, self.key, self.timeout_s)

    def headers(self, method):
        headers = {}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        elif self.cookie:
            headers["cookie"] = f"kaname_session={self.cookie}"
            if self.csrf and method not in ("GET", "HEAD"):
                headers["x-kaname-csrf"] = self.csrf
        return headers

    def open(self, method, path, body=None, headers=None):
        """Sends a request; gives the response with its body still to be read."""
        sent = self.headers(method)
        if isinstance(body, (dict, list)):
            body = json.dumps(body).encode()
            sent["content-type"] = "application/json"
        sent.update(headers or {})
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout_s)
        try:
            self.connection.request(method, path, body=body, headers=sent)
            return self.connection.getresponse()
        except Exception:
            self.close()
            raise

    def send(self, method, path, body=None, headers=None):
        """Sends a request and reads the whole answer."""
        for attempt in (1, 2):
            fresh = self.connection is None
            try:
                response = self.open(method, path, body, headers)
                data = response.read()
                break
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                self.close()
                if fresh or method not in self.repeats or attempt == 2:
                    raise
            except Exception:
                self.close()
                raise
        if response.will_close:
            self.close()
        return Answer(response.status, response.headers, data)

    def want(self, method, path, body=None, headers=None):
        """As `send`, for what must succeed; gives the JSON."""
        answer = self.send(method, path, body, headers)
        if not 200 <= answer.status < 300:
            raise Refused(method, path, answer)
        return answer.json if answer.body else None

    def get(self, path):
        return self.want("GET", f"/api/v1{path}")

    def post(self, path, body):
        return self.want("POST", f"/api/v1{path}", body)

    def all(self, path):
        """Every item of a list, page by page."""
        items, cursor = [], ""
        while True:
            joint = "&" if "?" in path else "?"
            page = self.get(f"{path}{joint}limit=200{cursor}")
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            cursor = "&cursor=" + urllib.parse.quote(page["next_cursor"])

    def upload(self, collection, files, **fields):
        """Sends files (name, bytes) to a collection; gives the raw answer."""
        kind, body = multipart(files, fields)
        path = f"/api/v1/collections/{collection}/documents"
        return self.send("POST", path, body, {"content-type": kind})

    def job(self, job_id, within_s=120):
        """Waits for the end of a job and gives it."""
        def ended():
            job = self.get(f"/jobs/{job_id}")
            return job if job["state"] in ("succeeded", "failed", "cancelled") else None
        return wait_for(f"job {job_id}", ended, within_s)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def multipart(files, fields):
    """A multipart body and its content type."""
    boundary = "kaname-test-9d1f0c5e"
    parts = []
    for name, value in fields.items():
        head = f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        parts.append(head.encode())
    for name, data in files:
        head = f'--{boundary}\r\ncontent-disposition: form-data; name="file"; filename="{name}"\r\n'
        parts.append(head.encode() + b"content-type: application/octet-stream\r\n\r\n" + data + b"\r\n")
    parts.append(f"--{boundary}--\r\n".encode())
    return f"multipart/form-data; boundary={boundary}", b"".join(parts)


def events(response):
    """The events of a server-sent stream, as (name, data)."""
    name, data = "message", []
    for line in response:
        line = line.decode().rstrip("\r\n")
        if line.startswith("event:"):
            name = line[6:].strip()
        elif line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
        elif not line and data:
            yield name, "\n".join(data)
            name, data = "message", []


class Server:
    """`kaname serve` on a data folder, which may be started and killed again and again."""

    def __init__(self, data=None, environment=None, wrap=()):
        self.data = pathlib.Path(data) if data else scratch() / "data"
        self.environment = environment or {}
        self.wrap = list(wrap)
        self.process = None
        self.port = None
        self.set_up_url = None
        self.log = scratch("kaname-log-") / "server.log"
        _owned.append(self)

    def env(self):
        env = {**os.environ, "KANAME_LISTEN": "127.0.0.1:0", "KANAME_DATA_DIR": str(self.data)}
        env.pop("KANAME_CONFIG", None)
        env.pop("KANAME_DATABASE_URL", None)
        return {**env, **self.environment}

    def spawn(self):
        """Starts the process and does not wait for it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*self.wrap, str(binary()), "serve", "--json"],
                stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL,
                env=self.env(), start_new_session=True,
            )
        return self

    def announced(self):
        """Waits for the line that says where the server is."""
        killer = threading.Timer(READY_WITHIN_S, self.kill)
        killer.start()
        try:
            text, decoder = "", json.JSONDecoder()
            for line in iter(self.process.stdout.readline, b""):
                text += line.decode()
                try:
                    found, _ = decoder.raw_decode(text.lstrip())
                except ValueError:
                    continue
                self.port = urllib.parse.urlsplit(found["url"]).port
                self.set_up_url = found["set_up_url"]
                return self
        finally:
            killer.cancel()
        code = self.process.wait()
        raise RuntimeError(f"the server did not start (exit {code}):\n{self.log_tail()}")

    def start(self):
        """Starts the server and waits until it is ready."""
        self.spawn().announced()
        wait_for("/readyz", self.is_ready, READY_WITHIN_S)
        return self

    def is_ready(self):
        client = self.client()
        try:
            return client.send("GET", "/readyz").status == 200
        except OSError:
            return False
        finally:
            client.close()

    def kill(self):
        """`kill -9`, at once, whatever runs below the process too."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()
        self.process = None

    def stop(self, within_s=40):
        """Asks the server to stop; gives its exit code."""
        os.kill(self.inner_pid(), signal.SIGTERM)
        code = self.process.wait(within_s)
        self.process.stdout.close()
        self.process = None
        return code

    def inner_pid(self):
        """The process id of kaname itself, also when something wraps it."""
        if not self.wrap:
            return self.process.pid
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return int(wait_for("the wrapped process", lambda: children.read_text().split())[0])

    def log_tail(self, lines=15):
        text = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])

    def client(self, **caller):
        return Client(self.port, **caller)

    def set_up(self):
        """Founds the institution; gives the first administrator's session."""
        token = urllib.parse.parse_qs(urllib.parse.urlsplit(self.set_up_url).query)["token"][0]
        answer = self.client().send("POST", "/api/v1/set-up", {
            "token": token, "institution_name": TOWN, "label_pack": "municipality",
            "user_name": ADMINISTRATOR, "display_name": "管理 太郎", "password": PASSWORD,
        })
        return self._session(answer, 201)

    def found(self):
        """Sets up and starts once more, as on the second day; gives a session that went through it."""
        session = self.set_up()
        self.stop(120)
        self.start()
        return session.at(self.port)

    def sign_in(self, user_name=ADMINISTRATOR, password=PASSWORD):
        """A new session."""
        body = {"user_name": user_name, "password": password}
        return self._session(self.client().send("POST", "/api/v1/session", body), 200)

    def _session(self, answer, status):
        if answer.status != status:
            raise Refused("POST", "session", answer)
        cookie = answer.headers["set-cookie"].split(";")[0].split("=", 1)[1]
        return self.client(cookie=cookie, csrf=answer.json["csrf_token"])

    def cli(self, *arguments, stdin=None, environment=None, timeout_s=300):
        """Runs a command of the command line on this data folder."""
        return subprocess.run(
            [str(binary()), *arguments], env={**self.env(), **(environment or {})},
            capture_output=True, text=True, input=stdin, timeout=timeout_s, check=False,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()


class Tally:
    """Counts checks, prints what failed, and says the sum in the last line."""

    def __init__(self):
        self.passed, self.failures = 0, []

    def check(self, holds, what):
        if holds:
            self.passed += 1
        else:
            self.failures.append(what)
            print(f"FAILED: {what}", flush=True)
        return bool(holds)

    def finish(self):
        print(f"{self.passed} passed, {len(self.failures)} failed", flush=True)
        return 1 if self.failures else 0
