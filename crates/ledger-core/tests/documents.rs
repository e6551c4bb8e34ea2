//! Notes, checkpoints, entries and receipts: what is written comes back, what is wrong is named.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use kaname_ledger_core::{
    Checkpoint, CheckpointError, Digest, Disclosure, Entry, EntryError, KeyError, MAX_NOTE_BYTES,
    MemoryTiles, Note, NoteError, ProofError, Receipt, ReceiptError, SigningKey, VerifyingKey,
    commitment, empty_root, grow, inclusion_proof, json, leaf_hash, sign_note,
};
use proptest::prelude::*;

const ORIGIN: &str = "example.com/log";

fn key() -> SigningKey {
    SigningKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

fn other_key() -> SigningKey {
    SigningKey::from_seed("example.com/witness", &[8; 32]).unwrap()
}

fn entry() -> Entry {
    let text = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    Entry {
        id: "act-1".to_owned(),
        institution: "inst-1".to_owned(),
        kind: "request".to_owned(),
        at_ms: 1_790_000_000_000,
        actor: "user-1".to_owned(),
        refs: [("endpoint", "embedded"), ("policy", "p-1")].map(text).into(),
        label: Some("機密性1".to_owned()),
        commitments: [("question".to_owned(), commitment(&[1; 32], "question", b"fee?"))].into(),
    }
}

/// A receipt for the fourth entry of seven, with its one field disclosed.
fn receipt() -> Receipt {
    let mut entries: Vec<Vec<u8>> = (0..7_u8).map(|n| vec![n]).collect();
    entries[3] = entry().encode().unwrap();
    let leaves: Vec<Digest> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    let growth = grow(0, &leaves, &MemoryTiles::default()).unwrap();
    let mut tiles = MemoryTiles::default();
    tiles.extend(growth.tiles);
    let field = "question".to_owned();
    Receipt {
        entry: entries[3].clone(),
        leaf_index: 3,
        proof: inclusion_proof(3, 7, &tiles).unwrap(),
        checkpoint: Checkpoint::new(ORIGIN, 7, growth.root).sign(&key(), &[]).unwrap(),
        disclosed: vec![Disclosure { field, salt: [1; 32], value: b"fee?".to_vec() }],
    }
}

#[test]
fn what_other_implementations_have_signed_is_read() {
    let vkey = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
    let note = "example.com/log/testdata\n15\nztShEESP/U2eoPuUaLyhTgOgfhRUShjIrcnotnqv6h0=\n\n\
        — example.com/log/testdata M9e0llwvabgYByGfcSW7R3qiUiOvdTgW2PGQWEAvDsOegOAsW38t3NOJQ8+2tX\
        SyzylNMExtqemkDfZ+4BoB+oEMWwg=\n";
    let key = VerifyingKey::from_vkey(vkey).unwrap();
    assert_eq!(key.to_vkey(), vkey);
    assert_eq!(Checkpoint::open(note.as_bytes(), &key).unwrap().head.size, 15);
}

#[test]
fn keys_are_refused_by_name() {
    let refuse = |vkey: &str| VerifyingKey::from_vkey(vkey).unwrap_err();
    let good = key().verifying_key().to_vkey();
    assert_eq!(VerifyingKey::from_vkey(&good), Ok(key().verifying_key()));
    assert_eq!(refuse(""), KeyError::Form);
    assert_eq!(refuse("a+b"), KeyError::Form);
    assert_eq!(refuse(&good.replace("log", "lag")), KeyError::Hash);
    assert_eq!(refuse(&format!("+{}", good.split_once('+').unwrap().1)), KeyError::Name);
    assert_eq!(refuse(&good.replace("example", "exa mple")), KeyError::Name);
    assert_eq!(refuse(&format!("{good}\n")), KeyError::Form);
    assert_eq!(refuse(good.trim_end_matches('=').get(..good.len() - 3).unwrap()), KeyError::Form);
    assert_eq!(refuse("n+00000000+AgAA"), KeyError::Algorithm);
    // The neutral element is a point of the curve, but anybody can sign for it.
    let weak = "n+60086fba+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    assert_eq!(refuse(weak), KeyError::Point);
    for name in ["", "a b", "a+b", "a\n", "a\u{3000}b"] {
        assert_eq!(SigningKey::from_seed(name, &[0; 32]).unwrap_err(), KeyError::Name);
    }
    assert!(!format!("{:?}", key()).contains('7'));
}

#[test]
fn a_note_opens_with_a_known_key_and_ignores_unknown_ones() {
    let (log, witness) = (key(), other_key());
    let note = sign_note("text\n\nmore\n", &[&log, &witness]).unwrap();
    let parsed = Note::parse(note.as_bytes()).unwrap();
    assert_eq!(parsed.signatures().len(), 2);
    assert_eq!(parsed.verify(&[&log.verifying_key()]), Ok("text\n\nmore\n"));
    assert_eq!(parsed.verify(&[&witness.verifying_key()]), Ok("text\n\nmore\n"));
    assert_eq!(parsed.verify(&[]), Err(NoteError::Unsigned));
    let namesake = SigningKey::from_seed(ORIGIN, &[9; 32]).unwrap().verifying_key();
    assert_eq!(parsed.verify(&[&namesake]), Err(NoteError::Unsigned));
    assert_eq!(parsed.verify(&[&namesake, &log.verifying_key()]), Ok("text\n\nmore\n"));
}

#[test]
fn every_signature_of_a_known_key_must_verify() {
    let (log, witness) = (key(), other_key());
    let good = sign_note("text\n", &[&log]).unwrap();
    let wrong = sign_note("other\n", &[&witness]).unwrap();
    let line = wrong.lines().last().unwrap();
    let note = Note::parse(format!("{good}{line}\n").as_bytes()).unwrap();
    let (log, witness) = (log.verifying_key(), witness.verifying_key());
    assert_eq!(note.verify(&[&log]), Ok("text\n"));
    let key_name = witness.name().to_owned();
    assert_eq!(note.verify(&[&log, &witness]), Err(NoteError::BadSignature { key_name }));
}

#[test]
fn malformed_notes_are_refused_by_name() {
    let good = sign_note("text\n", &[&key()]).unwrap();
    let refuse = |note: &str| Note::parse(note.as_bytes()).unwrap_err();
    let line = |line| NoteError::SignatureLine { line };
    assert_eq!(refuse(""), NoteError::NoSeparator);
    assert_eq!(refuse("text\n"), NoteError::NoSeparator);
    assert_eq!(refuse(&good.replace("text", "")), NoteError::NoSeparator);
    assert_eq!(refuse("text\n\n"), line(1));
    assert_eq!(refuse("text\n\n\n"), line(1));
    assert_eq!(refuse(good.trim_end()), line(1));
    assert_eq!(refuse(&good.replace('—', "-")), line(1));
    assert_eq!(refuse(&format!("{good}x\n")), line(2));
    assert_eq!(refuse("text\n\n— name\n"), line(1));
    assert_eq!(refuse("text\n\n—  AAAAAAA=\n"), line(1));
    assert_eq!(refuse("text\n\n— name AAAA\n"), line(1));
    assert_eq!(refuse("text\n\n— name AAAAAA==\n"), line(1));
    assert_eq!(refuse("text\n\n— name AAAAAAB=\n"), line(1));
    assert_eq!(refuse("text\n\n— na+me AAAAAAA=\n"), line(1));
    assert_eq!(refuse(&good.replace('\n', "\r\n")), NoteError::ControlCharacter);
    assert_eq!(refuse(&good.replace("text", "te\0xt")), NoteError::ControlCharacter);
    assert_eq!(Note::parse(b"te\xffxt\n\n").unwrap_err(), NoteError::NotUtf8);
    assert_eq!(refuse(&"x".repeat(MAX_NOTE_BYTES + 1)), NoteError::TooLarge);
    let many = format!("text\n\n{}", "— name AAAAAAA=\n".repeat(101));
    assert_eq!(refuse(&many), NoteError::TooManySignatures);
}

#[test]
fn texts_that_could_not_be_read_back_are_not_signed() {
    for text in ["", "text", "\n", "a\rb\n"] {
        assert!(sign_note(text, &[&key()]).is_err(), "{text:?}");
    }
    assert!(sign_note("text\n", &[]).is_err());
}

#[test]
fn a_checkpoint_comes_back_and_a_foreign_one_is_refused() {
    let checkpoint = Checkpoint::new(ORIGIN, 15, leaf_hash(b"root"));
    let note = checkpoint.sign(&key(), &[&other_key()]).unwrap();
    assert_eq!(Checkpoint::open(note.as_bytes(), &key().verifying_key()), Ok(checkpoint.clone()));
    let foreign = CheckpointError::Origin { origin: ORIGIN.to_owned() };
    let witness = other_key();
    assert_eq!(Checkpoint::open(note.as_bytes(), &witness.verifying_key()), Err(foreign.clone()));
    assert_eq!(checkpoint.sign(&witness, &[]), Err(foreign));
    let mut extended = checkpoint;
    extended.extensions = vec!["more".to_owned()];
    let note = extended.sign(&key(), &[]).unwrap();
    assert_eq!(Checkpoint::open(note.as_bytes(), &key().verifying_key()), Ok(extended.clone()));
    extended.extensions = vec!["a\nb".to_owned()];
    assert_eq!(extended.sign(&key(), &[]), Err(CheckpointError::Lines));
}

#[test]
fn malformed_checkpoints_are_refused_by_name() {
    let root = empty_root().to_base64();
    let refuse = |body: &str| Checkpoint::parse_body(body).unwrap_err();
    assert!(Checkpoint::parse_body(&format!("o\n0\n{root}\n")).is_ok());
    for body in ["", "o\n", "o\n0\n", "\n0\nx\n", "o\n0\n\n"] {
        assert_eq!(refuse(body), CheckpointError::Lines, "{body:?}");
    }
    assert_eq!(refuse(&format!("o\n0\n{root}")), CheckpointError::Lines);
    assert_eq!(refuse(&format!("o\n0\n{root}\n\n")), CheckpointError::Lines);
    for size in ["00", "01", "+1", "-1", "1 ", "x", "9223372036854775808", "٣"] {
        assert_eq!(refuse(&format!("o\n{size}\n{root}\n")), CheckpointError::Size, "{size}");
    }
    for root in ["x", "AAAA", root.trim_end_matches('=')] {
        assert_eq!(refuse(&format!("o\n1\n{root}\n")), CheckpointError::Root, "{root}");
    }
    let filled = leaf_hash(b"").to_base64();
    assert_eq!(refuse(&format!("o\n0\n{filled}\n")), CheckpointError::EmptyTreeRoot);
}

#[test]
fn an_entry_has_one_spelling() {
    let bytes = entry().encode().unwrap();
    assert_eq!(Entry::parse(&bytes), Ok(entry()));
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.starts_with("{\"actor\":\"user-1\",\"at_ms\":1790000000000,\"commitments\":{"));
    let unlabelled = Entry { label: None, ..entry() }.encode().unwrap();
    assert!(!String::from_utf8(unlabelled.clone()).unwrap().contains("label"));
    assert_eq!(Entry::parse(&unlabelled).unwrap().label, None);
}

#[test]
fn malformed_entries_are_refused_by_name() {
    let good = String::from_utf8(entry().encode().unwrap()).unwrap();
    let refuse = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Entry::parse(good.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    let field = |field| EntryError::Field { field };
    let not_canonical = EntryError::Json(json::JsonError::NotCanonical);
    assert_eq!(refuse("{\"actor\"", "{ \"actor\""), not_canonical);
    assert_eq!(refuse("\"user-1\"", "\"\\u0075ser-1\""), not_canonical);
    assert_eq!(refuse("\"id\"", "\"idx\":\"1\",\"id\""), not_canonical);
    assert_eq!(refuse("\"id\"", "\"aid\""), not_canonical);
    assert_eq!(refuse("{\"actor\":\"user-1\",", "{"), field("actor"));
    assert_eq!(refuse("\"user-1\"", "\"\""), field("actor"));
    assert_eq!(refuse("\"user-1\"", "1"), field("actor"));
    assert_eq!(refuse("1790000000000", "\"now\""), field("at_ms"));
    assert_eq!(refuse("1790000000000", "1.5"), EntryError::Json(json::JsonError::Number));
    assert_eq!(refuse("\"機密性1\"", "null"), field("label"));
    assert_eq!(refuse("\"p-1\"", "\"\""), field("refs"));
    assert_eq!(refuse("\"endpoint\":", "\"\":"), field("refs"));
    assert_eq!(refuse("\"question\":\"", "\"question\":\"A"), field("commitments"));
    assert_eq!(refuse("kaname.act/1", "kaname.act/2"), EntryError::Schema);
    assert_eq!(refuse("}", ",\"x\":\"\"}"), field("commitments"));
    assert_eq!(refuse("\"}", "\",\"zz\":1}"), field("commitments"));
    let mut longer = good.clone();
    longer.truncate(longer.len() - 1);
    longer.push_str(",\"zz\":1}");
    assert_eq!(Entry::parse(longer.as_bytes()), Err(EntryError::UnknownField));
    assert_eq!(Entry::parse(b"[]"), Err(EntryError::Schema));
    let large = Entry { kind: "k".repeat(65_536), ..entry() };
    assert_eq!(large.encode(), Err(EntryError::TooLarge));
    assert_eq!(Entry { id: String::new(), ..entry() }.encode(), Err(field("id")));
    let beyond = Entry { at_ms: json::MAX_INTEGER + 1, ..entry() };
    assert_eq!(beyond.encode(), Err(EntryError::Json(json::JsonError::Number)));
}

#[test]
fn commitments_keep_salt_field_and_value_apart() {
    let all = [
        commitment(&[0; 32], "a", b"bc"),
        commitment(&[0; 32], "ab", b"c"),
        commitment(&[0; 32], "abc", b""),
        commitment(&[0; 32], "", b"abc"),
        commitment(&[1; 32], "a", b"bc"),
        leaf_hash(b"abc"),
    ];
    let distinct: std::collections::BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len());
}

#[test]
fn a_receipt_proves_its_act() {
    let receipt = receipt();
    let text = receipt.encode().unwrap();
    assert_eq!(Receipt::parse(text.as_bytes()), Ok(receipt.clone()));
    let verified = receipt.verify(&key().verifying_key()).unwrap();
    assert_eq!(verified.entry, entry());
    assert_eq!(verified.leaf_index, 3);
    assert_eq!(verified.checkpoint.head.size, 7);
    let disclosed: BTreeMap<_, _> = [("question".to_owned(), b"fee?".to_vec())].into();
    assert_eq!(verified.disclosed, disclosed);
}

#[test]
fn wrong_receipts_are_refused_by_name() {
    let refuse = |change: &dyn Fn(&mut Receipt)| {
        let mut receipt = receipt();
        change(&mut receipt);
        receipt.verify(&key().verifying_key()).unwrap_err()
    };
    let field = "question".to_owned();
    let mismatch = ReceiptError::CommitmentMismatch { field: field.clone() };
    let root_mismatch = ReceiptError::Inclusion(ProofError::RootMismatch);
    assert_eq!(refuse(&|r| r.disclosed[0].value.push(b'!')), mismatch);
    assert_eq!(refuse(&|r| r.disclosed[0].salt[31] ^= 1), mismatch);
    let absent = ReceiptError::NotCommitted { field: "answer".to_owned() };
    assert_eq!(refuse(&|r| r.disclosed[0].field = "answer".to_owned()), absent);
    let twice = ReceiptError::DisclosedTwice { field };
    assert_eq!(refuse(&|r| r.disclosed.push(r.disclosed[0].clone())), twice);
    assert_eq!(refuse(&|r| r.entry.push(b' ')), root_mismatch);
    assert_eq!(refuse(&|r| r.leaf_index = 2), root_mismatch);
    assert_eq!(refuse(&|r| r.leaf_index = 7), ProofError::IndexOutOfRange.into());
    assert_eq!(refuse(&|r| r.proof.truncate(1)), ProofError::PathLength.into());
    let unsigned = CheckpointError::from(NoteError::Unsigned);
    let other = receipt().verify(&other_key().verifying_key());
    assert_eq!(other, Err(unsigned.into()));
    let key_name = ORIGIN.to_owned();
    let bad = CheckpointError::from(NoteError::BadSignature { key_name });
    assert_eq!(refuse(&|r| r.checkpoint = r.checkpoint.replace("\n7\n", "\n8\n")), bad.into());
}

#[test]
fn malformed_receipts_are_refused_by_name() {
    let good = receipt().encode().unwrap();
    let refuse = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        Receipt::parse(good.replacen(from, to, 1).as_bytes()).unwrap_err()
    };
    let encoding = |field| ReceiptError::Encoding { field };
    assert_eq!(refuse("{", "["), ReceiptError::Form);
    let positions = b"[\"kaname.receipt/1\",\"\",0,[],\"\",[]]";
    assert_eq!(Receipt::parse(positions), Err(ReceiptError::Form));
    assert_eq!(refuse("\"leaf_index\": 3", "\"leaf_index\": -3"), ReceiptError::Form);
    assert_eq!(refuse("\"leaf_index\": 3", "\"leaf_index\": 3.0"), ReceiptError::Form);
    assert_eq!(refuse("\"leaf_index\": 3,", ""), ReceiptError::Form);
    assert_eq!(refuse("\"leaf_index\"", "\"more\": 1, \"leaf_index\""), ReceiptError::Form);
    assert_eq!(refuse("\"salt\"", "\"more\": 1, \"salt\""), ReceiptError::Form);
    let twice = "\"leaf_index\": 3, \"leaf_index\"";
    assert_eq!(refuse("\"leaf_index\"", twice), ReceiptError::Form);
    assert_eq!(refuse("receipt/1", "receipt/2"), ReceiptError::Schema);
    assert_eq!(refuse("\"entry\": \"", "\"entry\": \"!"), encoding("entry"));
    assert_eq!(refuse("\"salt\": \"AQEB", "\"salt\": \""), encoding("salt"));
    assert_eq!(refuse("\"value\": \"", "\"value\": \"A"), encoding("value"));
    assert_eq!(refuse("\"proof\": [", "\"proof\": [\"\","), encoding("proof"));
}

proptest! {
    #[test]
    fn no_parser_panics_on_any_bytes(bytes: Vec<u8>) {
        let _ = Note::parse(&bytes);
        let _ = Entry::parse(&bytes);
        let _ = Receipt::parse(&bytes);
        let _ = kaname_ledger_core::parse_tile(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = Checkpoint::parse_body(&text);
        let _ = VerifyingKey::from_vkey(&text);
        let _ = Digest::from_base64(&text);
        let _ = Digest::from_hex(&text);
    }

    #[test]
    fn a_changed_byte_of_a_checkpoint_is_refused(place: usize, change in 1u8..=255) {
        let checkpoint = Checkpoint::new(ORIGIN, 15, leaf_hash(b"root"));
        let mut note = checkpoint.sign(&key(), &[]).unwrap().into_bytes();
        let place = place % note.len();
        note[place] ^= change;
        prop_assert!(Checkpoint::open(&note, &key().verifying_key()).is_err());
    }

    #[test]
    fn a_changed_byte_of_a_receipt_never_proves_another_act(place: usize, change in 1u8..=255) {
        let mut text = receipt().encode().unwrap().into_bytes();
        let place = place % text.len();
        text[place] ^= change;
        let verified = Receipt::parse(&text).and_then(|r| r.verify(&key().verifying_key()));
        if let Ok(verified) = verified {
            // Only white space and the spelling of JSON strings are free.
            prop_assert_eq!(verified, receipt().verify(&key().verifying_key()).unwrap());
        }
    }

    #[test]
    fn a_changed_byte_of_an_entry_is_another_entry(place: usize, change in 1u8..=255) {
        let mut bytes = entry().encode().unwrap();
        let place = place % bytes.len();
        bytes[place] ^= change;
        if let Ok(parsed) = Entry::parse(&bytes) {
            prop_assert_ne!(&parsed, &entry());
            prop_assert_eq!(parsed.encode(), Ok(bytes));
        }
    }

    #[test]
    fn every_entry_comes_back(
        texts in prop::array::uniform4(".{1,12}"),
        at_ms in -json::MAX_INTEGER..=json::MAX_INTEGER,
        refs in prop::collection::btree_map(".{1,6}", ".{1,6}", 0..4),
        label in prop::option::of(".{1,6}"),
        committed in prop::collection::btree_map(".{1,6}", any::<[u8; 32]>(), 0..4),
    ) {
        let [id, institution, kind, actor] = texts;
        let digests = committed.into_iter().map(|(field, d)| (field, Digest::from_bytes(d)));
        let commitments = digests.collect();
        let entry = Entry { id, institution, kind, at_ms, actor, refs, label, commitments };
        prop_assert_eq!(Entry::parse(&entry.encode().unwrap()), Ok(entry));
    }
}
