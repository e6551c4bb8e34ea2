//! Whether a browser says that a request comes from this site. Programs say nothing and pass:
//! the CSRF token, which no other site can read, is what protects; this is the second lock.

use axum::http::{HeaderMap, header};

use crate::Error;

/// Refuses what a browser marks as coming from elsewhere.
///
/// `public_origin` is where browsers reach the server; without it the `Host` header tells.
pub(crate) fn check(headers: &HeaderMap, public_origin: Option<&str>) -> Result<(), Error> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if text("sec-fetch-site").is_some_and(|site| site != "same-origin" && site != "none") {
        return Err(Error::ForgedRequest);
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return Ok(()) };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let fits = match public_origin {
        Some(expected) => origin == expected.trim_end_matches('/'),
        None => origin.split_once("://").is_some_and(|(_, rest)| rest == host),
    };
    if fits { Ok(()) } else { Err(Error::ForgedRequest) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (axum::http::HeaderName::from_static(name), value.parse().unwrap())
            })
            .collect()
    }

    #[test]
    fn what_a_browser_marks_as_foreign_is_refused() {
        for site in ["cross-site", "same-site"] {
            assert!(check(&headers(&[("sec-fetch-site", site)]), None).is_err());
        }
        for origin in ["https://evil.example", "null", "http://localhost:8080.evil.example"] {
            let sent = headers(&[("origin", origin), ("host", "localhost:8080")]);
            assert!(check(&sent, None).is_err(), "{origin}");
        }
    }

    #[test]
    fn this_site_and_programs_pass() {
        assert!(check(&headers(&[]), None).is_ok());
        let own = headers(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]);
        assert!(check(&own, None).is_ok());
        let behind = headers(&[("origin", "https://ai.example"), ("host", "127.0.0.1:8080")]);
        assert!(check(&behind, Some("https://ai.example/")).is_ok());
        assert!(check(&behind, None).is_err());
    }
}
