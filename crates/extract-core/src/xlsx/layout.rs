//! What the parts of a workbook say about its looks: where sheets are, what is hidden or merged.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Cells;
use crate::{
    builder::Builder,
    error::ExtractError,
    model::Limits,
    package::Package,
    xml::{self, Node},
};

#[derive(Debug, Clone, Copy)]
pub(super) struct Merge {
    pub(super) first_row: u32,
    pub(super) last_row: u32,
    pub(super) first_column: u32,
    pub(super) last_column: u32,
}

/// What is hidden or merged in one sheet; rows and columns count from 0.
#[derive(Debug, Default)]
pub(super) struct Layout {
    hidden_rows: BTreeSet<u32>,
    merges: Vec<Merge>,
    by_row: BTreeMap<u32, Vec<usize>>,
}

impl Layout {
    pub(super) fn read(
        package: &mut Package<'_>,
        path: &str,
        limits: &Limits,
    ) -> Result<Self, ExtractError> {
        let Some(part) = package.read_xml(path, limits)? else { return Ok(Self::default()) };
        let mut layout = Self::default();
        xml::walk(&part, "xlsx", limits.depth, &mut |node| {
            match node {
                Node::Start("row", attributes) if attributes.is_on("hidden") => {
                    let row = attributes.get("r").and_then(|row| row.parse::<u32>().ok());
                    layout.hidden_rows.extend(row.and_then(|row| row.checked_sub(1)));
                }
                Node::Start("mergeCell", attributes) => {
                    layout.merges.extend(attributes.get("ref").and_then(|area| merge_of(&area)));
                }
                _ => {}
            }
            if layout.merges.len() > limits.cells {
                return Err(ExtractError::TooMuch { what: "cells", limit: limits.cells });
            }
            Ok(())
        })?;
        Ok(layout)
    }

    pub(super) fn is_row_hidden(&self, row: u32) -> bool {
        self.hidden_rows.contains(&row)
    }

    pub(super) fn merges_in(&self, row: u32) -> impl Iterator<Item = &Merge> {
        let places = self.by_row.get(&row).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&place| self.merges.get(place))
    }
}

impl Layout {
    /// Repeats the value of cells merged downwards in every row that they cover.
    pub(super) fn fill_down(
        &mut self,
        cells: &mut Cells,
        builder: &mut Builder<'_>,
    ) -> Result<(), ExtractError> {
        for (place, merge) in self.merges.iter().enumerate() {
            let value = cells.get(&merge.first_row).and_then(|row| row.get(&merge.first_column));
            let value = value.cloned();
            let covered: Vec<u32> =
                cells.range(merge.first_row..=merge.last_row).map(|(&row, _)| row).collect();
            builder.count_cells(covered.len().saturating_sub(1))?;
            for row in covered {
                self.by_row.entry(row).or_default().push(place);
                if let (Some(value), Some(cells)) = (&value, cells.get_mut(&row)) {
                    cells.entry(merge.first_column).or_insert_with(|| value.clone());
                }
            }
        }
        Ok(())
    }
}

/// `B2:H3` as a merge.
fn merge_of(area: &str) -> Option<Merge> {
    let (first, last) = area.split_once(':')?;
    let (first_row, first_column) = place_of(first)?;
    let (last_row, last_column) = place_of(last)?;
    let is_ordered = first_row <= last_row && first_column <= last_column;
    is_ordered.then_some(Merge { first_row, last_row, first_column, last_column })
}

/// `B2` as row 1, column 1.
fn place_of(cell: &str) -> Option<(u32, u32)> {
    let cell = cell.replace('$', "");
    let (letters, digits) = cell.split_at_checked(cell.find(|c: char| c.is_ascii_digit())?)?;
    let column = letters.bytes().try_fold(0_u32, |sum, letter| {
        let digit = letter.to_ascii_uppercase().checked_sub(b'A').filter(|&digit| digit < 26)?;
        sum.checked_mul(26)?.checked_add(u32::from(digit) + 1)
    })?;
    Some((digits.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

/// Where the part of each sheet is, by the sheet's name.
pub(super) fn sheet_paths(
    package: &mut Package<'_>,
    limits: &Limits,
) -> Result<HashMap<String, String>, ExtractError> {
    let mut targets = HashMap::new();
    let relations = package.read_xml("xl/_rels/workbook.xml.rels", limits)?.unwrap_or_default();
    xml::walk(&relations, "xlsx", limits.depth, &mut |node| {
        if let Node::Start("Relationship", attributes) = node
            && let (Some(id), Some(target)) = (attributes.get("Id"), attributes.get("Target"))
        {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            targets.insert(id, path);
        }
        Ok(())
    })?;
    let mut paths = HashMap::new();
    let workbook = package.read_xml("xl/workbook.xml", limits)?.unwrap_or_default();
    xml::walk(&workbook, "xlsx", limits.depth, &mut |node| {
        if let Node::Start("sheet", attributes) = node
            && let (Some(name), Some(id)) = (attributes.get("name"), attributes.get("id"))
            && let Some(path) = targets.get(&id)
        {
            paths.insert(name, path.clone());
        }
        Ok(())
    })?;
    Ok(paths)
}
