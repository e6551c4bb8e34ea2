//! Markdown with tables, by CommonMark. Raw HTML inside it is passed over.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::{
    builder::Builder,
    error::ExtractError,
    table::{self, Guess, Row},
};

pub(crate) fn read(text: &str, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reading = Reading::default();
    for event in Parser::new_ext(text, options) {
        reading.take(event, builder)?;
    }
    reading.flush(builder)
}

#[derive(Default)]
struct Reading {
    line: String,
    items: usize,
    heading: Option<u8>,
    skips: usize,
    rows: Vec<Row>,
    cells: Vec<String>,
}

impl Reading {
    fn take(&mut self, event: Event<'_>, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
        match event {
            Event::Start(tag) => self.start(&tag, builder),
            Event::End(tag) => self.end(tag, builder),
            Event::Text(text) | Event::Code(text) if self.skips == 0 => {
                self.line.push_str(&text);
                Ok(())
            }
            // A line break in the source of Japanese text is no space, as in `marks::join`.
            Event::SoftBreak => {
                if self.line.ends_with(|c: char| c.is_ascii_graphic()) {
                    self.line.push(' ');
                }
                Ok(())
            }
            Event::HardBreak => {
                self.line.push('\n');
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, tag: &Tag<'_>, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
        match tag {
            Tag::Heading { level, .. } => {
                self.flush(builder)?;
                self.heading = Some(level_of(*level));
            }
            Tag::Item => {
                self.flush(builder)?;
                self.items += 1;
            }
            Tag::Paragraph | Tag::CodeBlock(_) | Tag::List(_) | Tag::Table(_) => {
                self.flush(builder)?;
            }
            Tag::MetadataBlock(_) | Tag::HtmlBlock => self.skips += 1,
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self, tag: TagEnd, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
        match tag {
            TagEnd::Item => {
                self.flush(builder)?;
                self.items = self.items.saturating_sub(1);
            }
            TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::Heading(_) => self.flush(builder)?,
            TagEnd::MetadataBlock(_) | TagEnd::HtmlBlock => {
                self.skips = self.skips.saturating_sub(1);
            }
            TagEnd::TableCell => self.cells.push(std::mem::take(&mut self.line)),
            TagEnd::TableHead | TagEnd::TableRow => {
                builder.count_cells(self.cells.len())?;
                self.rows.push(Row::of(std::mem::take(&mut self.cells)));
            }
            TagEnd::Table => {
                table::emit(&std::mem::take(&mut self.rows), Guess::Known(1), builder)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
        let line = std::mem::take(&mut self.line);
        match self.heading.take() {
            Some(level) => builder.heading(level, &line),
            None if self.items > 0 => builder.list_item(&line),
            None => builder.paragraph(&line),
        }
    }
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
