//! Text in columns: commas, tabs, semicolons or bars, with quoted fields.

use csv::{ReaderBuilder, StringRecord};

use crate::{
    builder::Builder,
    error::ExtractError,
    table::{self, Guess, Row},
};

const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How many records are looked at to find the delimiter.
const SAMPLE_RECORDS: usize = 50;

pub(crate) fn read(text: &str, builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let mut reader = reader(text, delimiter_of(text));
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    while reader.read_record(&mut record).map_err(|e| ExtractError::corrupt("csv", &e))? {
        if rows.len() % 100 == 0 {
            builder.check_cancel()?;
        }
        builder.count_cells(record.len())?;
        rows.push(Row::of(record.iter().map(str::to_owned).collect()));
    }
    table::emit(&rows, Guess::Header, builder)
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes())
}

/// The delimiter that gives the most records the same number of fields, more than one.
fn delimiter_of(text: &str) -> u8 {
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|&delimiter| {
            let lengths: Vec<usize> = reader(text, delimiter)
                .records()
                .take(SAMPLE_RECORDS)
                .filter_map(|record| record.ok().map(|record| record.len()))
                .collect();
            let agreeing = |length: usize| lengths.iter().filter(|&&other| other == length).count();
            let best = lengths.iter().filter(|&&length| length > 1).map(|&length| agreeing(length));
            best.max().unwrap_or(0)
        })
        .unwrap_or(b',')
}
