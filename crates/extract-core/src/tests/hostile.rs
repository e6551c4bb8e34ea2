//! Input that lies, breaks off, expands or never ends.

use std::cell::Cell;

use proptest::prelude::*;

use super::{fixtures, read};
use crate::{BlockKind, ExtractError, Extracted, HowToConvert, Limits, extract};

const NAMES: [&str; 11] = [
    "a.txt", "a.md", "a.html", "a.docx", "a.pdf", "a.csv", "a.xlsx", "a.doc", "a", "a.bin", "a.tsv",
];

fn code(name: &str, bytes: &[u8]) -> &'static str {
    read(name, bytes).unwrap_err().code()
}

fn is_sound(document: &Extracted) -> bool {
    let mut end = 0;
    document.blocks.iter().all(|block| {
        let is_ordered = block.range.start >= end && block.range.start < block.range.end;
        end = block.range.end;
        is_ordered && document.text.get(block.range.clone()).is_some()
    })
}

#[test]
fn what_is_not_read_is_named_with_what_to_do() {
    assert_eq!(code("a.txt", b""), "document_empty");
    assert_eq!(code("a.txt", b" \r\n\t"), "document_empty");
    assert_eq!(code("a.md", "# \u{3000}".as_bytes()), "document_empty");
    assert_eq!(code("a.bin", b"\x7fELF\0\0\0"), "document_type_unknown");
    assert_eq!(code("a.json", b"{}"), "document_type_unknown");
    assert_eq!(code("a.docx", "文章".as_bytes()), "document_corrupt");
    assert_eq!(code("a.pdf", b"%PDF-1.7 and then nothing"), "document_corrupt");
    for (name, bytes, how) in [
        ("a.tif", &b"II*\0\x08"[..], HowToConvert::RecogniseText),
        ("a.jpg", b"\xff\xd8\xff\xe0", HowToConvert::RecogniseText),
        ("a.xdw", b"\x60\x0e\x82\x01", HowToConvert::ExportAsPdf),
        ("a.jtd", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", HowToConvert::SaveAsDocx),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", HowToConvert::SaveAsXlsx),
        ("a.ppt", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", HowToConvert::ExportAsPdf),
    ] {
        let error = read(name, bytes).unwrap_err();
        assert!(
            matches!(error, ExtractError::Unsupported { how: told, .. } if told == how),
            "{name}"
        );
    }
    let scan = fixtures::pdf_of(&["0 0 10 10 re f".to_owned()]);
    assert_eq!(code("a.pdf", &scan), "document_type_unsupported");
    let unpacked = fixtures::zip_of(&[("a.txt", b"x")]);
    assert_eq!(code("a.zip", &unpacked), "document_type_unsupported");
}

#[test]
fn a_password_is_told_apart_from_damage() {
    let mut bytes = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    bytes.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(code("a.xlsx", &bytes), "document_password_protected");
    for locked in [
        include_bytes!("locked/locked-rc4-128.pdf").as_slice(),
        include_bytes!("locked/locked-aes-128.pdf"),
        include_bytes!("locked/locked-aes-256.pdf"),
    ] {
        assert_eq!(code("a.pdf", locked), "document_password_protected");
    }
}

#[test]
fn a_pdf_that_only_its_owner_may_change_is_read_by_anybody() {
    for open in [
        include_bytes!("locked/opens-rc4-128.pdf").as_slice(),
        include_bytes!("locked/opens-aes-128.pdf"),
        include_bytes!("locked/opens-aes-256.pdf"),
    ] {
        assert_eq!(read("a.pdf", open).unwrap().text, "Water fees");
    }
}

#[test]
fn what_expands_beyond_bounds_is_refused() {
    let zeros = vec![b' '; 40 << 20];
    let bomb = fixtures::zip_of(&[("word/document.xml", &zeros)]);
    assert!(bomb.len() < 100_000);
    assert_eq!(code("a.docx", &bomb), "document_bomb");
    let bomb = fixtures::zip_of(&[("xl/workbook.xml", b"<a/>"), ("xl/media/x.bin", &zeros)]);
    assert_eq!(code("a.xlsx", &bomb), "document_bomb");
    let nested = ["<w:p>".repeat(1_000), "</w:p>".repeat(1_000)].concat();
    let deep = fixtures::zip_of(&[("word/document.xml", nested.as_bytes())]);
    assert_eq!(code("a.docx", &deep), "document_bomb");
    let attributes = format!("<p {}>text", "a='' ".repeat(30_000));
    assert_eq!(code("a.html", attributes.as_bytes()), "document_bomb");
    let laughs = "<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><w:d><w:p><w:r><w:t>前&b;後</w:t></w:r></w:p></w:d>";
    let laughs = fixtures::zip_of(&[("word/document.xml", laughs.as_bytes())]);
    assert_eq!(read("a.docx", &laughs).unwrap().text, "前後");
}

#[test]
fn bounds_of_the_caller_hold() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let with = |limits: Limits, name: &str, bytes: &[u8]| {
        extract(name, bytes, &limits, &|| false).unwrap_err().code()
    };
    assert_eq!(with(limits(|l| l.input_bytes = 3), "a.txt", b"text"), "document_too_large");
    assert_eq!(with(limits(|l| l.text_bytes = 3), "a.txt", b"text"), "document_too_much");
    assert_eq!(with(limits(|l| l.cells = 3), "a.csv", b"a,b\nc,d\n"), "document_too_much");
    assert_eq!(with(limits(|l| l.cells = 3), "a.xlsx", &fixtures::xlsx()), "document_too_much");
    assert_eq!(with(limits(|l| l.pages = 1), "a.pdf", &fixtures::pdf()), "document_too_much");
    assert_eq!(with(limits(|l| l.entries = 1), "a.docx", &fixtures::docx()), "document_bomb");
}

#[test]
fn a_cancelled_reading_ends_with_its_name() {
    for (name, bytes) in [
        ("a.txt", "一行目。\n\n二行目。\n".as_bytes().to_vec()),
        ("a.docx", fixtures::docx()),
        ("a.xlsx", fixtures::xlsx()),
        ("a.pdf", fixtures::pdf()),
    ] {
        let asked = Cell::new(0);
        let cancel = || asked.replace(asked.get() + 1) > 0;
        let outcome = extract(name, &bytes, &Limits::default(), &cancel);
        assert_eq!(outcome.unwrap_err(), ExtractError::Cancelled, "{name}");
    }
}

#[test]
fn deep_html_costs_nothing() {
    let source = ["<div>".repeat(200_000), "本文。".to_owned()].concat();
    let document = read("a.html", source.as_bytes()).unwrap();
    assert_eq!((document.text.as_str(), document.blocks[0].kind), ("本文。", BlockKind::Paragraph));
}

proptest! {
    #[test]
    fn arbitrary_bytes_of_any_name_never_panic(
        name in prop::sample::select(&NAMES[..]),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        if let Ok(document) = read(name, &bytes) {
            prop_assert!(is_sound(&document));
        }
    }

    #[test]
    fn arbitrary_text_of_any_name_never_panics(
        name in prop::sample::select(&NAMES[..]),
        text in "([<>/a-z=\"'|#\\-*`_,;\t\n （）・1第条章。、あ漢]|<t[dhr]>|<table>|</[a-z]{1,5}>|\\PC){0,200}",
    ) {
        if let Ok(document) = read(name, text.as_bytes()) {
            prop_assert!(is_sound(&document));
        }
    }

    #[test]
    fn damaged_documents_never_panic(
        which in 0_usize..3,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let (name, mut bytes) = match which {
            0 => ("a.docx", fixtures::docx()),
            1 => ("a.xlsx", fixtures::xlsx()),
            _ => ("a.pdf", fixtures::pdf()),
        };
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if is_cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        if let Ok(document) = read(name, &bytes) {
            prop_assert!(is_sound(&document));
        }
    }

    #[test]
    fn damaged_xml_and_content_inside_sound_containers_never_panic(
        which in 0_usize..2,
        inside in "(<w:(p|t|tc|tr|tbl|r|vMerge)/?>|</w:(p|t|tc|tr|tbl|r)>|あ|<row r=\"[0-9]{1,9}\">|<c r=\"[A-Z]{1,4}[0-9]{1,8}\">|<mergeCell ref=\"[A-Z]{1,4}[0-9]{1,8}:[A-Z]{1,4}[0-9]{1,8}\"/>|<v>[0-9.e]{1,6}</v>|&#x?[0-9a-f]{1,7};){0,30}",
    ) {
        let bytes = match which {
            0 => fixtures::zip_of(&[("word/document.xml", inside.as_bytes())]),
            _ => fixtures::pdf_of(std::slice::from_ref(&inside)),
        };
        let name = ["a.docx", "a.pdf"][which];
        if let Ok(document) = read(name, &bytes) {
            prop_assert!(is_sound(&document));
        }
    }
}
