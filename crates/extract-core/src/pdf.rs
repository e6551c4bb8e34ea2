//! PDF with a text layer, page by page.

use lopdf::{Document, LoadOptions};

use crate::{builder::Builder, error::ExtractError, model::Warning, plain};

pub(crate) fn read(bytes: &[u8], builder: &mut Builder<'_>) -> Result<(), ExtractError> {
    let options = LoadOptions::with_max_decompressed_size(builder.limits.expanded_bytes);
    let document = Document::load_mem_with_options(bytes, options)
        .map_err(|error| ExtractError::corrupt("pdf", error))?;
    let _: Warning = Warning::UnreadableGlyphs { count: 0 };
    for (page, _) in document.get_pages() {
        builder.check_cancel()?;
        builder.set_page(page);
        let text = document.extract_text(&[page]).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        plain::lines_to_blocks(&lines, builder)?;
    }
    Ok(())
}
