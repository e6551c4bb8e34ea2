//! Every fault of an upstream, in every dialect, streamed and whole: what the caller is told, what the
//! ledger says, and what the row of the call says, what it cost included.

use kaname_gateway::{Endpoint, NewEndpoint, Price, Speaks};
use kaname_testkit::{Answer, HUGE_BYTES, Manner, PIECES, Upstream, answer, on_both};
use serde_json::{Value, json};

use crate::support::{CallRow, World, new_endpoint, text_of};

const PATHS: [&str; 3] = ["/v1/chat/completions", "/v1/responses", "/v1/messages"];
const ALL: [Speaks; 3] = [Speaks::ChatCompletions, Speaks::Responses, Speaks::Messages];

/// What a call costs in the end: nothing, what the endpoint said, or the most that it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cost {
    Nothing,
    Told,
    Worst,
}
use Cost::{Nothing, Told, Worst};

/// A fault and what comes of it: status, code (none where all is well), outcome, cost.
type Case = (Manner, u16, &'static str, &'static str, Cost);

const ANY_WAY: [Case; 8] = [
    (Manner::Normal, 200, "", "completed", Told),
    (Manner::MissingUsage, 200, "", "completed", Worst),
    (Manner::WrongContentType, 502, "gateway.upstream_wrong_type", "failed", Worst),
    (Manner::Garbage, 502, "gateway.upstream_malformed", "failed", Worst),
    (Manner::HugeEvent, 502, "gateway.upstream_too_large", "failed", Worst),
    (Manner::Status(500), 502, "gateway.upstream_failed", "failed", Nothing),
    (Manner::Status(401), 502, "gateway.upstream_key_refused", "failed", Nothing),
    (Manner::Status(403), 502, "gateway.upstream_key_refused", "failed", Nothing),
];

const STREAMED: [Case; 6] = [
    (Manner::TwoTerminators, 200, "", "completed", Told),
    (Manner::CutMidStream, 200, "gateway.upstream_cut", "broken", Worst),
    (Manner::MissingTerminator, 200, "gateway.upstream_cut", "broken", Told),
    (Manner::MalformedChunk, 200, "gateway.upstream_malformed", "broken", Worst),
    (Manner::ErrorEvent, 200, "gateway.upstream_error_event", "broken", Worst),
    (Manner::Huge, 200, "gateway.upstream_too_large", "broken", Worst),
];

const WHOLE: [Case; 3] = [
    (Manner::CutMidStream, 502, "gateway.upstream_cut", "failed", Worst),
    (Manner::MalformedChunk, 502, "gateway.upstream_malformed", "failed", Worst),
    (Manner::Huge, 502, "gateway.upstream_too_large", "failed", Worst),
];

/// What needs a clock: nothing at all, and nothing more.
const SILENT: [(bool, Case); 4] = [
    (false, (Manner::Silent, 504, "gateway.upstream_timeout", "failed", Worst)),
    (true, (Manner::Silent, 504, "gateway.upstream_timeout", "failed", Worst)),
    (false, (Manner::Stall, 504, "gateway.upstream_stalled", "failed", Worst)),
    (true, (Manner::Stall, 200, "gateway.upstream_stalled", "broken", Worst)),
];

/// What the endpoint of a case speaks, where it does not speak the caller's dialect.
const OTHER: [(&str, Speaks); 4] = [
    (PATHS[0], Speaks::Messages),
    (PATHS[0], Speaks::Responses),
    (PATHS[1], Speaks::ChatCompletions),
    (PATHS[2], Speaks::ChatCompletions),
];

/// A call of at most ten tokens in the dialect of `path`.
fn body(path: &str, stream: bool) -> String {
    let text = "粗大ごみの手数料は？";
    let mut body = match path {
        "/v1/responses" => json!({"input": text, "max_output_tokens": 10, "store": false}),
        _ => json!({"messages": [{"role": "user", "content": text}], "max_tokens": 10}),
    };
    body["model"] = json!("kaname/standard");
    body["stream"] = json!(stream);
    body.to_string()
}

/// An endpoint that speaks `dialects`; a token in costs one, a token out two millionths of a yen.
async fn endpoint(world: &World, upstream: &Upstream, dialects: &[Speaks]) -> Endpoint {
    let million = 1_000_000;
    let price = Price {
        input: million,
        output: 2 * million,
        request: 100,
        as_of: "2026-04-01".to_owned(),
        ..Price::default()
    };
    let base = upstream.base_url();
    let new =
        NewEndpoint { dialects: dialects.to_vec(), price: Some(price), ..new_endpoint(&base) };
    world.gateway.create_endpoint(&world.administrator, new).await.unwrap()
}

fn row(case: &Case, asked: &str) -> CallRow {
    let (_, _, code, outcome, cost) = *case;
    let bytes = i64::try_from(asked.len()).unwrap();
    CallRow {
        outcome: Some(outcome.to_owned()),
        code: (!code.is_empty()).then(|| code.to_owned()),
        tokens: if cost == Told { (Some(3), Some(4)) } else { (None, None) },
        cost_micro_yen: match cost {
            Nothing => None,
            Told => Some(3 + 2 * 4 + 100),
            Worst => Some(bytes + 2 * 10 + 100),
        },
        is_timed: true,
    }
}

fn chain(case: &Case) -> Vec<String> {
    let (_, _, code, outcome, _) = *case;
    let last = format!("outcome {outcome} {code}");
    ["request", "decision", "attempt", last.trim_end()].map(str::to_owned).to_vec()
}

/// How often the end of an answer is told in the dialect of `path`.
fn ends(path: &str, text: &str) -> usize {
    let mark = match path {
        "/v1/chat/completions" => "data: [DONE]\n",
        "/v1/responses" => "\"type\":\"response.completed\"",
        _ => "\"type\":\"message_stop\"",
    };
    text.matches(mark).count()
}

/// Whether `text` tells `code` as the dialect of `path` tells errors.
fn tells(path: &str, stream: bool, text: &str, code: &str) -> bool {
    let event = text.trim_end().rsplit("\n\n").next().unwrap_or_default();
    let data = if stream { event.rsplit("data: ").next().unwrap_or_default() } else { text };
    let told: Value = serde_json::from_str(data).unwrap_or_default();
    match path {
        "/v1/messages" => {
            told["type"] == "error"
                && told["error"]["message"].as_str().is_some_and(|said| said.contains(code))
        }
        "/v1/responses" if stream => told["type"] == "error" && told["code"] == code,
        _ => told["error"]["code"] == code,
    }
}

/// Puts a call in the dialect of `path` to an upstream that misbehaves, and holds all three records of
/// it to `case`.
async fn check(world: &World, case: &Case, (path, stream): (&str, bool), dialects: &[Speaks]) {
    let case = &as_spoken(*case, path, dialects);
    let (manner, status, code, outcome, _) = *case;
    let upstream = Upstream::start(manner).await;
    let endpoint = endpoint(world, &upstream, dialects).await;
    let (asked, before) = (body(path, stream), world.acts().await.len());
    let response = world.post(path, &asked, &[]).await;
    let what = format!("{manner:?} {path} stream={stream} {}", dialects.len());
    assert!(response.headers().contains_key("x-kaname-act"), "{what}: the act is named");
    let (got, text) = text_of(response).await;
    assert_eq!(got.as_u16(), status, "{what}: {text:.300}");
    let is_event = stream && status == 200;
    assert!(code.is_empty() || tells(path, is_event, &text, code), "{what}: {text:.600}");
    let whole = usize::from(outcome == "completed");
    assert!(!stream || ends(path, &text) == whole, "{what}: {text:.600}");
    assert_eq!(world.acts().await.split_off(before), chain(case), "{what}");
    assert_eq!(world.last_call().await, row(case, &asked), "{what}");
    if outcome == "completed" {
        assert_eq!(world.content("guard.outcome", "answer").await, PIECES.concat(), "{what}");
    }
    assert!(upstream.sent() < HUGE_BYTES / 4, "{what}: read on to {}", upstream.sent());
    assert_eq!(upstream.requests().len(), 1, "{what}");
    world.gateway.remove_endpoint(&world.administrator, endpoint.id).await.unwrap();
}

/// Every case, for streamed and for whole answers.
fn cases() -> Vec<(bool, Case)> {
    let of = |stream: bool, cases: &[Case]| -> Vec<(bool, Case)> {
        cases.iter().map(|case| (stream, *case)).collect()
    };
    [of(true, &ANY_WAY), of(true, &STREAMED), of(false, &ANY_WAY), of(false, &WHOLE)].concat()
}

#[tokio::test]
async fn every_fault_is_told_in_the_callers_dialect_and_recorded_with_its_cost() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for path in PATHS {
            for (stream, case) in cases() {
                check(&world, &case, (path, stream), &ALL).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_fault_is_told_alike_where_the_endpoint_speaks_another_dialect() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for (path, speaks) in OTHER {
            for (stream, case) in cases() {
                check(&world, &case, (path, stream), &[speaks]).await;
            }
        }
    })
    .await;
}

/// In Responses the event that ends an answer is the one that tells what it used.
fn as_spoken(case: Case, path: &str, dialects: &[Speaks]) -> Case {
    let responses = match dialects {
        [one] => *one == Speaks::Responses,
        _ => path == PATHS[1],
    };
    match case {
        (Manner::MissingTerminator, status, code, outcome, _) if responses => {
            (Manner::MissingTerminator, status, code, outcome, Worst)
        }
        case => case,
    }
}

#[tokio::test]
async fn silence_ends_in_time_in_every_dialect_and_is_recorded_with_its_cost() {
    on_both(|test| async move {
        let world = World::patient(test, std::time::Duration::from_millis(300)).await;
        for (stream, case) in SILENT {
            for path in PATHS {
                check(&world, &case, (path, stream), &ALL).await;
            }
            for (path, speaks) in OTHER {
                check(&world, &case, (path, stream), &[speaks]).await;
            }
        }
    })
    .await;
}

/// The events of a good stream that fit whole into the first `bytes`.
fn told_within(events: &[String], bytes: usize) -> &[String] {
    let mut end = 0;
    let fits = events.iter().take_while(|event| {
        end += event.len();
        end <= bytes
    });
    &events[..fits.count()]
}

/// What comes of a cut after `bytes`, when `told` events came whole.
fn cut_at(bytes: usize, told: usize, good: &Answer) -> Case {
    let manner = Manner::CutAt(bytes);
    if told == good.events.len() {
        (manner, 200, "", "completed", Told)
    } else if told > good.first {
        (manner, 200, "gateway.upstream_cut", "broken", Worst)
    } else {
        (manner, 502, "gateway.upstream_cut", "failed", Worst)
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_at_any_byte_is_told_as_far_as_it_came_whole() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for path in PATHS {
            let good = answer(path, true);
            let size = good.events.concat().len();
            // Every eleventh byte, and each byte of one character in the middle of a piece.
            let inside = good.events.concat().find(PIECES[1]).unwrap();
            for bytes in (0..size).step_by(23).chain(inside..inside + 4).chain([size - 1, size]) {
                let told = told_within(&good.events, bytes);
                let case = cut_at(bytes, told.len(), &good);
                cut(&world, &case, path, told).await;
            }
        }
    })
    .await;
}

/// As [`check`], and that the caller has every event that came whole, byte for byte.
async fn cut(world: &World, case: &Case, path: &str, told: &[String]) {
    let (manner, status, code, outcome, _) = *case;
    let upstream = Upstream::start(manner).await;
    let endpoint = endpoint(world, &upstream, &ALL).await;
    let before = world.acts().await.len();
    let mut asked: Value = serde_json::from_str(&body(path, true)).unwrap();
    if path == PATHS[0] {
        asked["stream_options"] = json!({"include_usage": true});
    }
    let (got, text) = text_of(world.post(path, &asked.to_string(), &[]).await).await;
    assert_eq!(got.as_u16(), status, "{manner:?} {path}: {text}");
    assert!(
        code.is_empty() || tells(path, status == 200, &text, code),
        "{manner:?} {path}: {text}"
    );
    if status == 200 {
        let rest = text.strip_prefix(told.concat().as_str());
        assert!(rest.is_some_and(|rest| rest.is_empty() == code.is_empty()), "{manner:?}: {text}");
        let said = PIECES.iter().filter(|piece| {
            told.iter().any(|event| event.contains(*piece) && event.contains("elta"))
        });
        let said: String = said.copied().collect();
        assert_eq!(world.content("guard.outcome", "answer").await, said, "{manner:?} {path}");
    }
    assert_eq!(world.acts().await.split_off(before), chain(case), "{manner:?} {path}");
    let call = world.last_call().await;
    assert_eq!(call.outcome.as_deref(), Some(outcome), "{manner:?} {path}");
    assert_eq!(call.code.as_deref().unwrap_or_default(), code, "{manner:?} {path}");
    assert!(call.cost_micro_yen.is_some_and(|cost| cost > 100), "{manner:?} {path}: {call:?}");
    world.gateway.remove_endpoint(&world.administrator, endpoint.id).await.unwrap();
}

#[tokio::test]
async fn a_whole_answer_that_is_cut_at_any_byte_is_no_answer() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for path in PATHS {
            let size = answer(path, true).whole.len();
            for bytes in (0..size).step_by(29).chain([size - 1]) {
                let cut = "gateway.upstream_cut";
                let case = (Manner::CutAt(bytes), 502, cut, "failed", Worst);
                check(&world, &case, (path, false), &ALL).await;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_burst_of_refusals_says_when_to_come_back_and_passes() {
    on_both(|test| async move {
        let world = World::new(test).await;
        for path in PATHS {
            burst(&world, path, (429, 429, "gateway.upstream_rate_limited")).await;
            burst(&world, path, (503, 502, "gateway.upstream_failed")).await;
        }
    })
    .await;
}

/// Three refusals by `status`, told as `told`; then a rest, and then all is well.
async fn burst(world: &World, path: &str, (status, told, code): (u16, u16, &str)) {
    let upstream = Upstream::start(Manner::Burst(status, 3)).await;
    let endpoint = endpoint(world, &upstream, &ALL).await;
    for stream in [false, true, false] {
        let response = world.post(path, &body(path, stream), &[]).await;
        assert_eq!(response.headers()["retry-after"], "7", "{path} {status}");
        let (got, text) = text_of(response).await;
        assert_eq!(got.as_u16(), told, "{text}");
        assert!(tells(path, false, &text, code), "{path}: {text}");
        assert_eq!(world.last_call().await.code.as_deref(), Some(code));
    }
    // Three in a row: the endpoint is left alone for a while, and then asked again.
    let (got, text) = text_of(world.post(path, &body(path, true), &[]).await).await;
    assert_eq!(got.as_u16(), 503, "{text}");
    assert!(tells(path, false, &text, "gateway.resting"), "{text}");
    assert_eq!(upstream.requests().len(), 3);
    world.test.clock.advance_ms(2_000);
    for stream in [true, false] {
        let answered = world.post(path, &body(path, stream), &[]).await;
        assert_eq!(text_of(answered).await.0, 200);
        assert_eq!(world.last_call().await.outcome.as_deref(), Some("completed"));
    }
    world.gateway.remove_endpoint(&world.administrator, endpoint.id).await.unwrap();
}

#[tokio::test]
async fn a_redirect_to_another_server_of_this_network_is_never_followed() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let elsewhere = Upstream::start(Manner::Normal).await;
        for path in PATHS {
            for stream in [false, true] {
                let case = (
                    Manner::Redirect(elsewhere.port()),
                    502,
                    "gateway.upstream_failed",
                    "failed",
                    Nothing,
                );
                check(&world, &case, (path, stream), &ALL).await;
            }
        }
        assert_eq!(elsewhere.connections(), 0);
    })
    .await;
}

/// Lets one answer go as soon as more than `before` requests have come.
async fn release_after(upstream: &Upstream, before: usize) {
    while upstream.requests().len() == before {
        tokio::task::yield_now().await;
    }
    upstream.release();
}

#[tokio::test]
async fn a_slow_first_byte_is_waited_for() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Late).await;
        endpoint(&world, &upstream, &ALL).await;
        for (before, (path, stream)) in
            PATHS.into_iter().flat_map(|path| [(path, false), (path, true)]).enumerate()
        {
            let asked = body(path, stream);
            let released = release_after(&upstream, before);
            let (response, ()) = tokio::join!(world.post(path, &asked, &[]), released);
            assert_eq!(text_of(response).await.0, 200, "{path}");
            assert_eq!(world.last_call().await.outcome.as_deref(), Some("completed"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_server_without_a_name_an_ear_or_a_certificate_is_out_of_reach() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let plain = Upstream::start(Manner::Normal).await;
        // A label of more than 63 letters is no name: nothing is asked of the network.
        let nameless = format!("https://{}.invalid/v1", "a".repeat(64));
        let deaf = "http://127.0.0.1:1/v1".to_owned();
        let without_tls = format!("https://127.0.0.1:{}/v1", plain.port());
        for base in [nameless, deaf, without_tls] {
            for path in PATHS {
                out_of_reach(&world, &base, (path, false)).await;
                out_of_reach(&world, &base, (path, true)).await;
            }
        }
        assert!(plain.requests().is_empty());
    })
    .await;
}

async fn out_of_reach(world: &World, base: &str, (path, stream): (&str, bool)) {
    let new = NewEndpoint { dialects: ALL.to_vec(), ..new_endpoint(base) };
    let endpoint = world.gateway.create_endpoint(&world.administrator, new).await.unwrap();
    let (before, asked) = (world.acts().await.len(), body(path, stream));
    let (got, text) = text_of(world.post(path, &asked, &[]).await).await;
    assert_eq!(got.as_u16(), 502, "{base}: {text}");
    let code = "gateway.upstream_unreachable";
    assert!(tells(path, false, &text, code), "{base}: {text}");
    let case = (Manner::Silent, 502, code, "failed", Nothing);
    assert_eq!(world.acts().await.split_off(before), chain(&case), "{base}");
    assert_eq!(world.last_call().await, row(&case, &asked), "{base}");
    world.gateway.remove_endpoint(&world.administrator, endpoint.id).await.unwrap();
}
