//! Plain text: paragraphs from lines, headings and items from their marks.
//!
//! Lines that were broken at a fixed right margin are put together again, because a sentence must
//! stand in one piece to be quoted.

use crate::{builder::Builder, error::ExtractError, marks};

/// The longest first line that is the title.
const TITLE_MAX_CHARS: usize = 40;
/// A margin further right than this was not set by hand.
const MARGIN_MAX: usize = 140;
/// A margin further left than this is a short list, not broken prose.
const MARGIN_MIN: usize = 40;
/// A line this close to the margin reaches it (a full-width character may not fit).
const MARGIN_SLACK: usize = 4;

pub(crate) fn read(text: &str, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let first = lines.iter().map(|line| line.trim()).find(|line| !line.is_empty());
    let is_title = |line: &&str| line.chars().count() <= TITLE_MAX_CHARS && !line.ends_with('。');
    builder.set_title(first.filter(is_title).unwrap_or_default());
    lines_to_blocks(&lines, builder)
}

/// Adds `lines` as headings, items and paragraphs.
pub(crate) fn lines_to_blocks(
    lines: &[&str],
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    let margin = margin(lines);
    let mut rest = lines.iter().enumerate().peekable();
    while let Some((at, &line)) = rest.next() {
        if line.trim().is_empty() {
            continue;
        }
        let after = lines.get(at + 1..).unwrap_or_default();
        let next = after.iter().find(|line| !line.trim().is_empty()).copied();
        if let Some(level) = marks::heading_level(line, next) {
            builder.heading(level, line)?;
            continue;
        }
        let mut whole = line.trim().to_owned();
        let mut last = line;
        while reaches(last, margin)
            && let Some((_, &more)) = rest.next_if(|(_, more)| marks::goes_on(last, more))
        {
            marks::join(&mut whole, more);
            last = more;
        }
        if marks::is_list_item(line) {
            builder.list_item(&whole)?;
        } else {
            builder.paragraph(&whole)?;
        }
    }
    Ok(())
}

fn reaches(line: &str, margin: Option<usize>) -> bool {
    margin.is_some_and(|margin| marks::width(line) + MARGIN_SLACK >= margin)
}

/// The right margin at which the lines were broken, if several reach the same one.
fn margin(lines: &[&str]) -> Option<usize> {
    let widths: Vec<usize> = lines.iter().map(|line| marks::width(line)).collect();
    let margin =
        widths.iter().copied().max().filter(|max| (MARGIN_MIN..=MARGIN_MAX).contains(max))?;
    let reaching = widths.iter().filter(|&&width| width + MARGIN_SLACK >= margin).count();
    (reaching >= 3).then_some(margin)
}
