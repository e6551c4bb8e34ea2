//! What must be true of every chunk, and what a few documents become.

use proptest::prelude::*;

use super::*;

fn block(kind: BlockKind, range: Range<usize>, headings: &[String]) -> Block<'_> {
    Block { kind, range, page: None, headings, columns: &[] }
}

#[test]
fn prose_of_one_section_is_gathered_and_another_section_begins_anew() {
    let text = "粗大ごみ\n料金は八百円です。前納です。\n・印鑑\n転入\n届出は14日以内です。";
    let mut at = 0;
    let lines: Vec<Range<usize>> = text
        .split('\n')
        .map(|line| {
            let range = at..at + line.len();
            at += line.len() + 1;
            range
        })
        .collect();
    let (waste, move_in) = (["粗大ごみ".to_owned()], ["転入".to_owned()]);
    let blocks = [
        block(BlockKind::Heading, lines[0].clone(), &[]),
        block(BlockKind::Paragraph, lines[1].clone(), &waste),
        block(BlockKind::ListItem, lines[2].clone(), &waste),
        block(BlockKind::Heading, lines[3].clone(), &[]),
        block(BlockKind::Paragraph, lines[4].clone(), &move_in),
    ];
    let chunks = chunk(text, &blocks, DEFAULT_MAX_CHARS);
    let seen: Vec<_> = chunks.iter().map(|c| (c.heading.as_str(), c.text.as_str())).collect();
    assert_eq!(
        seen,
        [("粗大ごみ", "料金は八百円です。前納です。\n・印鑑"), ("転入", "届出は14日以内です。")]
    );
    let small = chunk(text, &blocks, 12);
    assert_eq!(small[0].text, "料金は八百円です。");
    assert_eq!(small[1].text, "前納です。\n・印鑑");
}

#[test]
fn a_heading_with_nothing_below_it_is_a_chunk() {
    let blocks = [block(BlockKind::Heading, 0..6, &[])];
    let chunks = chunk("附則", &blocks, 10);
    assert_eq!(chunks[0].text, "附則");
}

#[test]
fn a_row_carries_its_columns_and_quotes_its_original() {
    let text = "品目\t手数料\tメモ\nソファ\t800円\t";
    let columns = ["品目".to_owned(), "手数料".to_owned(), "メモ".to_owned()];
    let rows = [
        Block { columns: &columns, ..block(BlockKind::TableHeader, 0..23, &[]) },
        Block {
            columns: &columns,
            page: Some(3),
            ..block(BlockKind::TableRow, 24..text.len(), &[])
        },
    ];
    let chunks = chunk(text, &rows, DEFAULT_MAX_CHARS);
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0].text, "品目: ソファ / 手数料: 800円");
    assert_eq!(&text[chunks[0].range.clone()], "ソファ\t800円");
    assert_eq!(chunks[0].page, Some(3));
}

#[test]
fn a_long_sentence_is_cut_at_a_comma() {
    let text = "あいうえおかき、くけこさしすせそ。";
    let blocks = [block(BlockKind::Paragraph, 0..text.len(), &[])];
    let texts: Vec<_> = chunk(text, &blocks, 10).into_iter().map(|chunk| chunk.text).collect();
    assert_eq!(texts, ["あいうえおかき、", "くけこさしすせそ。"]);
}

proptest! {
    #[test]
    fn chunks_are_short_ordered_and_cover_every_block(
        lines in prop::collection::vec("[あ-んア-ン。、「」（）a-z \t\u{3099}葛\u{e0100}]{0,60}", 0..8),
        kinds in prop::collection::vec(0_u8..5, 8),
        max_chars in 1_usize..40,
    ) {
        let text = lines.join("\n");
        let headings = ["見出し".to_owned()];
        let mut start = 0;
        let mut blocks = Vec::new();
        for (line, kind) in lines.iter().zip(&kinds) {
            let kind = [
                BlockKind::Heading, BlockKind::Paragraph, BlockKind::ListItem,
                BlockKind::TableHeader, BlockKind::TableRow,
            ][usize::from(*kind)];
            blocks.push(block(kind, start..start + line.len(), &headings));
            start += line.len() + 1;
        }
        let chunks = chunk(&text, &blocks, max_chars);
        let mut covered = 0;
        for chunk in &chunks {
            prop_assert!(chunk.text.chars().count() <= max_chars);
            prop_assert!(chunk.range.start >= covered && !chunk.text.is_empty());
            prop_assert!(text.get(chunk.range.clone()).is_some());
            covered = chunk.range.end;
        }
        for (block, next) in blocks.iter().zip(blocks.iter().skip(1).map(Some).chain([None])) {
            let is_header_of_rows = block.kind == BlockKind::TableHeader
                && next.is_some_and(|next| next.kind == BlockKind::TableRow);
            let inside = |at: usize| chunks.iter().any(|chunk| chunk.range.contains(&at));
            for (at, c) in text[block.range.clone()].char_indices() {
                let reached = c.is_whitespace() || is_header_of_rows || inside(block.range.start + at);
                prop_assert!(reached, "{c:?} at {at} is in no chunk");
            }
        }
    }
}
