//! A deleted conversation leaves no word behind, also not beside the acts of the model calls that
//! its questions led to, and also not when such an act comes late.

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use futures_util::{StreamExt as _, stream};
use kaname_gateway::{
    Capability, ChatEvent, ChatMessage, ChatRequest, EndpointKind, Gateway, Language, NewEndpoint,
};
use kaname_guard::{Caller, Guard, Purpose};
use kaname_kernel::Label;
use kaname_platform::{Sequencer, outbound::Outbound, params};
use kaname_testkit::{Manner, PIECES, TestPlatform, Upstream, on_both};
use kaname_workspace::{AnswerEvent, AnswerMode, Answered, Answerer, Answers, Config, Question};

use crate::world::{World, patiently};

const QUESTION: &str = "粗大ごみの秘密の手数料はいくらですか";

/// Has every question answered by an upstream.
#[derive(Debug)]
struct FromUpstream(Gateway);

impl Answerer for FromUpstream {
    fn answer(&self, question: Question) -> Answers {
        let gateway = self.0.clone();
        let opened = async move {
            let request = ChatRequest {
                purpose: Purpose::Conversation,
                label: question.label,
                reads: Vec::new(),
                language: None,
                parent: Some(question.act),
                messages: vec![ChatMessage { role: "user", content: question.text }],
                max_tokens: None,
                temperature: None,
            };
            let caller = Caller::from(question.principal);
            gateway.chat_stream(&caller, request).await.unwrap().into_stream()
        };
        let events = stream::once(opened).flatten();
        let done = |label| Answered {
            text: None,
            mode: AnswerMode::Written,
            label,
            endpoint_name: Some("庁内の推論サーバー".to_owned()),
        };
        events
            .map(move |event| match event.unwrap() {
                ChatEvent::Delta(text) => Ok(AnswerEvent::Delta(text)),
                ChatEvent::Finished { .. } => Ok(AnswerEvent::Done(done(Label::of_rank(2)))),
            })
            .boxed()
    }
}

async fn world_with(test: &TestPlatform, upstream: &Upstream) -> World {
    let platform = &test.platform;
    let (outbound, mint) = Outbound::new(Duration::from_secs(20)).unwrap();
    let guard = Guard::new(platform.clone(), mint);
    let bounds = kaname_gateway::Config { allow_insecure: true, ..Default::default() };
    let gateway = Gateway::new(platform.clone(), guard.clone(), outbound, bounds);
    let answerer = Arc::new(FromUpstream(gateway.clone()));
    let world =
        World::answered_by(platform, test.institution, (guard, answerer, Config::default()));
    let by = kaname_identity::console_principal(platform, test.institution, None).await.unwrap();
    let new = NewEndpoint {
        name: "庁内の推論サーバー".to_owned(),
        kind: EndpointKind::OpenaiCompatible,
        base_url: Some(upstream.base_url()),
        api_key: None,
        model: "up-model".to_owned(),
        public_name: "kaname/standard".to_owned(),
        capabilities: vec![Capability::Chat],
        languages: vec![Language::Ja],
        clearance: Label::of_rank(3),
        vendor: String::new(),
        operator_country: "JP".to_owned(),
        hosting_country: "JP".to_owned(),
        open_weights: true,
        licence: String::new(),
        dialects: Vec::new(),
        region: String::new(),
        context_tokens: None,
        concurrent_max: None,
        cache_seconds: 0,
        price: None,
    };
    gateway.create_endpoint(&by, new).await.unwrap();
    world
}

/// Kind and kind of the parent of every act under `root`, in order.
async fn chain(world: &World, root: &str) -> Vec<(String, String)> {
    let mut tx = world.platform.db.read().await.unwrap();
    let sql = "WITH RECURSIVE chain (act_id) AS (SELECT act_id FROM act WHERE act_id = $1 \
               UNION SELECT a.act_id FROM act a JOIN chain c ON a.parent_act_id = c.act_id) \
               SELECT a.kind AS kind, p.kind AS parent FROM act a \
               JOIN act p ON p.act_id = a.parent_act_id \
               WHERE a.act_id IN (SELECT act_id FROM chain) ORDER BY a.act_id";
    let rows = tx.fetch_all(sql, params![root.to_owned()]).await.unwrap();
    rows.iter().map(|row| (row.get("kind").unwrap(), row.get("parent").unwrap())).collect()
}

async fn still_verifies(world: &World) {
    Sequencer::new(world.platform.clone()).run_once().await.unwrap();
    let found = kaname_ledger::verify(&world.platform, world.institution).await.unwrap();
    assert!(found.faults.is_empty() && found.pending == 0 && found.checked > 0, "{found:?}");
}

#[tokio::test]
async fn a_deleted_conversation_leaves_no_word_beside_any_act_of_its_model_calls() {
    on_both(async |test| {
        let upstream = Upstream::start(Manner::Normal).await;
        let world = world_with(&test, &upstream).await;
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let mut events = crate::world::Events::of(world.post(&hanako, &path, QUESTION).await);
        let started = events.expect("started").await;
        while events.next().await.is_some() {}
        let expected = [
            ("guard.request", "workspace.question_asked"),
            ("guard.decision", "guard.request"),
            ("guard.attempt", "guard.decision"),
            ("guard.outcome", "guard.attempt"),
            ("workspace.answered", "workspace.question_asked"),
        ]
        .map(|(kind, parent)| (kind.to_owned(), parent.to_owned()));
        assert_eq!(chain(&world, started["act_id"].as_str().unwrap()).await, expected);
        let said = [QUESTION, &PIECES.concat()];
        for text in said {
            let places = test.places_of(text).await;
            assert!(places.contains(&"act_content.value".to_owned()), "{text}: {places:?}");
            assert!(places.contains(&"message.text".to_owned()), "{text}: {places:?}");
        }
        let (status, _) = world.call(&hanako, ("DELETE", &path), None).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        for text in said {
            assert_eq!(test.places_of(text).await, Vec::<String>::new(), "{text}");
        }
        assert_eq!(chain(&world, started["act_id"].as_str().unwrap()).await, expected);
        still_verifies(&world).await;
    })
    .await;
}

#[tokio::test]
async fn what_a_model_said_of_a_conversation_deleted_meanwhile_is_not_kept() {
    on_both(async |test| {
        let upstream = Upstream::start(Manner::Stall).await;
        let world = world_with(&test, &upstream).await;
        let hanako = world.person("hanako", 3).await;
        let path = world.begin(&hanako).await;
        let mut events = crate::world::Events::of(world.post(&hanako, &path, QUESTION).await);
        let started = events.expect("started").await;
        assert_eq!(events.expect("delta").await["text"], PIECES[0]);
        let (status, _) = world.call(&hanako, ("DELETE", &path), None).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        let root = started["act_id"].as_str().unwrap();
        // The outcome is written by a task of its own, when it likes.
        patiently(async {
            while !chain(&world, root).await.iter().any(|(kind, _)| kind == "guard.outcome") {
                tokio::task::yield_now().await;
            }
        })
        .await;
        for text in [QUESTION, PIECES[0]] {
            assert_eq!(test.places_of(text).await, Vec::<String>::new(), "{text}");
        }
        still_verifies(&world).await;
    })
    .await;
}
