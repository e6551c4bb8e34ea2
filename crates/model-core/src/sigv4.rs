//! AWS Signature Version 4 of one request. The time and the secrets are passed in.
//!
//! # Source
//! AWS, "Signing AWS API requests", version 4; compared with botocore's signatures in
//! `tests/vectors/sigv4.json`.

use std::{collections::BTreeMap, fmt::Write as _};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// Who signs, where and for what.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The id of the key.
    pub access_key_id: &'a str,
    /// The key. Never logged, and not in the signature.
    pub secret_access_key: &'a str,
    /// The token of a session, where the key is one of a session.
    pub session_token: Option<&'a str>,
    /// Such as `ap-northeast-1`.
    pub region: &'a str,
    /// Such as `bedrock`, for Bedrock Runtime too.
    pub service: &'a str,
}

impl std::fmt::Debug for Signer<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Signer").field("region", &self.region).finish_non_exhaustive()
    }
}

/// A request as it will be sent.
#[derive(Debug, Clone, Copy)]
pub struct Unsigned<'a> {
    /// Such as `POST`.
    pub method: &'a str,
    /// Host, with its port where it is not the usual one.
    pub host: &'a str,
    /// The path as it is sent, percent-encoded, without `.` and `..` segments.
    pub path: &'a str,
    /// The query as it is sent, percent-encoded; empty where there is none.
    pub query: &'a str,
    /// Further headers to sign; not `host`, `x-amz-date` and `x-amz-security-token`, which are added.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
    /// The time in UTC as `20261122T001530Z`.
    pub timestamp: &'a str,
}

/// The headers to add to `request`, so that it is signed: `x-amz-date`, `x-amz-security-token`
/// where there is one, and `authorization`.
pub fn sign(signer: &Signer<'_>, request: &Unsigned<'_>) -> Vec<(&'static str, String)> {
    let mut added = vec![("x-amz-date", request.timestamp.to_owned())];
    added.extend(signer.session_token.map(|token| ("x-amz-security-token", token.to_owned())));
    let mut signed: BTreeMap<String, String> = BTreeMap::new();
    let given = request.headers.iter().map(|(name, value)| (*name, *value));
    let ours = added.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in given.chain(ours).chain([("host", request.host)]) {
        signed.insert(name.to_ascii_lowercase(), plain(value));
    }
    let names: Vec<_> = signed.keys().map(String::as_str).collect();
    let names = names.join(";");
    let date = request.timestamp.split('T').next().unwrap_or_default();
    let scope = [date, signer.region, signer.service, "aws4_request"].join("/");
    let hash = hex(&Sha256::digest(canonical(request, &signed, &names)));
    let to_sign = ["AWS4-HMAC-SHA256", request.timestamp, &scope, &hash].join("\n");
    let secret = ["AWS4", signer.secret_access_key].concat();
    let steps = [date, signer.region, signer.service, "aws4_request"];
    let key = steps.iter().fold(secret.into_bytes(), |key, step| hmac(&key, step));
    let signature = hex(&hmac(&key, &to_sign));
    let id = signer.access_key_id;
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
    );
    added.push(("authorization", authorization));
    added
}

fn canonical(request: &Unsigned<'_>, signed: &BTreeMap<String, String>, names: &str) -> String {
    let headers: Vec<_> = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
    let mut query: Vec<_> = request
        .query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    query.sort_unstable();
    let query: Vec<_> = query.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let path = if request.path.is_empty() { "/" } else { request.path };
    [
        request.method.to_ascii_uppercase(),
        encode(path),
        query.join("&"),
        headers.concat(),
        names.to_owned(),
        hex(&Sha256::digest(request.body)),
    ]
    .join("\n")
}

/// A value without white space around it, and with single spaces inside.
fn plain(value: &str) -> String {
    value.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// The path is encoded once more than it is sent.
fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Json;

    #[test]
    fn signatures_are_those_of_botocore() {
        let vectors = Json::parse(include_bytes!("../tests/vectors/sigv4.json")).unwrap();
        let text = |json: &Json, key: &str| {
            json.get(key).and_then(Json::as_str).map(str::to_owned).unwrap_or_default()
        };
        let (id, secret) = (text(&vectors, "access_key_id"), text(&vectors, "secret_access_key"));
        let Some(Json::List(cases)) = vectors.get("cases") else { panic!("no cases") };
        assert!(cases.len() >= 7);
        for case in cases {
            let of = |key: &str| text(case, key);
            let Some(Json::List(headers)) = case.get("headers") else { panic!("no headers") };
            let headers: Vec<_> = headers
                .iter()
                .map(|pair| {
                    let Json::List(pair) = pair else { panic!("no pair") };
                    (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())
                })
                .collect();
            let (region, service, token) = (of("region"), of("service"), of("session_token"));
            let signer = Signer {
                access_key_id: &id,
                secret_access_key: &secret,
                session_token: (!token.is_empty()).then_some(token.as_str()),
                region: &region,
                service: &service,
            };
            let added = sign(
                &signer,
                &Unsigned {
                    method: &of("method"),
                    host: &of("host"),
                    path: &of("path"),
                    query: &of("query"),
                    headers: &headers,
                    body: of("body").as_bytes(),
                    timestamp: &of("timestamp"),
                },
            );
            let (_, authorization) = added.last().unwrap();
            assert_eq!(*authorization, of("authorization"), "{}", of("name"));
        }
    }

    #[test]
    fn a_signer_does_not_print_its_secrets() {
        let signer = Signer {
            access_key_id: "id",
            secret_access_key: "hush",
            session_token: Some("hush"),
            region: "r",
            service: "s",
        };
        assert!(!format!("{signer:?}").contains("hush"));
    }
}
