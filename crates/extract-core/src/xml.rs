//! Events of an XML part: local names, attributes and text, with a bound on depth.
//!
//! Only character references and the five predefined entities are resolved; a document type
//! declaration is passed over, so nothing can expand.

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesRef, BytesStart, Event},
};

use crate::error::ExtractError;

pub(crate) enum Node<'n> {
    Start(&'n str, Attributes<'n>),
    End(&'n str),
    Text(&'n str),
}

/// The attributes of one element, by local name.
pub(crate) struct Attributes<'n>(&'n BytesStart<'n>);

impl Attributes<'_> {
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.0
            .attributes()
            .with_checks(false)
            .filter_map(Result::ok)
            .find(|attribute| attribute.key.local_name().into_inner() == name)
            .and_then(|attribute| {
                attribute.normalized_value(XmlVersion::Explicit1_0).ok().map(Into::into)
            })
    }

    /// Whether an on-off attribute or property is on: absent, `0`, `false`, `off`, `none` are off.
    pub(crate) fn is_on(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "off" | "none"))
    }
}

/// Calls `visit` for every node of `xml`.
pub(crate) fn walk(
    xml: &str,
    format: &'static str,
    max_depth: usize,
    visit: &mut dyn FnMut(Node<'_>) -> Result<(), ExtractError>,
) -> Result<(), ExtractError> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let mut depth = 0_usize;
    loop {
        match reader.read_event().map_err(|error| ExtractError::corrupt(format, &error))? {
            Event::Start(start) => {
                depth += 1;
                if depth > max_depth {
                    return Err(ExtractError::Bomb { what: "depth" });
                }
                visit(Node::Start(start.local_name().into_inner(), Attributes(&start)))?;
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                visit(Node::End(end.local_name().into_inner()))?;
            }
            Event::Text(text) => visit(Node::Text(&text.xml10_content()))?,
            Event::CData(data) => visit(Node::Text(&data.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let mut buffer = [0; 4];
                if let Some(c) = resolve(&reference) {
                    visit(Node::Text(c.encode_utf8(&mut buffer)))?;
                }
            }
            Event::Eof if depth > 0 => {
                return Err(ExtractError::corrupt(format, &"it ends too early"));
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn resolve(reference: &BytesRef<'_>) -> Option<char> {
    match reference.borrow().into_inner().as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}
