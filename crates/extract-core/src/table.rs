//! What a grid of cells means: title, notes, header of one or two rows, body.
//!
//! Cells merged downwards arrive filled; cells merged sideways arrive once, with their span, so that
//! the names of columns can use them and a quoted row does not repeat them.

use std::sync::Arc;

use crate::{builder::Builder, error::ExtractError, model::BlockKind};

/// The longest single cell above a table that is its title.
const TITLE_MAX_CHARS: usize = 40;

/// Words that the first column of a table with a header has in it, in tables of two columns, where
/// label and value side by side are as common as a header.
const HEADER_WORDS: &[&str] = &[
    "項目", "区分", "品目", "品名", "種類", "種別", "名称", "施設", "番号", "日時", "年月", "年度",
    "対象", "手続", "質問", "曜日", "地区", "担当", "世帯", "場所", "分類", "期間", "金額", "条件",
];

/// One row of a grid.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) cells: Vec<String>,
    /// Cells merged sideways: first column and how many columns.
    pub(crate) spans: Vec<(usize, usize)>,
    /// How many rows the tallest merge that begins here covers.
    pub(crate) reach: usize,
    pub(crate) hidden: bool,
}

impl Row {
    pub(crate) fn of(cells: Vec<String>) -> Self {
        Self { cells, ..Self::default() }
    }

    fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| !cell.trim().is_empty()).count()
    }

    /// The cell at `column`, or the merged cell that covers it.
    fn covering(&self, column: usize) -> &str {
        let own = self.cells.get(column).map_or("", |cell| cell.trim());
        let span =
            self.spans.iter().find(|(first, count)| (*first..first + count).contains(&column));
        match span {
            Some((first, _)) if own.is_empty() => {
                self.cells.get(*first).map_or("", |cell| cell.trim())
            }
            _ => own,
        }
    }
}

/// What the format says about the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// The first so many rows are the header.
    Known(usize),
    /// Nothing, but there usually is one.
    Header,
    /// Nothing, and label-and-value tables without a header are common.
    HeaderOrPairs,
}

/// Adds the grid to the document; a blank row parts two tables.
pub(crate) fn emit(
    rows: &[Row],
    guess: Guess,
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    if let Guess::Known(_) = guess {
        return emit_table(rows, guess, builder);
    }
    for part in rows.split(|row| row.filled() == 0) {
        let above = part.iter().take_while(|row| row.filled() < 2).count();
        let (notes, table) = part.split_at_checked(above).unwrap_or((part, &[]));
        for (at, note) in notes.iter().enumerate() {
            emit_note(note, at == 0 && !table.is_empty(), builder)?;
        }
        emit_table(table, guess, builder)?;
    }
    Ok(())
}

fn emit_note(row: &Row, may_be_title: bool, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let text = row.cells.iter().find(|cell| !cell.trim().is_empty());
    let Some(text) = text else { return Ok(()) };
    builder.set_hidden(row.hidden);
    let is_title =
        may_be_title && text.chars().count() <= TITLE_MAX_CHARS && !text.contains(['。', '※']);
    if is_title {
        builder.heading(2, text)?;
    } else {
        builder.paragraph(text)?;
    }
    builder.set_hidden(false);
    Ok(())
}

fn emit_table(rows: &[Row], guess: Guess, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let header_rows = header_rows(rows, guess).min(rows.len());
    let (header, body) = rows.split_at_checked(header_rows).unwrap_or((&[], rows));
    let columns: Arc<[String]> = columns_of(header).into();
    for row in header {
        builder.set_hidden(row.hidden);
        builder.row(BlockKind::TableHeader, &row.cells, &columns)?;
    }
    for row in body {
        builder.set_hidden(row.hidden);
        let is_footnote = row.filled() == 1
            && row.cells.iter().any(|cell| cell.trim_start().starts_with(['※', '（', '注', '*']));
        if is_footnote {
            builder.paragraph(&row.cells.concat())?;
        } else {
            builder.row(BlockKind::TableRow, &row.cells, &columns)?;
        }
    }
    builder.set_hidden(false);
    Ok(())
}

fn header_rows(rows: &[Row], guess: Guess) -> usize {
    let (Some(first), Guess::Header | Guess::HeaderOrPairs) = (rows.first(), guess) else {
        return if let Guess::Known(known) = guess { known } else { 0 };
    };
    let names = |row: &Row| row.filled() >= 2 && !row.cells.iter().any(|cell| is_number(cell));
    if rows.len() < 2 || !names(first) {
        return 0;
    }
    let label = first.cells.first().map_or("", |cell| cell.trim());
    let is_pair = guess == Guess::HeaderOrPairs
        && rows.iter().all(|row| row.cells.len() <= 2)
        && !HEADER_WORDS.iter().any(|word| label.contains(word));
    if is_pair {
        return 0;
    }
    let depth = first.reach.max(if first.spans.is_empty() { 1 } else { 2 }).min(3);
    rows.iter().take(depth).take_while(|row| names(row)).count()
}

fn is_number(cell: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit() || matches!(c, '０'..='９');
    let is_mark = |c: char| is_digit(c) || " ,.、．，-−▲△+%％円\u{3000}:/()（）".contains(c);
    cell.chars().any(is_digit) && cell.chars().all(is_mark)
}

fn columns_of(header: &[Row]) -> Vec<String> {
    let end = |row: &Row| {
        let spans = row.spans.iter().map(|(first, count)| first + count);
        spans.max().unwrap_or(0).min(row.cells.len() + 64).max(row.cells.len())
    };
    let count = header.iter().map(end).max().unwrap_or(0);
    (0..count)
        .map(|column| {
            let mut names: Vec<String> = Vec::new();
            for row in header {
                let name = row.covering(column).split_whitespace().collect::<Vec<_>>().join(" ");
                if !name.is_empty() && !names.contains(&name) {
                    names.push(name);
                }
            }
            names.join(" ")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        Row::of(cells.iter().map(|&cell| cell.to_owned()).collect())
    }

    #[test]
    fn a_header_of_two_rows_names_every_column_in_full() {
        let top =
            Row { spans: vec![(1, 2)], reach: 2, ..row(&["施設", "収容人数", "", "備考"]) };
        let rows =
            [top, row(&["施設", "屋内", "屋外", "備考"]), row(&["公民館", "120", "300", ""])];
        assert_eq!(header_rows(&rows, Guess::HeaderOrPairs), 2);
        assert_eq!(columns_of(&rows[..2]), ["施設", "収容人数 屋内", "収容人数 屋外", "備考"]);
    }

    #[test]
    fn numbers_are_no_header_and_pairs_have_none() {
        assert_eq!(header_rows(&[row(&["1", "2"]), row(&["3", "4"])], Guess::Header), 0);
        let pairs = [row(&["所在地", "役場町1番地"]), row(&["電話", "内線"])];
        assert_eq!(header_rows(&pairs, Guess::HeaderOrPairs), 0);
        let fees = [row(&["品目", "手数料"]), row(&["ソファ", "800円"])];
        assert_eq!(header_rows(&fees, Guess::HeaderOrPairs), 1);
    }
}
