//! Cuts a document into chunks that an embedding model can take and a reader can be shown.
//!
//! Prose of one section and page is gathered up to the limit, sentence by sentence; every table row
//! is a chunk of its own and carries the names of its columns. A sentence is cut only when it is
//! longer than the limit by itself.

use std::ops::Range;

use crate::{sentence::sentences, truncate::truncate_chars};

/// The limit that suits the embedded embedding model.
pub const DEFAULT_MAX_CHARS: usize = 400;

/// What kind of text a block holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BlockKind {
    /// A heading; its text stands in the `headings` of what it is above.
    Heading,
    /// Running text.
    Paragraph,
    /// One item of a list.
    ListItem,
    /// The names of a table's columns.
    TableHeader,
    /// One row of a table, cells separated by tabs.
    TableRow,
}

/// One block of a document, as an extractor found it.
#[derive(Debug, Clone)]
pub struct Block<'a> {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands, in bytes of the document's text.
    pub range: Range<usize>,
    /// Its page, from 1, where the format has pages.
    pub page: Option<u32>,
    /// The headings above it, outermost first; a heading does not count itself.
    pub headings: &'a [String],
    /// For rows: the names of the columns; may be fewer than the cells.
    pub columns: &'a [String],
}

/// A piece of a document to index, embed and cite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// The kind of the block that it begins with.
    pub kind: BlockKind,
    /// The headings above it, joined by ` > `; empty when there are none.
    pub heading: String,
    /// The page that it begins on.
    pub page: Option<u32>,
    /// Its exact original, in bytes of the document's text.
    pub range: Range<usize>,
    /// What to index and embed: the original, or for a row `品目: ソファ / 手数料: 800円`.
    pub text: String,
}

impl Chunk {
    /// The headings and the text in one, for an index that knows one field only.
    pub fn text_with_heading(&self) -> String {
        match self.heading.as_str() {
            "" => self.text.clone(),
            heading => format!("{heading}\n{}", self.text),
        }
    }
}

/// The chunks of `text`, in order, none with more than `max_chars` characters of text.
///
/// Blocks must come in the order of the text; those outside it are passed over. Every character of
/// a block is in a chunk, in a chunk's heading, or in the names of its columns.
pub fn chunk(text: &str, blocks: &[Block<'_>], max_chars: usize) -> Vec<Chunk> {
    let max_chars = max_chars.max(1);
    let mut gathering = Gathering { text, max_chars, open: None, chunks: Vec::new() };
    for (at, block) in blocks.iter().enumerate() {
        let next = blocks.get(at + 1);
        match block.kind {
            BlockKind::Paragraph | BlockKind::ListItem => gathering.add_prose(block),
            BlockKind::TableRow => gathering.add_row(block),
            BlockKind::Heading if is_above(text, block, next) => gathering.close(),
            BlockKind::TableHeader if next.is_some_and(|next| next.kind == BlockKind::TableRow) => {
                gathering.close();
            }
            BlockKind::Heading | BlockKind::TableHeader => {
                gathering.close();
                gathering.add_prose(block);
                gathering.close();
            }
        }
    }
    gathering.close();
    gathering.chunks
}

/// Whether `next` names the heading `block` among its own headings.
fn is_above(text: &str, block: &Block<'_>, next: Option<&Block<'_>>) -> bool {
    let own = text.get(block.range.clone()).unwrap_or_default().trim();
    next.is_some_and(|next| next.headings.iter().any(|heading| heading.trim() == own))
}

struct Open<'a> {
    kind: BlockKind,
    page: Option<u32>,
    headings: &'a [String],
    range: Range<usize>,
    chars: usize,
}

struct Gathering<'t, 'b> {
    text: &'t str,
    max_chars: usize,
    open: Option<Open<'b>>,
    chunks: Vec<Chunk>,
}

impl<'b> Gathering<'_, 'b> {
    fn add_prose(&mut self, block: &Block<'b>) {
        let Some(content) = self.text.get(block.range.clone()) else { return };
        let goes_on = self.open.as_ref().is_some_and(|open| {
            let room = self.max_chars.saturating_sub(open.chars);
            let fits = content.chars().count() < room || open.chars < self.max_chars / 2;
            open.headings == block.headings && open.page == block.page && fits
        });
        if !goes_on {
            self.close();
        }
        for sentence in sentences(content) {
            let sentence = content.get(sentence.clone()).map(|inside| (sentence.start, inside));
            let Some((start, inside)) = sentence else { continue };
            for (offset, piece) in pieces(inside, self.max_chars) {
                self.add_piece(block, block.range.start + start + offset, piece);
            }
        }
    }

    fn add_piece(&mut self, block: &Block<'b>, start: usize, piece: &str) {
        let end = start + piece.len();
        if let Some(open) = &mut self.open {
            let between = self.text.get(open.range.end..start).unwrap_or_default();
            let chars = open.chars + between.chars().count() + piece.chars().count();
            if chars <= self.max_chars && open.range.end <= start {
                open.range.end = end;
                open.chars = chars;
                return;
            }
        }
        self.close();
        self.open = Some(Open {
            kind: block.kind,
            page: block.page,
            headings: block.headings,
            range: start..end,
            chars: piece.chars().count(),
        });
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        let text = self.text.get(open.range.clone()).unwrap_or_default().to_owned();
        self.chunks.push(Chunk {
            kind: open.kind,
            heading: open.headings.join(" > "),
            page: open.page,
            range: open.range,
            text,
        });
    }

    fn add_row(&mut self, block: &Block<'b>) {
        self.close();
        let Some(row) = self.text.get(block.range.clone()) else { return };
        let heading = block.headings.join(" > ");
        for (range, text) in render_row(row, block.columns, self.max_chars) {
            self.chunks.push(Chunk {
                kind: block.kind,
                heading: heading.clone(),
                page: block.page,
                range: block.range.start + range.start..block.range.start + range.end,
                text,
            });
        }
    }
}

/// A row in words, in as many parts as the limit needs; each with the bytes of the row it covers.
fn render_row(row: &str, columns: &[String], max_chars: usize) -> Vec<(Range<usize>, String)> {
    let mut parts: Vec<(Range<usize>, String, usize)> = Vec::new();
    let mut start = 0;
    for (place, cell) in row.split('\t').enumerate() {
        let cell_start = start + (cell.len() - cell.trim_start().len());
        start += cell.len() + 1;
        let column = columns.get(place).map_or("", |column| column.trim());
        for (range, words) in render_cell(cell.trim(), column, max_chars) {
            let range = cell_start + range.start..cell_start + range.end;
            let chars = words.chars().count();
            match parts.last_mut() {
                Some((whole, text, count)) if *count + 3 + chars <= max_chars => {
                    whole.end = range.end;
                    *count += 3 + chars;
                    text.push_str(" / ");
                    text.push_str(&words);
                }
                _ => parts.push((range, words, chars)),
            }
        }
    }
    parts.into_iter().map(|(range, text, _)| (range, text)).collect()
}

fn render_cell(cell: &str, column: &str, max_chars: usize) -> Vec<(Range<usize>, String)> {
    let column = truncate_chars(column, max_chars / 2);
    let name = if column.is_empty() { String::new() } else { format!("{column}: ") };
    let name = if name.chars().count() < max_chars { name } else { String::new() };
    let room = max_chars - name.chars().count();
    pieces(cell, room)
        .into_iter()
        .filter(|(_, piece)| !piece.is_empty())
        .map(|(at, piece)| (at..at + piece.len(), format!("{name}{piece}")))
        .collect()
}

/// `text` in pieces of at most `max_chars`, cut after a comma or space where there is one.
fn pieces(text: &str, max_chars: usize) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut start = 0;
    while let Some(rest) = text.get(start..).filter(|rest| !rest.is_empty()) {
        let fitting = match truncate_chars(rest, max_chars) {
            "" => rest.chars().next().and_then(|c| rest.get(..c.len_utf8())).unwrap_or(rest),
            fitting => fitting,
        };
        let end = if fitting.len() == rest.len() { rest.len() } else { soft_end(fitting) };
        let piece = rest.get(..end).unwrap_or(rest);
        let trimmed = piece.trim_start();
        let indent = piece.len() - trimmed.len();
        if !trimmed.is_empty() {
            found.push((start + indent, trimmed.trim_end()));
        }
        start += piece.len().max(1);
    }
    found
}

/// The place after the last comma or space in the second half of `fitting`, else its end.
fn soft_end(fitting: &str) -> usize {
    let is_soft =
        |c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | '・' | '；' | '：');
    fitting
        .char_indices()
        .rev()
        .find(|&(at, c)| is_soft(c) && at >= fitting.len() / 2)
        .map_or(fitting.len(), |(at, c)| at + c.len_utf8())
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a wrong boundary must fail the test")]
mod tests;
