//! What leaves this process as metrics and traces: read, checked, and without secrets in what is shown.

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use kaname_kernel::Label;

use super::{Take, raw};

/// What leaves as metrics and traces.
#[derive(Clone)]
pub(crate) struct Telemetry {
    /// The collector's address for traces, whole; no spans are made without one.
    pub(crate) otlp_traces_url: Option<String>,
    /// What the collector asks for in the headers.
    pub(crate) otlp_headers: HeaderMap,
    /// Content leaves under labels that this one dominates; never without.
    pub(crate) content: Option<Label>,
    /// Most endpoints that metrics tell apart.
    pub(crate) metric_endpoints_max: usize,
    /// What a reader of `/metrics` must show, if set.
    pub(crate) metrics_token: Option<String>,
}

/// Never prints secrets.
impl fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Telemetry").field("to", &self.otlp_traces_url).finish_non_exhaustive()
    }
}

/// Shortest token for `/metrics`.
const TOKEN_LENGTH_MIN: usize = 16;

impl Take<'_> {
    pub(super) fn telemetry(&mut self, raw: &raw::Telemetry) -> Telemetry {
        let otlp_traces_url = self.otlp_endpoint(raw);
        let otlp_headers = self.otlp_headers(raw);
        Telemetry {
            content: self.content(raw, otlp_traces_url.is_some()),
            otlp_traces_url,
            otlp_headers,
            metric_endpoints_max: self.number(
                "telemetry.metric_endpoints_max",
                raw.metric_endpoints_max,
                (100, 1, 1_000),
            ),
            metrics_token: self.metrics_token(raw),
        }
    }

    fn otlp_endpoint(&mut self, raw: &raw::Telemetry) -> Option<String> {
        let key = "telemetry.otlp_endpoint";
        let in_file = raw.otlp_endpoint.as_ref();
        let given = self.text(key, "KANAME_OTLP_ENDPOINT", in_file, "off");
        if given == "off" {
            return None;
        }
        match traces_url(&given) {
            Ok(url) => Some(url),
            Err(detail) => {
                self.found.fault(key, detail);
                None
            }
        }
    }

    fn otlp_headers(&mut self, raw: &raw::Telemetry) -> HeaderMap {
        let key = "telemetry.otlp_headers_file";
        let file = raw.otlp_headers_file.as_ref();
        let Some((text, source)) = self.secret(key, "KANAME_OTLP_HEADERS", file) else {
            return HeaderMap::new();
        };
        let Some(headers) = headers(&text) else {
            self.found.fault(key, "each line must be a name, an equals sign and a value");
            return HeaderMap::new();
        };
        self.found.note(key, format!("{} header(s)", headers.len()), &source);
        headers
    }

    fn content(&mut self, raw: &raw::Telemetry, has_collector: bool) -> Option<Label> {
        let key = "telemetry.content";
        let given = self.text(key, "KANAME_TELEMETRY_CONTENT", raw.content.as_ref(), "off");
        if given == "off" {
            return None;
        }
        if !has_collector {
            self.found.fault(key, "needs telemetry.otlp_endpoint: there is nobody to send it to");
        }
        let label = given.parse().ok();
        if label.is_none() {
            self.found.fault(
                key,
                "must be off, or the highest label whose content the collector may see, such as 1; \
                 it then sees questions and answers up to that label",
            );
        }
        label
    }

    fn metrics_token(&mut self, raw: &raw::Telemetry) -> Option<String> {
        let key = "telemetry.metrics_token_file";
        let file = raw.metrics_token_file.as_ref();
        let (text, source) = self.secret(key, "KANAME_METRICS_TOKEN", file)?;
        let token = text.trim().to_owned();
        if token.len() < TOKEN_LENGTH_MIN || token.contains(char::is_whitespace) {
            self.found.fault(key, "the token must be one word of at least 16 characters");
        }
        self.found.note(key, "a token".to_owned(), &source);
        Some(token)
    }
}

/// The whole address for traces: `/v1/traces` where only the server is named, as OTLP has it.
fn traces_url(given: &str) -> Result<String, &'static str> {
    let fault =
        "must be an address such as https://collector.example.jp:4318, without user name and query";
    let uri: Uri = given.parse().map_err(|_| fault)?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(fault);
    };
    // The address is shown where settings are: nothing secret may be in it.
    let has_secret = authority.as_str().contains('@') || uri.query().is_some();
    if has_secret || !matches!(scheme, "http" | "https") {
        return Err(fault);
    }
    if scheme == "http" && !kaname_gateway::is_near(authority.host()) {
        return Err("plain http is only for this machine and private networks; use https");
    }
    let base = given.trim_end_matches('/');
    let is_whole = !matches!(uri.path(), "" | "/");
    Ok(if is_whole { base.to_owned() } else { format!("{base}/v1/traces") })
}

/// Headers, one a line or one after a comma, as in `name=value`.
fn headers(text: &str) -> Option<HeaderMap> {
    let lines = text.split(['\n', ',']).map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once('=')?;
            let mut value = HeaderValue::from_str(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((HeaderName::from_bytes(name.trim().as_bytes()).ok()?, value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_otlp_is_added_where_only_the_server_is_named() {
        let cases = [
            ("http://127.0.0.1:4318", Ok("http://127.0.0.1:4318/v1/traces")),
            ("https://otel.example.jp/", Ok("https://otel.example.jp/v1/traces")),
            (
                "https://x.example.jp/api/otel/v1/traces",
                Ok("https://x.example.jp/api/otel/v1/traces"),
            ),
            ("http://otel.example.jp", Err(())),
            ("https://me:secret@otel.example.jp", Err(())),
            ("ftp://otel.example.jp", Err(())),
            ("https://otel.example.jp/?key=secret", Err(())),
            ("otel.example.jp:4318", Err(())),
        ];
        for (given, expected) in cases {
            let found = traces_url(given).map_err(|_| ());
            assert_eq!(found.as_deref(), expected.as_ref().copied().map_err(|()| &()), "{given}");
        }
    }

    #[test]
    fn headers_are_read_by_line_or_comma_and_marked_as_secret() {
        let read = headers("x-one = 1\n\nauthorization=Basic a=b, x-two=2").unwrap();
        assert_eq!(read.len(), 3);
        assert_eq!(read["authorization"], "Basic a=b");
        assert!(read["authorization"].is_sensitive());
        assert!(headers("no value").is_none() && headers("bad name=1").is_none());
    }
}
