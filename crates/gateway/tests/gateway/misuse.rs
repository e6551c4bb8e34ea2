//! What callers send that is no call: the error that names it, in the caller's dialect, and that
//! nothing of it is recorded as a call or reaches an endpoint.

use std::time::Duration;

use axum::{body::Body, http::Request};
use kaname_gateway::{Config, NewEndpoint, Speaks};
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::{Value, json};

use crate::support::{World, json_of, new_endpoint, text_of};

const PATHS: [&str; 3] = ["/v1/chat/completions", "/v1/responses", "/v1/messages"];

async fn world_and_upstream(test: kaname_testkit::TestPlatform) -> (World, Upstream) {
    let config = Config { body_bytes_max: 4 << 20, ..Config::default() };
    let world = World::within(test, Duration::from_secs(20), config).await;
    let upstream = Upstream::start(Manner::Normal).await;
    let dialects = vec![Speaks::ChatCompletions, Speaks::Responses, Speaks::Messages];
    let new = NewEndpoint { dialects, ..new_endpoint(&upstream.base_url()) };
    world.gateway.create_endpoint(&world.administrator, new).await.unwrap();
    (world, upstream)
}

/// A good call in the dialect of `path`, with `more` fields.
fn call(path: &str, more: &Value) -> Value {
    let mut body = match path {
        "/v1/responses" => json!({"input": "a", "max_output_tokens": 10, "store": false}),
        _ => json!({"messages": [{"role": "user", "content": "a"}], "max_tokens": 10}),
    };
    body["model"] = json!("kaname/standard");
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

/// The field that holds what is said.
fn words_of(path: &str) -> &'static str {
    if path == PATHS[1] { "input" } else { "messages" }
}

async fn send(world: &World, path: &str, body: Vec<u8>) -> (u16, String) {
    let request = Request::post(path)
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {}", world.key))
        .body(Body::from(body));
    let (status, text) = text_of(world.send(request.unwrap()).await).await;
    (status.as_u16(), text)
}

/// That `body` is refused with `status`, by an error that holds `words` and, where the dialect has a
/// place for it, names `field`.
async fn refused(
    world: &World,
    path: &str,
    body: Vec<u8>,
    (status, field, words): (u16, Option<&str>, &str),
) {
    let begin = String::from_utf8_lossy(&body[..body.len().min(120)]).into_owned();
    let (got, text) = send(world, path, body).await;
    assert_eq!(got, status, "{path} {begin}: {text}");
    let told: Value = serde_json::from_str(&text).unwrap();
    let message = told["error"]["message"].as_str().unwrap_or_default();
    assert!(message.contains(words), "{path} {begin}: {message}");
    if path == "/v1/messages" {
        assert_eq!(told["type"], "error", "{path}: {text}");
        assert!(field.is_none_or(|field| message.contains(field)), "{message}");
    } else {
        assert_eq!(told["error"]["param"].as_str(), field, "{path} {begin}: {text}");
    }
}

/// What is wrong with a field: the field, a value, and words of the error.
fn wrong_fields() -> Vec<(&'static str, Value, &'static str)> {
    let mut cases = vec![
        ("stream", json!("yes"), "true or false"),
        ("tools", json!({"type": "function"}), "must be a list"),
    ];
    for number in [json!(0), json!(-1), json!(2.0), json!("10"), json!([1])] {
        cases.push(("n", number.clone(), "1 to 128"));
        cases.push(("max_tokens", number.clone(), "whole number"));
        cases.push(("max_completion_tokens", number.clone(), "whole number"));
        cases.push(("max_output_tokens", number, "whole number"));
    }
    cases.push(("n", json!(1_000_000_000_000_u64), "1 to 128"));
    cases.push(("n", json!(1e30), "1 to 128"));
    cases
}

#[tokio::test]
async fn a_field_of_the_wrong_type_or_size_is_named_and_nothing_leaves() {
    on_both(|test| async move {
        let (world, upstream) = world_and_upstream(test).await;
        for path in PATHS {
            for (field, value, words) in wrong_fields() {
                let body = call(path, &json!({field: value}));
                refused(&world, path, body.to_string().into(), (400, Some(field), words)).await;
            }
            for wrong in [json!(7), json!({}), Value::Null, json!([])] {
                let field = words_of(path);
                let body = call(path, &json!({field: wrong})).to_string();
                refused(&world, path, body.into(), (400, Some(field), "list of 1 to 2048")).await;
            }
            let body = call(path, &json!({"model": 7})).to_string();
            refused(&world, path, body.into(), (400, Some("model"), "must be a text")).await;
            let body = call(path, &json!({"model": "kaname/none"})).to_string();
            refused(&world, path, body.into(), (404, Some("model"), "kaname/none")).await;
        }
        assert_eq!((upstream.connections(), world.acts().await.len()), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn what_can_be_read_in_two_ways_or_not_at_all_is_refused() {
    on_both(|test| async move {
        let (world, upstream) = world_and_upstream(test).await;
        for path in PATHS {
            let good = call(path, &json!({})).to_string();
            let twice = good.replacen('{', "{\"model\":\"kaname/other\",", 1);
            let escaped = good.replacen('{', "{\"mode\\u006c\":\"kaname/other\",", 1);
            let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
            let bodies: [(Vec<u8>, &str); 8] = [
                (twice.into(), "key"),
                (escaped.into(), "key"),
                (good.replace("\"a\"", "\"\u{1}\"").into(), ""),
                ([good.as_bytes(), b"{}"].concat(), ""),
                (good.as_bytes()[..good.len() - 1].into(), "ends"),
                (good.replacen('{', &format!("{{\"x\":{deep},"), 1).into(), "deep"),
                (
                    good.replace("\"a\"", "\"?\"")
                        .bytes()
                        .map(|b| if b == b'?' { 0xff } else { b })
                        .collect(),
                    "UTF-8",
                ),
                (b"".to_vec(), ""),
            ];
            for (body, words) in bodies {
                refused(&world, path, body, (400, None, words)).await;
            }
        }
        assert_eq!((upstream.connections(), world.acts().await.len()), (0, 0));
    })
    .await;
}

/// A schema of `depth` objects inside one another.
fn nested(depth: usize) -> String {
    let open = "{\"type\":\"object\",\"properties\":{\"a\":";
    format!("{}{{\"type\":\"string\"}}{}", open.repeat(depth), "}}".repeat(depth))
}

fn tool(path: &str, name: &str, schema: &str) -> String {
    match path {
        "/v1/responses" => {
            format!("{{\"type\":\"function\",\"name\":\"{name}\",\"parameters\":{schema}}}")
        }
        "/v1/messages" => format!("{{\"name\":\"{name}\",\"input_schema\":{schema}}}"),
        _ => format!(
            "{{\"type\":\"function\",\"function\":{{\"name\":\"{name}\",\"parameters\":{schema}}}}}"
        ),
    }
}

fn with_tools(path: &str, tools: &[String]) -> Vec<u8> {
    let good = call(path, &json!({})).to_string();
    good.replacen('{', &format!("{{\"tools\":[{}],", tools.join(",")), 1).into()
}

#[tokio::test]
async fn a_bomb_of_tools_is_refused_and_many_tools_are_not() {
    on_both(|test| async move {
        let (world, upstream) = world_and_upstream(test).await;
        let able = kaname_gateway::EndpointChange {
            capabilities: Some(vec![
                kaname_gateway::Capability::Chat,
                kaname_gateway::Capability::Tools,
            ]),
            ..kaname_gateway::EndpointChange::default()
        };
        let id = world.gateway.endpoints(world.test.institution).await.unwrap()[0].id;
        world.gateway.change_endpoint(&world.administrator, id, &able).await.unwrap();
        for path in PATHS {
            let deep = with_tools(path, &[tool(path, "f", &nested(100_000))]);
            refused(&world, path, deep, (400, None, "deep")).await;
            let many: Vec<String> =
                (0..5_000).map(|i| tool(path, &format!("f{i}"), "{}")).collect();
            let words = "512 tools at most";
            refused(&world, path, with_tools(path, &many), (400, Some("tools"), words)).await;
            let wide = format!("{{\"enum\":[{}\"z\"]}}", "\"a\",".repeat(1_200_000));
            let large = with_tools(path, &[tool(path, "f", &wide)]);
            refused(&world, path, large, (413, None, "4194304 bytes")).await;
            assert_eq!(upstream.requests().len(), 0);
        }
        for (sent, path) in PATHS.into_iter().enumerate() {
            let some: Vec<String> =
                (0..128).map(|i| tool(path, &format!("f{i}"), &nested(10))).collect();
            let (status, text) = send(&world, path, with_tools(path, &some)).await;
            assert_eq!(status, 200, "{path}: {text}");
            assert_eq!(upstream.requests().len(), sent + 1);
        }
    })
    .await;
}

#[tokio::test]
async fn two_megabytes_of_prompt_pass_where_the_bound_allows_and_are_refused_by_it_where_not() {
    on_both(|test| async move {
        let (world, upstream) = world_and_upstream(test).await;
        let text = "長い文書。".repeat((2 << 20) / "長い文書。".len());
        for (sent, path) in PATHS.into_iter().enumerate() {
            let field = words_of(path);
            let value = if path == PATHS[1] {
                json!(text)
            } else {
                json!([{"role": "user", "content": text}])
            };
            let body = call(path, &json!({field: value})).to_string();
            let (status, told) = send(&world, path, body.clone().into()).await;
            assert_eq!(status, 200, "{path}: {told}");
            let received = upstream.requests().remove(sent);
            let sent = String::from_utf8(received.body).unwrap();
            assert_eq!(sent, body.replace("kaname/standard", "up-model"));
            let twice = [body.as_bytes(), text.as_bytes()].concat();
            refused(&world, path, twice, (413, None, "4194304 bytes")).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_field_that_nobody_knows_passes_to_an_endpoint_of_the_same_dialect() {
    on_both(|test| async move {
        let (world, upstream) = world_and_upstream(test).await;
        for path in PATHS {
            let body = call(path, &json!({"x_new": {"a": [1, null]}, "y_new": null})).to_string();
            let (status, _) = json_of(world.post(path, &body, &[]).await).await;
            assert_eq!(status, 200);
            let sent = String::from_utf8(upstream.requests().pop().unwrap().body).unwrap();
            assert_eq!(sent, body.replace("kaname/standard", "up-model"));
        }
    })
    .await;
}
