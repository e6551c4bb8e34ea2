//! Pictures and documents inside a request: data URLs, and the names of their formats.

use crate::{notes::TranslateError, request::Source};

/// What a URL stands for: the data inside it, or a place on the web.
pub(crate) fn from_url(url: String, field: &str) -> Result<Source, TranslateError> {
    let Some(rest) = url.strip_prefix("data:") else {
        if url.starts_with("https://") || url.starts_with("http://") {
            return Ok(Source::Url(url));
        }
        let why = "only http, https and data addresses are known";
        return Err(TranslateError::unsupported(field, why));
    };
    let split = rest.split_once(";base64,");
    let Some((media_type, base64)) = split.filter(|(media_type, _)| !media_type.is_empty()) else {
        return Err(TranslateError::unsupported(
            field,
            "a data address must name a type and base64",
        ));
    };
    Ok(Source::Data { media_type: media_type.to_owned(), base64: base64.to_owned() })
}

/// The address that stands for a source.
pub(crate) fn to_url(source: &Source, field: &str) -> Result<String, TranslateError> {
    match source {
        Source::Data { media_type, base64 } => {
            Ok(["data:", media_type, ";base64,", base64].concat())
        }
        Source::Url(url) => Ok(url.clone()),
        Source::Text(_) => {
            Err(TranslateError::unsupported(field, "a document as plain text has no address"))
        }
    }
}
