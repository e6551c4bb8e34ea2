"""People at work: several clients write at once, and a journal keeps what was acknowledged to them.

`Work` sends; `Journal` remembers what was tried and what was acknowledged and when; `check`
compares a server with the journal: every acknowledged write is there, and nothing is there in half.
"""

import http.client
import json
import random
import re
import threading
import time

import kaname_ledger as ledger
from kaname_server import Refused, events

NETWORK_ENDS = (OSError, EOFError, http.client.HTTPException)
MODEL = "work/chat"
MEMO = "整理番号{token}の届出は{count}日以内に窓口へ提出してください。手数料は{fee}円です。\n"


class Journal:
    """What was tried, and what was acknowledged at which moment (seconds since the epoch)."""

    def __init__(self):
        self.lock = threading.Lock()
        self.tried, self.acknowledged = {}, []

    def attempt(self, kind, name, value=None):
        with self.lock:
            self.tried[kind, name] = value

    def ack(self, kind, name, **facts):
        with self.lock:
            self.acknowledged.append({"kind": kind, "name": name, "at": time.time(), **facts})

    def of(self, kind, until=None, since=0):
        """Acknowledged writes of a kind, up to a moment, from an index on."""
        with self.lock:
            entries = self.acknowledged[since:]
        return [e for e in entries if e["kind"] == kind and (until is None or e["at"] <= until)]

    def __len__(self):
        return len(self.acknowledged)


def memo(token):
    """A small document that can be told from every other one by its number."""
    rng = random.Random(token)
    lines = [f"# 届出の手引き {token}\n\n"]
    for part in range(rng.randrange(1, 6)):
        lines.append(MEMO.format(token=f"{token}-{part}", count=rng.randrange(1, 90), fee=rng.randrange(10, 99) * 100))
    return "".join(lines).encode()


class Work:
    """Clients that write until they are told to stop or the server is gone."""

    def __init__(self, session, journal, rng, collection):
        self.session, self.journal, self.rng, self.collection = session, journal, rng, collection
        self.stopping = threading.Event()
        self.threads, self.errors = [], []
        # Whether the database may go away under the server, which then answers 5xx.
        self.database_may_end = False

    def start(self, kinds=("departments", "keys", "conversations", "asks", "uploads", "chats", "heads")):
        for kind in kinds:
            seed = self.rng.randrange(2**32)
            thread = threading.Thread(target=self._run, args=(kind, seed), daemon=True)
            thread.start()
            self.threads.append(thread)
        return self

    def stop(self):
        """Lets every client finish or fail, and raises what should not have happened."""
        self.stopping.set()
        for thread in self.threads:
            thread.join(180)
            assert not thread.is_alive(), "a client hangs"
        if self.errors:
            raise self.errors[0]

    def _run(self, kind, seed):
        client = self.session.at(self.session.port)
        rng = random.Random(seed)
        step = getattr(self, f"_{kind}")
        try:
            while not self.stopping.is_set():
                step(client, rng)
        except NETWORK_ENDS:
            pass  # The server was killed: what was not acknowledged may or may not be there.
        except Exception as error:  # noqa: BLE001 - shown by stop()
            if not (self.database_may_end and _is_unavailable(error)):
                self.errors.append(error)
        finally:
            client.close()

    def _departments(self, client, rng):
        key = f"d{rng.randrange(16**12):012x}"
        name = f"第{rng.randrange(1000)}課 <b>{key}</b>"
        self.journal.attempt("department", key, name)
        made = client.post("/departments", {"key": key, "name": name})
        self.journal.ack("department", key, id=made["id"], value=name)

    def _keys(self, client, rng):
        name = f"鍵 {rng.randrange(16**12):012x}"
        self.journal.attempt("key", name)
        body = {"name": name, "scopes": ["knowledge", "ledger"], "expires_in_days": 30}
        made = client.post("/keys", body)
        self.journal.ack("key", name, id=made["key"]["id"], secret=made["secret"])

    def _conversations(self, client, rng):
        made = client.post("/conversations", {"collection_ids": []})
        self.journal.ack("conversation", made["id"])
        text = f"整理番号{rng.randrange(16**8):08x}の届出はいつまでですか"
        path = f"/api/v1/conversations/{made['id']}/messages"
        response = client.open("POST", path, {"text": text})
        if response.status != 200:
            raise AssertionError(f"{path}: {response.status} {response.read()[:300]}")
        for name, data in events(response):
            data = json.loads(data)
            if name == "started":
                self.journal.ack("question", made["id"], value=text, act=data["act_id"])
            if name == "done":
                self.journal.ack("answer", made["id"], value=data["message"]["text"], id=data["message"]["id"])

    def _asks(self, client, rng):
        question = f"手数料はいくらですか {rng.randrange(1000)}"
        answer = client.post("/ask", {"question": question, "mode": "quotation"})
        self.journal.ack("act", answer["act_id"])

    def _chats(self, client, rng):
        body = {"model": MODEL, "stream": True, "messages": [{"role": "user", "content": f"SLOW {rng.random()}"}]}
        response = client.open("POST", "/v1/chat/completions", body)
        if response.status != 200:
            raise AssertionError(f"chat: {response.status} {response.read()[:300]}")
        call = response.headers["x-kaname-act"]
        self.journal.ack("call", call)
        if response.read().rstrip().endswith(b"[DONE]"):
            self.journal.ack("call_done", call)

    def _uploads(self, client, rng):
        tokens = [f"k{rng.randrange(16**10):010x}" for _ in range(rng.randrange(1, 4))]
        files = [(f"{token}.md", memo(token)) for token in tokens]
        for token in tokens:
            self.journal.attempt("document", f"{token}.md")
        answer = client.upload(self.collection, files)
        if answer.status != 202:
            raise AssertionError(f"upload: {answer}")
        for document in answer.json["documents"]:
            self.journal.ack("document", document["file_name"], id=document["id"], job=answer.json["job_id"])

    def _heads(self, client, _rng):
        found = ledger.head(client)
        self.journal.ack("head", found["tree_size"], head=found)
        self.stopping.wait(0.03)


def _is_unavailable(error):
    """Whether the server said that it cannot work at the moment."""
    if isinstance(error, Refused):
        return error.answer.status >= 500
    return isinstance(error, AssertionError) and re.search(r": 5\d\d ", str(error)) is not None


class Findings(Exception):
    """What a server does not hold, or holds in half."""

    def __init__(self, faults):
        super().__init__(f"{len(faults)} faults, such as: " + "; ".join(faults[:3]))
        self.faults = faults


def check(server, session, journal, until=None, since=0, rng=None):
    """Compares the server with the journal up to a moment. Raises Findings. Gives the new head.

    On PostgreSQL other nodes may be at work, so a start leaves calls without an outcome alone until
    they are older than any answer: there a call that was cut off may have none yet.
    Lists are compared whole; what costs a request each is looked at for entries from `since` on,
    and for a few older ones that `rng` picks.
    """
    faults = []
    _check_lists(session, journal, until, faults)
    recent = {kind: journal.of(kind, until, since) for kind in ("key", "conversation", "act", "call", "document")}
    if rng and since:
        for kind, entries in recent.items():
            older = journal.of(kind, until)
            entries += rng.sample(older, min(3, len(older)))
    _check_keys(server, recent["key"], faults)
    _check_documents(session, recent["document"], faults)
    _check_conversations(session, journal, until, recent["conversation"], faults)
    least = 0 if server.environment.get("KANAME_DATABASE_URL") else 1
    _check_calls(session, journal, until, (recent["call"], least), faults)
    new = ledger.settled_head(session)
    for act in recent["act"] + recent["call"]:
        _hold(faults, f"act {act['name']}", lambda act=act: ledger.check_receipt(session, act["name"], new["vkey"]))
    heads = journal.of("head", until)
    if heads:
        last = max(heads, key=lambda seen: seen["head"]["tree_size"])["head"]
        _hold(faults, "consistency", lambda: ledger.check_growth(session, last, new))
    _hold(faults, "replay", lambda: ledger.check_replay(session))
    if faults:
        raise Findings(faults)
    return new


def _hold(faults, what, probe):
    """Notes as a fault whatever `probe` raises."""
    try:
        return probe()
    except (AssertionError, Refused, TimeoutError, ledger.verifier.Refused) as error:
        faults.append(f"{what}: {error}")
        return None


def _check_lists(session, journal, until, faults):
    """Departments and keys: all that was acknowledged, nothing that nobody sent, one act for each row."""
    departments = {d["key"]: d for d in session.all("/departments")}
    for entry in journal.of("department", until):
        found = departments.get(entry["name"])
        if not found or found["name"] != entry["value"] or found["id"] != entry["id"]:
            faults.append(f"department {entry['name']} is {found}")
    for key, found in departments.items():
        if journal.tried.get(("department", key)) != found["name"]:
            faults.append(f"nobody sent department {found}")
    acts = acts_of(session, "identity.department_created")
    if len(acts) != len(departments):
        faults.append(f"{len(departments)} departments, but {len(acts)} acts of making one")
    keys = {key["id"]: key for key in session.all("/keys")}
    for entry in journal.of("key", until):
        if keys.get(entry["id"], {}).get("name") != entry["name"]:
            faults.append(f"key {entry['name']} is lost")


def acts_of(session, kind):
    """Every act of a kind."""
    return [act for act in session.all(f"/acts?kind={kind.split('_')[0]}") if act["kind"] == kind]


def _check_keys(server, entries, faults):
    for entry in entries:
        answer = server.client(key=entry["secret"]).send("GET", "/api/v1/ledger/head")
        if answer.status != 200:
            faults.append(f"key {entry['name']} is not accepted: {answer}")


def _check_documents(session, entries, faults):
    """Each upload is read once: one document, its whole text, one place in the index, one act."""
    for job in {entry["job"] for entry in entries}:
        ended = _hold(faults, f"job {job}", lambda job=job: session.job(job))
        if ended and ended["state"] != "succeeded":
            faults.append(f"import {job} ended as {ended}")
    for entry in entries:
        what = f"document {entry['name']}"
        found = _hold(faults, what, lambda entry=entry: session.get(f"/documents/{entry['id']}"))
        if not found:
            continue
        if found["state"] != "ready" or found["version"] != 1 or found["file_name"] != entry["name"]:
            faults.append(f"{what} is {found}")
            continue
        original = session.send("GET", f"/api/v1/documents/{entry['id']}/original")
        token = entry["name"].removesuffix(".md")
        if original.status != 200 or original.body != memo(token):
            faults.append(f"{what}: the file is not the one that was sent: {original}")
        hits = session.post("/search", {"query": f"整理番号{token}-0", "limit": 50})["items"]
        mine = [(hit["start"], hit["end"]) for hit in hits if hit["document_id"] == entry["id"]]
        if not mine or len(mine) != len(set(mine)):
            faults.append(f"{what} stands in the index {len(mine)} times, {len(set(mine))} places")


def _check_conversations(session, journal, until, entries, faults):
    questions = {e["name"]: e for e in journal.of("question", until)}
    answers = {e["name"]: e for e in journal.of("answer", until)}
    for entry in entries:
        what = f"conversation {entry['name']}"
        found = _hold(faults, what, lambda entry=entry: session.get(f"/conversations/{entry['name']}"))
        if not found:
            continue
        messages = found["messages"]
        half = [m for m in messages if m["state"] not in ("complete", "stopped", "failed")]
        if half:
            faults.append(f"{what} holds a message in half: {half}")
        question = questions.get(entry["name"])
        if question and not any(m["role"] == "user" and m["text"] == question["value"] for m in messages):
            faults.append(f"{what} has lost its question: {messages}")
        answer = answers.get(entry["name"])
        whole = [m for m in messages if m["role"] == "assistant" and m["state"] == "complete"]
        if answer and not any(m["id"] == answer["id"] and m["text"] == answer["value"] for m in whole):
            faults.append(f"{what} has lost its answer: {messages}")


def _check_calls(session, journal, until, asked, faults):
    """Each call of a model has its attempt and, whatever happened to it, one outcome and no more."""
    entries, least = asked
    done = {entry["name"] for entry in journal.of("call_done", until)}
    for entry in entries:
        what = f"call {entry['name']}"
        found = _hold(faults, what, lambda entry=entry: session.get(f"/acts/{entry['name']}"))
        if not found:
            continue
        kinds = [act["kind"] for act in found["chain"]]
        outcomes = [act["refs"]["outcome"] for act in found["chain"] if act["kind"] == "guard.outcome"]
        enough = least <= len(outcomes) <= 1
        if kinds.count("guard.attempt") != 1 or not enough:
            faults.append(f"{what} is recorded as {kinds}, {outcomes}")
        elif entry["name"] in done and outcomes != ["completed"]:
            faults.append(f"{what} came whole, but its outcome is {outcomes}")


def check_imports(session, journal):
    """Over all: every document once, each read once by the ledger's own account."""
    faults = []
    read = {}
    for act in acts_of(session, "knowledge.document_indexed"):
        document = act["refs"]["document"]
        read[document] = read.get(document, 0) + 1
    for entry in journal.of("document"):
        if read.get(entry["id"]) != 1:
            faults.append(f"document {entry['name']} was read {read.get(entry['id'], 0)} times")
    if faults:
        raise Findings(faults)


def endpoint(session, upstream):
    """A model behind a mock upstream. It speaks no Japanese, so that answers stay quotations."""
    session.post("/endpoints", {
        "name": "mock", "kind": "openai_compatible", "api_key": upstream.api_key, "base_url": upstream.base_url,
        "model": "mock-1", "public_name": MODEL, "capabilities": ["chat"], "languages": ["en"], "clearance": "2",
    })


def collection(session):
    """A collection for everyone."""
    body = {"key": "tebiki", "name": "手引き", "description": "", "label": "1",
            "readers": {"everyone": True, "department_ids": []}}
    made = session.post("/collections", body)
    return made["id"]
