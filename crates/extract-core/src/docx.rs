//! Word documents: headings by style, list items, tables, notes; furigana and deleted text left out.
//!
//! Pages are those at which Word last broke the text, when it recorded them.

mod body;
mod styles;

use crate::{
    builder::Builder,
    error::ExtractError,
    package::Package,
    xml::{self, Node},
};

pub(crate) fn read(
    mut package: Package<'_>,
    builder: &mut Builder<'_>,
) -> Result<(), ExtractError> {
    let limits = builder.limits;
    package.check_entries(limits)?;
    if let Some(core) = package.read_xml("docProps/core.xml", limits)? {
        read_title(&core, builder);
    }
    let styles = match package.read_xml("word/styles.xml", limits)? {
        Some(part) => styles::Styles::read(&part, limits.depth)?,
        None => styles::Styles::default(),
    };
    let Some(document) = package.read_xml("word/document.xml", limits)? else {
        return Err(ExtractError::corrupt("docx", &"the main part is missing"));
    };
    body::read(&document, &styles, builder)?;
    for notes in ["word/footnotes.xml", "word/endnotes.xml"] {
        if let Some(part) = package.read_xml(notes, limits)? {
            body::read(&part, &styles, builder)?;
        }
    }
    Ok(())
}

/// A broken property part costs the title, not the document.
fn read_title(core: &str, builder: &mut Builder<'_>) {
    let mut in_title = false;
    let mut title = String::new();
    let outcome = xml::walk(core, "docx", builder.limits.depth, &mut |node| {
        match node {
            Node::Start(name, _) => in_title = name == "title",
            Node::End(_) => in_title = false,
            Node::Text(text) if in_title => title.push_str(text),
            Node::Text(_) => {}
        }
        Ok(())
    });
    if outcome.is_ok() {
        builder.set_title(&title);
    }
}
