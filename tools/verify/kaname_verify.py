#!/usr/bin/env python3
"""Checks what a Kaname ledger has signed, with nothing but the Python standard library.

    kaname_verify.py checkpoint  FILE --vkey VKEY
    kaname_verify.py receipt     FILE --vkey VKEY
    kaname_verify.py consistency OLD NEW PROOF --vkey VKEY
    kaname_verify.py bundle      FILE CHECKPOINT --vkey VKEY

Written apart from the ledger, from the description in docs/ledger/format.md, so that the two can
be held against each other. It needs no network and trusts only the VKEY that you give it.

Exit codes: 0 every check passed, 1 a check refused (its name is printed), 2 wrong usage or a file
that cannot be read.
"""

import argparse
import base64
import hashlib
import json
import pathlib
import re
import sys

MAX_TREE_SIZE = 2**63 - 1
MAX_INTEGER = 2**53
MAX_NOTE_BYTES = 1 << 20
MAX_SIGNATURES = 100
MAX_ENTRY_BYTES = 65_535


class Refused(Exception):
    """A check that failed: its stable name, and a sentence for a person."""

    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code = code


def require(condition, code, message):
    if not condition:
        raise Refused(code, message)


def decode_base64(text, code):
    """Standard base64 in its one canonical spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise Refused(code, "not base64") from None
    require(base64.b64encode(data).decode() == text, code, "base64 in an unusual spelling")
    return data


def decode_hash(text, code):
    data = decode_base64(text, code)
    require(len(data) == 32, code, "not 32 bytes")
    return data


def load_json(data, code, on_object=dict):
    """JSON strictly: no constants beyond the standard, no half surrogates."""

    def integer(text):
        # A minus zero is no integer; a number of very many digits is no integer that we keep.
        return -0.0 if text == "-0" else int(text) if len(text) <= 20 else float(text)

    # The standard has no NaN and no Infinity: int() refuses these words.
    hooks = dict(object_pairs_hook=on_object, parse_constant=int, parse_int=integer)
    try:
        value = json.loads(data.decode("utf-8"), **hooks)
        # What is readable here but no JSON elsewhere: half surrogates and infinite numbers.
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refused(code, "not JSON") from None
    return value


ESCAPES = dict(zip('"\\\b\t\n\f\r', ('\\"', "\\\\", "\\b", "\\t", "\\n", "\\f", "\\r")))


def canonical_json(value):
    """RFC 8785, restricted to null, booleans, integers within 2^53, strings, lists and objects."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        spelt = (ESCAPES.get(c) or (f"\\u{ord(c):04x}" if c < " " else c) for c in value)
        return '"' + "".join(spelt) + '"'
    if isinstance(value, list):
        return "[" + ",".join(canonical_json(item) for item in value) + "]"
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        members = (canonical_json(key) + ":" + canonical_json(value[key]) for key in keys)
        return "{" + ",".join(members) + "}"
    within = isinstance(value, int) and -MAX_INTEGER <= value <= MAX_INTEGER
    require(within, "json-number", "a number is not an integer within 2^53")
    return str(value)


# --- Ed25519 (RFC 8032 section 5.1), verification only -------------------------------------------

# Ed25519 as in RFC 8032 section 5.1, verification only.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
NEUTRAL = (0, 1, 1, 0)


def point_add(a, b):
    """Addition in extended coordinates (x, y, z, t) with x*y = z*t."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def point_multiply(scalar, point):
    total = NEUTRAL
    while scalar > 0:
        if scalar & 1:
            total = point_add(total, point)
        point = point_add(point, point)
        scalar >>= 1
    return total


def point_equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_decompress(data):
    """The point of a 32-byte encoding, or None."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


def has_small_order(point):
    return point_equal(point_multiply(8, point), NEUTRAL)


BASE = point_decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519_verify(public, message, signature):
    """Strict verification: no weak keys, no weak R, S below the order, no factor of eight."""
    if len(signature) != 64:
        return False
    key, r = point_decompress(public), point_decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER or has_small_order(key) or has_small_order(r):
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    k = int.from_bytes(digest, "little") % ORDER
    return point_equal(point_multiply(s, BASE), point_add(r, point_multiply(k, key)))


def is_key_name(name):
    return name != "" and not any(c == "+" or c.isspace() for c in name)


class VerifyingKey:
    """A vkey: name+hash+base64(0x01 || key)."""

    def __init__(self, vkey):
        parts = vkey.split("+", 2)
        require(len(parts) == 3, "key-form", "a vkey has three parts joined by plus signs")
        self.name, hash_hex, encoded = parts
        require(is_key_name(self.name), "key-name", "the key's name is not allowed")
        data = decode_base64(encoded, "key-form")
        require(data, "key-form", "the key is empty")
        require(data[0] == 1, "key-algorithm", "only Ed25519 keys are supported")
        self.public = data[1:]
        require(len(self.public) == 32, "key-form", "the key is not 32 bytes")
        require(re.fullmatch("[0-9a-f]{8}", hash_hex), "key-form", "not eight hexadecimal digits")
        named = self.name.encode() + b"\n\x01" + self.public
        self.hash = hashlib.sha256(named).digest()[:4]
        require(hash_hex == self.hash.hex(), "key-hash", "the hash belongs to another key")
        point = point_decompress(self.public)
        usable = point is not None and not has_small_order(point)
        require(usable, "key-point", "not a usable Ed25519 public key")


def parse_signature(line):
    """A signature line as (name, key hash, signature)."""
    match = re.fullmatch("— ([^ ]*) ([^ ]*)", line)
    code, message = "note-signature-line", "a signature line is malformed"
    require(match and is_key_name(match[1]), code, message)
    data = decode_base64(match[2], code)
    require(len(data) > 4, code, message)
    return match[1], data[:4], data[4:]


def open_note(data, key):
    """The text of a signed note, after every signature that claims to be by the key verified."""
    require(len(data) <= MAX_NOTE_BYTES, "note-too-large", "the note is too large")
    try:
        note = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("note-not-utf8", "the note is not UTF-8") from None
    control = any(c < " " and c != "\n" for c in note)
    require(not control, "note-control-character", "the note has a control character")
    text, _, lines = note.rpartition("\n\n")
    require(text, "note-no-separator", "there is no empty line after the text")
    require(lines.endswith("\n"), "note-signature-line", "no line feed after the last signature")
    lines = lines[:-1].split("\n")
    require(len(lines) <= MAX_SIGNATURES, "note-too-many-signatures", "too many signatures")
    signatures = [parse_signature(line) for line in lines]
    text += "\n"
    ours = [last for *mark, last in signatures if mark == [key.name, key.hash]]
    for signature in ours:
        good = ed25519_verify(key.public, text.encode(), signature)
        require(good, "bad-signature", f"the signature of {key.name} does not verify")
    require(ours, "unsigned", f"{key.name} has not signed this")
    return text


class Checkpoint:
    """Origin, size and root of a log, as its key has signed them."""

    def __init__(self, data, key):
        lines = open_note(data, key)[:-1].split("\n")
        enough = len(lines) >= 3 and "" not in lines
        require(enough, "checkpoint-lines", "fewer than three lines, or an empty one")
        self.origin, size, root = lines[:3]
        decimal = re.fullmatch("0|[1-9][0-9]{0,18}", size) and int(size) <= MAX_TREE_SIZE
        require(decimal, "checkpoint-size", "the size is not a decimal number in its shortest form")
        self.size = int(size)
        self.root = decode_hash(root, "checkpoint-root")
        wrong_root = self.size == 0 and self.root != Frontier().root()
        require(not wrong_root, "checkpoint-empty-tree-root", "not the root of an empty tree")
        require(self.origin == key.name, "checkpoint-origin", f"this is the log {self.origin}")


def leaf_hash(entry):
    """Leaves, nodes and proofs are those of RFC 9162 section 2.1."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    def __init__(self):
        self.size = 0
        self.peaks = []

    def push(self, leaf):
        self.size += 1
        self.peaks.append(leaf)
        rest = self.size
        while rest % 2 == 0:
            right = self.peaks.pop()
            self.peaks.append(node_hash(self.peaks.pop(), right))
            rest //= 2

    def root(self):
        if not self.peaks:
            return hashlib.sha256(b"").digest()
        root = self.peaks[-1]
        for left in reversed(self.peaks[:-1]):
            root = node_hash(left, root)
        return root


def climb(node, last, proof):
    """Yields each hash of a proof with whether it stands to the left, from the leaves upwards."""
    for sibling in proof:
        require(last > 0, "path-length", "the proof has a hash too many")
        is_left = node % 2 == 1 or node == last
        yield sibling, is_left
        while is_left and node % 2 == 0 and node != 0:
            node, last = node // 2, last // 2
        node, last = node // 2, last // 2
    require(last == 0, "path-length", "the proof has a hash too few")


def verify_inclusion(leaf, index, size, proof, root):
    require(index < size, "index-out-of-range", "the leaf is not in a tree of this size")
    computed = leaf
    for sibling, is_left in climb(index, size - 1, proof):
        computed = node_hash(sibling, computed) if is_left else node_hash(computed, sibling)
    require(computed == root, "root-mismatch", "the proof does not lead to the root")


def verify_consistency(old_size, old_root, new_size, new_root, proof):
    require(old_size <= new_size, "sizes-reversed", "the older tree is larger than the newer one")
    if old_size in (0, new_size):
        require(not proof, "path-length", "no hashes are needed here")
        same = old_size != new_size or old_root == new_root
        require(same, "root-mismatch", "one size has two roots: the log was split or rewritten")
        empty = old_size != 0 or old_root == Frontier().root()
        require(empty, "old-root-mismatch", "not the root of an empty tree")
        return
    node, last = old_size - 1, new_size - 1
    while node % 2 == 1:
        node, last = node // 2, last // 2
    computed_old = computed_new = old_root
    if node > 0:
        require(proof, "path-length", "the proof has a hash too few")
        computed_old = computed_new = proof[0]
        proof = proof[1:]
    for sibling, is_left in climb(node, last, proof):
        computed_old = node_hash(sibling, computed_old) if is_left else computed_old
        pair = (sibling, computed_new) if is_left else (computed_new, sibling)
        computed_new = node_hash(*pair)
    require(computed_old == old_root, "old-root-mismatch", "no way leads to the older root")
    require(computed_new == new_root, "root-mismatch", "no way leads to the newer root")


def commitment(salt, field, value):
    name = field.encode()
    lengths = len(name).to_bytes(4, "big"), len(value).to_bytes(8, "big")
    parts = (b"kaname.commitment/1\n", salt, lengths[0], name, lengths[1], value)
    return hashlib.sha256(b"".join(parts)).digest()


def is_text(value):
    return isinstance(value, str) and value != ""


def parse_entry(data):
    """An act in its canonical bytes, as a dictionary."""
    require(len(data) <= MAX_ENTRY_BYTES, "entry-too-large", "the entry is too large")
    entry = load_json(data, "json-syntax")
    canonical = canonical_json(entry).encode() == data
    require(canonical, "json-not-canonical", "the entry is not spelt canonically")
    ours = isinstance(entry, dict) and entry.get("schema") == "kaname.act/1"
    require(ours, "entry-schema", "the entry is not of schema kaname.act/1")
    for field in ("id", "institution", "kind", "actor"):
        require(is_text(entry.get(field)), "entry-field", f"{field} is missing, empty or no text")
    require(type(entry.get("at_ms")) is int, "entry-field", "at_ms is missing or no integer")
    require(is_text(entry.get("label", "-")), "entry-field", "label is empty or no text")
    for field in ("refs", "commitments"):
        members = entry.get(field)
        good = isinstance(members, dict) and all(map(is_text, [*members, *members.values()]))
        require(good, "entry-field", f"{field} is missing or has a member that is empty or no text")
    for text in entry["commitments"].values():
        decode_hash(text, "entry-field")
    known = "schema id institution kind at_ms actor refs label commitments".split()
    require(set(known).issuperset(entry), "entry-unknown-field", "there is a field too many")
    return entry


def unique_members(pairs):
    members = dict(pairs)
    require(len(members) == len(pairs), "receipt-form", "a field stands there twice")
    return members


def has_members(value, kinds):
    """Whether a value is an object with exactly these members of exactly these types."""
    if not isinstance(value, dict) or value.keys() != kinds.keys():
        return False
    return all(type(value[name]) is kind for name, kind in kinds.items())


def parse_receipt(data):
    receipt = load_json(data, "receipt-form", unique_members)
    kinds = dict(schema=str, entry=str, leaf_index=int, proof=list, checkpoint=str, disclosed=list)
    require(has_members(receipt, kinds), "receipt-form", "not the fields of a receipt")
    shown = dict(field=str, salt=str, value=str)
    good = all(has_members(item, shown) for item in receipt["disclosed"])
    good = good and all(isinstance(text, str) for text in receipt["proof"])
    good = good and 0 <= receipt["leaf_index"] < 2**64
    require(good, "receipt-form", "a field of the receipt is of the wrong type")
    ours = receipt["schema"] == "kaname.receipt/1"
    require(ours, "receipt-schema", "the receipt is not of schema kaname.receipt/1")
    return receipt


def verify_receipt(data, key):
    """Checks signature, inclusion, the entry's form and every disclosed field."""
    receipt = parse_receipt(data)
    bad = "receipt-encoding"
    raw_entry = decode_base64(receipt["entry"], bad)
    proof = [decode_hash(text, bad) for text in receipt["proof"]]
    disclosed = [
        (item["field"], decode_hash(item["salt"], bad), decode_base64(item["value"], bad))
        for item in receipt["disclosed"]
    ]
    checkpoint = Checkpoint(receipt["checkpoint"].encode(), key)
    index = receipt["leaf_index"]
    verify_inclusion(leaf_hash(raw_entry), index, checkpoint.size, proof, checkpoint.root)
    entry = parse_entry(raw_entry)
    seen = set()
    for field, salt, value in disclosed:
        committed = entry["commitments"].get(field)
        require(committed, "not-committed", f"the entry has no commitment for {field}")
        opened = commitment(salt, field, value) == decode_hash(committed, "entry-field")
        require(opened, "commitment-mismatch", f"{field} does not match its commitment")
        require(field not in seen, "disclosed-twice", f"{field} is disclosed twice")
        seen.add(field)
    return entry, index, checkpoint, disclosed


def parse_proof(data):
    """One hash in base64 on each line; an empty file is a proof without hashes."""
    text = data.decode("utf-8", "replace")
    require(text == "" or text.endswith("\n"), "proof-form", "no line feed after the last hash")
    return [decode_hash(line, "proof-form") for line in text.split("\n")[:-1]]


def replay(lines, checkpoint):
    """Reads every entry of a log, one JSON string of base64 a line, and recomputes the root."""
    frontier = Frontier()
    for number, line in enumerate(lines, 1):
        try:
            text = load_json(line.rstrip(b"\n"), "bundle-line")
            require(isinstance(text, str), "bundle-line", "not a JSON string of base64")
            entry = decode_base64(text, "bundle-line")
            parse_entry(entry)
        except Refused as refusal:
            raise Refused(refusal.code, f"line {number}: {refusal}") from None
        frontier.push(leaf_hash(entry))
    message = f"{frontier.size} entries, but the checkpoint says {checkpoint.size}"
    require(frontier.size == checkpoint.size, "size-mismatch", message)
    require(frontier.root() == checkpoint.root, "root-mismatch", "the entries have another root")


def run_checkpoint(arguments, key):
    checkpoint = Checkpoint(arguments.file.read_bytes(), key)
    return f"{checkpoint.origin} has {checkpoint.size} entries under {checkpoint.root.hex()}"


def run_receipt(arguments, key):
    entry, index, checkpoint, disclosed = verify_receipt(arguments.file.read_bytes(), key)
    lines = [f"entry {index} of {checkpoint.size} in {checkpoint.origin}: {canonical_json(entry)}"]
    for field, _, value in disclosed:
        lines.append(f"disclosed {field}: {canonical_json(value.decode('utf-8', 'replace'))}")
    return "\n".join(lines)


def run_consistency(arguments, key):
    old = Checkpoint(arguments.old.read_bytes(), key)
    new = Checkpoint(arguments.new.read_bytes(), key)
    proof = parse_proof(arguments.proof.read_bytes())
    verify_consistency(old.size, old.root, new.size, new.root, proof)
    return f"the first {old.size} of {new.size} entries of {new.origin} are unchanged"


def run_bundle(arguments, key):
    checkpoint = Checkpoint(arguments.checkpoint.read_bytes(), key)
    with arguments.file.open("rb") as lines:
        replay(lines, checkpoint)
    return f"all {checkpoint.size} entries of {checkpoint.origin} lead to its root"


def parse_arguments():
    parser = argparse.ArgumentParser(description="Checks what a Kaname ledger has signed.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, files in (
        ("checkpoint", run_checkpoint, ["file"]),
        ("receipt", run_receipt, ["file"]),
        ("consistency", run_consistency, ["old", "new", "proof"]),
        ("bundle", run_bundle, ["file", "checkpoint"]),
    ):
        command = commands.add_parser(name)
        for file in files:
            command.add_argument(file, type=pathlib.Path)
        command.add_argument("--vkey", required=True, help="the log's key, from a place you trust")
        command.set_defaults(run=run)
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    try:
        print("ok: " + arguments.run(arguments, VerifyingKey(arguments.vkey)))
    except Refused as refusal:
        print(f"refused: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot read: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stderr.reconfigure(encoding="utf-8")
    sys.exit(main())
