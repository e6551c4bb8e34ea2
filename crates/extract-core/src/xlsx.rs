//! Excel workbooks: every sheet is a heading with its tables below.
//!
//! Values come from `calamine`; what it does not say (hidden rows and columns, merged cells) comes
//! from [`layout`]. Cells are taken one by one, so a cell in the last corner costs nothing.

mod layout;

use std::{collections::BTreeMap, io::Cursor};

use calamine::{DataRef, ExcelDateTime, Reader as _, SheetVisible, Xlsx, XlsxError};

use self::layout::Layout;
use crate::{
    builder::Builder,
    error::ExtractError,
    model::Warning,
    package::Package,
    table::{self, Guess, Row},
};

type Cells = BTreeMap<u32, BTreeMap<u32, String>>;

pub(crate) fn read(
    bytes: &[u8],
    mut package: Package<'_>,
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    package.check_all(builder.limits, &|| builder.check_cancel())?;
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| failure(&error))?;
    let paths = layout::sheet_paths(&mut package, builder.limits)?;
    for sheet in workbook.sheets_metadata().to_vec() {
        let mut layout = match paths.get(&sheet.name) {
            Some(path) => Layout::read(&mut package, path, builder.limits)?,
            None => Layout::default(),
        };
        let cells = match read_cells(&mut workbook, &sheet.name, builder) {
            Ok(cells) => cells,
            Err(ExtractError::Corrupt { .. }) => {
                builder.warn(Warning::PartLeftOut { part: sheet.name.clone() });
                continue;
            }
            Err(error) => return Err(error),
        };
        let is_hidden = sheet.visible != SheetVisible::Visible;
        emit_sheet(&sheet.name, cells, &mut layout, is_hidden, builder)?;
    }
    Ok(())
}

fn failure(error: &XlsxError) -> ExtractError {
    match error {
        XlsxError::Password => ExtractError::PasswordProtected,
        other => ExtractError::corrupt("xlsx", &other),
    }
}

fn read_cells(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    builder: &mut Builder<'_>,
) -> Result<Cells, ExtractError> {
    let mut cells = Cells::new();
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(|error| failure(&error))?;
    while let Some(cell) = reader.next_cell().map_err(|error| failure(&error))? {
        let text = text_of(cell.get_value());
        if text.trim().is_empty() {
            continue;
        }
        builder.count_cells(1)?;
        let (row, column) = cell.get_position();
        if cells.insert_cell(row, column, text) {
            builder.check_cancel()?;
        }
    }
    Ok(cells)
}

trait InsertCell {
    /// Puts the text in its place; whether it is the first of its row.
    fn insert_cell(&mut self, row: u32, column: u32, text: String) -> bool;
}

impl InsertCell for Cells {
    fn insert_cell(&mut self, row: u32, column: u32, text: String) -> bool {
        let cells = self.entry(row).or_default();
        let is_first = cells.is_empty();
        cells.insert(column, text);
        is_first
    }
}

fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::DateTime(time) => time_text(time),
        DataRef::Error(error) => error.to_string(),
        DataRef::Empty => String::new(),
    }
}

/// The number as a person reads it: `0.1 + 0.2` is `0.3`.
fn number_text(number: f64) -> String {
    let rounded = format!("{number:.10}");
    if number.abs() >= 1e15 || !number.is_finite() {
        return number.to_string();
    }
    let trimmed = rounded.trim_end_matches('0').trim_end_matches('.');
    if trimmed == "-0" { "0".to_owned() } else { trimmed.to_owned() }
}

fn time_text(time: &ExcelDateTime) -> String {
    let value = time.as_f64();
    if time.is_duration() {
        let minutes = (value * 24.0 * 60.0).round();
        return format!("{}:{:02}", (minutes / 60.0).trunc(), (minutes % 60.0).abs());
    }
    let (year, month, day, hour, minute, ..) = time.to_ymd_hms_milli();
    let has_time = hour != 0 || minute != 0;
    match (value < 1.0, has_time) {
        (true, _) => format!("{hour:02}:{minute:02}"),
        (false, true) => format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"),
        (false, false) => format!("{year:04}-{month:02}-{day:02}"),
    }
}

fn emit_sheet(
    name: &str,
    mut cells: Cells,
    layout: &mut Layout,
    is_hidden: bool,
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    layout.fill_down(&mut cells, builder)?;
    let Some(first_column) = cells.values().filter_map(|row| row.keys().next()).min().copied()
    else {
        return Ok(());
    };
    builder.set_hidden(is_hidden);
    builder.heading(1, name)?;
    let mut rows: Vec<Row> = Vec::with_capacity(cells.len());
    let mut expected = None;
    for (place, row) in cells {
        if expected.is_some_and(|expected| expected < place) {
            rows.push(Row::default());
        }
        expected = place.checked_add(1);
        rows.push(row_of(place, row, first_column, layout, builder)?);
        if let Some(last) = rows.last_mut() {
            last.hidden |= is_hidden;
        }
    }
    builder.set_hidden(false);
    table::emit(&rows, Guess::HeaderOrPairs, builder)
}

fn row_of(
    place: u32,
    cells: BTreeMap<u32, String>,
    first_column: u32,
    layout: &Layout,
    builder: &mut Builder<'_>,
) -> Result<Row, ExtractError> {
    let place_of = |column: u32| column.saturating_sub(first_column) as usize;
    let width = cells.keys().next_back().map_or(0, |&last| place_of(last) + 1);
    builder.count_cells(width.saturating_sub(cells.len()))?;
    let mut row = Row { cells: vec![String::new(); width], ..Row::default() };
    for (column, text) in cells {
        if let Some(cell) = row.cells.get_mut(place_of(column)) {
            *cell = text;
        }
    }
    row.hidden = layout.is_row_hidden(place);
    for merge in layout.merges_in(place) {
        if merge.last_column > merge.first_column {
            let count = (merge.last_column - merge.first_column) as usize + 1;
            row.spans.push((place_of(merge.first_column), count));
        }
        if merge.first_row == place {
            row.reach = row.reach.max((merge.last_row - merge.first_row) as usize + 1);
        }
    }
    Ok(row)
}
