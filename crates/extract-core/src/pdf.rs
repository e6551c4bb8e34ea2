//! PDF with a text layer: text page by page, put together again into paragraphs, headings and rows.
//!
//! `lopdf` gives objects and content streams; which character a code means is decided in [`font`],
//! where it stands in [`content`], and what the lines make up in [`layout`].

mod content;
mod font;
mod layout;
mod unicode_map;

use lopdf::{Document, Error, LoadOptions};

use crate::{
    builder::Builder,
    error::{ExtractError, HowToConvert},
    model::Warning,
};

/// What one object stream may inflate to while the file is opened.
const OBJECT_STREAM_BYTES_MAX: usize = 16 << 20;

pub(crate) fn read(bytes: &[u8], builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    builder.check_cancel()?;
    let options = LoadOptions::with_max_decompressed_size(OBJECT_STREAM_BYTES_MAX);
    let document =
        Document::load_mem_with_options(bytes, options).map_err(|error| failure(&error))?;
    if document.is_encrypted() && !document.was_encrypted() {
        return Err(ExtractError::PasswordProtected);
    }
    let pages = document.get_pages();
    if pages.len() > builder.limits.pages {
        return Err(ExtractError::TooMuch { what: "pages", limit: builder.limits.pages });
    }
    if pages.is_empty() {
        return Err(ExtractError::corrupt("pdf", &"it has no pages"));
    }
    builder.set_title(&title_of(&document).unwrap_or_default());
    let mut interpreter = content::Interpreter::new(&document, builder.limits);
    let mut read = Vec::with_capacity(pages.len());
    for (&number, &id) in &pages {
        let spans = interpreter.read_page(id, &|| builder.check_cancel())?;
        read.push((number, layout::lines_of(spans)));
    }
    if interpreter.unreadable > 0 {
        builder.warn(Warning::UnreadableGlyphs { count: interpreter.unreadable });
    }
    layout::emit(&read, builder)?;
    note_empty_pages(&read, builder)
}

fn note_empty_pages(
    read: &[(u32, Vec<layout::Line>)],
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    if !builder.has_text() {
        let how = HowToConvert::RecogniseText;
        return Err(ExtractError::Unsupported { format: "pdf", how });
    }
    let empty = read.iter().filter(|(_, lines)| lines.is_empty()).map(|(number, _)| *number);
    let pages: Vec<u32> = empty.collect();
    if !pages.is_empty() {
        builder.warn(Warning::PagesWithoutText { pages });
    }
    builder.set_page(read.iter().map(|(number, _)| *number).max().unwrap_or(1));
    Ok(())
}

fn failure(error: &Error) -> ExtractError {
    match error {
        Error::InvalidPassword | Error::Decryption(_) => ExtractError::PasswordProtected,
        Error::Decompress(_) => ExtractError::Bomb { what: "object stream" },
        other => ExtractError::corrupt("pdf", &other),
    }
}

/// The title in the document information, if it is one that a person wrote.
fn title_of(document: &Document) -> Option<String> {
    let info = document.trailer.get_deref(b"Info", document).ok()?.as_dict().ok()?;
    let bytes = info.get_deref(b"Title", document).ok()?.as_str().ok()?;
    let title = match bytes {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode(rest).0.into_owned(),
        _ => std::str::from_utf8(bytes).ok()?.to_owned(),
    };
    let is_file_name =
        title.contains(".doc") || title.contains(".htm") || title.starts_with("Microsoft");
    let is_placeholder = matches!(title.as_str(), "untitled" | "(anonymous)" | "about:blank");
    (!is_file_name && !is_placeholder).then_some(title)
}
