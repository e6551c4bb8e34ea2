//! A document's bytes become what is kept of it: text, blocks, chunks and passages.
//!
//! Pure and blocking: runs on a thread of its own. A passage is the smallest thing that an answer
//! quotes: a sentence, an item of a list, or a row of a table.

use kaname_extract_core::{BlockKind, ExtractError, Extracted, Limits, extract};
use kaname_text_core::{Chunk, DEFAULT_MAX_CHARS, chunk, find_dates, sentences};
use serde::{Deserialize, Serialize};

/// Characters at the head of a document among which its date is looked for.
const HEADER_CHARS: usize = 200;
/// Passages of more characters are cut by the model anyway.
const PASSAGE_CHARS_MAX: usize = 600;

/// A block of the canonical text, as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TextBlock {
    /// `heading`, `paragraph`, `list_item`, `table_header` or `table_row`.
    pub kind: String,
    /// First byte in the canonical text.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    /// The page, from 1, where the format has pages.
    pub page: Option<u32>,
    /// The headings above it, joined by ` > `.
    pub heading: Option<String>,
}

/// The smallest thing that an answer quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Passage {
    /// The chunk that it lies in, by its place in the document.
    pub(crate) chunk: usize,
    /// First byte in the canonical text.
    pub(crate) start: usize,
    /// Byte after the last one.
    pub(crate) end: usize,
}

/// What is kept of a document.
#[derive(Debug, Clone)]
pub(crate) struct Digest {
    /// The title that the document gives itself.
    pub(crate) title: Option<String>,
    /// What the bytes turned out to be.
    pub(crate) format: &'static str,
    /// The canonical text.
    pub(crate) text: String,
    /// Its blocks.
    pub(crate) blocks: Vec<TextBlock>,
    /// How many pages it has, where the format has pages.
    pub(crate) page_count: Option<u32>,
    /// Stable codes of what a person should know.
    pub(crate) warnings: Vec<&'static str>,
    /// The date that its head states, if it states exactly one; `YYYY-MM-DD`.
    pub(crate) effective_date: Option<String>,
    /// What is indexed.
    pub(crate) chunks: Vec<Chunk>,
    /// What is embedded and quoted.
    pub(crate) passages: Vec<Passage>,
}

/// Reads the document `bytes` named `name`.
///
/// # Errors
///
/// Says for this one file why it cannot be read.
pub(crate) fn digest(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    cancel: &dyn Fn() -> bool,
) -> Result<Digest, ExtractError> {
    let extracted = extract(name, bytes, limits, cancel)?;
    let chunks = chunks_of(&extracted);
    let passages = passages_of(&extracted.text, &chunks);
    Ok(Digest {
        title: extracted.title.clone(),
        format: extracted.format.key(),
        blocks: extracted.blocks.iter().filter(|block| !block.hidden).map(text_block).collect(),
        page_count: extracted.pages,
        warnings: extracted.warnings.iter().map(kaname_extract_core::Warning::code).collect(),
        effective_date: date_of_header(&extracted.text),
        chunks,
        passages,
        text: extracted.text,
    })
}

/// What a passage says to the embedding model: under which heading, and what.
pub(crate) fn passage_in_words(title: &str, chunk: &Chunk, passage: &Passage) -> String {
    let heading = chunk.heading.rsplit(" > ").next().unwrap_or_default();
    let heading = if heading.is_empty() { title } else { heading };
    let inside = passage.start.saturating_sub(chunk.range.start)
        ..passage.end.saturating_sub(chunk.range.start);
    let words = match chunk.kind {
        kaname_text_core::BlockKind::TableRow => chunk.text.as_str(),
        _ => chunk.text.get(inside).unwrap_or(&chunk.text),
    };
    let words: String = words.chars().take(PASSAGE_CHARS_MAX).collect();
    format!("{heading} {words}")
}

fn text_block(block: &kaname_extract_core::Block) -> TextBlock {
    let kind = match block.kind {
        BlockKind::Heading(_) => "heading",
        BlockKind::Paragraph => "paragraph",
        BlockKind::ListItem => "list_item",
        BlockKind::TableHeader => "table_header",
        BlockKind::TableRow => "table_row",
    };
    TextBlock {
        kind: kind.to_owned(),
        start: block.range.start,
        end: block.range.end,
        page: block.page,
        heading: (!block.headings.is_empty()).then(|| block.headings.join(" > ")),
    }
}

fn chunks_of(extracted: &Extracted) -> Vec<Chunk> {
    use kaname_text_core::BlockKind as Kind;
    let blocks: Vec<kaname_text_core::Block<'_>> = extracted
        .blocks
        .iter()
        .filter(|block| !block.hidden)
        .map(|block| kaname_text_core::Block {
            kind: match block.kind {
                BlockKind::Heading(_) => Kind::Heading,
                BlockKind::Paragraph => Kind::Paragraph,
                BlockKind::ListItem => Kind::ListItem,
                BlockKind::TableHeader => Kind::TableHeader,
                BlockKind::TableRow => Kind::TableRow,
            },
            range: block.range.clone(),
            page: block.page,
            headings: &block.headings,
            columns: &block.columns,
        })
        .collect();
    chunk(&extracted.text, &blocks, DEFAULT_MAX_CHARS)
}

fn passages_of(text: &str, chunks: &[Chunk]) -> Vec<Passage> {
    let mut passages = Vec::new();
    for (place, chunk) in chunks.iter().enumerate() {
        let start = chunk.range.start;
        if chunk.kind == kaname_text_core::BlockKind::TableRow {
            passages.push(Passage { chunk: place, start, end: chunk.range.end });
            continue;
        }
        let inside = text.get(chunk.range.clone()).unwrap_or_default();
        passages.extend(sentences(inside).into_iter().map(|range| Passage {
            chunk: place,
            start: start + range.start,
            end: start + range.end,
        }));
    }
    passages
}

/// The date in the first lines, when there is one and no other: two dates say nothing clear.
fn date_of_header(text: &str) -> Option<String> {
    let end = text.char_indices().nth(HEADER_CHARS).map_or(text.len(), |(at, _)| at);
    let dates = find_dates(text.get(..end).unwrap_or(text));
    let (_, first) = dates.first()?;
    let clear = dates.iter().all(|(_, date)| date == first);
    clear.then(|| first.to_string())
}
