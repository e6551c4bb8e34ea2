//! Zip containers of office formats. What comes out is counted while it is inflated; the sizes that
//! the container declares are never believed.

use std::io::{Cursor, Read as _};

use zip::{ZipArchive, result::ZipError};

use crate::{error::ExtractError, model::Limits};

/// Below this expanded size the ratio says nothing.
const RATIO_FROM_BYTES: usize = 8 << 20;

/// How much is inflated between two looks at the bounds.
const STEP_BYTES: usize = 64 * 1024;

pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    format: &'static str,
    packed_bytes: usize,
    expanded_bytes: usize,
}

impl<'a> Package<'a> {
    pub(crate) fn open(bytes: &'a [u8], format: &'static str) -> Result<Self, ExtractError> {
        let archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|error| failure(format, &error))?;
        Ok(Self { archive, format, packed_bytes: bytes.len(), expanded_bytes: 0 })
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    /// The part `name`, inflated; `None` when there is none.
    pub(crate) fn read(
        &mut self,
        name: &str,
        limits: &Limits,
    ) -> Result<Option<Vec<u8>>, ExtractError> {
        let Some(index) = self.archive.index_for_name(name) else { return Ok(None) };
        let mut bytes = Vec::new();
        self.inflate(index, limits, &mut |step| bytes.extend_from_slice(step))?;
        Ok(Some(bytes))
    }

    /// The XML part `name` as text.
    pub(crate) fn read_xml(
        &mut self,
        name: &str,
        limits: &Limits,
    ) -> Result<Option<String>, ExtractError> {
        let Some(bytes) = self.read(name, limits)? else { return Ok(None) };
        let (text, ..) = encoding_rs::UTF_8.decode(&bytes);
        Ok(Some(text.into_owned()))
    }

    pub(crate) fn check_entries(&self, limits: &Limits) -> Result<(), ExtractError> {
        let within = self.archive.len() <= limits.entries;
        if within { Ok(()) } else { Err(ExtractError::Bomb { what: "entries" }) }
    }

    /// Inflates every part once and keeps nothing, to know that the whole stays within bounds.
    pub(crate) fn check_all(
        &mut self,
        limits: &Limits,
        check_cancel: &dyn Fn() -> Result<(), ExtractError>,
    ) -> Result<(), ExtractError> {
        self.check_entries(limits)?;
        for index in 0..self.archive.len() {
            check_cancel()?;
            self.inflate(index, limits, &mut |_| {})?;
        }
        self.expanded_bytes = 0;
        Ok(())
    }

    fn inflate(
        &mut self,
        index: usize,
        limits: &Limits,
        keep: &mut dyn FnMut(&[u8]),
    ) -> Result<(), ExtractError> {
        let format = self.format;
        let mut part = self.archive.by_index(index).map_err(|error| failure(format, &error))?;
        let mut step = vec![0; STEP_BYTES];
        loop {
            let read =
                part.read(&mut step).map_err(|error| ExtractError::corrupt(format, &error))?;
            let Some(filled) = step.get(..read).filter(|filled| !filled.is_empty()) else {
                return Ok(());
            };
            self.expanded_bytes += read;
            if self.expanded_bytes > limits.expanded_bytes {
                return Err(ExtractError::Bomb { what: "expanded size" });
            }
            let allowed = self.packed_bytes.saturating_mul(limits.expansion_ratio);
            if self.expanded_bytes > RATIO_FROM_BYTES && self.expanded_bytes > allowed {
                return Err(ExtractError::Bomb { what: "expansion ratio" });
            }
            keep(filled);
        }
    }
}

fn failure(format: &'static str, error: &ZipError) -> ExtractError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) | ZipError::InvalidPassword => {
            ExtractError::PasswordProtected
        }
        other => ExtractError::corrupt(format, &other),
    }
}
