//! Gathers blocks into the canonical text and holds the bounds while it grows.

use std::sync::Arc;

use crate::{
    encoding::Decoded,
    error::ExtractError,
    model::{Block, BlockKind, Extracted, Format, Limits, Warning},
};

/// The deepest level of heading that is told apart.
const LEVEL_MAX: u8 = 9;

pub(crate) struct Builder<'a> {
    pub(crate) limits: &'a Limits,
    cancel: &'a dyn Fn() -> bool,
    text: String,
    blocks: Vec<Block>,
    open_headings: Vec<(u8, String)>,
    path: Arc<[String]>,
    page: Option<u32>,
    title: Option<String>,
    hidden: bool,
    cells: usize,
    warnings: Vec<Warning>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(limits: &'a Limits, cancel: &'a dyn Fn() -> bool) -> Self {
        Self {
            limits,
            cancel,
            text: String::new(),
            blocks: Vec::new(),
            open_headings: Vec::new(),
            path: Arc::from([]),
            page: None,
            title: None,
            hidden: false,
            cells: 0,
            warnings: Vec::new(),
        }
    }

    /// Ends the work when the caller wants it to end.
    pub(crate) fn check_cancel(&self) -> Result<(), ExtractError> {
        if (self.cancel)() { Err(ExtractError::Cancelled) } else { Ok(()) }
    }

    pub(crate) fn note_encoding(&mut self, decoded: &Decoded) {
        if decoded.replaced > 0 {
            let count = decoded.replaced;
            self.warn(Warning::ReplacedCharacters { encoding: decoded.encoding, count });
        }
    }

    pub(crate) fn warn(&mut self, warning: Warning) {
        if !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// What the document calls itself; the first that is not empty stays.
    pub(crate) fn set_title(&mut self, title: &str) {
        let title = clean(title, ' ');
        if self.title.is_none() && !title.is_empty() {
            self.title = Some(title);
        }
    }

    pub(crate) fn set_page(&mut self, page: u32) {
        self.page = Some(page);
    }

    /// Whether the blocks from here on are hidden.
    pub(crate) fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
    }

    pub(crate) fn heading(&mut self, level: u8, text: &str) -> Result<(), ExtractError> {
        let text = clean(text, ' ');
        if text.is_empty() {
            return Ok(());
        }
        let level = level.clamp(1, LEVEL_MAX);
        self.open_headings.retain(|(above, _)| *above < level);
        self.path = self.open_headings.iter().map(|(_, heading)| heading.clone()).collect();
        self.push(BlockKind::Heading(level), &text, Arc::from([]))?;
        self.open_headings.push((level, text));
        self.path = self.open_headings.iter().map(|(_, heading)| heading.clone()).collect();
        Ok(())
    }

    pub(crate) fn paragraph(&mut self, text: &str) -> Result<(), ExtractError> {
        self.push(BlockKind::Paragraph, &clean(text, '\n'), Arc::from([]))
    }

    pub(crate) fn list_item(&mut self, text: &str) -> Result<(), ExtractError> {
        self.push(BlockKind::ListItem, &clean(text, '\n'), Arc::from([]))
    }

    /// One row of a table; `kind` is its header or a row.
    pub(crate) fn row(
        &mut self,
        kind: BlockKind,
        cells: &[String],
        columns: &Arc<[String]>,
    ) -> Result<(), ExtractError> {
        let row = cells.iter().map(|cell| clean(cell, ' ')).collect::<Vec<_>>().join("\t");
        self.push(kind, row.trim_end_matches('\t'), Arc::clone(columns))
    }

    /// Counts cells as they are read, before they are kept.
    pub(crate) fn count_cells(&mut self, cells: usize) -> Result<(), ExtractError> {
        self.cells = self.cells.saturating_add(cells);
        if self.cells > self.limits.cells {
            return Err(ExtractError::TooMuch { what: "cells", limit: self.limits.cells });
        }
        Ok(())
    }

    fn push(
        &mut self,
        kind: BlockKind,
        text: &str,
        columns: Arc<[String]>,
    ) -> Result<(), ExtractError> {
        self.check_cancel()?;
        if text.trim().is_empty() {
            return Ok(());
        }
        if self.text.len() + text.len() >= self.limits.text_bytes {
            let limit = self.limits.text_bytes;
            return Err(ExtractError::TooMuch { what: "bytes of text", limit });
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let start = self.text.len();
        self.text.push_str(text);
        self.blocks.push(Block {
            kind,
            range: start..self.text.len(),
            page: self.page,
            headings: Arc::clone(&self.path),
            columns,
            hidden: self.hidden,
        });
        Ok(())
    }

    pub(crate) fn has_text(&self) -> bool {
        !self.blocks.is_empty()
    }

    pub(crate) fn finish(mut self, format: Format) -> Result<Extracted, ExtractError> {
        if self.blocks.is_empty() {
            return Err(ExtractError::Empty);
        }
        let hidden = self.blocks.iter().filter(|block| block.hidden).count();
        if hidden > 0 {
            self.warn(Warning::HiddenContent { blocks: hidden });
        }
        let title = self.title.take().or_else(|| self.first_heading());
        let (text, blocks, warnings) = (self.text, self.blocks, self.warnings);
        Ok(Extracted { title, format, text, blocks, pages: self.page, warnings })
    }

    /// The first heading of the highest level that occurs.
    fn first_heading(&self) -> Option<String> {
        let level = |block: &Block| match block.kind {
            BlockKind::Heading(level) => Some(level),
            _ => None,
        };
        let highest = self.blocks.iter().filter_map(level).min()?;
        let first = self.blocks.iter().find(|block| level(block) == Some(highest))?;
        self.text.get(first.range.clone()).map(str::to_owned)
    }
}

/// `text` trimmed and without control characters; lines are trimmed and joined by `line_break`.
fn clean(text: &str, line_break: char) -> String {
    let mut cleaned = String::with_capacity(text.len());
    for line in text.split(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}']) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !cleaned.is_empty() {
            cleaned.push(line_break);
        }
        cleaned.extend(line.chars().filter_map(|c| match c {
            '\t' | '\u{a0}' => Some(' '),
            '\u{feff}' => None,
            c if c.is_control() => None,
            c => Some(c),
        }));
    }
    cleaned
}
