"""The ledger seen from outside: heads that were published must stay the beginning of what follows.

Uses the stand-alone verifier, not the server's own judgement, for signatures and proofs.
"""

import importlib.util
import json

from kaname_server import ROOT, wait_for

_spec = importlib.util.spec_from_file_location("kaname_verify", ROOT / "tools/verify/kaname_verify.py")
verifier = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verifier)


def head(client):
    """The signed head of the caller's institution."""
    return client.get("/ledger/head")


def settled_head(client):
    """The head once no act waits for its leaf."""
    def settled():
        answer = client.send("GET", "/api/v1/ledger/head")
        if answer.code == "ledger.pending":
            return None
        assert answer.status == 200, f"no head: {answer}"
        return answer.json if answer.json["pending"] == 0 else None
    return wait_for("an empty queue of acts", settled)


def check_growth(client, old, new):
    """Raises unless the log of `old` is the beginning of the log of `new`, under one key."""
    assert old["vkey"] == new["vkey"], "the ledger's key has changed"
    key = verifier.VerifyingKey(old["vkey"])
    before = verifier.Checkpoint(old["checkpoint"].encode(), key)
    after = verifier.Checkpoint(new["checkpoint"].encode(), key)
    proof = []
    if 0 < before.size < after.size:
        answer = client.get(f"/ledger/consistency?from={before.size}&to={after.size}")
        proof = [verifier.decode_hash(text, "proof-form") for text in answer["proof"]]
    verifier.verify_consistency(before.size, before.root, after.size, after.root, proof)


def check_receipt(client, act_id, vkey):
    """Raises unless the act's receipt verifies offline; gives the entry."""
    answer = client.send("GET", f"/api/v1/acts/{act_id}/receipt")
    assert answer.status == 200, f"no receipt for {act_id}: {answer}"
    entry, *_ = verifier.verify_receipt(answer.body, verifier.VerifyingKey(vkey))
    assert entry["id"] == act_id, f"the receipt of {act_id} is that of {entry['id']}"
    return entry


def check_replay(client):
    """Raises unless the server's own replay of every entry finds no fault."""
    found = client.post("/ledger/verify", {})
    assert found["ok"] and not found["faults"], json.dumps(found, ensure_ascii=False)
    return found
