#!/usr/bin/env python3
"""Bad input and broken surroundings, against a real server over HTTP and the command line.

    faults.py            every group
    faults.py sessions   one group

Each must get the right status and stable code, leak nothing, and leave everything else working.
"""

import argparse
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys
import traceback
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
import files
from kaname_ledger import check_replay, settled_head
from kaname_server import PASSWORD, ROOT, Client, Server, Tally, scratch, wait_for
from kaname_workload import collection

NASTY = [
    "'); DROP TABLE department;--",
    "' OR '1'='1",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "../../etc/passwd",
    "%00%0d%0aset-cookie: a=b",
    "一\u202e二\u200b三\ufeff𠮷👨‍👩‍👧",
]
UNREADABLE = ["a\x00b", "x" * 100_000, "line\r\nset-cookie: a=b"]
ENDS_SESSION = {("DELETE", "/api/v1/session"), ("DELETE", "/api/v1/sessions")}


class Bench:
    """One server for the groups that only talk to it."""

    def __init__(self, tally):
        self.tally = tally
        self.server = Server().start()
        self.first_session = self.server.set_up()
        self.first_answer = self.first_session.send("POST", "/api/v1/ask", {"question": "手数料は"})
        self.server.stop()
        self.session = self.first_session.at(self.server.start().port)
        # A request that is refused before its body was read may end the connection.
        self.session.repeats = ("GET", "POST", "PUT", "PATCH", "DELETE")
        self.collection = collection(self.session)
        self.pages = {path.stem for path in (ROOT / "docs/errors").glob("*.md")}

    def nobody(self):
        nobody = self.server.client()
        nobody.repeats = self.session.repeats
        return nobody

    def refused(self, what, answer, status, code):
        """The answer is a problem with this status and code, whose page exists."""
        got = (answer.status, answer.code)
        self.tally.check(got == (status, code), f"{what}: wanted {status} {code}, got {answer}")
        kind = answer.headers.get("content-type", "")
        self.tally.check(kind == "application/problem+json", f"{what}: content type {kind}")
        self.tally.check(answer.code in self.pages, f"{what}: no docs/errors/{answer.code}.md")

    def alive(self, what):
        """The server still does its work and its ledger is whole."""
        self.tally.check(self.session.send("GET", "/api/v1/departments").status == 200, f"dead after {what}")
        try:
            settled_head(self.session)
            check_replay(self.session)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a fault
            self.tally.check(False, f"the ledger after {what}: {error!r}")


def sessions(bench):
    """Passwords, cookies, CSRF tokens, keys."""
    nobody, session = bench.nobody(), bench.session
    first = bench.first_answer
    bench.tally.check(first.status == 200, f"the first question after set-up, before any restart: {first}")
    body = {"user_name": "kanri", "password": "chigau password 0000"}
    wrong = nobody.send("POST", "/api/v1/session", body)
    bench.refused("a wrong password", wrong, 401, "identity.wrong_password")
    unknown = nobody.send("POST", "/api/v1/session", {**body, "user_name": "dare-mo-inai"})
    bench.refused("an unknown name", unknown, 401, "identity.wrong_password")
    bench.tally.check(wrong.json["detail"] == unknown.json["detail"], "wrong and unknown can be told apart")
    bench.refused("nobody", nobody.send("GET", "/api/v1/session"), 401, "identity.not_signed_in")
    for cookie in ("", "x", "A" * 43, session.cookie[:-1] + ("A" if session.cookie[-1] != "A" else "B"), "é" * 3):
        forged = bench.nobody().send("GET", "/api/v1/session", headers={"cookie": f"kaname_session={cookie}".encode()})
        bench.refused(f"a forged cookie {cookie[:5]}", forged, 401, "identity.not_signed_in")
    named = {"key": "x1", "name": "x"}
    for token in (None, "", session.csrf[:-1], session.csrf[::-1]):
        caller = Client(session.port, session.cookie, token)
        answer = caller.send("POST", "/api/v1/departments", named)
        bench.refused(f"a write with the token {token}", answer, 403, "identity.forged_request")
    for origin in ("https://evil.example", "null"):
        answer = session.send("POST", "/api/v1/departments", named, {"origin": origin})
        bench.refused(f"a write from {origin}", answer, 403, "identity.forged_request")
    for key in ("kn_" + "A" * 43, "kn_", "", "x" * 5000, "Basic YTpi"):
        answer = bench.nobody().send("GET", "/api/v1/collections", headers={"authorization": f"Bearer {key}"})
        bench.refused(f"the key {key[:8]}", answer, 401, "identity.not_signed_in")
    signed_out = bench.server.sign_in()
    signed_out.want("DELETE", "/api/v1/session")
    bench.refused("a session that has ended", signed_out.send("GET", "/api/v1/session"), 401, "identity.not_signed_in")
    token = {"token": "x" * 43, "institution_name": "a", "label_pack": "municipality", "user_name": "b",
             "display_name": "c", "password": PASSWORD}
    again = nobody.send("POST", "/api/v1/set-up", token)
    bench.refused("a second set-up", again, 403, "identity.set_up_refused")
    locking(bench)


def locking(bench):
    """Wrong passwords in a row lock the account, and say until when."""
    made = bench.session.post("/users", {"user_name": "locked", "display_name": "x", "roles": ["staff"], "clearance": "1"})
    bench.tally.check(bool(made["temporary_password"]), "a new person has no temporary password")
    for _ in range(6):
        answer = bench.nobody().send("POST", "/api/v1/session", {"user_name": "locked", "password": "z" * 20})
    bench.refused("the sixth wrong password", answer, 423, "identity.locked")
    bench.tally.check(answer.json.get("retry_at_ms", 0) > 0, f"a lock does not say until when: {answer}")
    right = {"user_name": "locked", "password": made["temporary_password"]}
    answer = bench.nobody().send("POST", "/api/v1/session", right)
    bench.refused("the right password on a locked account", answer, 423, "identity.locked")


def bodies(bench):
    """What is no JSON, not the right JSON, too large, or of another kind."""
    send = bench.session.send
    path, json_kind = "/api/v1/departments", {"content-type": "application/json"}
    for text in (b"{", b"", b"nul", b'{"key": "a", "name": "b"} x', b"\xff\xfe"):
        bench.refused(f"the body {text[:8]}", send("POST", path, text, json_kind), 400, "http.malformed_json")
    answer = send("POST", path, b"[" * 100_000, json_kind)
    bench.tally.check(answer.status in (400, 422) and answer.code, f"a deep body: {answer}")
    for text in (b"[]", b"3", b'"x"', b"{}", b'{"key": 1, "name": "b"}', b'{"key": "a", "name": "b", "more": 1}'):
        answer = send("POST", path, text, json_kind)
        bench.refused(f"the body {text}", answer, 422, "http.invalid_body")
        bench.tally.check("field" in answer.json, f"{text}: no field is named: {answer}")
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = {"content-type": kind} if kind else {}
        bench.refused(f"the type {kind}", send("POST", path, b'{"key":"a","name":"b"}', headers), 415, "http.not_json")
    bench.refused("PUT on a list", send("PUT", path, b"{}", json_kind), 405, "http.method_not_allowed")
    for query in ("limit=abc", "limit=99999999999999999999999"):
        bench.refused(f"?{query}", send("GET", f"{path}?{query}"), 400, "http.invalid_query")
    answer = send("GET", f"{path}?cursor=%27%3B--")
    bench.tally.check(answer.status in (400, 422), f"a cursor of nobody's: {answer}")
    for target in ("/api/v1/no/such/route", "/api/v2/status", "/api/"):
        answer = send("GET", target)
        bench.tally.check(answer.status == 404 and answer.code, f"{target} is no 404 problem: {answer}")
    path = f"/api/v1/collections/{bench.collection}/documents"
    answer = send("POST", path, b"junk", {"content-type": "multipart/form-data; boundary=x"})
    bench.refused("a broken upload", answer, 400, "knowledge.upload_unreadable")
    answer = send("POST", path, b"{}", json_kind)
    bench.tally.check(answer.status in (400, 415) and answer.code, f"an upload as JSON: {answer}")
    too_large(bench)


def too_large(bench):
    """200 MB are refused, whether they say so or not, and memory does not grow by them."""
    path = f"/api/v1/collections/{bench.collection}/documents"
    before = memory_kib(bench.server)
    for what, size, declared in (("declared", 200 << 20, True), ("chunked", 200 << 20, False)):
        answer = send_large(bench.session, path, size, declared)
        bench.refused(f"200 MB {what}", answer, 413, "http.too_large")
    grown = (memory_kib(bench.server) - before) / 1024
    bench.tally.check(grown < 400, f"200 MB refused made the server grow by {grown:.0f} MiB")
    big = [("big.txt", b"\xe3\x81\x82" * (35 << 20)), ("small.txt", "小さな案内です。".encode())]
    answer = bench.session.upload(bench.collection, big)
    refused = {item["file_name"]: item for item in answer.json.get("refused", [])} if answer.status == 202 else {}
    good = refused.get("big.txt", {}).get("code") == "knowledge.document_too_large" and len(answer.json["documents"]) == 1
    bench.tally.check(good, f"105 MB beside a small file: {answer}")
    kind = {"content-type": "application/json"}
    answer = bench.session.send("POST", "/v1/chat/completions", b'{"model":"' + b"x" * (9 << 20) + b'"}', kind)
    bench.tally.check(answer.status == 413 and "error" in answer.json, f"9 MB at /v1: {answer}")


def memory_kib(server):
    status = pathlib.Path(f"/proc/{server.inner_pid()}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def send_large(caller, path, size, declared):
    """Sends a body in pieces and reads the answer even where the server stops taking it."""
    from kaname_server import Answer
    connection = http.client.HTTPConnection("127.0.0.1", caller.port, timeout=120)
    connection.putrequest("POST", path)
    for name, value in caller.headers("POST").items():
        connection.putheader(name, value)
    connection.putheader("content-type", "multipart/form-data; boundary=b")
    connection.putheader(*(("content-length", str(size)) if declared else ("transfer-encoding", "chunked")))
    connection.endheaders()
    head = b'--b\r\ncontent-disposition: form-data; name="file"; filename="x.txt"\r\n\r\n'
    block, sent = head.ljust(1 << 20, b"a"), 0
    try:
        while sent < size:
            connection.send(block if declared else b"%x\r\n%s\r\n" % (len(block), block))
            sent, block = sent + len(block), b"a" * (1 << 20)
        if not declared:
            connection.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass
    try:
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    except OSError as error:
        return Answer(0, {}, f"no answer could be read after {sent >> 20} MiB: {error!r}".encode())
    finally:
        connection.close()


def routes(bench):
    """Every route of the OpenAPI document: nobody, no token, no such id, and SQL and HTML as ids."""
    document = bench.nobody().want("GET", "/openapi.json")
    public = {"/api/v1/status", "/api/v1/set-up", "/ledger/{institution_key}/checkpoint", "/ledger/{institution_key}/vkey"}
    for path, verbs in document["paths"].items():
        for verb in verbs:
            method = verb.upper()
            if path in public or (method, path) == ("POST", "/api/v1/session"):
                continue
            for one in (str(uuid.uuid4()), "%27%20OR%201=1--", "%3Cscript%3E", "..%2f..%2fetc", "%ff%fe", "x" * 3000):
                at = path
                while "{" in at:
                    at = at[:at.index("{")] + one + at[at.index("}") + 1:]
                route(bench, method, path, at, one)
                if "{" not in path:
                    break
    bench.alive("every route")


def route(bench, method, path, at, one):
    what = f"{method} {path} with {one[:12]}"
    body = None if method == "GET" else {}
    answer = bench.nobody().send(method, at, body)
    error = answer.json.get("error", {}) if answer.body[:1] == b"{" else {}
    # Anthropic's dialect has no field for a code; its type says as much.
    found = answer.code or error.get("code") or error.get("type")
    bench.tally.check(answer.status == 401 and found, f"nobody: {what}: {answer}")
    if method != "GET":
        answer = Client(bench.session.port, bench.session.cookie).send(method, at, body)
        bench.tally.check(answer.status == 403, f"no token: {what}: {answer}")
    if (method, path) in ENDS_SESSION or path == "/api/v1/endpoints/probe":
        return
    if "{" in path:
        answer = bench.session.send(method, at, body)
        good = answer.status in (400, 404, 415, 422) and answer.body[:1] == b"{"
        bench.tally.check(good, f"no such thing: {what}: {answer}")
        leaks = any(word in answer.body.lower() for word in (b"sqlite", b"select ", b"panicked", b"/src/"))
        bench.tally.check(not leaks, f"leaks its inside: {what}: {answer}")


def fields(bench):
    """SQL and HTML in every text: kept as it is or refused by field, never done."""
    session = bench.session
    for number, text in enumerate(NASTY):
        inert(bench, "a department", text, "/departments", {"key": f"n{number}", "name": text}, "name")
        inert(bench, "a key", text, "/keys", {"name": text, "scopes": ["ledger"], "expires_in_days": 1}, "name", "key")
        person = {"user_name": f"n{number}", "display_name": text, "roles": ["staff"], "clearance": "1"}
        inert(bench, "a person", text, "/users", person, "display_name", "user")
        shelf = {"key": f"n{number}", "name": text, "description": text, "label": "1", "readers": {"everyone": True}}
        inert(bench, "a collection", text, "/collections", shelf, "name")
        for path, body in (("/ask", {"question": text}), ("/search", {"query": text})):
            answer = session.send("POST", f"/api/v1{path}", body)
            bench.tally.check(answer.status in (200, 422), f"{path} with {text!r}: {answer}")
        made = session.post("/conversations", {})
        answer = session.send("PATCH", f"/api/v1/conversations/{made['id']}", {"title": text})
        good = answer.status == 422 or answer.json.get("title") == text
        bench.tally.check(good, f"a title {text!r}: {answer}")
    person = {"user_name": "u", "display_name": "u", "roles": ["staff"], "clearance": "1"}
    for text in UNREADABLE:
        for path, body in (
            ("/departments", {"key": "u", "name": text}), ("/departments", {"key": text, "name": "u"}),
            ("/keys", {"name": text, "scopes": ["ledger"], "expires_in_days": 1}),
            ("/users", {**person, "user_name": text}), ("/users", {**person, "roles": [text]}),
            ("/users", {**person, "clearance": text}),
            ("/collections", {"key": "u", "name": text, "label": "1", "readers": {"everyone": True}}),
            ("/collections", {"key": "u", "name": "u", "label": text, "readers": {"everyone": True}}),
            ("/ask", {"question": text * 3000 if len(text) < 100 else text}), ("/conversations", {"collection_ids": [text]}),
        ):
            answer = session.send("POST", f"/api/v1{path}", body)
            good = answer.status in (400, 422) and answer.json.get("field")
            bench.tally.check(good, f"POST {path} with {text[:20]!r}: wanted 422 with a field, got {answer}")
    lone = b'{"key": "lone", "name": "\\ud800"}'
    answer = session.send("POST", "/api/v1/departments", lone, {"content-type": "application/json"})
    bench.tally.check(answer.status in (400, 422), f"half a character: {answer}")
    names = [(f"{place}{text}.txt", f"本文{place}です。".encode()) for place, text in enumerate(NASTY)]
    answer = session.upload(bench.collection, names)
    bench.tally.check(answer.status in (202, 400), f"file names: {answer}")
    if answer.status == 202 and answer.json["job_id"]:
        bench.tally.check(session.job(answer.json["job_id"])["state"] == "succeeded", "files with such names")
    original(bench)
    for kind in ("identity.department_created", "identity.key_created", "knowledge.document_added"):
        acts = session.get(f"/acts?kind={kind}")["items"]
        bench.tally.check(acts and all(act["kind"] == kind for act in acts), f"no acts of kind {kind} are found")
    bench.alive("every field")


def inert(bench, what, text, path, body, field, inside=None):
    answer = bench.session.send("POST", f"/api/v1{path}", body)
    kind = answer.headers.get("content-type", "")
    safe = kind.startswith("application/") and answer.headers.get("x-content-type-options") == "nosniff"
    bench.tally.check(safe, f"{what} {text!r} could be read as a page: {kind}")
    if answer.status == 422:
        bench.tally.check(bool(answer.json.get("field")), f"{what} {text!r}: {answer}")
        return
    made = answer.json.get(inside, answer.json) if inside else answer.json
    bench.tally.check(answer.status == 201 and made.get(field) == text, f"{what} {text!r} became {answer}")


def original(bench):
    """A page that was uploaded is saved, never shown."""
    page = b"<!doctype html><title>x</title><p>\xe6\xa1\x88\xe5\x86\x85</p><script>alert(1)</script>"
    sent = bench.session.upload(bench.collection, [("page.html", page)]).json
    bench.session.job(sent["job_id"])
    path = f"/api/v1/documents/{sent['documents'][0]['id']}"
    answer = bench.session.send("GET", f"{path}/original")
    kind, how = answer.headers.get("content-type", ""), answer.headers.get("content-disposition", "")
    bench.tally.check(how.startswith("attachment") and "html" not in kind, f"an uploaded page comes as {kind}, {how}")
    text = bench.session.send("GET", f"{path}/text")
    bench.tally.check("alert" not in text.json["text"], "a script's text became a document's text")


def documents(bench):
    """Each bad file gets its own error; the rest of the same upload goes on."""
    every = files.every()
    answer = bench.session.upload(bench.collection, [(name, data) for name, data, _ in every])
    if not bench.tally.check(answer.status == 202, f"the upload of good and bad files: {answer}"):
        return
    job = bench.session.job(answer.json["job_id"], 300)
    bench.tally.check(job["state"] == "succeeded", f"the import ended as {job}")
    faults = {item["file_name"]: item for item in answer.json["refused"]}
    states = {}
    for item in answer.json["documents"]:
        states[item["file_name"]] = bench.session.get(f"/documents/{item['id']}")
    for name, _, code in every:
        found = faults.get(name) or (states.get(name) or {}).get("error") or {}
        if code is None:
            bench.tally.check(states.get(name, {}).get("state") == "ready", f"{name}: {states.get(name)} {found}")
            continue
        bench.tally.check(found.get("code") == code, f"{name}: wanted {code}, got {found or states.get(name)}")
        bench.tally.check(bool(found.get("fix")), f"{name}: no fix is told: {found}")
        bench.tally.check(found.get("code") in bench.pages, f"{name}: no page for {found.get('code')}")
    bench.alive("bad files")


def models(tally):
    """Models that are missing or not the right ones: the fix is told, the rest works."""
    with Server(environment={"KANAME_MODELS": str(scratch() / "none")}) as server:
        session = server.start().found()
        answer = session.send("POST", "/api/v1/ask", {"question": "手数料は"})
        told = answer.status >= 500 and "`kaname model " in answer.body.decode()
        tally.check(told, f"a question without any model: wanted 5xx with the command that mends it, got {answer}")
        checks = {check["name"]: check for check in session.get("/health")["checks"]}
        missing = [check for check in checks.values() if check["state"] != "ok" and check["fix"]]
        tally.check(len(missing) >= 2, f"health does not tell which models are missing: {checks}")
        tally.check(session.send("GET", "/api/v1/departments").status == 200, "nothing works without models")
        import_without_models(tally, session)
        found = server.cli("model", "check")
        tally.check(found.returncode == 4 and "kaname model fetch" in found.stdout, f"model check: {found}")
    source = pathlib.Path(os.environ.get("KANAME_MODELS") or pathlib.Path.home() / ".local/share/kaname/models")
    if not (source / "use-multilingual-v3/sp.model").exists():
        print("skipped: wrong hash of a model, since no model is here", flush=True)
        return
    wrong_hash(tally, source)
    wrong_engine_model(tally, source)


def import_without_models(tally, session):
    """An import that cannot be done ends, and each of its documents says why."""
    made = collection(session)
    sent = session.upload(made, [("a.txt", "窓口の案内です。".encode()), ("b.txt", "届出の案内です。".encode())]).json
    job = session.job(sent["job_id"], 300)
    tally.check(job["state"] == "failed" and job["error"], f"an import without models: {job}")
    for item in sent["documents"]:
        found = session.get(f"/documents/{item['id']}")
        told = found["state"] == "failed" and (found["error"] or {}).get("fix")
        tally.check(told, f"a document whose import has failed for good: wanted failed with the fix, got {found}")


def wrong_engine_model(tally, source):
    """A GGUF file with another hash than the configuration's is not run, and the fix is told."""
    found = sorted((source / "smollm2-135m-instruct").glob("*.gguf"))
    if not found:
        print("skipped: wrong hash of a GGUF file, since none is here", flush=True)
        return
    for what, path in (("wrong", found[0]), ("missing", source / "no-such.gguf")):
        server = Server()
        server.data.mkdir(mode=0o700)
        text = f"[engine]\nmodel = '{path}'\nsha256 = '{'0' * 64}'\nlanguages = ['en']\n"
        (server.data / "kaname.toml").write_text(text)
        with server:
            session = server.start().found()
            engines = [e for e in session.get("/endpoints")["items"] if e["kind"] == "embedded_generation"]
            result = session.post(f"/endpoints/{engines[0]['id']}/test", {}) if engines else {}
            told = result.get("ok") is False and "kaname model fetch" in json.dumps(result)
            tally.check(told, f"a GGUF file that is {what}: wanted a refusal with the fix, got {result}")


def wrong_hash(tally, source):
    models_dir = scratch()
    (models_dir / "ipadic").symlink_to(source / "ipadic")
    shutil.copytree(source / "use-multilingual-v3", models_dir / "use-multilingual-v3")
    path = models_dir / "use-multilingual-v3/sp.model"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with Server(environment={"KANAME_MODELS": str(models_dir)}) as server:
        found = server.cli("model", "check", "--json")
        tally.check(found.returncode == 4 and "kaname model fetch use-multilingual-v3" in found.stdout, f"model check: {found}")
        session = server.start().found()
        embedded = [e for e in session.get("/endpoints")["items"] if e["kind"] == "embedded_embedding"]
        result = session.post(f"/endpoints/{embedded[0]['id']}/test", {}) if embedded else {}
        told = result.get("ok") is False and "kaname model" in json.dumps(result)
        tally.check(told, f"a model with a flipped bit: wanted a refusal with the fix, got {result}")


def folders(tally):
    """A second process, a folder that cannot be written, a full disk."""
    with Server() as server:
        server.start()
        second = Server(server.data)
        found = second.cli("serve", "--json", environment={"KANAME_LISTEN": "127.0.0.1:0"}, timeout_s=30)
        named = str(server.data) in found.stderr and found.returncode == 5
        tally.check(named, f"a second server on the folder: wanted exit 5 naming it, got {found}")
        found = second.cli("migrate")
        tally.check(found.returncode == 5 and str(server.data) in found.stderr, f"migrate beside a server: {found}")
        tally.check(server.is_ready(), "the first server is gone")
    file = scratch() / "file"
    file.write_text("x")
    found = Server(file).cli("migrate")
    tally.check(found.returncode == 5 and str(file) in found.stderr, f"a file as data folder: {found}")
    key = Server()
    key.cli("migrate")
    (key.data / "keys/master.key").write_bytes(b"short")
    found = key.cli("migrate")
    tally.check(found.returncode == 5 and "master key" in found.stderr, f"a damaged master key: {found}")
    garbage = Server()
    garbage.data.mkdir()
    (garbage.data / "kaname.db").write_bytes(b"this is no database " * 500)
    found = garbage.cli("migrate")
    tally.check(found.returncode in (1, 5) and "database" in found.stderr, f"a damaged database: {found}")
    on_small_disk(tally)


def on_small_disk(tally):
    mount = scratch()
    command = ["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", str(mount)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"skipped: full and read-only disk, since mounting is not allowed here: {done.stderr.strip()}", flush=True)
        return
    try:
        full_disk(tally, mount)
        read_only(tally, mount)
    finally:
        subprocess.run(["umount", "-l", str(mount)], check=False)


def full_disk(tally, mount):
    with Server(mount / "data") as server:
        session = server.start().set_up()
        session.post("/departments", {"key": "before", "name": "前"})
        filler = mount / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 16))
            except OSError:
                pass
        answers = []
        for number in range(300):
            answers.append(session.send("POST", "/api/v1/departments", {"key": f"f{number}", "name": "満" * 90}))
            if answers[-1].status != 201:
                break
        last = answers[-1]
        tally.check((last.status, last.code) == (507, "platform.disk_full"), f"a write to a full disk: {last}")
        tally.check(b"disk" in last.body or b"space" in last.body, f"a full disk is not named: {last}")
        tally.check((ROOT / f"docs/errors/{last.code}.md").exists(), f"no page for {last.code}")
        tally.check(session.send("GET", "/api/v1/departments").status == 200, "nothing can be read on a full disk")
        kept = sum(answer.status == 201 for answer in answers)
        found = Server(mount / "other").cli("migrate")
        tally.check(found.returncode in (1, 5) and "space" in found.stderr, f"a first start on a full disk: {found}")
        filler.unlink()
        after = wait_for("writing after space was made", lambda: writes_again(session), 30)
        tally.check(after, "writing does not come back")
        there = {item["key"] for item in session.all("/departments")}
        lost = [number for number in range(kept) if f"f{number}" not in there]
        tally.check("before" in there and not lost, f"acknowledged on a nearly full disk and lost: {lost}")
        settled_head(session)
        check_replay(session)
        tally.check(server.stop() == 0, "the server does not stop well after a full disk")


def writes_again(session):
    answer = session.send("POST", "/api/v1/departments", {"key": f"a{uuid.uuid4().hex}", "name": "後"})
    return answer.status == 201


def read_only(tally, mount):
    subprocess.run(["mount", "-o", "remount,ro", str(mount)], check=True)
    server = Server(mount / "data")
    for command in (["serve"], ["migrate"], ["ask", "手数料は"]):
        found = server.cli(*command, timeout_s=60)
        told = found.returncode == 5 and "writable" in found.stderr and "panicked" not in found.stderr
        tally.check(told, f"kaname {command[0]} on a read-only disk: wanted exit 5 and why, got {found}")


def command_line(tally):
    """Exit codes as `kaname --help` promises them, and words instead of panics."""
    with Server() as server:
        session = server.start().found()
        made = collection(session)
        sent = session.upload(made, [("a.txt", "粗大ごみの手数料は三百円です。\n".encode())]).json
        session.job(sent["job_id"])
        missing = str(server.data / "no-such-file.txt")
        bad = scratch() / "locked.pdf"
        bad.write_bytes(files.locked_pdf())
        act = session.post("/ask", {"question": "粗大ごみの手数料"})["act_id"]
        vkey = settled_head(session)["vkey"]
        receipt = scratch() / "receipt.json"
        receipt.write_bytes(session.send("GET", f"/api/v1/acts/{act}/receipt").body)
        forged = scratch() / "forged.json"
        forged.write_bytes(receipt.read_bytes().replace(b'"leaf_index":', b'"leaf_index":1'))
        cases = [
            (2, []), (2, ["no-such-command"]), (2, ["serve", "--no-such-flag"]), (2, ["ask"]), (0, ["--version"]),
            (0, ["ask", "粗大ごみの手数料はいくらですか"]), (3, ["ask", "月の裏側の人口は何人ですか"]),
            (1, ["ask", "手数料", "--collection", "no-such"]), (1, ["docs", "add", missing, "--collection", "tebiki"]),
            (1, ["docs", "add", str(bad), "--collection", "tebiki"]), (1, ["docs", "remove", str(uuid.uuid4())]),
            (1, ["user", "passwd", "dare-mo-inai"]), (1, ["user", "add", "'; DROP TABLE x", "--display-name", "x"]),
            (1, ["--as", "dare-mo-inai", "user", "list"]), (1, ["key", "revoke", str(uuid.uuid4())]),
            (0, ["ledger", "head"]), (0, ["ledger", "verify"]), (0, ["ledger", "verify", str(receipt), "--vkey", vkey]),
            (4, ["ledger", "verify", str(forged), "--vkey", vkey]), (1, ["ledger", "verify", missing, "--vkey", vkey]),
            (1, ["ledger", "prove", str(uuid.uuid4())]), (0, ["config", "check"]), (0, ["upgrade", "check"]),
            (1, ["restore", str(bad)]),
        ]
        for wanted, command in cases:
            found = server.cli(*command)
            said = found.stderr.strip() if wanted in (1, 2, 5) else "x"
            good = found.returncode == wanted and said and "panicked" not in found.stderr
            got = f"{found.returncode}: {found.stdout[-200:]} {found.stderr[-300:]}"
            tally.check(good, f"kaname {' '.join(command)[:80]}: wanted {wanted}, got {got}")
        for words in ("ledger head", "user list", "docs list", "model list", "config check", "ledger verify"):
            command = words.split()
            found = server.cli(*command, "--json")
            tally.check(is_json(found.stdout), f"kaname {' '.join(command)} --json prints no JSON: {found.stdout[:200]}")
        found = server.cli("docs", "remove", str(uuid.uuid4()), "--json")
        tally.check(found.returncode == 1 and is_json(found.stderr), f"an error with --json is no JSON: {found.stderr}")
    listen = Server().cli("config", "check", environment={"KANAME_LISTEN": "nowhere"})
    tally.check(listen.returncode == 5 and "http.listen" in listen.stderr, f"a listen address that is none: {listen}")
    beyond = Server().cli("serve", environment={"KANAME_LISTEN": "0.0.0.0:0"}, timeout_s=30)
    tally.check(beyond.returncode == 5 and "TLS" in beyond.stderr, f"beyond loopback without TLS: {beyond}")


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


WITH_SERVER = {group.__name__: group for group in (sessions, bodies, routes, fields, documents)}
ALONE = {group.__name__: group for group in (models, folders, command_line)}


def run(names=()):
    tally = Tally()
    names = names or [*WITH_SERVER, *ALONE]
    bench = Bench(tally) if any(name in WITH_SERVER for name in names) else None
    for name in names:
        print(f"-- {name}", flush=True)
        try:
            WITH_SERVER[name](bench) if name in WITH_SERVER else ALONE[name](tally)
        except Exception as error:  # noqa: BLE001 - one group's fault must not hide the others
            where = traceback.format_tb(error.__traceback__)[1:]
            tally.check(False, f"{name} broke off: {error!r}\n{''.join(where)}")
    if bench:
        log = bench.server.log.read_text("utf-8", "replace")
        tally.check("panicked" not in log, "the server's log tells of a panic")
        tally.check(PASSWORD not in log and bench.session.cookie not in log, "the log holds a secret")
        bench.server.kill()
    return tally


def main():
    parser = argparse.ArgumentParser(description="Bad input and broken surroundings.")
    parser.add_argument("groups", nargs="*", choices=[*WITH_SERVER, *ALONE, []])
    return run(parser.parse_args().groups).finish()


if __name__ == "__main__":
    sys.exit(main())
