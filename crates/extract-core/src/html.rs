//! HTML as a reader sees it: headings, paragraphs, items and tables; no scripts, styles or menus.
//!
//! Works on the stream of tokens without building a tree, so depth costs nothing and broken nesting
//! loses nothing.

use std::cell::RefCell;

use html5ever::{
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
        states::RawKind,
    },
};

use crate::{
    builder::Builder,
    error::ExtractError,
    table::{self, Guess, Row},
};

/// How much is fed to the tokenizer between two looks at the outcome.
const STEP_BYTES: usize = 64 * 1024;
/// More words than this inside one tag are no document.
const WORDS_IN_TAG_MAX: usize = 20_000;
/// The widest and tallest merged cell that is believed.
const SPAN_MAX: usize = 200;

/// Elements whose content no reader sees, and elements that lead elsewhere.
const NEVER_SEEN: &[&str] = &["template", "svg", "math", "select", "object", "rt", "rp"];
const LEADS_ELSEWHERE: &[&str] = &["nav", "footer", "aside"];
/// Elements that begin a new line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "header",
    "hr",
    "html",
    "legend",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "ul",
];

pub(crate) fn read(text: &str, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    check_tags(text)?;
    tokenize(text, LEADS_ELSEWHERE, builder)?;
    // A menu that is never closed would swallow the page: then take everything.
    if builder.has_text() { Ok(()) } else { tokenize(text, &[], builder) }
}

/// Refuses tags with so many attributes that comparing them would take for ever.
fn check_tags(text: &str) -> Result<(), ExtractError> {
    let mut words = 0_usize;
    for byte in text.bytes() {
        match byte {
            b'<' | b'>' => words = 0,
            b' ' | b'\t' | b'\n' | b'\r' | b'/' | b'"' | b'\'' => words += 1,
            _ => {}
        }
        if words > WORDS_IN_TAG_MAX && byte == b'=' {
            return Err(ExtractError::Bomb { what: "attributes" });
        }
    }
    Ok(())
}

fn tokenize(
    text: &str,
    skipped: &'static [&'static str],
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    let page = Page::new(builder, skipped);
    let sink = Sink { page: RefCell::new(page), outcome: RefCell::new(Ok(())) };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(STEP_BYTES);
        let (step, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        queue.push_back(StrTendril::from_slice(step));
        drop(tokenizer.feed(&queue));
        tokenizer.sink.outcome.replace(Ok(()))?;
        tokenizer.sink.page.borrow().builder.check_cancel()?;
        rest = after;
    }
    tokenizer.end();
    tokenizer.sink.outcome.replace(Ok(()))?;
    tokenizer.sink.page.borrow_mut().finish()
}

struct Sink<'p, 'a> {
    page: RefCell<Page<'p, 'a>>,
    outcome: RefCell<Result<(), ExtractError>>,
}

impl TokenSink for Sink<'_, '_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line_number: u64) -> TokenSinkResult<()> {
        if self.outcome.borrow().is_err() {
            return TokenSinkResult::Continue;
        }
        let mut page = self.page.borrow_mut();
        let outcome = match token {
            Token::CharacterTokens(text) => {
                page.text(&text);
                Ok(())
            }
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => {
                *self.outcome.borrow_mut() = page.start(&tag);
                return raw_kind(&tag.name);
            }
            Token::TagToken(tag) => page.end(&tag.name),
            _ => Ok(()),
        };
        *self.outcome.borrow_mut() = outcome;
        TokenSinkResult::Continue
    }
}

/// Elements in which `<` begins nothing.
fn raw_kind(name: &str) -> TokenSinkResult<()> {
    match name {
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "style" | "noscript" | "iframe" | "noembed" | "noframes" | "xmp" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
        _ => TokenSinkResult::Continue,
    }
}

/// A table that is being read.
#[derive(Default)]
struct Grid {
    rows: Vec<Row>,
    header_rows: usize,
    /// For each column: how many more rows a cell from above covers, and its text.
    from_above: Vec<(usize, String)>,
    row_has_data: bool,
    span: (usize, usize),
    in_cell: bool,
}

struct Page<'p, 'a> {
    builder: &'p mut Builder<'a>,
    skipped: &'static [&'static str],
    /// The element that is skipped, and how many of its name are open.
    skipping: Option<(String, usize)>,
    line: String,
    raw: Option<String>,
    heading: Option<u8>,
    items: usize,
    grid: Option<Grid>,
    tables: usize,
}

impl<'p, 'a> Page<'p, 'a> {
    fn new(builder: &'p mut Builder<'a>, skipped: &'static [&'static str]) -> Self {
        Self {
            builder,
            skipped,
            skipping: None,
            line: String::new(),
            raw: None,
            heading: None,
            items: 0,
            grid: None,
            tables: 0,
        }
    }

    fn text(&mut self, text: &str) {
        if self.skipping.is_some() || self.raw.as_ref().is_some_and(|raw| raw != "title") {
            return;
        }
        let mut is_space = self.line.ends_with(char::is_whitespace);
        for c in text.chars() {
            let was_space = std::mem::replace(&mut is_space, c.is_ascii_whitespace());
            if !is_space {
                self.line.push(c);
            } else if !was_space {
                self.line.push(' ');
            }
        }
    }

    fn start(&mut self, tag: &Tag) -> Result<(), ExtractError> {
        let name: &str = &tag.name;
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth += usize::from(skipped == name && !tag.self_closing);
            return Ok(());
        }
        if (NEVER_SEEN.contains(&name) || self.skipped.contains(&name)) && !tag.self_closing {
            self.skipping = Some((name.to_owned(), 1));
            return Ok(());
        }
        match name {
            "title" => {
                self.flush()?;
                self.raw = Some(name.to_owned());
            }
            "script" | "style" | "noscript" | "iframe" | "noembed" | "noframes" | "xmp"
            | "textarea" => self.raw = Some(name.to_owned()),
            "br" => self.line.push('\n'),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.grid.is_none() => {
                self.flush()?;
                self.heading = name
                    .chars()
                    .nth(1)
                    .and_then(|c| c.to_digit(10))
                    .and_then(|n| u8::try_from(n).ok());
            }
            "li" => {
                self.flush()?;
                self.items += 1;
            }
            "table" => self.start_table()?,
            "tr" => self.start_row()?,
            "td" | "th" => self.start_cell(tag)?,
            _ if BLOCKS.contains(&name) => self.flush()?,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, name: &str) -> Result<(), ExtractError> {
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth -= usize::from(skipped == name);
            if *depth == 0 {
                self.skipping = None;
            }
            return Ok(());
        }
        if self.raw.as_deref() == Some(name) {
            if name == "title" {
                let title = std::mem::take(&mut self.line);
                self.builder.set_title(&title);
            }
            self.raw = None;
            return Ok(());
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.flush(),
            "li" => {
                self.flush()?;
                self.items = self.items.saturating_sub(1);
                Ok(())
            }
            "td" | "th" => {
                self.end_cell();
                Ok(())
            }
            "tr" => self.end_row(),
            "table" => self.end_table(),
            _ if BLOCKS.contains(&name) => self.flush(),
            _ => Ok(()),
        }
    }

    /// Ends the current line; inside a cell that is only a line break.
    fn flush(&mut self) -> Result<(), ExtractError> {
        if self.grid.as_ref().is_some_and(|grid| grid.in_cell) {
            self.line.push('\n');
            return Ok(());
        }
        let line = std::mem::take(&mut self.line);
        match self.heading.take() {
            Some(level) => self.builder.heading(level, &line),
            None if self.items > 0 => self.builder.list_item(&line),
            None => self.builder.paragraph(&line),
        }
    }

    fn start_table(&mut self) -> Result<(), ExtractError> {
        self.flush()?;
        self.tables += 1;
        // A table inside a table is text of the cell that it stands in.
        self.grid.get_or_insert_with(Grid::default);
        Ok(())
    }

    fn start_row(&mut self) -> Result<(), ExtractError> {
        if self.tables == 1 {
            self.end_row()?;
            if let Some(grid) = &mut self.grid {
                grid.rows.push(Row::default());
                grid.row_has_data = false;
            }
        }
        Ok(())
    }

    fn start_cell(&mut self, tag: &Tag) -> Result<(), ExtractError> {
        if self.tables != 1 {
            self.line.push(' ');
            return Ok(());
        }
        self.end_cell();
        self.line.clear();
        let Some(grid) = &mut self.grid else { return Ok(()) };
        if grid.rows.is_empty() {
            grid.rows.push(Row::default());
        }
        let span = |name: &str| {
            let value = tag.attrs.iter().find(|attribute| &*attribute.name.local == name);
            let count = value.and_then(|attribute| attribute.value.trim().parse().ok());
            count.unwrap_or(1_usize).clamp(1, SPAN_MAX)
        };
        grid.span = (span("colspan"), span("rowspan"));
        grid.row_has_data |= &*tag.name == "td";
        grid.in_cell = true;
        self.builder.count_cells(grid.span.0)
    }

    fn end_cell(&mut self) {
        let Some(grid) = self.grid.as_mut().filter(|grid| grid.in_cell && self.tables == 1) else {
            return;
        };
        grid.in_cell = false;
        let text = std::mem::take(&mut self.line).trim().to_owned();
        let (columns, rows) = grid.span;
        grid.fill_from_above();
        let Some(row) = grid.rows.last_mut() else { return };
        let first = row.cells.len();
        if columns > 1 {
            row.spans.push((first, columns));
        }
        row.reach = row.reach.max(rows);
        for column in first..first + columns {
            let cell = if column == first { text.clone() } else { String::new() };
            if grid.from_above.len() <= column {
                grid.from_above.resize(column + 1, (0, String::new()));
            }
            if let Some(slot) = grid.from_above.get_mut(column) {
                *slot = (rows - 1, cell.clone());
            }
            row.cells.push(cell);
        }
    }

    fn end_row(&mut self) -> Result<(), ExtractError> {
        if self.tables != 1 {
            return Ok(());
        }
        self.end_cell();
        let Some(grid) = &mut self.grid else { return Ok(()) };
        grid.fill_from_above();
        let is_header = grid.rows.last().is_some_and(|row| !row.cells.is_empty());
        if is_header && !grid.row_has_data && grid.header_rows + 1 == grid.rows.len() {
            grid.header_rows += 1;
        }
        self.builder.check_cancel()
    }

    fn end_table(&mut self) -> Result<(), ExtractError> {
        if self.tables > 1 {
            self.tables -= 1;
            return Ok(());
        }
        self.end_row()?;
        self.tables = 0;
        self.line.clear();
        let Some(grid) = self.grid.take() else { return Ok(()) };
        let guess = match grid.header_rows {
            0 => Guess::HeaderOrPairs,
            known => Guess::Known(known),
        };
        let is_layout = grid.rows.iter().all(|row| row.cells.len() <= 1);
        if is_layout {
            for cell in grid.rows.iter().flat_map(|row| &row.cells) {
                self.builder.paragraph(cell)?;
            }
            return Ok(());
        }
        table::emit(&grid.rows, guess, self.builder)
    }

    fn finish(&mut self) -> Result<(), ExtractError> {
        if self.grid.is_some() {
            self.tables = 1;
            self.end_table()?;
        }
        self.flush()
    }
}

impl Grid {
    /// Puts in the cells that reach down from the rows above, as far as the row has got.
    fn fill_from_above(&mut self) {
        let Some(row) = self.rows.last_mut() else { return };
        while let Some((rest, text)) = self.from_above.get_mut(row.cells.len()) {
            if *rest == 0 {
                return;
            }
            *rest -= 1;
            row.cells.push(text.clone());
        }
    }
}
