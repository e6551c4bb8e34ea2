//! Bad input: each file gets its own clear error, and the rest goes on.

use kaname_knowledge::DocumentState;
use kaname_testkit::on_both;

use crate::support::World;

const GOOD: &str = "# 図書館\n\n図書館は月曜日に休みます。\n";

/// A zip whose one entry expands to 40 MiB of zeros, as a docx would be packed.
fn bomb() -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    archive.start_file("[Content_Types].xml", options).unwrap();
    archive.write_all(b"<Types/>").unwrap();
    archive.start_file("word/document.xml", options).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..40 {
        archive.write_all(&zeros).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_file_gets_its_error_and_the_good_ones_are_read() {
    on_both(|test| async {
        let world = World::with(test, |config| config.file_bytes_max = 300_000).await;
        let home = world.collection("living", "1").await;
        let bomb = bomb();
        // The first bytes of an encrypted Office file: a compound file, not a zip.
        let compound = [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(), &[0; 1_000]].concat();
        let noise: Vec<u8> =
            (0..4_000_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[2]).collect();
        let large = vec![b'a'; 300_001];
        let files: Vec<(&str, &[u8])> = vec![
            ("good.md", GOOD.as_bytes()),
            ("empty.md", b""),
            ("large.txt", &large),
            ("corrupt.pdf", b"%PDF-1.7\nnothing of a pdf"),
            ("corrupt.docx", b"PK\x03\x04 and then nothing"),
            ("bomb.docx", &bomb),
            ("old.doc", &compound),
            ("noise.bin", &noise),
            ("good2.md", GOOD.as_bytes()),
        ];
        let sent = world.add(home.id, &files).await;
        let refused: Vec<(&str, &str)> =
            sent.refused.iter().map(|(name, fault)| (name.as_str(), fault.code.as_str())).collect();
        assert_eq!(
            refused,
            [
                ("empty.md", "knowledge.document_empty"),
                ("large.txt", "knowledge.document_too_large")
            ]
        );
        for place in 0..sent.documents.len() {
            let document = world.document(&sent, place).await;
            if document.file_name.starts_with("good") {
                assert_eq!(document.state, DocumentState::Ready);
                continue;
            }
            assert_eq!(document.state, DocumentState::Failed, "{}", document.file_name);
            let error = document.error.unwrap();
            let name = document.file_name.as_str();
            assert!(error.code.starts_with("knowledge.document_"), "{name}: {}", error.code);
            assert!(!error.detail.is_empty() && error.fix.is_some(), "{name}: {error:?}");
            let page =
                format!("{}/../../docs/errors/{}.md", env!("CARGO_MANIFEST_DIR"), error.code);
            assert!(std::path::Path::new(&page).exists(), "{name}: no page for {}", error.code);
            if name == "bomb.docx" {
                assert_eq!(error.code, "knowledge.document_bomb");
            }
        }
        assert!(world.acts("knowledge.document_failed").await >= 5);
        let (hits, _) =
            world.knowledge.search(&world.administrator, "図書館の休み", (None, 5)).await.unwrap();
        assert_eq!(hits.len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_text_in_every_field_is_text_and_nothing_else() {
    on_both(|test| async {
        let world = World::new(test).await;
        let home = world.collection("living", "1").await;
        let name = "'; DROP TABLE document; --<script>.md";
        let sent = world.add(home.id, &[(name, GOOD.as_bytes())]).await;
        assert_eq!(world.document(&sent, 0).await.file_name, name);
        for query in ["'; DROP TABLE chunk; --", "\" OR 1=1", "<script>", "body:*", "\u{0}"] {
            let found = world.knowledge.search(&world.administrator, query, (None, 5)).await;
            assert!(found.is_ok(), "{query}: {found:?}");
        }
        let long = "図".repeat(2_001);
        assert!(world.knowledge.search(&world.administrator, &long, (None, 5)).await.is_err());
        assert!(world.knowledge.search(&world.administrator, "  ", (None, 5)).await.is_err());
    })
    .await;
}
