//! `kaname endpoint …`: the places where models answer, through the API.

use std::io::Read as _;

use anyhow::{Context as _, bail, ensure};
use http::Method;
use serde_json::{Map, Value as Json, json};

use super::{Done, print};
use crate::{
    cli::models::{EndpointAdd, EndpointChange, EndpointCommand, EndpointFacts, EndpointPrice},
    door::Door,
};

const PATH: &str = "/api/v1/endpoints";
/// No key is longer.
const KEY_BYTES_MAX: u64 = 8_192;

/// Runs one command on endpoints.
pub(crate) async fn run(
    command: EndpointCommand,
    door: &Door,
    as_json: bool,
) -> anyhow::Result<Done> {
    let mut done = Done::Yes;
    let answer = match command {
        EndpointCommand::List => {
            let items = door.all(PATH).await?;
            items.iter().filter(|_| !as_json).for_each(print_one);
            json!({ "items": items, "next_cursor": null })
        }
        EndpointCommand::Show { endpoint } => {
            let found = called(door, PATH, &endpoint).await?;
            if !as_json {
                print::facts(&found);
            }
            found
        }
        EndpointCommand::Test { endpoint } => {
            let id = id_of(door, PATH, &endpoint).await?;
            let result = door.post(&format!("{PATH}/{id}/test"), &json!({})).await?;
            if result.get("ok").and_then(Json::as_bool) != Some(true) {
                done = Done::NotVerified;
            }
            if !as_json {
                print_test(&result);
            }
            result
        }
        EndpointCommand::Add(add) => said(door.post(PATH, &new(&add)?).await?, as_json),
        EndpointCommand::Change(change) => {
            let id = id_of(door, PATH, &change.endpoint).await?;
            let body = changed(&change)?;
            said(door.json(Method::PATCH, &format!("{PATH}/{id}"), Some(&body)).await?, as_json)
        }
        EndpointCommand::Remove { endpoint } => remove(door, (PATH, &endpoint), as_json).await?,
    };
    if as_json {
        print::json(&answer);
    }
    Ok(done)
}

fn said(endpoint: Json, as_json: bool) -> Json {
    if !as_json {
        print_one(&endpoint);
    }
    endpoint
}

/// Removes what is called so in the list at `path`.
pub(super) async fn remove(
    door: &Door,
    (path, name): (&str, &str),
    as_json: bool,
) -> anyhow::Result<Json> {
    let id = id_of(door, path, name).await?;
    let answer = door.json(Method::DELETE, &format!("{path}/{id}"), None).await?;
    if !as_json {
        print::line("removed");
    }
    Ok(answer)
}

/// What has this public name or id in the list at `path`.
pub(super) async fn called(door: &Door, path: &str, name: &str) -> anyhow::Result<Json> {
    let items = door.all(path).await?;
    let mut found = items.into_iter();
    let found = found
        .find(|item| print::text(item, "public_name") == name || print::text(item, "id") == name);
    found
        .with_context(|| format!("there is nothing called {name}; its public name or id is wanted"))
}

/// Its id alone.
pub(super) async fn id_of(door: &Door, path: &str, name: &str) -> anyhow::Result<String> {
    Ok(print::text(&called(door, path, name).await?, "id").to_owned())
}

/// The body that adds an endpoint; what it must have and was not said gets a plain value.
fn new(add: &EndpointAdd) -> anyhow::Result<Json> {
    let mut body = facts(&add.facts)?;
    let model = add.facts.model.as_deref().context("say --model: the model's name there")?;
    ensure!(add.facts.clearance.is_some(), "say --clearance: the highest label that it may handle");
    let last = model.rsplit('/').next().unwrap_or(model);
    body.insert("kind".to_owned(), json!(add.kind));
    body.insert("public_name".to_owned(), json!(add.public_name));
    let mut preset = |name: &str, value: Json| {
        body.entry(name).or_insert(value);
    };
    preset("name", json!(last));
    preset("capabilities", json!(["chat", "tools", "structured_output"]));
    preset("languages", json!(["ja", "en"]));
    Ok(Json::Object(body))
}

/// The body that changes an endpoint.
fn changed(change: &EndpointChange) -> anyhow::Result<Json> {
    let mut body = facts(&change.facts)?;
    if let Some(name) = &change.public_name {
        body.insert("public_name".to_owned(), json!(name));
    }
    if let Some(enabled) = change.enabled {
        body.insert("enabled".to_owned(), json!(enabled));
    }
    if change.forget_key {
        body.insert("api_key".to_owned(), json!(""));
    }
    ensure!(!body.is_empty(), "say what to change; --help lists it");
    Ok(Json::Object(body))
}

/// What was said of an endpoint, under the names of the API.
fn facts(facts: &EndpointFacts) -> anyhow::Result<Map<String, Json>> {
    let said = json!({
        "name": facts.name,
        "base_url": facts.url,
        "model": facts.model,
        "capabilities": some(&facts.capabilities),
        "languages": some(&facts.languages),
        "dialects": some(&facts.dialects),
        "clearance": facts.clearance,
        "vendor": facts.vendor,
        "operator_country": facts.operator_country,
        "hosting_country": facts.hosting_country,
        "open_weights": facts.open_weights,
        "licence": facts.licence,
        "region": facts.region,
        "context_tokens": facts.context_tokens,
        "concurrent_max": facts.concurrent_max,
        "price": price(&facts.price)?,
        "api_key": key(facts)?,
    });
    let Json::Object(said) = said else { return Ok(Map::new()) };
    Ok(said.into_iter().filter(|(_, value)| !value.is_null()).collect())
}

fn some(words: &[String]) -> Option<&[String]> {
    (!words.is_empty()).then_some(words)
}

/// The key, from where it was said to be.
fn key(facts: &EndpointFacts) -> anyhow::Result<Option<String>> {
    let key = if facts.key_stdin {
        let mut text = String::new();
        std::io::stdin().lock().take(KEY_BYTES_MAX).read_to_string(&mut text)?;
        text
    } else if let Some(name) = &facts.key_env {
        variable(name)?
    } else {
        return Ok(None);
    };
    let key = key.trim().to_owned();
    ensure!(!key.is_empty(), "the API key is empty; --forget-key drops the one that is kept");
    Ok(Some(key))
}

#[expect(clippy::disallowed_methods, reason = "the person names the variable that holds the key")]
fn variable(name: &str) -> anyhow::Result<String> {
    std::env::var(name).with_context(|| format!("the environment variable {name} is not set"))
}

/// The price in millionths of a yen.
fn price(price: &EndpointPrice) -> anyhow::Result<Option<Json>> {
    let Some(input) = &price.input else { return Ok(None) };
    Ok(Some(json!({
        "input": micro_yen(input)?,
        "cached_input": price.cached.as_deref().map(micro_yen).transpose()?,
        "output": micro_yen(price.output.as_deref().unwrap_or_default())?,
        "as_of": price.as_of,
        "source": price.source.clone().unwrap_or_default(),
    })))
}

/// Millionths of a yen of `45.5`.
fn micro_yen(text: &str) -> anyhow::Result<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || whole.len() > 9 || part.len() > 6 {
        bail!("{text} is no price: say yen with at most six decimals, such as 45.5");
    }
    Ok(format!("{whole}{part:0<6}").parse()?)
}

fn print_one(endpoint: &Json) {
    let on = endpoint.get("enabled").and_then(Json::as_bool).unwrap_or_default();
    let health = endpoint.get("health").map(|health| print::text(health, "state"));
    print::line(&format!(
        "{}  {:<28} {:<20} {:<24} label {:<12} {:<8} {}",
        print::text(endpoint, "id"),
        print::text(endpoint, "public_name"),
        print::text(endpoint, "kind"),
        print::text(endpoint, "model"),
        print::text(endpoint, "clearance"),
        health.unwrap_or_default(),
        if on { "" } else { "off" }
    ));
}

fn print_test(result: &Json) {
    let took = result.get("latency_ms").and_then(Json::as_u64).unwrap_or_default();
    match result.get("error").filter(|error| !error.is_null()) {
        None => {
            let sample = print::text(result, "sample");
            print::line(&format!("it answered in {took} ms: {sample}"));
        }
        Some(error) => {
            let [detail, fix, code] = ["detail", "fix", "code"].map(|key| print::text(error, key));
            print::line(&format!("it did not answer: {detail} [{code}]"));
            if !fix.is_empty() {
                print::line(fix);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_to_the_millionth_of_a_yen() {
        for (text, micro) in [("45", 45_000_000), ("0.000001", 1), ("45.5", 45_500_000)] {
            assert_eq!(micro_yen(text).unwrap(), micro, "{text}");
        }
        for text in ["", ".5", "5.", "-1", "1e3", "0.0000001", "1,000", "９"] {
            assert!(micro_yen(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_new_endpoint_says_what_it_must_and_nothing_that_was_not_said() {
        let facts = EndpointFacts {
            model: Some("org/small-1".to_owned()),
            clearance: Some("2".to_owned()),
            ..EndpointFacts::default()
        };
        let add = EndpointAdd { public_name: "a/b".to_owned(), kind: "gemini".to_owned(), facts };
        assert_eq!(
            new(&add).unwrap(),
            json!({
                "kind": "gemini", "public_name": "a/b", "model": "org/small-1", "name": "small-1",
                "capabilities": ["chat", "tools", "structured_output"], "languages": ["ja", "en"],
                "clearance": "2"
            })
        );
        let bare = EndpointFacts::default();
        let add = EndpointAdd { facts: bare, ..add };
        assert!(new(&add).unwrap_err().to_string().contains("--model"));
    }
}
