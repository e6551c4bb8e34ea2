//! How each kind of endpoint is spoken to: in which dialect, at which address, with which proof.

use http::{HeaderName, HeaderValue, header};
use kaname_kernel::Timestamp;
use kaname_model_core::{
    Dialect,
    sigv4::{Signer, Unsigned, sign},
};

use crate::{
    error::Error,
    model::{EndpointKind, Speaks},
    order::{ApiKey, Reach},
};

/// The version of Anthropic's API that calls name.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// Where a call goes and how it proves itself.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    pub(crate) url: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Address {
    /// `url`, opened by `key` as a bearer's.
    pub(crate) fn bearer(url: String, key: Option<&ApiKey>) -> Result<Self, Error> {
        let headers = match key {
            Some(key) => vec![secret(header::AUTHORIZATION, &format!("Bearer {}", key.reveal()))?],
            None => Vec::new(),
        };
        Ok(Self { url, headers })
    }
}

/// The value of a header that must not be printed.
fn secret(name: HeaderName, value: &str) -> Result<(HeaderName, HeaderValue), Error> {
    let mut value = HeaderValue::try_from(value).map_err(|_| {
        Error::invalid("api_key", "the API key holds characters that no header may")
    })?;
    value.set_sensitive(true);
    Ok((name, value))
}

impl Reach {
    /// The dialect in which a call that came in `caller` is put to the endpoint: the same, if it
    /// speaks it.
    pub(crate) fn dialect(&self, caller: Dialect) -> Dialect {
        let speaks = &self.endpoint.dialects;
        match self.endpoint.kind {
            EndpointKind::Gemini => Dialect::Gemini,
            EndpointKind::Bedrock => Dialect::Bedrock,
            _ if speaks.iter().any(|one| dialect_of(*one) == caller) => caller,
            EndpointKind::Anthropic => Dialect::Anthropic,
            _ => speaks.first().map_or(Dialect::OpenAiChat, |one| dialect_of(*one)),
        }
    }

    /// Where a call in `dialect` goes.
    pub(crate) fn chat_address(
        &self,
        dialect: Dialect,
        streams: bool,
        (body, now): (&[u8], Timestamp),
    ) -> Result<Address, Error> {
        let base = self.endpoint.base_url.as_deref().unwrap_or_default();
        let model = encoded(&self.endpoint.model);
        match dialect {
            Dialect::OpenAiChat => self.bearer_address("/chat/completions"),
            Dialect::OpenAiResponses => self.bearer_address("/responses"),
            Dialect::Anthropic => self.anthropic_address("/messages"),
            Dialect::Gemini => {
                let verb =
                    if streams { "streamGenerateContent?alt=sse" } else { "generateContent" };
                let url = format!("{base}/models/{model}:{verb}");
                Ok(Address { url, headers: self.google_key()?.into_iter().collect() })
            }
            Dialect::Bedrock => {
                let verb = if streams { "converse-stream" } else { "converse" };
                self.signed(format!("{base}/model/{model}/{verb}"), body, now)
            }
        }
    }

    /// Where the list of models is asked for, in the way of the endpoint's kind.
    pub(crate) fn models_address(&self) -> Result<Address, Error> {
        match self.endpoint.kind {
            EndpointKind::Anthropic => self.anthropic_address("/models"),
            EndpointKind::Gemini => {
                let base = self.endpoint.base_url.as_deref().unwrap_or_default();
                let headers = self.google_key()?.into_iter().collect();
                Ok(Address { url: format!("{base}/models"), headers })
            }
            _ => self.bearer_address("/models"),
        }
    }

    fn google_key(&self) -> Result<Option<(HeaderName, HeaderValue)>, Error> {
        let name = HeaderName::from_static("x-goog-api-key");
        self.key.as_ref().map(|key| secret(name, key.reveal())).transpose()
    }

    /// Where calls of `path` go that are opened as a bearer's.
    pub(crate) fn bearer_address(&self, path: &str) -> Result<Address, Error> {
        let base = self.endpoint.base_url.as_deref().unwrap_or_default();
        Address::bearer(format!("{base}{path}"), self.key.as_ref())
    }

    /// Where calls of `path` go in Anthropic's way.
    pub(crate) fn anthropic_address(&self, path: &str) -> Result<Address, Error> {
        // A server of another kind that speaks the dialect takes either proof; both are the same key.
        let mut address = self.bearer_address(path)?;
        if self.endpoint.kind == EndpointKind::Anthropic {
            address.headers.clear();
        }
        if let Some(key) = &self.key {
            address.headers.push(secret(HeaderName::from_static("x-api-key"), key.reveal())?);
        }
        let version = HeaderValue::from_static(ANTHROPIC_VERSION);
        address.headers.push((HeaderName::from_static("anthropic-version"), version));
        Ok(address)
    }

    /// Amazon's own signature, or a bearer's key where the key has no second part.
    fn signed(&self, url: String, body: &[u8], now: Timestamp) -> Result<Address, Error> {
        let key = self.key.as_ref().map(ApiKey::reveal).unwrap_or_default();
        let mut parts = key.splitn(3, ':');
        let (Some(id), Some(secret_key)) = (parts.next(), parts.next()) else {
            return Address::bearer(url, self.key.as_ref());
        };
        let place: http::Uri =
            url.parse().map_err(|_| Error::invalid("base_url", "this is not a URL"))?;
        let signer = Signer {
            access_key_id: id,
            secret_access_key: secret_key,
            session_token: parts.next(),
            region: &self.endpoint.region,
            service: "bedrock",
        };
        let unsigned = Unsigned {
            method: "POST",
            host: place.authority().map(http::uri::Authority::as_str).unwrap_or_default(),
            path: place.path(),
            query: "",
            headers: &[("content-type", "application/json")],
            body,
            timestamp: &stamp_of(now),
        };
        let headers = sign(&signer, &unsigned)
            .into_iter()
            .map(|(name, value)| secret(HeaderName::from_static(name), &value))
            .collect::<Result<_, _>>()?;
        Ok(Address { url, headers })
    }
}

fn dialect_of(speaks: Speaks) -> Dialect {
    match speaks {
        Speaks::ChatCompletions => Dialect::OpenAiChat,
        Speaks::Responses => Dialect::OpenAiResponses,
        Speaks::Messages => Dialect::Anthropic,
    }
}

/// The content type of a streamed answer in `dialect`.
pub(crate) fn stream_type(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Bedrock => "application/vnd.amazon.eventstream",
        _ => "text/event-stream",
    }
}

/// `model` as one segment of a path.
fn encoded(model: &str) -> String {
    model.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let hex = |digit: u8| char::from_digit(u32::from(digit), 16).unwrap_or('0');
            out.extend(['%', hex(byte >> 4).to_ascii_uppercase()]);
            out.push(hex(byte & 15).to_ascii_uppercase());
        }
        out
    })
}

/// `now` as Amazon writes it: `20261122T001530Z`.
fn stamp_of(now: Timestamp) -> String {
    date_time(now.as_millis().div_euclid(1_000)).replace(['-', ':'], "")
}

/// Seconds since the epoch as `2026-11-22T00:15:30Z`.
pub(crate) fn date_time(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

/// Year, month and day of the Gregorian calendar, `days` after 1970-01-01.
///
/// # Source
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_amazon_writes_it() {
        for (millis, text) in [
            (0, "19700101T000000Z"),
            (951_782_400_000, "20000229T000000Z"),
            (1_795_306_530_999, "20261122T001530Z"),
        ] {
            assert_eq!(stamp_of(Timestamp::from_millis(millis)), text);
        }
    }

    #[test]
    fn a_model_is_one_segment_whatever_it_is_called() {
        assert_eq!(encoded("anthropic.claude-v2:1"), "anthropic.claude-v2%3A1");
        assert_eq!(encoded("a/b 字"), "a%2Fb%20%E5%AD%97");
    }
}
