//! Whole documents in, text and blocks out.

use super::*;

fn read(name: &str, bytes: &[u8]) -> Result<Extracted, ExtractError> {
    extract(name, bytes, &Limits::default(), &|| false)
}

#[test]
fn markdown_keeps_headings_items_and_rows() {
    let source = "# 粗大ごみ\n\n料金は品目ごとに\n定めます。\n\n- 印鑑\n- 通帳\n\n| 品目 | 手数料 |\n|---|---|\n| ソファ | 800円 |\n";
    let document = read("a.md", source.as_bytes()).unwrap();
    assert_eq!(document.title.as_deref(), Some("粗大ごみ"));
    assert_eq!(
        document.text,
        "粗大ごみ\n料金は品目ごとに定めます。\n印鑑\n通帳\n品目\t手数料\nソファ\t800円"
    );
    let row = document.blocks.last().unwrap();
    assert_eq!(row.kind, BlockKind::TableRow);
    assert_eq!(*row.columns, ["品目".to_owned(), "手数料".to_owned()]);
    assert_eq!(*row.headings, ["粗大ごみ".to_owned()]);
}
