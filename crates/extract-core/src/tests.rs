//! Whole documents in, text and blocks out; what is no document is refused by name.

mod fixtures;
mod hostile;

use super::*;

fn read(name: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extract(name, bytes, &Limits::default(), &|| false)
}

/// Kind, headings joined by `>`, and text of every block.
fn outline(document: &Extracted) -> Vec<(BlockKind, String, &str)> {
    document
        .blocks
        .iter()
        .map(|b| (b.kind, b.headings.join(">"), &document.text[b.range.clone()]))
        .collect()
}

fn columns(document: &Extracted) -> Vec<&str> {
    let row = document.blocks.iter().find(|block| block.kind == BlockKind::TableRow).unwrap();
    row.columns.iter().map(String::as_str).collect()
}

#[test]
fn markdown_keeps_headings_items_and_rows() {
    let source = "---\ntags: x\n---\n# 粗大ごみ\n\n料金は品目ごとに\n定めます。\n\n- 印鑑\n- 通帳\n\n\
        | 品目 | 手数料 |\n|---|---|\n| ソファ | 800円 |\n";
    let document = read("a.md", source.as_bytes()).unwrap();
    assert_eq!(document.title.as_deref(), Some("粗大ごみ"));
    assert_eq!(
        document.text,
        "粗大ごみ\n料金は品目ごとに定めます。\n印鑑\n通帳\n品目\t手数料\nソファ\t800円"
    );
    assert_eq!(outline(&document).last().unwrap().0, BlockKind::TableRow);
    assert_eq!(columns(&document), ["品目", "手数料"]);
}

#[test]
fn plain_text_is_put_together_from_lines_broken_at_a_margin() {
    let source = "かなめ町手数料条例\n\n第１章　総則\n（趣旨）\n第１条　この条例は、地方自治法の規定に基づき徴収\n\
        する手数料に関し必要な事項を定めるものとし、町の\nほかの条例に特別の定めがある場合を除くほか、この\n\
        条例による。\n(1) 氏名\n(2) 住所\n";
    let document = read("条例.txt", source.as_bytes()).unwrap();
    let outline = outline(&document);
    assert_eq!(outline[1], (BlockKind::Heading(1), String::new(), "第１章　総則"));
    assert_eq!(outline[3].1, "第１章　総則>（趣旨）");
    assert!(outline[3].2.contains("徴収する手数料に関し") && outline[3].2.ends_with("による。"));
    assert_eq!(outline[4].0, BlockKind::ListItem);
}

#[test]
fn shift_jis_tables_are_read_with_their_header() {
    let source = "粗大ごみ手数料一覧,,\r\n品目,手数料,備考\r\n\"ソファ\r\n(1人用)\",800円,\r\nベッド,\"1,200円\",㈱\r\n";
    let (bytes, ..) = encoding_rs::SHIFT_JIS.encode(source);
    let document = read("料金.csv", &bytes).unwrap();
    assert_eq!(columns(&document), ["品目", "手数料", "備考"]);
    assert_eq!(
        document.text,
        "粗大ごみ手数料一覧\n品目\t手数料\t備考\nソファ (1人用)\t800円\nベッド\t1,200円\t㈱"
    );
    assert_eq!(document.title.as_deref(), Some("粗大ごみ手数料一覧"));
    let tabs = read("a.tsv", "名称\t電話\n役場\t1番\n".as_bytes()).unwrap();
    assert_eq!(columns(&tabs), ["名称", "電話"]);
}

#[test]
fn html_keeps_what_a_reader_reads() {
    let source = "<!DOCTYPE html><html><head><title>ごみ｜町</title><style>p{}</style></head><body>\
        <nav><a>トップ</a></nav><h1>粗大<ruby>塵<rt>ごみ</rt></ruby></h1><p>料金は<b>前納</b>です。\
        <script>if (a<b) {}</script><ul><li>印鑑<li>通帳</ul>\
        <table><tr><th rowspan=2>品目<th colspan=2>手数料</tr><tr><th>持込<th>収集</tr>\
        <tr><td>ソファ<td>500円<td>800円</table><p>A &amp; B</body></html>";
    let document = read("a.html", source.as_bytes()).unwrap();
    assert_eq!(document.title.as_deref(), Some("ごみ｜町"));
    assert_eq!(columns(&document), ["品目", "手数料 持込", "手数料 収集"]);
    let texts: Vec<&str> = outline(&document).into_iter().map(|(.., text)| text).collect();
    assert_eq!(texts[..4], ["粗大塵", "料金は前納です。", "印鑑", "通帳"]);
    assert_eq!(texts[6..], ["ソファ\t500円\t800円", "A & B"]);
}

#[test]
fn word_documents_keep_styles_lists_tables_and_pages() {
    let document = read("手引.docx", &fixtures::docx()).unwrap();
    assert_eq!(document.title.as_deref(), Some("窓口の手引"));
    assert_eq!(document.pages, Some(2));
    let seen = outline(&document);
    assert_eq!(seen[0], (BlockKind::Heading(1), String::new(), "転入の届出"));
    assert_eq!(seen[1], (BlockKind::Paragraph, "転入の届出".to_owned(), "14日以内に届け出る。"));
    assert_eq!(seen[2], (BlockKind::ListItem, "転入の届出".to_owned(), "本人確認書類"));
    assert_eq!(seen[3], (BlockKind::Heading(2), "転入の届出".to_owned(), "持ち物"));
    assert_eq!(columns(&document), ["区分", "書類"]);
    assert_eq!(seen[5].2, "本人\t運転免許証");
    assert_eq!(seen[6].2, "本人\t旅券");
    assert_eq!(document.blocks[6].page, Some(2));
}

#[test]
fn workbooks_keep_sheets_merged_headers_dates_and_what_is_hidden() {
    let document = read("避難所.xlsx", &fixtures::xlsx()).unwrap();
    let seen = outline(&document);
    assert_eq!(seen[0], (BlockKind::Heading(1), String::new(), "一覧"));
    assert_eq!(seen[1], (BlockKind::Heading(2), "一覧".to_owned(), "指定避難所一覧"));
    assert_eq!(columns(&document), ["地区", "収容人数 屋内", "収容人数 屋外", "開設日"]);
    assert_eq!(seen[4].2, "東\t120\t300.5\t2025-04-01");
    assert_eq!(seen[5].2, "東\t80");
    assert!(document.blocks[5].hidden && !document.blocks[4].hidden);
    assert!(document.warnings.contains(&Warning::HiddenContent { blocks: 1 }));
}

#[test]
fn pdf_text_comes_with_pages_headings_paragraphs_and_rows() {
    let document = read("案内.pdf", &fixtures::pdf()).unwrap();
    assert_eq!(document.pages, Some(2));
    let seen = outline(&document);
    assert_eq!(seen[0], (BlockKind::Heading(1), String::new(), "粗大ごみの出し方"));
    assert_eq!(
        seen[1].2,
        "収集日の七日前までに受付センターへ申し込んでください。料金は表のとおりです。"
    );
    assert_eq!(columns(&document), ["品目", "手数料"]);
    assert_eq!(seen[3].2, "ソファ\t八百円");
    assert_eq!((document.blocks[4].page, seen[4].2), (Some(2), "処理券は取扱店で買えます。"));
}

#[test]
fn every_chunk_of_every_fixture_quotes_the_text() {
    let files =
        [("a.docx", fixtures::docx()), ("a.xlsx", fixtures::xlsx()), ("a.pdf", fixtures::pdf())];
    for (name, bytes) in files {
        let document = read(name, &bytes).unwrap();
        let blocks: Vec<_> = document.blocks.iter().map(fixtures::to_text_block).collect();
        let chunks = kaname_text_core::chunk(&document.text, &blocks, 400);
        assert!(!chunks.is_empty());
        assert!(chunks.iter().all(|chunk| document.text.get(chunk.range.clone()).is_some()));
    }
}
