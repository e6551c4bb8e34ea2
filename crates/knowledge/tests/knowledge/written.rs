//! Written answers: only what the passages support is given out, and it says who wrote it.

use axum::{Router, extract::State, response::IntoResponse as _, routing::post};
use futures_util::StreamExt as _;
use http::header::CONTENT_TYPE;
use kaname_gateway::{
    Bounds, Capability, Conditions, EndpointChange, EndpointKind, Language, Leg, NewEndpoint,
    NewRoute,
};
use kaname_kernel::Label;
use kaname_knowledge::{Answer, AnswerMode, Ask, AskEvent};
use kaname_platform::{Act, params};
use kaname_testkit::on_both;
use serde_json::json;

use crate::support::World;

const FEES: &str = "# 粗大ごみ\n\n粗大ごみの手数料は、1点につき300円です。\n\n申込みは収集日の前日までに電話でしてください。\n";
const QUESTION: &str = "粗大ごみの手数料はいくらですか";

/// A server that streams `text` as its answer; gives its base URL.
#[expect(clippy::disallowed_methods, reason = "a test server has no platform to spawn on")]
async fn writer(text: &'static str) -> String {
    async fn answer(State(text): State<&'static str>) -> axum::response::Response {
        let half = text.floor_char_boundary(text.len() / 2);
        let mut body = String::new();
        for piece in [&text[..half], &text[half..]] {
            let chunk = json!({"id": "1", "object": "chat.completion.chunk", "created": 1,
                "model": "m", "choices": [{"index": 0, "delta": {"content": piece}, "finish_reason": null}]});
            body.extend(["data: ", &chunk.to_string(), "\n\n"]);
        }
        let last = json!({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
        body.extend(["data: ", &last.to_string(), "\n\ndata: [DONE]\n\n"]);
        ([(CONTENT_TYPE, "text/event-stream")], body).into_response()
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/v1/chat/completions", post(answer)).with_state(text);
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    format!("http://{address}/v1")
}

async fn world_with(test: kaname_testkit::TestPlatform, text: &'static str, rank: u8) -> World {
    let world = World::new(test).await;
    let home = world.collection("living", "2").await;
    world.add(home.id, &[("sodai.md", FEES.as_bytes())]).await;
    let new = new_endpoint(("庁内の推論サーバー", "kaname/standard"), writer(text).await, rank);
    world.knowledge.gateway().create_endpoint(&world.administrator, new).await.unwrap();
    world
}

fn new_endpoint((name, public_name): (&str, &str), base_url: String, rank: u8) -> NewEndpoint {
    NewEndpoint {
        name: name.to_owned(),
        kind: EndpointKind::OpenaiCompatible,
        base_url: Some(base_url),
        api_key: None,
        model: "m".to_owned(),
        public_name: public_name.to_owned(),
        capabilities: vec![Capability::Chat],
        languages: vec![Language::Ja],
        clearance: Label::of_rank(rank),
        vendor: String::new(),
        operator_country: "JP".to_owned(),
        hosting_country: "JP".to_owned(),
        open_weights: true,
        licence: "Apache-2.0".to_owned(),
        dialects: Vec::new(),
        region: String::new(),
        context_tokens: None,
        concurrent_max: None,
        cache_seconds: 0,
        price: None,
    }
}

async fn ask(world: &World, ask: Ask) -> Answer {
    world.knowledge.ask(&world.administrator, ask).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn supported_sentences_stay_and_invented_ones_go() {
    on_both(|test| async {
        let text = "粗大ごみの手数料は1点につき300円です。[1]現金のみで900円です。[1]職員が親切に対応します。";
        let world = world_with(test, text, 3).await;
        let answer = ask(&world, Ask::new(QUESTION)).await;
        assert_eq!(answer.mode, AnswerMode::Written);
        assert_eq!(answer.answer, "粗大ごみの手数料は1点につき300円です。[1]");
        assert_eq!(answer.citations.len(), 1);
        assert_eq!(answer.endpoint.as_ref().map(|(_, name)| name.as_str()), Some("庁内の推論サーバー"));
        assert_eq!(answer.label.rank(), 2);
        let quoted = ask(&world, Ask { quotation_only: true, ..Ask::new(QUESTION) }).await;
        assert_eq!((quoted.mode, quoted.endpoint), (AnswerMode::Quotation, None));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nothing_is_supported_the_answer_is_a_quotation_and_says_so() {
    on_both(|test| async {
        let world = world_with(test, "手数料は900円です。[1]どこでも出せます。[9]", 3).await;
        let by = world.administrator.clone();
        let events: Vec<AskEvent> =
            world.knowledge.ask_stream(by, Ask::new(QUESTION)).map(Result::unwrap).collect().await;
        let Some(AskEvent::Done(answer)) = events.last() else { panic!("{events:?}") };
        assert_eq!(answer.mode, AnswerMode::Quotation);
        assert!(answer.answer.contains("300円") && !answer.answer.contains("900円"));
        assert!(events.contains(&AskEvent::Checking));
        assert!(matches!(events[1], AskEvent::Writing(_)), "{events:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_not_cleared_is_never_asked() {
    on_both(|test| async {
        let world = world_with(test, "手数料は300円です。[1]", 1).await;
        let answer = ask(&world, Ask::new(QUESTION)).await;
        assert_eq!(answer.mode, AnswerMode::Quotation);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_act_on_the_way_to_an_answer_follows_from_the_question_and_is_forgotten_with_it() {
    on_both(|test| async {
        let world = world_with(test, "手数料は1点につき300円です[1]。", 3).await;
        let by = world.person(None, "2");
        let platform = &world.test.platform;
        let root = platform.record(Act::by(&by, "test.asked")).await.unwrap();
        let ask = Ask { parent: Some(root), ..Ask::new(QUESTION) };
        let answer = world.knowledge.ask(&by, ask).await.unwrap();
        assert_eq!(answer.mode, AnswerMode::Written);
        let mut tx = platform.db.begin().await.unwrap();
        let sql = "WITH RECURSIVE chain (act_id) AS (SELECT act_id FROM act WHERE act_id = $1 \
                   UNION SELECT a.act_id FROM act a JOIN chain c ON a.parent_act_id = c.act_id) \
                   SELECT kind FROM act WHERE act_id IN (SELECT act_id FROM chain) ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![root]).await.unwrap();
        let kinds: Vec<String> = rows.iter().map(|row| row.get("kind").unwrap()).collect();
        let call = ["guard.request", "guard.decision", "guard.attempt", "guard.outcome"];
        let expected =
            [&["test.asked", "knowledge.asked"][..], &call, &call, &["knowledge.answered"]];
        assert_eq!(kinds, expected.concat());
        let said = [QUESTION, "手数料は1点につき300円です"];
        for text in said {
            assert_eq!(world.test.places_of(text).await, ["act_content.value"], "{text}");
        }
        platform.forget(&mut tx, world.test.institution, root).await.unwrap();
        tx.commit().await.unwrap();
        for text in said {
            assert_eq!(world.test.places_of(text).await, Vec::<String>::new(), "{text}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_route_that_serves_the_workspace_says_who_writes_and_when_it_is_quoted() {
    on_both(|test| async {
        let world = world_with(test, "手数料は1点につき300円です。[1]", 3).await;
        let (gateway, by) = (world.knowledge.gateway(), &world.administrator);
        let endpoints = gateway.endpoints(by.institution).await.unwrap();
        let working = endpoints.iter().find(|one| one.public_name == "kaname/standard").unwrap().id;
        // Where nobody listens.
        let silent = new_endpoint(("silent", "one/silent"), "http://127.0.0.1:9/v1".to_owned(), 3);
        let silent = gateway.create_endpoint(by, silent).await.unwrap();
        let leg =
            |(endpoint_id, tier)| Leg { endpoint_id, tier, weight: 1, when: Conditions::default() };
        let new = NewRoute {
            public_name: "kaname/own".to_owned(),
            name: "庁内の標準".to_owned(),
            legs: [(silent.id, 0), (working, 1)].map(leg).to_vec(),
            bounds: Bounds::default(),
            serves_workspace: true,
        };
        gateway.create_route(by, new).await.unwrap();
        let answer = ask(&world, Ask::new(QUESTION)).await;
        assert_eq!(answer.mode, AnswerMode::Written);
        let named = answer.endpoint.map(|(id, _)| id);
        assert_eq!(named, Some(working), "who wrote it is named, not who was asked first");

        let english =
            EndpointChange { languages: Some(vec![Language::En]), ..EndpointChange::default() };
        for endpoint in [silent.id, working] {
            gateway.change_endpoint(by, endpoint, &english).await.unwrap();
        }
        let outside = writer("手数料は1点につき300円です。[1]").await;
        let outside = new_endpoint(("outside", "one/outside"), outside, 3);
        gateway.create_endpoint(by, outside).await.unwrap();
        let answer = ask(&world, Ask::new(QUESTION)).await;
        assert_eq!((answer.mode, answer.endpoint), (AnswerMode::Quotation, None));
    })
    .await;
}
