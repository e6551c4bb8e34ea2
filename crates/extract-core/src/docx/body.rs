//! The stream of paragraphs and tables in one part of a Word document.

use super::styles::{Styles, level_of_outline};
use crate::{
    builder::Builder,
    error::ExtractError,
    marks,
    table::{self, Guess, Row},
    xml::{self, Attributes, Node},
};

/// The widest merged cell that is believed.
const SPAN_MAX: usize = 64;

/// Elements whose text is not part of what a reader reads.
const SKIPPED: &[&str] = &["Fallback", "rt", "del", "moveFrom", "instrText", "delText", "pict"];

pub(super) fn read(
    part: &str,
    styles: &Styles,
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    let has_pages = part.contains("lastRenderedPageBreak");
    if has_pages {
        builder.set_page(1);
    }
    let depth = builder.limits.depth;
    let mut reading = Reading { has_pages, ..Reading::new(styles, builder) };
    xml::walk(part, "docx", depth, &mut |node| match node {
        Node::Start(name, attributes) => reading.start(name, &attributes),
        Node::End(name) => reading.end(name),
        Node::Text(text) => {
            reading.text(text);
            Ok(())
        }
    })
}

#[derive(Default)]
struct Paragraph {
    text: String,
    level: Option<u8>,
    is_list: bool,
    is_title: bool,
}

#[derive(Default)]
struct Grid {
    rows: Vec<Row>,
    header_rows: usize,
    cell: String,
    span: usize,
    /// The cell goes on from the row above.
    continues: bool,
}

struct Reading<'r, 'a> {
    styles: &'r Styles,
    builder: &'r mut Builder<'a>,
    paragraphs: Vec<Paragraph>,
    grid: Grid,
    tables: usize,
    skipping: Option<(String, usize)>,
    in_text: bool,
    has_pages: bool,
    page: u32,
}

impl<'r, 'a> Reading<'r, 'a> {
    fn new(styles: &'r Styles, builder: &'r mut Builder<'a>) -> Self {
        Self {
            styles,
            builder,
            paragraphs: Vec::new(),
            grid: Grid::default(),
            tables: 0,
            skipping: None,
            in_text: false,
            has_pages: false,
            page: 1,
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_text
            && self.skipping.is_none()
            && let Some(paragraph) = self.paragraphs.last_mut()
        {
            paragraph.text.push_str(text);
        }
    }

    fn start(&mut self, name: &str, attributes: &Attributes<'_>) -> Result<(), ExtractError> {
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth += usize::from(skipped == name);
            return Ok(());
        }
        if SKIPPED.contains(&name) {
            self.skipping = Some((name.to_owned(), 1));
            return Ok(());
        }
        let value = || attributes.get("val").unwrap_or_default();
        match name {
            "p" => self.paragraphs.push(Paragraph::default()),
            "t" => self.in_text = true,
            "tbl" => self.start_table(),
            "tr" if self.tables == 1 => self.grid.rows.push(Row::default()),
            "tc" if self.tables == 1 => {
                (self.grid.span, self.grid.continues) = (1, false);
                self.grid.cell.clear();
                self.builder.count_cells(1)?;
            }
            "gridSpan" if self.tables == 1 => {
                self.grid.span = value().parse().unwrap_or(1).clamp(1, SPAN_MAX);
                self.builder.count_cells(self.grid.span)?;
            }
            "vMerge" if self.tables == 1 => self.grid.continues = value() != "restart",
            "tblHeader" if self.tables == 1 => self.grid.header_rows = self.grid.rows.len(),
            "lastRenderedPageBreak" => self.next_page(),
            _ => self.start_in_paragraph(name, &value()),
        }
        Ok(())
    }

    fn start_in_paragraph(&mut self, name: &str, value: &str) {
        let Some(paragraph) = self.paragraphs.last_mut() else { return };
        match name {
            "pStyle" => {
                paragraph.level = paragraph.level.or_else(|| self.styles.level(value));
                paragraph.is_title = self.styles.is_title(value);
                paragraph.is_list |= self.styles.is_list(value);
            }
            "outlineLvl" => paragraph.level = level_of_outline(value),
            "numId" => paragraph.is_list = value != "0",
            "br" | "cr" => paragraph.text.push('\n'),
            "tab" | "ptab" => paragraph.text.push(' '),
            "noBreakHyphen" => paragraph.text.push('-'),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) -> Result<(), ExtractError> {
        if let Some((skipped, depth)) = &mut self.skipping {
            *depth -= usize::from(skipped == name);
            if *depth == 0 {
                self.skipping = None;
            }
            return Ok(());
        }
        match name {
            "t" => self.in_text = false,
            "p" => return self.end_paragraph(),
            "tc" if self.tables == 1 => self.end_cell(),
            "tbl" => return self.end_table(),
            _ => {}
        }
        Ok(())
    }

    fn end_paragraph(&mut self) -> Result<(), ExtractError> {
        let Some(paragraph) = self.paragraphs.pop() else { return Ok(()) };
        if self.tables > 0 {
            self.grid.cell.push_str(&paragraph.text);
            self.grid.cell.push('\n');
            return Ok(());
        }
        // The text of a box stands inside the paragraph that holds the box.
        if let Some(outer) = self.paragraphs.last_mut() {
            outer.text.push_str(&paragraph.text);
            outer.text.push('\n');
            return Ok(());
        }
        let text = paragraph.text.trim();
        if paragraph.is_title {
            self.builder.set_title(text);
            return self.builder.heading(1, text);
        }
        let by_form = || marks::heading_level(text, None).filter(|&level| level < 3);
        match paragraph.level.or_else(by_form) {
            Some(level) => self.builder.heading(level, text),
            None if paragraph.is_list || marks::is_list_item(text) => self.builder.list_item(text),
            None => self.builder.paragraph(text),
        }
    }

    fn start_table(&mut self) {
        if self.tables == 0 {
            self.grid = Grid::default();
        }
        self.tables += 1;
    }

    fn end_cell(&mut self) {
        let Some((row, above)) = self.grid.rows.split_last_mut() else { return };
        let first = row.cells.len();
        let text = std::mem::take(&mut self.grid.cell).trim().to_owned();
        let from_above = above.last().and_then(|above| above.cells.get(first));
        let text = match from_above {
            Some(from_above) if self.grid.continues && text.is_empty() => from_above.clone(),
            _ => text,
        };
        if self.grid.continues
            && let Some(above) = above.last_mut()
        {
            above.reach = above.reach.max(2);
        }
        if self.grid.span > 1 {
            row.spans.push((first, self.grid.span));
        }
        row.cells.push(text);
        row.cells.extend((1..self.grid.span).map(|_| String::new()));
    }

    fn end_table(&mut self) -> Result<(), ExtractError> {
        self.tables = self.tables.saturating_sub(1);
        if self.tables > 0 {
            return Ok(());
        }
        let grid = std::mem::take(&mut self.grid);
        if grid.rows.iter().all(|row| row.cells.len() <= 1) {
            for cell in grid.rows.iter().flat_map(|row| &row.cells) {
                self.builder.paragraph(cell)?;
            }
            return Ok(());
        }
        let guess = match grid.header_rows {
            0 => Guess::HeaderOrPairs,
            known => Guess::Known(known),
        };
        table::emit(&grid.rows, guess, self.builder)
    }

    fn next_page(&mut self) {
        if self.has_pages {
            self.page = self.page.saturating_add(1);
            self.builder.set_page(self.page);
        }
    }
}
