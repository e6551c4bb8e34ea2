//! The weights file: a zip archive of arrays in NumPy's format (`.npz` of `.npy`), read with every bound checked.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// No array of the model is larger when unpacked; guards against a file that swells.
const MAX_ARRAY_BYTES: u64 = 16 << 20;

/// Why an array cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not a zip archive.
    #[error("not an archive of arrays: {0}")]
    NotAnArchive(String),
    /// The archive lacks an array, or it cannot be unpacked.
    #[error("array {0} is missing or damaged")]
    Unreadable(String),
    /// The array is not of the type and size that the model has.
    #[error("array {name} is not {expected}")]
    Unexpected {
        /// Name in the archive.
        name: String,
        /// Type and number of elements.
        expected: String,
    },
}

/// An open archive of arrays.
#[derive(Debug, Clone)]
pub(crate) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ArchiveError> {
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|error| ArchiveError::NotAnArchive(error.to_string()))?;
        Ok(Self { zip })
    }

    /// An array of `length` 32-bit floats, row by row.
    pub(crate) fn floats(&mut self, name: &str, length: usize) -> Result<Vec<f32>, ArchiveError> {
        let bytes = self.elements(name, "<f4", length, 4)?;
        Ok(bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
    }

    /// One 64-bit float, brought to 32 bits.
    #[expect(clippy::cast_possible_truncation, reason = "the network computes in 32 bits")]
    pub(crate) fn scalar(&mut self, name: &str) -> Result<f32, ArchiveError> {
        let bytes = self.elements(name, "<f8", 1, 8)?;
        Ok(bytes.as_chunks::<8>().0.first().map_or(0.0, |bytes| f64::from_le_bytes(*bytes) as f32))
    }

    /// An array of bytes.
    pub(crate) fn bytes(&mut self, name: &str, length: usize) -> Result<Vec<u8>, ArchiveError> {
        self.elements(name, "|u1", length, 1)
    }

    fn elements(
        &mut self,
        name: &str,
        kind: &str,
        length: usize,
        width: usize,
    ) -> Result<Vec<u8>, ArchiveError> {
        let unreadable = || ArchiveError::Unreadable(name.to_owned());
        let mut member = self.zip.by_name(&format!("{name}.npy")).map_err(|_| unreadable())?;
        let mut reader = member.by_ref().take(MAX_ARRAY_BYTES);
        let header = read_header(&mut reader).ok_or_else(unreadable)?;
        let mut data = Vec::with_capacity(length * width);
        reader.read_to_end(&mut data).map_err(|_| unreadable())?;
        let is_expected = header.contains(&format!("'descr': '{kind}'"))
            && header.contains("'fortran_order': False")
            && data.len() == length * width;
        if is_expected {
            return Ok(data);
        }
        let expected = format!("{length} elements of {kind}");
        Err(ArchiveError::Unexpected { name: name.to_owned(), expected })
    }
}

/// The text before the elements: a magic number, a version, a length, a Python literal.
fn read_header(reader: &mut impl Read) -> Option<String> {
    let mut start = [0; 10];
    reader.read_exact(&mut start).ok()?;
    let [magic @ .., major, _minor, low, high] = start;
    if magic != *b"\x93NUMPY" || major != 1 {
        return None;
    }
    let mut header = vec![0; usize::from(u16::from_le_bytes([low, high]))];
    reader.read_exact(&mut header).ok()?;
    String::from_utf8(header).ok()
}
