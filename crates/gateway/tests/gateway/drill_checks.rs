//! Check questions of drills: asked before and during, judged, told; and what a crash leaves of them.

use std::sync::Arc;

use kaname_gateway::{
    CheckAnswer, CheckOutcome, CheckQuestion, Checks, Drill, DrillJob, DrillState, EndpointChange,
    NewDrill,
};
use kaname_platform::{jobs::Workers, params};
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::{Value, json};

use crate::{
    continuity::{MINUTE_MS, endpoint, refs_of, route, without},
    support::{Session, World},
};

fn question(number: u8, model: &str, expected: &[&str], forbidden: &[&str]) -> CheckQuestion {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    CheckQuestion {
        question: format!("{number}点の粗大ごみの手数料は？"),
        model: model.to_owned(),
        expected: texts(expected),
        forbidden: texts(forbidden),
    }
}

impl World {
    async fn checked_drill(&self, vendor: &str, checks: Vec<CheckQuestion>) -> Drill {
        let new = NewDrill { block: without(vendor, 5), checks };
        self.gateway.start_drill(&self.administrator, new).await.unwrap()
    }

    fn drill_workers(&self) -> Workers {
        let mut handlers = self.gateway.job_handlers(&self.identity);
        handlers.push(Arc::new(DrillJob::new(self.gateway.clone())));
        Workers::new(self.test.platform.clone(), handlers)
    }

    async fn run_drill_jobs(&self) {
        while self.drill_workers().run_next("test").await.unwrap() {}
    }

    async fn checks(&self, drill: &Drill) -> Checks {
        self.read(drill).await.report.unwrap().checks.unwrap()
    }

    async fn sql(&self, sql: &'static str) {
        let mut tx = self.test.platform.db.begin().await.unwrap();
        assert!(tx.execute(sql, params![]).await.unwrap() > 0, "{sql}");
        tx.commit().await.unwrap();
    }

    async fn has_blocks(&self) -> bool {
        !self.gateway.blocks(self.test.institution).await.unwrap().is_empty()
    }
}

/// Outcome, code and endpoint.
fn seen(answer: Option<&CheckAnswer>) -> Option<(CheckOutcome, Option<&str>, Option<&str>)> {
    answer.map(|answer| (answer.outcome, answer.code.as_deref(), answer.endpoint.as_deref()))
}

fn bodies(upstream: &Upstream) -> Vec<Value> {
    let read = |body: &[u8]| serde_json::from_slice(body).unwrap();
    upstream.requests().iter().map(|request| read(&request.body)).collect()
}

fn is_bounded(body: &Value) -> bool {
    body["temperature"] == 0 && body["max_tokens"] == 512
}

const GOOD: CheckOutcome = CheckOutcome::AsExpected;
const LACKING: CheckOutcome = CheckOutcome::NotAsExpected;
const SILENT: CheckOutcome = CheckOutcome::Unanswered;

#[tokio::test]
async fn questions_are_asked_before_and_during_a_drill_and_a_worse_answer_is_told() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let main = Upstream::start(Manner::Says("手数料は５００ 円です。")).await;
        let spare = Upstream::start(Manner::Says("分かりません。")).await;
        let first = endpoint(&world, ("first", "甲社"), &main).await;
        let second = endpoint(&world, ("second", "乙社"), &spare).await;
        let keeps = EndpointChange { cache_seconds: Some(3_600), ..EndpointChange::default() };
        world.gateway.change_endpoint(&world.administrator, second.id, &keeps).await.unwrap();
        route(&world, &[&first, &second]).await;
        let questions = vec![
            question(1, "kaname/standard", &["500円"], &["無料"]),
            question(2, "one/second", &["分かりません"], &["500円"]),
            question(3, "one/first", &["500", "円"], &[]),
        ];
        let started = world.checked_drill("甲社", questions.clone()).await;
        assert_eq!((started.state, world.has_blocks().await), (DrillState::Checking, false));
        let so_far = world.read(&started).await.report.unwrap();
        assert_eq!(so_far.checks.unwrap().before.asked, 0);
        assert_eq!(so_far.from_ms, so_far.to_ms);

        world.test.clock.advance_ms(7 * MINUTE_MS);
        world.run_drill_jobs().await;
        let begun = world.read(&started).await;
        assert_eq!((begun.state, world.has_blocks().await), (DrillState::Running, true));
        assert_eq!(begun.from_ms, started.from_ms + 7 * MINUTE_MS);
        assert_eq!(begun.until_ms - begun.from_ms, 5 * MINUTE_MS);
        assert_eq!((main.requests().len(), spare.requests().len()), (2, 3));
        assert!(bodies(&main).iter().chain(&bodies(&spare)).all(is_bounded));

        world.test.clock.advance_ms(5 * MINUTE_MS);
        world.run_drill_jobs().await;
        let ended = world.read(&started).await;
        let report = ended.report.unwrap();
        assert_eq!((ended.state, report.to_ms), (DrillState::Ended, begun.until_ms));
        assert_eq!(report.not_measured[0], "unchecked_quality");
        assert!(!world.has_blocks().await);
        let checks = report.checks.clone().unwrap();
        let [before, during] = [checks.before, checks.during]
            .map(|round| (round.asked, round.answered, round.as_expected, round.unanswered));
        assert_eq!((before, during), ((3, 3, 3, 0), (3, 2, 1, 1)));
        let [by_route, of_spare, of_main] = &checks.questions[..] else { panic!("{checks:?}") };
        assert_eq!(by_route.question, questions[0]);
        let of = |outcome, name| Some((outcome, None, Some(name)));
        assert_eq!(seen(by_route.before.as_ref()), of(GOOD, "one/first"));
        assert_eq!(seen(by_route.during.as_ref()), of(LACKING, "one/second"));
        assert_eq!(seen(of_spare.before.as_ref()), of(GOOD, "one/second"));
        assert_eq!(seen(of_spare.during.as_ref()), of(GOOD, "one/second"));
        assert_eq!(seen(of_main.before.as_ref()), of(GOOD, "one/first"));
        let none_left = Some((SILENT, Some("gateway.resting"), None));
        assert_eq!(seen(of_main.during.as_ref()), none_left);

        let fixed = world.content("gateway.drill_started", "checks").await;
        assert_eq!(serde_json::from_str::<Vec<CheckQuestion>>(&fixed).unwrap(), questions);
        let content = world.content("gateway.drill_ended", "report").await;
        assert_eq!(serde_json::from_str::<kaname_gateway::Report>(&content).unwrap(), report);
        assert!(!content.contains("５００ 円です"));
        let refs = refs_of(&world, "gateway.drill_ended").await;
        assert_eq!(
            (&refs["checks_before"], &refs["checks_during"]),
            (&json!("3/3"), &json!("1/3"))
        );
        assert_eq!(refs_of(&world, "gateway.blocked").await["block"], json!(ended.block_id));
        let asked = by_route.before.as_ref().unwrap().act_id.unwrap();
        let mut tx = world.test.platform.db.read().await.unwrap();
        let sql = "SELECT user_id, parent_act_id FROM act WHERE act_id = $1";
        let act = tx.fetch_one(sql, params![asked]).await.unwrap();
        let by: String = act.get("user_id").unwrap();
        let parent: String = act.get("parent_act_id").unwrap();
        assert_eq!(by, world.administrator.user.to_string());
        assert_eq!(parent, ended.start_act_id.to_string());
    })
    .await;
}

#[tokio::test]
async fn a_process_that_is_killed_asks_again_only_what_has_no_result() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let main = Upstream::start(Manner::Late).await;
        let spare = Upstream::start(Manner::Normal).await;
        let first = endpoint(&world, ("first", "甲社"), &main).await;
        let second = endpoint(&world, ("second", "乙社"), &spare).await;
        route(&world, &[&first, &second]).await;
        let ask = |number| question(number, "kaname/standard", &["一点五百円"], &[]);
        let drill = world.checked_drill("甲社", vec![ask(1), ask(2)]).await;
        let workers = world.drill_workers();
        let one_is_noted = async {
            while main.requests().len() < 2 {
                tokio::task::yield_now().await;
            }
            main.release();
            while world.checks(&drill).await.before.asked < 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            _ = workers.run_next("killed") => panic!("one question has no answer yet"),
            () = one_is_noted => {}
        }
        workers.recover().await.unwrap();
        assert!(!world.has_blocks().await);
        while !main.client_left() {
            tokio::task::yield_now().await;
        }

        main.release();
        world.test.clock.advance_ms(MINUTE_MS);
        assert!(world.drill_workers().run_next("next").await.unwrap());
        let sent = || (main.requests().len(), spare.requests().len());
        assert_eq!(sent(), (3, 2));
        let times = |number: u8| {
            let asked = format!("{number}点の");
            let held = |body: &&Value| body["messages"].to_string().contains(&asked);
            bodies(&main).iter().filter(held).count()
        };
        let mut each = [times(1), times(2)];
        each.sort_unstable();
        assert_eq!(each, [1, 2]);
        let checks = world.checks(&drill).await;
        assert_eq!((checks.before.as_expected, checks.during.as_expected), (2, 2));

        // A job that is run once more finds nothing left to do.
        let begun = world.read(&drill).await;
        world.sql("UPDATE job SET state = 'queued' WHERE kind = 'gateway.check_drill'").await;
        assert!(world.drill_workers().run_next("again").await.unwrap());
        assert_eq!((sent(), world.checks(&drill).await), ((3, 2), checks));
        let again = world.read(&drill).await;
        assert_eq!((again.from_ms, again.state), (begun.from_ms, DrillState::Running));
    })
    .await;
}

#[tokio::test]
async fn a_drill_that_ends_before_it_begins_takes_nothing_out_of_service() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        endpoint(&world, ("first", "甲社"), &upstream).await;
        let ask = || vec![question(1, "one/first", &["一点五百円"], &[])];
        let drill = world.checked_drill("甲社", ask()).await;
        world.test.clock.advance_ms(MINUTE_MS);
        world.gateway.end_drill(&world.administrator, drill.id).await.unwrap();
        world.run_drill_jobs().await;
        let forgotten = world.checked_drill("甲社", ask()).await;
        world.test.clock.advance_ms(61 * MINUTE_MS);
        world.run_drill_jobs().await;
        for drill in [drill, forgotten] {
            let ended = world.read(&drill).await;
            let report = ended.report.unwrap();
            assert_eq!((ended.state, report.from_ms), (DrillState::Ended, report.to_ms));
            assert_eq!(report.checks.unwrap().before.asked, 0);
        }
        assert!(upstream.requests().is_empty() && !world.has_blocks().await);
    })
    .await;
}

#[tokio::test]
async fn questions_of_somebody_who_was_switched_off_stay_without_an_answer_and_hold_up_nothing() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        endpoint(&world, ("first", "甲社"), &upstream).await;
        let checks = vec![question(1, "one/first", &["一点五百円"], &[])];
        let drill = world.checked_drill("甲社", checks).await;
        world.sql("UPDATE account SET disabled = 1").await;
        world.run_drill_jobs().await;
        let checks = world.checks(&drill).await;
        let silent = Some((SILENT, Some("identity.not_signed_in"), None));
        assert_eq!(seen(checks.questions[0].before.as_ref()), silent);
        assert_eq!((checks.before.asked, checks.before.unanswered), (1, 1));
        assert!(upstream.requests().is_empty() && world.has_blocks().await);
    })
    .await;
}

#[tokio::test]
async fn a_question_that_cannot_be_asked_or_judged_is_refused_by_its_place() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        endpoint(&world, ("first", "甲社"), &upstream).await;
        let session = Session::of(&world, "chief").await;
        let good = json!({"question": "手数料は？", "model": "one/first", "expected": ["円"]});
        let with = |field: &str, value: Value| {
            let mut wrong = good.clone();
            wrong[field] = value;
            json!([good, good, wrong])
        };
        for (checks, field) in [
            (with("expected", json!([])), "checks[2].expected"),
            (with("expected", json!("円")), "checks[2].expected"),
            (with("expected", json!(["　"])), "checks[2].expected"),
            (with("forbidden", json!([" 円"])), "checks[2].forbidden"),
            (with("question", json!("")), "checks[2].question"),
            (with("model", json!("one/nobody")), "checks[2].model"),
            (Value::Array(vec![good.clone(); 21]), "checks"),
        ] {
            let body = json!({
                "subject": "vendor", "value": "甲社", "minutes": 5, "reason": "訓練", "checks": checks,
            });
            let (status, problem) = session.call(&world, "POST", "/drills", &body).await;
            assert_eq!((status, problem["field"].as_str()), (422, Some(field)), "{problem}");
        }
        assert!(world.gateway.drills(world.test.institution, (None, 1)).await.unwrap().is_empty());
        let body = json!({
            "subject": "vendor", "value": "甲社", "minutes": 5, "reason": "訓練", "checks": [good],
        });
        let (status, drill) = session.call(&world, "POST", "/drills", &body).await;
        assert_eq!((status, drill["state"].as_str()), (201, Some("checking")), "{drill}");
        let (status, _) = session.call(&world, "POST", "/drills", &body).await;
        assert_eq!(status, 409);
    })
    .await;
}
