//! What is done without, as it is said on the command line, for the API.

use anyhow::Context as _;
use serde_json::{Value as Json, json};

use super::print;
use crate::{
    cli::{OutOfService, Without},
    door::Door,
};

/// Subject and value; an endpoint is found by its name in the API, its name or its id.
pub(super) async fn parts(
    without: &Without,
    door: &Door,
) -> anyhow::Result<(&'static str, String)> {
    if let Some(name) = &without.endpoint {
        return Ok(("endpoint", endpoint(name, door).await?));
    }
    let stated = [
        ("vendor", &without.vendor),
        ("operator_country", &without.operator_country),
        ("hosting_country", &without.hosting_country),
    ];
    let found = stated.into_iter().find_map(|(subject, value)| Some((subject, value.clone()?)));
    found.context("say --endpoint, --vendor, --operator-country or --hosting-country")
}

async fn endpoint(name: &str, door: &Door) -> anyhow::Result<String> {
    let page = door.get("/api/v1/endpoints?limit=200").await?;
    let called = |item: &&Json| {
        ["public_name", "name", "id"].iter().any(|field| print::text(item, field) == name)
    };
    let found = print::items(&page).iter().find(called);
    let found = found.with_context(|| format!("there is no endpoint called {name}"))?;
    Ok(print::text(found, "id").to_owned())
}

/// The body that takes something out of service.
pub(super) async fn body(wanted: &OutOfService, door: &Door) -> anyhow::Result<Json> {
    let (subject, value) = parts(&wanted.without, door).await?;
    let (minutes, reason) = (wanted.minutes, &wanted.reason);
    Ok(json!({ "subject": subject, "value": value, "minutes": minutes, "reason": reason }))
}

/// `text` as a value in a query.
pub(super) fn in_query(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_in_a_query_keeps_to_what_stands_for_itself() {
        assert_eq!(in_query("甲社 & A-1"), "%E7%94%B2%E7%A4%BE%20%26%20A-1");
    }
}
