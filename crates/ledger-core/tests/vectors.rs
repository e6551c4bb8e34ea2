//! The vectors under `tests/vectors/ledger`, which verifiers in other languages read too.
//!
//! Each file is made anew here, every verdict in it is held against this crate's own, and the text
//! must be the one that is committed. After a wanted change of format, copy the file that the
//! failing test names.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use kaname_ledger_core::{
    Checkpoint, Digest, Disclosure, Entry, MemoryTiles, Receipt, SigningKey, VerifyingKey,
    commitment, consistency_proof, encode_proof, grow, inclusion_proof, json, leaf_hash,
    parse_proof, sign_note, verify_consistency,
};
use serde_json::{Value, json};

const ORIGIN: &str = "example.com/town";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[42; 32]).unwrap()
}

fn witness() -> SigningKey {
    SigningKey::from_seed("example.com/witness", &[43; 32]).unwrap()
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn salt(first: u8) -> [u8; 32] {
    std::array::from_fn(|place| first.wrapping_add(u8::try_from(place).unwrap()))
}

fn entry(number: u8) -> Entry {
    let question = format!("質問 {number}");
    let text = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    Entry {
        id: format!("act-{number}"),
        institution: "inst-1".to_owned(),
        kind: "request".to_owned(),
        at_ms: 1_790_000_000_000 + i64::from(number),
        actor: "user-1".to_owned(),
        refs: [text("endpoint", "embedded"), text("policy", "p-1")].into(),
        label: number.is_multiple_of(2).then(|| "機密性1".to_owned()),
        commitments: [(
            "question".to_owned(),
            commitment(&salt(number), "question", question.as_bytes()),
        )]
        .into(),
    }
}

/// A log of twenty entries.
struct Log {
    entries: Vec<Vec<u8>>,
    tiles: MemoryTiles,
}

impl Log {
    fn new() -> Self {
        let entries: Vec<Vec<u8>> = (0..20).map(|n| entry(n).encode().unwrap()).collect();
        let leaves: Vec<Digest> = entries.iter().map(|bytes| leaf_hash(bytes)).collect();
        let mut tiles = MemoryTiles::default();
        tiles.extend(grow(0, &leaves, &tiles).unwrap().tiles);
        Self { entries, tiles }
    }

    fn checkpoint(&self, size: u64) -> String {
        let root = kaname_ledger_core::root_at(size, &self.tiles).unwrap();
        Checkpoint::new(ORIGIN, size, root).sign(&key(), &[&witness()]).unwrap()
    }

    fn receipt(&self, index: u8) -> Receipt {
        let value = format!("質問 {index}").into_bytes();
        Receipt {
            entry: self.entries[usize::from(index)].clone(),
            leaf_index: index.into(),
            proof: inclusion_proof(index.into(), 20, &self.tiles).unwrap(),
            checkpoint: self.checkpoint(20),
            disclosed: vec![Disclosure { field: "question".to_owned(), salt: salt(index), value }],
        }
    }
}

/// Holds a file against what this crate makes, and leaves the new text where it can be copied.
fn assert_pinned(name: &str, value: &Value) {
    let text = serde_json::to_string_pretty(value).unwrap() + "\n";
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/vectors/ledger");
    let pinned = fs::read_to_string(folder.join(name)).unwrap_or_default();
    // Compared as values: whether a map keeps the order of its keys is a feature of serde_json that
    // another crate of the build may switch on.
    let same = serde_json::from_str::<Value>(&pinned).is_ok_and(|pinned| pinned == *value);
    if !same {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&made, text).unwrap();
        panic!("{name} is not what this crate makes, which is {}", made.display());
    }
}

/// One case: its input, and the name of the check that refuses it, or null.
fn case(name: &str, input: &Value, verdict: Result<(), &'static str>) -> Value {
    json!({ "name": name, "input": input, "refused": verdict.err() })
}

#[test]
fn commitments_are_pinned() {
    let cases =
        [("question", "粗大ごみの手数料はいくらですか"), ("", ""), ("a", "bc"), ("ab", "c")];
    let cases = cases.map(|(field, value)| {
        let digest = commitment(&salt(1), field, value.as_bytes()).to_base64();
        json!({ "salt": base64(&salt(1)), "field": field, "value": value, "digest": digest })
    });
    assert_pinned("commitments.json", &json!(cases));
}

#[test]
fn entries_are_pinned() {
    let verdict = |bytes: &[u8]| Entry::parse(bytes).map(drop).map_err(|e| e.code());
    let good = String::from_utf8(entry(2).encode().unwrap()).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1).into_bytes()
    };
    let cases = [
        ("with a label", entry(2).encode().unwrap()),
        ("without a label", entry(1).encode().unwrap()),
        ("keys beyond the basic plane", {
            let refs = [("\u{fb33}", "1"), ("\u{1f600}", "2\n\u{1}")];
            let refs = refs.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
            Entry { refs, at_ms: -json::MAX_INTEGER, ..entry(2) }.encode().unwrap()
        }),
        ("not JSON", changed("{", "[")),
        ("not UTF-8", [b"\"\xff\"".as_slice()].concat()),
        ("half a surrogate pair", changed("user-1", "\\ud800")),
        ("a space", changed(",", ", ")),
        ("an escaped letter", changed("user-1", "\\u0075ser-1")),
        ("a key twice", changed("\"id\":", "\"id\":\"x\",\"id\":")),
        ("a fraction", changed("1790000000002", "1.5")),
        ("minus zero", changed("1790000000002", "-0")),
        ("an integer too large", changed("1790000000002", "9007199254740993")),
        ("a number out of every range", changed("1790000000002", "1e999")),
        ("another schema", changed("kaname.act/1", "kaname.act/2")),
        ("not an object", b"[]".to_vec()),
        ("an empty actor", changed("user-1", "")),
        ("no actor", changed("\"actor\":\"user-1\",", "")),
        ("no label but null", changed("\"機密性1\"", "null")),
        ("a boolean for a moment", changed("1790000000002", "true")),
        ("a commitment cut short", changed("\"question\":\"", "\"question\":\"AAAA")),
        ("one field more", changed("\"kaname.act/1\"", "\"kaname.act/1\",\"zz\":1")),
        ("too large", changed("user-1", &"u".repeat(65_536))),
    ];
    let cases = cases.map(|(name, bytes)| {
        let verdict = verdict(&bytes);
        assert_eq!(verdict.is_ok(), name.starts_with("with") || name.starts_with("keys"), "{name}");
        // The one that is too large is described, not written out.
        let input = if bytes.len() > 65_535 {
            json!({ "bytes": base64(&changed("user-1", "u")), "widen_actor_to": 65_536 })
        } else {
            json!({ "bytes": base64(&bytes), "leaf_hash": leaf_hash(&bytes).to_base64() })
        };
        case(name, &input, verdict)
    });
    assert_pinned("entries.json", &json!(cases));
}

#[test]
fn keys_are_pinned() {
    let good = key().verifying_key().to_vkey();
    let cases = [
        ("good", good.clone()),
        ("no parts", "example.com".to_owned()),
        ("another name", good.replace("town", "city")),
        ("a space in the name", good.replace("town", "to wn")),
        ("another algorithm", good.replace("+AR", "+BR")),
        (
            "the neutral element",
            "n+60086fba+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        ),
        ("capital digits", good.to_uppercase()),
        ("cut short", good.trim_end_matches(|c| c != '+').to_owned() + "AQID"),
    ];
    let cases = cases.map(|(name, vkey)| {
        let verdict = VerifyingKey::from_vkey(&vkey).map(drop).map_err(|e| e.code());
        assert_eq!(verdict.is_ok(), name == "good", "{name}");
        case(name, &json!(vkey), verdict)
    });
    assert_pinned("keys.json", &json!(cases));
}

#[test]
fn checkpoints_are_pinned() {
    let good = Log::new().checkpoint(20);
    let body = |text: &str| sign_note(text, &[&key()]).unwrap();
    let root = leaf_hash(b"").to_base64();
    let cases = [
        ("good", good.clone()),
        ("good, with a further line", body(&format!("{ORIGIN}\n1\n{root}\nmore\n"))),
        ("another size", good.replace("\n20\n", "\n21\n")),
        ("signed by another", sign_note(&format!("{ORIGIN}\n1\n{root}\n"), &[&witness()]).unwrap()),
        ("of another origin", body(&format!("example.com/city\n1\n{root}\n"))),
        ("two lines", body(&format!("{ORIGIN}\n1\n"))),
        ("an empty line", body(&format!("{ORIGIN}\n1\n{root}\n\nmore\n"))),
        ("a leading zero", body(&format!("{ORIGIN}\n01\n{root}\n"))),
        ("a size beyond 63 bits", body(&format!("{ORIGIN}\n9223372036854775808\n{root}\n"))),
        ("a root cut short", body(&format!("{ORIGIN}\n1\nAAAA\n"))),
        ("an empty tree with a root", body(&format!("{ORIGIN}\n0\n{root}\n"))),
        ("no signature", good.split_inclusive("\n\n").next().unwrap().to_owned()),
        ("no empty line", good.replace("\n\n", "\n")),
        ("no last line feed", good.trim_end().to_owned()),
        ("a hyphen for the dash", good.replacen('—', "-", 1)),
        ("carriage returns", good.replace('\n', "\r\n")),
        ("base64 with a loose bit", good.clone() + "— name AAAAAAB=\n"),
        ("too many signatures", good.clone() + &"— name AAAAAAA=\n".repeat(99)),
    ];
    let cases = cases.map(|(name, note)| {
        let opened = Checkpoint::open(note.as_bytes(), &key().verifying_key());
        assert_eq!(opened.is_ok(), name.starts_with("good"), "{name}");
        case(name, &json!(note), opened.map(drop).map_err(|e| e.code()))
    });
    let vkey = key().verifying_key().to_vkey();
    assert_pinned("checkpoints.json", &json!({ "vkey": vkey, "cases": cases }));
}

#[test]
fn receipts_are_pinned() {
    let log = Log::new();
    let good = log.receipt(6).encode().unwrap();
    let receipt = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = log.receipt(6);
        change(&mut receipt);
        receipt.encode().unwrap()
    };
    let cases = [
        ("good", good.clone()),
        ("good, on one line", good.replace("\n ", " ")),
        ("good, with nothing disclosed", receipt(&|r| r.disclosed.clear())),
        ("good, on the right edge", log.receipt(19).encode().unwrap()),
        ("an entry of another act", receipt(&|r| r.entry = log.entries[7].clone())),
        ("another index", receipt(&|r| r.leaf_index = 5)),
        ("an index beyond the tree", receipt(&|r| r.leaf_index = 20)),
        ("a hash too few", receipt(&|r| r.proof.truncate(4))),
        ("a hash too many", receipt(&|r| r.proof.push(leaf_hash(b"")))),
        ("a hash changed", receipt(&|r| r.proof[2] = leaf_hash(b""))),
        ("an older checkpoint", receipt(&|r| r.checkpoint = log.checkpoint(19))),
        ("a checkpoint changed", good.replace("\\n20\\n", "\\n21\\n")),
        ("a value changed", receipt(&|r| r.disclosed[0].value.push(b'!'))),
        ("a salt changed", receipt(&|r| r.disclosed[0].salt[0] ^= 1)),
        ("a field without commitment", receipt(&|r| r.disclosed[0].field = "answer".to_owned())),
        ("a field twice", receipt(&|r| r.disclosed.push(r.disclosed[0].clone()))),
        ("another schema", good.replace("receipt/1", "receipt/2")),
        ("a list for an object", "[\"kaname.receipt/1\",\"\",0,[],\"\",[]]\n".to_owned()),
        ("an index with a fraction", good.replace("\"leaf_index\": 6", "\"leaf_index\": 6.0")),
        ("a key twice", good.replace("\"leaf_index\"", "\"leaf_index\": 6, \"leaf_index\"")),
        ("one field more", good.replace("\"leaf_index\"", "\"more\": 6, \"leaf_index\"")),
        ("an entry not in base64", good.replace("\"entry\": \"", "\"entry\": \"!")),
        ("a leaf that is no act", {
            let root = leaf_hash(b"x");
            let checkpoint = Checkpoint::new(ORIGIN, 1, root).sign(&key(), &[]).unwrap();
            let (entry, proof, disclosed) = (b"x".to_vec(), Vec::new(), Vec::new());
            Receipt { entry, leaf_index: 0, proof, checkpoint, disclosed }.encode().unwrap()
        }),
    ];
    let cases = cases.map(|(name, text)| {
        let parsed = Receipt::parse(text.as_bytes());
        let verified = parsed.and_then(|receipt| receipt.verify(&key().verifying_key()));
        assert_eq!(verified.is_ok(), name.starts_with("good"), "{name}");
        case(name, &json!(text), verified.map(drop).map_err(|e| e.code()))
    });
    let vkey = key().verifying_key().to_vkey();
    assert_pinned("receipts.json", &json!({ "vkey": vkey, "cases": cases }));
}

#[test]
fn consistency_is_pinned() {
    let log = Log::new();
    let proof = |old, new| encode_proof(&consistency_proof(old, new, &log.tiles).unwrap());
    let cases = [
        ("good, 7 to 20", 7, 20, proof(7, 20)),
        ("good, 8 to 20", 8, 20, proof(8, 20)),
        ("good, 16 to 19", 16, 19, proof(16, 19)),
        ("good, 0 to 20", 0, 20, String::new()),
        ("good, 20 to 20", 20, 20, String::new()),
        ("sizes reversed", 20, 7, proof(7, 20)),
        ("a proof for another size", 6, 20, proof(7, 20)),
        ("a proof to another size", 7, 19, proof(7, 20)),
        ("a hash too many", 7, 20, proof(7, 20) + &leaf_hash(b"").to_base64() + "\n"),
        ("no hashes", 7, 20, String::new()),
        ("hashes where none are needed", 0, 20, proof(7, 20)),
        ("no last line feed", 7, 20, proof(7, 20).trim_end().to_owned()),
        ("an empty line", 7, 20, proof(7, 20) + "\n"),
    ];
    let cases = cases.map(|(name, old, new, proof)| {
        let (old, new) = (log.checkpoint(old), log.checkpoint(new));
        let head =
            |note: &str| Checkpoint::open(note.as_bytes(), &key().verifying_key()).unwrap().head;
        let hashes = parse_proof(&proof).map_err(|_| "proof-form");
        let verdict = hashes.and_then(|hashes| {
            verify_consistency(&head(&old), &head(&new), &hashes).map_err(|e| e.code())
        });
        assert_eq!(verdict.is_ok(), name.starts_with("good"), "{name}");
        case(name, &json!({ "old": old, "new": new, "proof": proof }), verdict)
    });
    let vkey = key().verifying_key().to_vkey();
    assert_pinned("consistency.json", &json!({ "vkey": vkey, "cases": cases }));
}

#[test]
fn a_whole_log_is_pinned() {
    let log = Log::new();
    let entries: Vec<String> = log.entries.iter().map(|bytes| base64(bytes)).collect();
    let vkey = key().verifying_key().to_vkey();
    let checkpoint = log.checkpoint(20);
    let value = json!({ "vkey": vkey, "checkpoint": checkpoint, "entries": entries });
    assert_pinned("log.json", &value);
}
