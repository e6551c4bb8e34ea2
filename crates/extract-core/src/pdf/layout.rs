//! What the lines of a page make up: headings by size, rows by columns that line up, paragraphs by
//! lines that reach the margin.

use std::collections::BTreeMap;

use super::content::Span;
use crate::{
    builder::Builder,
    error::ExtractError,
    marks,
    table::{self, Guess, Row},
};

/// A gap wider than this many letters parts two cells if the next line does the same.
const CELL_GAP: f32 = 0.3;
/// A gap wider than this is seen as blank space in any case.
const BLANK_GAP: f32 = 1.2;
/// Letters this much larger than the body's are a heading.
const HEADING_GROWTH: f32 = 1.15;
const HEADING_MAX_CHARS: usize = 60;

/// One line of a page; its cells are parts with wide gaps between them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    cells: Vec<Cell>,
    baseline: f32,
    size: f32,
    is_vertical: bool,
}

#[derive(Debug, Clone, PartialEq)]
struct Cell {
    text: String,
    start: f32,
    end: f32,
    /// How far it is from the cell before, in letters.
    gap: f32,
}

impl Line {
    fn text(&self) -> String {
        let mut text = String::new();
        for cell in &self.cells {
            if cell.gap > BLANK_GAP && !text.is_empty() {
                text.push('\u{3000}');
            }
            marks::join(&mut text, &cell.text);
        }
        text
    }

    fn start(&self) -> f32 {
        self.cells.first().map_or(0.0, |cell| cell.start)
    }

    fn end(&self) -> f32 {
        self.cells.last().map_or(0.0, |cell| cell.end)
    }

    /// Whether the cells of both stand in the same columns.
    fn lines_up_with(&self, other: &Self) -> bool {
        let pairs = || self.cells.iter().zip(&other.cells);
        self.cells.len() > 1
            && self.cells.len() == other.cells.len()
            && pairs().all(|(a, b)| a.start < b.end && b.start < a.end)
    }
}

/// The lines of a page, in the order in which the page shows them.
pub(crate) fn lines_of(spans: Vec<Span>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for span in spans {
        let line = lines.last_mut().filter(|line| {
            let is_level = (line.baseline - span.baseline).abs() < line.size.max(span.size) * 0.4;
            let goes_right = span.start > line.end() - span.size * 0.6;
            line.is_vertical == span.is_vertical && is_level && goes_right
        });
        match line {
            Some(line) => line.add(&span),
            None if span.text.trim().is_empty() => {}
            None => lines.push(Line {
                cells: vec![Cell { text: span.text, start: span.start, end: span.end, gap: 0.0 }],
                baseline: span.baseline,
                size: span.size,
                is_vertical: span.is_vertical,
            }),
        }
    }
    lines.retain(|line| line.cells.iter().any(|cell| !cell.text.trim().is_empty()));
    lines
}

impl Line {
    fn add(&mut self, span: &Span) {
        let gap = (span.start - self.end()) / span.size.max(0.1);
        let is_blank = span.text.trim().is_empty();
        let Some(last) = self.cells.last_mut() else { return };
        if is_blank {
            // Blanks move on; whether they part cells is decided by the next text.
            if gap <= CELL_GAP && !last.text.ends_with(char::is_whitespace) {
                last.text.push(' ');
            }
        } else if gap > CELL_GAP {
            let (start, end) = (span.start, span.end);
            self.cells.push(Cell { text: span.text.clone(), start, end, gap });
        } else {
            let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let parts_words = gap > 0.15
                && is_latin(last.text.chars().next_back())
                && is_latin(span.text.chars().next());
            if parts_words {
                last.text.push(' ');
            }
            last.text.push_str(&span.text);
            last.end = span.end;
            self.size = self.size.max(span.size);
        }
    }
}

/// Adds the pages to the document.
pub(crate) fn emit(
    pages: &[(u32, Vec<Line>)],
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    let sizes = Sizes::of(pages);
    for (number, lines) in pages {
        builder.set_page(*number);
        emit_page(without_page_number(lines), &sizes, builder)?;
    }
    Ok(())
}

/// The size of the body and the sizes of headings, largest first, in tenths of a point.
struct Sizes {
    body: f32,
    headings: Vec<i32>,
}

impl Sizes {
    fn of(pages: &[(u32, Vec<Line>)]) -> Self {
        let mut chars: BTreeMap<i32, usize> = BTreeMap::new();
        for line in pages.iter().flat_map(|(_, lines)| lines) {
            let count = line.cells.iter().map(|cell| cell.text.chars().count()).sum::<usize>();
            *chars.entry(tenths(line.size)).or_default() += count;
        }
        let body = chars.iter().max_by_key(|(_, count)| **count).map_or(0, |(size, _)| *size);
        let body = tenths_to_points(body);
        let larger =
            chars.keys().rev().filter(|&&size| tenths_to_points(size) >= body * HEADING_GROWTH);
        Self { body, headings: larger.take(4).copied().collect() }
    }

    fn level(&self, line: &Line) -> Option<u8> {
        if line.size < self.body * HEADING_GROWTH {
            return None;
        }
        let place = self.headings.iter().position(|&size| size <= tenths(line.size));
        u8::try_from(place.unwrap_or(self.headings.len())).ok().map(|place| place + 1)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "sizes are clamped to what a page can hold")]
fn tenths(size: f32) -> i32 {
    (size.clamp(0.0, 10_000.0) * 10.0).round() as i32
}

#[expect(clippy::cast_precision_loss, reason = "tenths of a point are small")]
fn tenths_to_points(size: i32) -> f32 {
    size as f32 / 10.0
}

/// A lone number at the top or bottom of a page is the page's, not the text's.
fn without_page_number(lines: &[Line]) -> &[Line] {
    let is_number = |line: &Line| {
        let text = line.text();
        let text = text.trim_matches(|c: char| c.is_whitespace() || "-‐－—ー−pP.".contains(c));
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '０'..='９' | '/' | '／');
        !text.is_empty() && text.chars().count() <= 7 && text.chars().all(is_part)
    };
    let lines = match lines {
        [rest @ .., last] if !rest.is_empty() && is_number(last) => rest,
        _ => lines,
    };
    match lines {
        [first, rest @ ..] if !rest.is_empty() && is_number(first) => rest,
        _ => lines,
    }
}

fn emit_page(lines: &[Line], sizes: &Sizes, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let margin = lines.iter().map(Line::end).fold(0.0, f32::max);
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rest = lines.get(at + 1..).unwrap_or_default();
        let more_rows = rest.iter().take_while(|next| next.lines_up_with(line)).count();
        if more_rows > 0 {
            let rows = lines.get(at..=at + more_rows).unwrap_or_default();
            emit_rows(rows, builder)?;
            at += more_rows + 1;
            continue;
        }
        let text = line.text();
        let next = rest.first().map(Line::text);
        let is_short =
            text.chars().count() <= HEADING_MAX_CHARS && !text.trim_end().ends_with('。');
        let level = sizes.level(line).filter(|_| is_short);
        at += 1;
        if let Some(level) = level.or_else(|| marks::heading_level(&text, next.as_deref())) {
            builder.heading(level, &text)?;
            continue;
        }
        let taken = emit_prose(line, rest, margin, builder)?;
        at += taken;
    }
    Ok(())
}

fn emit_rows(lines: &[Line], builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let cells = |line: &Line| line.cells.iter().map(|cell| cell.text.trim().to_owned()).collect();
    let rows: Vec<Row> = lines.iter().map(|line| Row::of(cells(line))).collect();
    builder.count_cells(rows.iter().map(|row| row.cells.len()).sum())?;
    table::emit(&rows, Guess::HeaderOrPairs, builder)
}

/// Adds the paragraph that begins with `first`; answers how many of `rest` belong to it.
fn emit_prose(
    first: &Line,
    rest: &[Line],
    margin: f32,
    builder: &mut Builder<'_>,
) -> Result<usize, ExtractError> {
    let first_text = first.text();
    let is_item = marks::is_list_item(&first_text);
    let mut whole = first_text.trim().to_owned();
    let (mut last, mut last_text) = (first, first_text);
    let mut taken = 0;
    for (place, next) in rest.iter().enumerate() {
        let text = next.text();
        let goes_on = marks::goes_on(&last_text, &text)
            && is_same_column(last, next, margin)
            && (is_item || place > 0 || next.start() < last.start() + last.size * 0.6);
        let begins_table = rest.get(place + 1).is_some_and(|after| after.lines_up_with(next));
        if !goes_on || begins_table {
            break;
        }
        marks::join(&mut whole, &text);
        (last, last_text) = (next, text);
        taken += 1;
    }
    if is_item {
        builder.list_item(&whole)?;
    } else {
        builder.paragraph(&whole)?;
    }
    Ok(taken)
}

/// Whether `next` stands right below a line that reaches the margin, in letters of the same size.
fn is_same_column(last: &Line, next: &Line, margin: f32) -> bool {
    let pitch = last.baseline - next.baseline;
    let is_near = pitch > last.size * 0.5 && pitch < last.size * 2.3;
    let is_same_size = (last.size - next.size).abs() < last.size * 0.1;
    let reaches = last.end() > margin - last.size * 2.5;
    last.is_vertical == next.is_vertical && is_near && is_same_size && reaches
}
