//! Answers that are kept: for the same reader, label and words alone, and never past the door.

use axum::http::Response;
use kaname_gateway::{EmbedRequest, EndpointChange};
use kaname_guard::{Caller, NewBudget, Purpose, Unit};
use kaname_kernel::{Label, Role, Scope};
use kaname_platform::{Act, params};
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::support::{World, text_of};

const CHAT: &str = "/v1/chat/completions";

fn cold(words: &str) -> String {
    json!({
        "model": "kaname/standard", "temperature": 0,
        "messages": [{"role": "user", "content": words}],
    })
    .to_string()
}

fn mark<B>(answer: &Response<B>) -> Option<&str> {
    answer.headers().get("x-kaname-cache").map(|value| value.to_str().unwrap())
}

/// A world whose one endpoint keeps answers for a minute.
async fn keeping(world: &World, upstream: &Upstream) -> EndpointChange {
    let endpoint = world.add_endpoint(&upstream.base_url()).await;
    let change = EndpointChange {
        cache_seconds: Some(60),
        clearance: Some("3+personal".parse().unwrap()),
        ..EndpointChange::default()
    };
    world.gateway.change_endpoint(&world.administrator, endpoint.id, &change).await.unwrap();
    change
}

#[tokio::test]
async fn the_same_question_is_answered_again_through_the_door_without_asking_the_endpoint() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        keeping(&world, &upstream).await;
        let limit = |unit: Unit, limit| NewBudget {
            subject_kind: "institution".to_owned(),
            subject_id: None,
            period: "day".to_owned(),
            unit: unit.as_str().to_owned(),
            limit,
            enabled: None,
            contact: String::new(),
        };
        let guard = world.gateway.guard();
        for budget in [limit(Unit::Requests, 9), limit(Unit::Tokens, 100_000)] {
            guard.create_budget(&world.administrator, &budget).await.unwrap();
        }
        let first = world.post(CHAT, &cold("要"), &[]).await;
        assert_eq!(mark(&first), Some("miss"));
        let act = first.headers()["x-kaname-act"].clone();
        let (_, said) = text_of(first).await;
        let again = world.post(CHAT, &cold("要"), &[]).await;
        assert_eq!(mark(&again), Some("hit"));
        assert_ne!(again.headers()["x-kaname-act"], act, "each request has its own act");
        assert_eq!(text_of(again).await, (200.try_into().unwrap(), said));
        assert_eq!(upstream.requests().len(), 1);
        let once = ["request", "decision", "attempt", "outcome completed"];
        assert_eq!(world.acts().await, [once, once].concat());
        assert_eq!(world.content("guard.outcome", "answer").await, "粗大ごみは一点五百円です。");
        let used = guard.list_budgets(&world.administrator, (None, 9)).await.unwrap();
        let used: Vec<u64> = used.items.iter().map(|budget| budget.standing.used).collect();
        assert_eq!(used, [2, 7], "two requests, the tokens of one");
        let mut tx = world.test.platform.db.read().await.unwrap();
        let sql = "SELECT cached, prompt_tokens FROM model_call ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        let told: Vec<(bool, i64)> = rows
            .iter()
            .map(|row| (row.get("cached").unwrap(), row.get("prompt_tokens").unwrap()))
            .collect();
        assert_eq!(told, [(false, 3), (true, 0)]);
        let sql = "SELECT refs FROM act WHERE kind = 'guard.outcome' ORDER BY act_id DESC LIMIT 1";
        let row = tx.fetch_one(sql, params![]).await.unwrap();
        assert!(row.get::<String>("refs").unwrap().contains("\"cached\":\"true\""));
    })
    .await;
}

#[tokio::test]
async fn nothing_is_given_to_another_reader_label_or_question_or_when_the_caller_wants_it_new() {
    on_both(|test| async move {
        let mut world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        keeping(&world, &upstream).await;
        assert_eq!(mark(&world.post(CHAT, &cold("要"), &[]).await), Some("miss"));
        let up = [("x-kaname-label", "3")];
        for (body, headers, told) in [
            (cold("要"), &up[..], Some("miss")),
            (cold("要。"), &[], Some("miss")),
            (cold("要").replace("\"temperature\":0", "\"temperature\":1"), &[], None),
            (
                cold("要").replace("\"temperature\":0", "\"stream\":true,\"temperature\":0"),
                &[],
                None,
            ),
            (cold("要"), &[("x-kaname-label", "2+personal")], None),
            (cold("要"), &[("cache-control", "no-store")], None),
            (cold("要"), &[("cache-control", "no-cache")], Some("miss")),
            (cold("要"), &[], Some("hit")),
        ] {
            let answer = world.post(CHAT, &body, headers).await;
            assert_eq!(mark(&answer), told, "{body} {headers:?}");
            text_of(answer).await;
        }
        // Another key of the same person is another reader, and so is another person.
        let staff = world.add(world.test.institution, "staff", Role::Staff).await;
        for person in [world.administrator.clone(), staff] {
            world.key = world.key_of(&person, &[Scope::Models]).await;
            assert_eq!(mark(&world.post(CHAT, &cold("要"), &[]).await), Some("miss"));
            assert_eq!(mark(&world.post(CHAT, &cold("要"), &[]).await), Some("hit"));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_too_old_forgotten_or_of_a_changed_endpoint_is_asked_anew() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let mut change = keeping(&world, &upstream).await;
        let ask = async || {
            let answer = world.post(CHAT, &cold("要"), &[]).await;
            let act = answer.headers()["x-kaname-act"].to_str().unwrap().parse().unwrap();
            (mark(&answer) == Some("hit"), act)
        };
        assert!(!ask().await.0);
        world.test.clock.advance_ms(60_000);
        let (hit, act) = ask().await;
        assert!(!hit, "a minute is over");
        assert!(ask().await.0);
        let platform = &world.test.platform;
        let mut tx = platform.db.begin().await.unwrap();
        platform.forget(&mut tx, world.test.institution, act).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!ask().await.0, "what was forgotten is not said again");
        assert!(ask().await.0);
        let all = world.gateway.endpoints(world.test.institution).await.unwrap();
        change.licence = Some("MIT".to_owned());
        world.gateway.change_endpoint(&world.administrator, all[0].id, &change).await.unwrap();
        assert!(!ask().await.0, "a changed endpoint is another");
    })
    .await;
}

#[tokio::test]
async fn vectors_are_kept_text_by_text_and_whole_answers_of_embeddings_as_they_were() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let all = world.gateway.endpoints(world.test.institution).await.unwrap();
        let own = all.iter().find(|one| one.public_name == "kaname/embedding").unwrap();
        let change = EndpointChange { cache_seconds: Some(60), ..EndpointChange::default() };
        world.gateway.change_endpoint(&world.administrator, own.id, &change).await.unwrap();
        let body = "{\"model\":\"kaname/embedding\",\"input\":\"要\"}";
        let first = world.post("/v1/embeddings", body, &[]).await;
        assert_eq!(mark(&first), Some("miss"));
        let again = world.post("/v1/embeddings", body, &[]).await;
        assert_eq!(mark(&again), Some("hit"));
        assert_eq!(text_of(first).await, text_of(again).await);

        let question = Act::by_system(world.test.institution, "test.question");
        let question = world.test.platform.record(question).await.unwrap();
        let embed = async |texts: &[&str]| {
            let request = EmbedRequest {
                purpose: Purpose::Search,
                label: Label::of_rank(1),
                parent: Some(question),
                texts: texts.iter().map(|text| (*text).to_owned()).collect(),
            };
            let system = Caller::System(world.test.institution);
            world.gateway.embed(&system, request).await.unwrap().vectors
        };
        assert_eq!(embed(&["a", "要"]).await, [[1.0, 1.0], [3.0, 1.0]]);
        assert_eq!(embed(&["要", "bb", "a"]).await, [[3.0, 1.0], [2.0, 2.0], [1.0, 1.0]]);
        assert_eq!(embed(&["bb", "要"]).await, [[2.0, 2.0], [3.0, 1.0]]);
        let mut tx = world.test.platform.db.read().await.unwrap();
        let sql = "SELECT cached FROM model_call ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        let told: Vec<bool> = rows.iter().map(|row| row.get("cached").unwrap()).collect();
        assert_eq!(told, [false, true, false, false, true]);
    })
    .await;
}
