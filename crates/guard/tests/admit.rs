//! The one way, on both databases: what is recorded, when, and that nothing is left open.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

use std::time::Duration;

use kaname_guard::{
    Action, Caller, Error, Guard, Origin, Outcome, OutcomeKind, Place, Purpose, Request, Usage,
};
use kaname_kernel::{Actor, InstitutionId, Label, Principal, Role, Scope};
use kaname_platform::{
    Act, Platform,
    outbound::{Outbound, Target},
    params,
};
use kaname_testkit::{TestPlatform, on_both};

fn guard(test: &TestPlatform) -> Guard {
    let (_outbound, mint) = Outbound::new(Duration::from_secs(1)).unwrap();
    Guard::new(test.platform.clone(), mint)
}

fn person(test: &TestPlatform, clearance: Label) -> Principal {
    Principal {
        institution: test.institution,
        user: test.platform.ids.next(),
        display_name: "職員".to_owned(),
        actor: Actor::Console,
        roles: [Role::Staff].into(),
        department: None,
        clearance,
    }
}

fn place(institution: InstitutionId, clearance: Label) -> Place {
    Place {
        endpoint: None,
        institution,
        target: Target::Embedded("model".to_owned()),
        clearance,
        enabled: true,
        model: "model".to_owned(),
        origin: Origin { vendor: "町内社".to_owned(), ..Origin::default() },
    }
}

fn chat(test: &TestPlatform, caller: impl Into<Caller>) -> Request {
    let place = place(test.institution, Label::of_rank(3));
    Request::new(caller, Purpose::Conversation, Action::Chat, place, Label::of_rank(2))
        .content("messages", "粗大ごみ")
}

/// Kind and outcome or decision of every act of the guard, in order.
async fn acts(platform: &Platform) -> Vec<String> {
    let mut tx = platform.db.read().await.unwrap();
    let rows = tx
        .fetch_all(
            "SELECT kind, refs FROM act WHERE kind LIKE 'guard.%' ORDER BY act_id",
            params![],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            let kind: String = row.get("kind").unwrap();
            let refs: String = row.get("refs").unwrap();
            let said = [
                "completed",
                "abandoned",
                "unknown",
                "endpoint_not_cleared",
                "caller_not_cleared",
                "scope_missing",
                "system_may_only_embed",
            ];
            match said.iter().find(|word| refs.contains(&format!("\"{word}\""))) {
                Some(word) => format!("{kind}={word}"),
                None => kind,
            }
        })
        .collect()
}

async fn until_acts(platform: &Platform, expected: &[&str]) {
    let wait = async {
        while acts(platform).await != expected {
            tokio::task::yield_now().await;
        }
    };
    let in_time = tokio::time::timeout(Duration::from_secs(10), wait).await;
    assert!(in_time.is_ok(), "{:?}", acts(platform).await);
}

#[tokio::test]
async fn an_allowed_request_is_recorded_before_the_permit_and_its_outcome_after() {
    on_both(|test| async move {
        let guard = guard(&test);
        let (permit, mut attempt) =
            guard.admit(chat(&test, person(&test, Label::of_rank(1)))).await.unwrap();
        assert_eq!(
            acts(&test.platform).await,
            ["guard.request", "guard.decision", "guard.attempt"]
        );
        assert_eq!(permit.attempt(), attempt.attempt_act());
        attempt.received("五百円です。".as_bytes());
        let usage = Usage::of(3, 4);
        let outcome = attempt.settle(Outcome::completed(usage)).await.unwrap();
        let expected =
            ["guard.request", "guard.decision", "guard.attempt", "guard.outcome=completed"];
        assert_eq!(acts(&test.platform).await, expected);
        let mut tx = test.platform.db.read().await.unwrap();
        let sql = "SELECT value FROM act_content WHERE act_id = $1 AND field = 'answer'";
        let row = tx.fetch_one(sql, params![outcome]).await.unwrap();
        assert_eq!(row.get::<Vec<u8>>("value").unwrap(), "五百円です。".as_bytes());
        drop(tx);
        assert_eq!(guard.close_open_attempts(0).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn every_denial_is_recorded_and_gives_no_permit() {
    on_both(|test| async move {
        let guard = guard(&test);
        let mut keyed = person(&test, Label::of_rank(3));
        keyed.actor = Actor::Key { id: test.platform.ids.next(), scopes: [Scope::Ledger].into() };
        let secret = Label::of_rank(2).with_compartment("personal").unwrap();
        let cases = [
            (chat(&test, person(&test, secret.clone())).reading(&secret), "endpoint_not_cleared"),
            (
                chat(&test, person(&test, Label::of_rank(1))).reading(&Label::of_rank(2)),
                "caller_not_cleared",
            ),
            (chat(&test, keyed), "scope_missing"),
            (chat(&test, Caller::System(test.institution)), "system_may_only_embed"),
        ];
        let mut expected = Vec::new();
        for (request, reason) in cases {
            let denied = guard.admit(request).await;
            assert!(matches!(denied, Err(Error::Denied(_))), "{reason}: {denied:?}");
            expected.extend(["guard.request".to_owned(), format!("guard.decision={reason}")]);
            assert_eq!(acts(&test.platform).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn an_endpoint_of_another_institution_is_never_reached() {
    on_both(|test| async move {
        let other = test.other_institution("village").await;
        let place = place(other, Label::of_rank(5));
        let person = person(&test, Label::of_rank(5));
        let request =
            Request::new(person, Purpose::Conversation, Action::Chat, place, Label::of_rank(1));
        let denied = guard(&test).admit(request).await;
        let Err(Error::Denied(denial)) = denied else { panic!("{denied:?}") };
        assert_eq!(denial.decision.summary(), "other_institution");
    })
    .await;
}

#[tokio::test]
async fn a_dropped_attempt_is_recorded_as_abandoned() {
    on_both(|test| async move {
        let guard = guard(&test);
        let (_permit, attempt) =
            guard.admit(chat(&test, person(&test, Label::of_rank(2)))).await.unwrap();
        drop(attempt);
        let expected =
            ["guard.request", "guard.decision", "guard.attempt", "guard.outcome=abandoned"];
        until_acts(&test.platform, &expected).await;
    })
    .await;
}

#[tokio::test]
async fn after_the_process_died_the_next_start_records_that_nobody_knows() {
    on_both(|test| async move {
        let guard = guard(&test);
        let (_permit, attempt) =
            guard.admit(chat(&test, person(&test, Label::of_rank(2)))).await.unwrap();
        assert_eq!(guard.close_open_attempts(60_000).await.unwrap(), 0, "it may still be running");
        assert_eq!(guard.close_open_attempts(0).await.unwrap(), 1);
        let expected =
            ["guard.request", "guard.decision", "guard.attempt", "guard.outcome=unknown"];
        assert_eq!(acts(&test.platform).await, expected);
        let late = attempt.settle(Outcome::fault(OutcomeKind::Failed, "gateway.unreachable")).await;
        assert!(late.is_err(), "an attempt has one outcome");
        assert_eq!(acts(&test.platform).await, expected);
    })
    .await;
}

#[tokio::test]
async fn without_a_log_there_is_no_permit() {
    on_both(|test| async move {
        let guard = guard(&test);
        let mut tx = test.platform.db.begin().await.unwrap();
        tx.execute("ALTER TABLE model_call RENAME TO lost", params![]).await.unwrap();
        tx.commit().await.unwrap();
        let refused = guard.admit(chat(&test, person(&test, Label::of_rank(2)))).await;
        assert!(matches!(refused, Err(Error::Log(_))), "{refused:?}");
        assert_eq!(acts(&test.platform).await, Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn a_call_is_forgotten_with_the_act_that_led_to_it_however_late_its_acts_come() {
    on_both(|test| async move {
        let (guard, platform) = (guard(&test), &test.platform);
        let person = person(&test, Label::of_rank(2));
        let root = platform
            .record(Act::by(&person, "test.asked").content("question", "秘密の質問"))
            .await
            .unwrap();
        let (_permit, mut early) =
            guard.admit(chat(&test, person.clone()).following(root)).await.unwrap();
        early.received("早い答え".as_bytes());
        early.settle(Outcome::completed(Usage::default())).await.unwrap();
        let (_permit, mut late) =
            guard.admit(chat(&test, person.clone()).following(root)).await.unwrap();
        late.received("遅い答え".as_bytes());
        for text in ["秘密の質問", "粗大ごみ", "早い答え"] {
            assert_eq!(test.places_of(text).await, ["act_content.value"], "{text}");
        }
        let mut tx = platform.db.begin().await.unwrap();
        assert_eq!(platform.forget(&mut tx, test.institution, root).await.unwrap(), 4);
        tx.commit().await.unwrap();
        late.settle(Outcome::completed(Usage::default())).await.unwrap();
        let (_permit, latest) = guard.admit(chat(&test, person).following(root)).await.unwrap();
        latest.settle(Outcome::completed(Usage::default())).await.unwrap();
        assert_eq!(acts(platform).await.len(), 12, "every act is there");
        for text in ["秘密の質問", "粗大ごみ", "早い答え", "遅い答え"] {
            assert_eq!(test.places_of(text).await, Vec::<String>::new(), "{text}");
        }
    })
    .await;
}

/// Outcome, code, tokens out and vendor of every call, in order.
async fn calls(platform: &Platform) -> Vec<String> {
    let mut tx = platform.db.read().await.unwrap();
    let sql = "SELECT * FROM model_call ORDER BY act_id";
    let rows = tx.fetch_all(sql, params![]).await.unwrap();
    rows.iter()
        .map(|row| {
            let text = |name| row.get::<Option<String>>(name).unwrap().unwrap_or_default();
            let tokens: Option<i64> = row.get("completion_tokens").unwrap();
            let first: Option<i64> = row.get("first_ms").unwrap();
            let took: Option<i64> = row.get("took_ms").unwrap();
            assert!(first <= took || took.is_none());
            format!("{} {} {tokens:?} {}", text("outcome"), text("code"), text("vendor"))
        })
        .collect()
}

#[tokio::test]
async fn every_call_leaves_one_row_with_what_came_of_it() {
    on_both(|test| async move {
        let guard = guard(&test);
        let person = person(&test, Label::of_rank(2));
        let ask = || {
            let mut request = chat(&test, person.clone());
            request = request.by_route(test.platform.ids.next());
            request
        };
        let (_permit, mut whole) = guard.admit(ask()).await.unwrap();
        whole.received(b"a");
        let usage = Usage::of(3, 4);
        whole.settle(Outcome::completed(usage)).await.unwrap();
        let (_permit, mut left) = guard.admit(ask()).await.unwrap();
        left.used(Usage { completion_tokens: Some(7), ..Usage::default() });
        drop(left);
        until_acts(
            &test.platform,
            &[
                "guard.request",
                "guard.decision",
                "guard.attempt",
                "guard.outcome=completed",
                "guard.request",
                "guard.decision",
                "guard.attempt",
                "guard.outcome=abandoned",
            ],
        )
        .await;
        let far = place(test.institution, Label::of_rank(1));
        let far =
            Place { origin: Origin { vendor: "遠方社".to_owned(), ..Origin::default() }, ..far };
        let caller = person.clone();
        let denied = Request::new(caller, Purpose::Ask, Action::Chat, far, Label::of_rank(2));
        assert!(guard.admit(denied).await.is_err());
        let (_permit, lost) = guard.admit(ask()).await.unwrap();
        guard.close_open_attempts(0).await.unwrap();
        drop(lost);
        let expected = [
            "completed  Some(4) 町内社",
            "abandoned  Some(7) 町内社",
            "denied endpoint_not_cleared None 遠方社",
            "unknown  None 町内社",
        ];
        assert_eq!(calls(&test.platform).await, expected);
    })
    .await;
}
