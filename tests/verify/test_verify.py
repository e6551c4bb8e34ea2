"""The stand-alone verifier against the vectors that the ledger's own tests pin.

Run: python3 -m unittest discover -s tests/verify
"""

import base64
import importlib.util
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tools/verify/kaname_verify.py"
VECTORS = ROOT / "tests/vectors/ledger"


def load_script():
    sys.dont_write_bytecode = True
    spec = importlib.util.spec_from_file_location("kaname_verify", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify = load_script()


def vectors(name):
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def verdict(check):
    """The name of the check that refuses, or None."""
    try:
        check()
    except verify.Refused as refusal:
        return refusal.code
    return None


class Vectors(unittest.TestCase):
    """Every verdict is the one that the ledger itself gives."""

    def assert_cases(self, cases, check):
        verdicts = set()
        for case in cases:
            with self.subTest(case["name"]):
                self.assertEqual(verdict(lambda: check(case["input"])), case["refused"])
                verdicts.add(case["refused"])
        self.assertGreater(len(verdicts), 2, "the vectors accept and refuse")
        self.assertIn(None, verdicts)

    def test_commitments_are_the_same(self):
        for case in vectors("commitments.json"):
            salt = base64.b64decode(case["salt"])
            digest = verify.commitment(salt, case["field"], case["value"].encode())
            self.assertEqual(base64.b64encode(digest).decode(), case["digest"])

    def test_entries_get_the_same_verdict(self):
        def check(given):
            data = base64.b64decode(given["bytes"])
            if "widen_actor_to" in given:
                data = data.replace(b'"u"', b'"' + b"u" * given["widen_actor_to"] + b'"')
            else:
                leaf = base64.b64encode(verify.leaf_hash(data)).decode()
                self.assertEqual(leaf, given["leaf_hash"])
            verify.parse_entry(data)

        self.assert_cases(vectors("entries.json"), check)

    def test_keys_get_the_same_verdict(self):
        self.assert_cases(vectors("keys.json"), verify.VerifyingKey)

    def test_checkpoints_get_the_same_verdict(self):
        given = vectors("checkpoints.json")
        key = verify.VerifyingKey(given["vkey"])
        self.assert_cases(given["cases"], lambda note: verify.Checkpoint(note.encode(), key))

    def test_receipts_get_the_same_verdict(self):
        given = vectors("receipts.json")
        key = verify.VerifyingKey(given["vkey"])
        self.assert_cases(given["cases"], lambda text: verify.verify_receipt(text.encode(), key))

    def test_consistency_gets_the_same_verdict(self):
        given = vectors("consistency.json")
        key = verify.VerifyingKey(given["vkey"])

        def check(case):
            old, new = (verify.Checkpoint(case[name].encode(), key) for name in ("old", "new"))
            proof = verify.parse_proof(case["proof"].encode())
            verify.verify_consistency(old.size, old.root, new.size, new.root, proof)

        self.assert_cases(given["cases"], check)


class Mathematics(unittest.TestCase):
    """What the vectors rest on, against published values."""

    def test_the_published_roots_come_out(self):
        frontier = verify.Frontier()
        for case in vectors("rfc6962.json"):
            self.assertEqual(frontier.root().hex(), case["root"])
            if case["next_leaf"] is not None:
                frontier.push(verify.leaf_hash(bytes.fromhex(case["next_leaf"])))

    def test_the_signatures_of_rfc_8032_verify_and_no_changed_one_does(self):
        public = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        signature = (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
        public, signature = bytes.fromhex(public), bytes.fromhex(signature)
        self.assertTrue(verify.ed25519_verify(public, b"\x72", signature))
        self.assertFalse(verify.ed25519_verify(public, b"\x73", signature))
        self.assertFalse(verify.ed25519_verify(public, b"\x72", signature[:-1]))
        for place in range(64):
            changed = bytearray(signature)
            changed[place] ^= 1 << (place % 8)
            self.assertFalse(verify.ed25519_verify(public, b"\x72", bytes(changed)), place)
        beyond = int.from_bytes(signature[32:], "little") + verify.ORDER
        malleable = signature[:32] + beyond.to_bytes(32, "little")
        self.assertFalse(verify.ed25519_verify(public, b"\x72", malleable))

    def test_a_weak_key_signs_nothing(self):
        neutral = b"\x01" + bytes(31)
        self.assertFalse(verify.ed25519_verify(neutral, b"anything", neutral + bytes(32)))


class CommandLine(unittest.TestCase):
    """The script as a person runs it: exit code and message."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.log = vectors("log.json")

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    def run_script(self, *arguments):
        command = [sys.executable, str(SCRIPT), *arguments]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)

    def assert_ok(self, *arguments):
        done = self.run_script(*arguments, "--vkey", self.log["vkey"])
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertTrue(done.stdout.startswith("ok: "), done.stdout)
        return done.stdout

    def assert_refused(self, code, *arguments):
        done = self.run_script(*arguments, "--vkey", self.log["vkey"])
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertTrue(done.stderr.startswith(f"refused: {code}: "), done.stderr)

    def bundle(self, entries):
        return self.write("log.jsonl", "".join(json.dumps(entry) + "\n" for entry in entries))

    def test_a_checkpoint_is_read_and_a_changed_one_refused(self):
        good = self.log["checkpoint"]
        self.assertIn("has 20 entries", self.assert_ok("checkpoint", self.write("good", good)))
        changed = self.write("changed", good.replace("\n20\n", "\n21\n"))
        self.assert_refused("bad-signature", "checkpoint", changed)

    def test_a_receipt_shows_what_it_discloses(self):
        case = vectors("receipts.json")["cases"][0]
        shown = self.assert_ok("receipt", self.write("good", case["input"]))
        self.assertIn("entry 6 of 20 in example.com/town", shown)
        self.assertIn('disclosed question: "質問 6"', shown)
        changed = case["input"].replace('"leaf_index": 6', '"leaf_index": 5')
        self.assert_refused("root-mismatch", "receipt", self.write("changed", changed))

    def test_no_changed_byte_of_a_receipt_proves_another_act(self):
        case = vectors("receipts.json")["cases"][0]["input"].encode()
        key = verify.VerifyingKey(self.log["vkey"])
        proved = verify.verify_receipt(case, key)
        numbers = random.Random(1)
        for place in numbers.sample(range(len(case)), 300):
            changed = bytearray(case)
            changed[place] ^= numbers.randrange(1, 256)
            try:
                entry, index, checkpoint, disclosed = verify.verify_receipt(bytes(changed), key)
            except verify.Refused:
                continue
            self.assertEqual((entry, index, disclosed), (proved[0], proved[1], proved[3]))
            self.assertEqual(checkpoint.root, proved[2].root)

    def test_consistency_takes_two_checkpoints_and_a_proof(self):
        cases = {case["name"]: case["input"] for case in vectors("consistency.json")["cases"]}

        def files(name):
            return [self.write(part, cases[name][part]) for part in ("old", "new", "proof")]

        shown = self.assert_ok("consistency", *files("good, 7 to 20"))
        self.assertIn("the first 7 of 20 entries", shown)
        self.assert_refused("path-length", "consistency", *files("a hash too many"))

    def test_a_whole_log_is_replayed(self):
        entries = self.log["entries"]
        checkpoint = [self.write("checkpoint", self.log["checkpoint"])]
        self.assert_ok("bundle", self.bundle(entries), *checkpoint)
        self.assert_refused("size-mismatch", "bundle", self.bundle(entries[:-1]), *checkpoint)
        self.assert_refused("size-mismatch", "bundle", self.bundle([]), *checkpoint)
        swapped = [entries[1], entries[0], *entries[2:]]
        self.assert_refused("root-mismatch", "bundle", self.bundle(swapped), *checkpoint)
        replaced = [*entries[:-1], entries[0]]
        self.assert_refused("root-mismatch", "bundle", self.bundle(replaced), *checkpoint)
        self.assert_refused("bundle-line", "bundle", self.bundle(["!", *entries]), *checkpoint)
        self.assert_refused("bundle-line", "bundle", self.bundle([1, *entries]), *checkpoint)
        self.assert_refused("entry-schema", "bundle", self.bundle(["W10="]), *checkpoint)

    def test_wrong_usage_and_unreadable_files_are_told_apart(self):
        self.assertEqual(self.run_script().returncode, 2)
        self.assertEqual(self.run_script("checkpoint", "x").returncode, 2)
        absent = str(self.folder / "absent")
        done = self.run_script("checkpoint", absent, "--vkey", self.log["vkey"])
        self.assertEqual(done.returncode, 2)
        self.assertIn("cannot read", done.stderr)
        good = self.write("good", self.log["checkpoint"])
        done = self.run_script("checkpoint", good, "--vkey", "nonsense")
        self.assertEqual(done.returncode, 1)
        self.assertIn("key-form", done.stderr)


if __name__ == "__main__":
    unittest.main()
