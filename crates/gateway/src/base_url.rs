//! Where an endpoint may be: `https`, or plain `http` on this machine or a private network.

use std::net::IpAddr;

use http::Uri;

use crate::error::Error;

/// Checks the base URL of an endpoint; gives it without a slash at its end.
///
/// # Errors
///
/// [`Error::Invalid`] with the field `base_url`.
pub(crate) fn check(text: &str, allow_insecure: bool) -> Result<String, Error> {
    let fault = |detail: &str| Error::invalid("base_url", detail);
    let trimmed = text.trim().trim_end_matches('/');
    if trimmed.len() > 500 || trimmed.contains(['?', '#']) {
        return Err(fault("the URL must have at most 500 characters, no query and no fragment"));
    }
    let uri: Uri = trimmed.parse().map_err(|_| fault("this is not a URL"))?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(fault("the URL must begin with https:// or http://"));
    };
    if authority.as_str().contains('@') {
        return Err(fault("the URL must not hold a user name; enter the key as the API key"));
    }
    match scheme {
        "https" => Ok(trimmed.to_owned()),
        "http" if allow_insecure || is_near(authority.host()) => Ok(trimmed.to_owned()),
        "http" => Err(fault("plain http is only for this machine and private networks; use https")),
        _ => Err(fault("the URL must begin with https:// or http://")),
    }
}

/// Whether `host` is this machine or an address of a private network.
pub fn is_near(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match bare.parse() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => bare.eq_ignore_ascii_case("localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_plain_http_and_any_https_are_taken() {
        let good = [
            ("http://127.0.0.1:8000/v1/", "http://127.0.0.1:8000/v1"),
            ("http://localhost:11434/v1", "http://localhost:11434/v1"),
            ("http://[::1]:1/v1", "http://[::1]:1/v1"),
            ("http://10.1.2.3/v1", "http://10.1.2.3/v1"),
            (" https://models.example.jp/v1 ", "https://models.example.jp/v1"),
        ];
        for (text, expected) in good {
            assert_eq!(check(text, false).unwrap(), expected);
        }
        assert!(check("http://models.example.jp/v1", true).is_ok());
    }

    #[test]
    fn the_rest_is_refused_by_field() {
        let bad = [
            "http://models.example.jp/v1",
            "http://8.8.8.8/",
            "https://user:pass@models.example.jp/v1",
            "https://models.example.jp/v1?key=1",
            "ftp://models.example.jp",
            "file:///etc/passwd",
            "models.example.jp",
            "",
        ];
        for text in bad {
            let refused = check(text, false);
            assert!(matches!(refused, Err(Error::Invalid { field: "base_url", .. })), "{text}");
        }
    }
}
