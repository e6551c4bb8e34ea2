//! Documents as institutions have them, each as one canonical text with headings, pages and rows.
//!
//! Bytes and a file name come in, an [`Extracted`] goes out; nothing is written, fetched or executed.
//! The bytes are never trusted: every size is counted while it grows, XML entities are not expanded,
//! and bad input ends in an [`ExtractError`] with a stable code that says what to do.
//!
//! The canonical text is what citations point into: blocks are separated by line breaks and the
//! cells of a table row by tabs.

mod builder;
mod delimited;
mod detect;
mod docx;
mod encoding;
mod error;
mod html;
mod markdown;
mod marks;
mod model;
mod package;
mod pdf;
mod plain;
mod table;
mod xlsx;
mod xml;

pub use error::{ExtractError, HowToConvert};
pub use model::{Block, BlockKind, Extracted, Format, Limits, Warning};

use builder::Builder;
use detect::Kind;

/// Reads the document `bytes`; `name` is its file name, which helps where the content does not say.
///
/// `cancel` is asked often, at least once per block, page or hundred rows; when it answers `true`
/// the work ends with [`ExtractError::Cancelled`].
///
/// # Errors
///
/// Says for this one file why it cannot be read; see [`ExtractError`].
pub fn extract(
    name: &str,
    bytes: &[u8],
    limits: &Limits,
    cancel: &dyn Fn() -> bool,
) -> Result<Extracted, ExtractError> {
    if bytes.len() > limits.input_bytes {
        return Err(ExtractError::TooLarge { size: bytes.len(), limit: limits.input_bytes });
    }
    let kind = detect::detect(name, bytes)?;
    let mut builder = Builder::new(limits, cancel);
    let format = match kind {
        Kind::Text(text_format) => {
            let decoded = encoding::decode(bytes, text_format == Format::Html)?;
            builder.note_encoding(&decoded);
            match text_format {
                Format::Html => html::read(&decoded.text, &mut builder)?,
                Format::Markdown => markdown::read(&decoded.text, &mut builder)?,
                Format::Csv => delimited::read(&decoded.text, &mut builder)?,
                _ => plain::read(&decoded.text, &mut builder)?,
            }
            text_format
        }
        Kind::Pdf => {
            pdf::read(bytes, &mut builder)?;
            Format::Pdf
        }
        Kind::Docx(package) => {
            docx::read(package, &mut builder)?;
            Format::Docx
        }
        Kind::Xlsx(package) => {
            xlsx::read(bytes, package, &mut builder)?;
            Format::Xlsx
        }
    };
    builder.finish(format)
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "a wrong boundary must fail the test")]
mod tests;
