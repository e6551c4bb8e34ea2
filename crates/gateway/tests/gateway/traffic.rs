//! Traffic as it is counted: every outcome, every dimension, and nobody else's department.

use std::collections::BTreeMap;

use kaname_gateway::{NewEndpoint, TrafficBy, TrafficLine, TrafficReport, TrafficScope, Window};
use kaname_kernel::{DepartmentId, Principal, Role};
use kaname_platform::params;
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::json;

use crate::support::{Session, World, chat_body, json_of, new_endpoint};

const MINUTE_MS: i64 = 60_000;

impl World {
    /// The last hour, as the administrator sees it.
    async fn traffic(&self, by: TrafficBy) -> TrafficReport {
        self.traffic_for(&self.administrator, by).await
    }

    async fn traffic_for(&self, who: &Principal, by: TrafficBy) -> TrafficReport {
        let now_ms = self.test.platform.now().as_millis() + 1;
        let window = Window::new((None, None), by, now_ms).unwrap();
        self.gateway.traffic(who, window).await.unwrap()
    }

    /// One call that is whole, one that fails and one that is refused, a minute apart.
    async fn three_calls(&self) -> (Upstream, Upstream) {
        let (good, bad) =
            (Upstream::start(Manner::Normal).await, Upstream::start(Manner::Status(500)).await);
        self.add_endpoint(&good.base_url()).await;
        let failing = NewEndpoint {
            name: "壊れたサーバー".to_owned(),
            public_name: "town/broken".to_owned(),
            model: "broken-model".to_owned(),
            vendor: "別".to_owned(),
            ..new_endpoint(&bad.base_url())
        };
        self.gateway.create_endpoint(&self.administrator, failing).await.unwrap();
        let path = "/v1/chat/completions";
        assert_eq!(self.post(path, &chat_body(false), &[]).await.status(), 200);
        self.test.clock.advance_ms(MINUTE_MS);
        let broken = chat_body(false).replace("kaname/standard", "town/broken");
        assert_eq!(self.post(path, &broken, &[]).await.status(), 502);
        self.test.clock.advance_ms(MINUTE_MS);
        let high = [("x-kaname-label", "3")];
        assert_eq!(self.post(path, &chat_body(false), &high).await.status(), 403);
        (good, bad)
    }
}

fn by_key(report: &TrafficReport) -> BTreeMap<&str, &TrafficLine> {
    report.groups.iter().map(|line| (line.key.as_str(), line)).collect()
}

#[tokio::test]
async fn calls_are_counted_by_how_they_ended_with_tokens_codes_and_a_series() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let _servers = world.three_calls().await;
        let report = world.traffic(TrafficBy::Outcome).await;
        let total = &report.total;
        assert_eq!((total.calls, total.completed, total.errors, total.refused), (3, 1, 1, 1));
        assert_eq!((total.input_tokens, total.output_tokens), (3, 4));
        assert_eq!(report.scope, TrafficScope::Institution);
        let keys: Vec<_> = by_key(&report).into_keys().collect();
        assert_eq!(keys, ["completed", "denied", "failed"]);
        let codes: Vec<_> = report.faults.iter().map(|fault| fault.code.as_str()).collect();
        assert_eq!(codes, ["endpoint_not_cleared", "gateway.upstream_failed"]);
        let met: Vec<_> = report.points.iter().filter(|point| point.calls > 0).collect();
        assert_eq!(
            met.iter().map(|point| (point.errors, point.refused)).collect::<Vec<_>>(),
            [(0, 0), (1, 0), (0, 1)]
        );
        assert!(met.windows(2).all(|pair| pair[1].start_ms - pair[0].start_ms == MINUTE_MS));
        assert!(report.points.len() <= 120, "{}", report.points.len());
        assert_eq!(report.under_way.calls, 0);
    })
    .await;
}

#[tokio::test]
async fn every_dimension_tells_the_same_calls_apart_under_its_own_names() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let _servers = world.three_calls().await;
        let expected = [
            (TrafficBy::Model, vec![("broken-model", 1), ("up-model", 2)]),
            (TrafficBy::Vendor, vec![("例", 2), ("別", 1)]),
            (TrafficBy::Purpose, vec![("direct_call", 3)]),
            (TrafficBy::Department, vec![("", 3)]),
            (TrafficBy::App, vec![("", 3)]),
            (TrafficBy::Route, vec![("", 3)]),
        ];
        for (by, lines) in expected {
            let report = world.traffic(by).await;
            let found: BTreeMap<_, _> =
                by_key(&report).into_iter().map(|(key, line)| (key, line.calls)).collect();
            assert_eq!(found, lines.into_iter().collect(), "{by:?}");
            assert!(!report.more_groups);
        }
        let report = world.traffic(TrafficBy::Endpoint).await;
        let names: BTreeMap<_, _> =
            report.groups.iter().map(|line| (line.name.as_str(), line.calls)).collect();
        assert_eq!(names, BTreeMap::from([("壊れたサーバー", 1), ("庁内の推論サーバー", 2)]));
    })
    .await;
}

#[tokio::test]
async fn percentiles_come_from_what_calls_took_and_refusals_took_nothing() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let _server = {
            let good = Upstream::start(Manner::Normal).await;
            world.add_endpoint(&good.base_url()).await;
            for _ in 0..20 {
                let answer = world.post("/v1/chat/completions", &chat_body(false), &[]).await;
                assert_eq!(answer.status(), 200);
            }
            good
        };
        let high = [("x-kaname-label", "3")];
        world.post("/v1/chat/completions", &chat_body(false), &high).await;
        let mut tx = world.test.platform.db.begin().await.unwrap();
        let acts = "SELECT act_id FROM model_call WHERE outcome = 'completed' ORDER BY act_id";
        let rows = tx.fetch_all(acts, params![]).await.unwrap();
        for (row, took) in rows.iter().zip(1_i64..) {
            let act: String = row.get("act_id").unwrap();
            let set = "UPDATE model_call SET took_ms = $2, first_ms = $3 WHERE act_id = $1";
            tx.execute_one(set, params![act, took * 1_000, took]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let report = world.traffic(TrafficBy::Model).await;
        for line in [&report.total, &report.groups[0]] {
            let took = (line.took_p50_ms.unwrap(), line.took_p95_ms.unwrap());
            assert!((took.0 - 10_000).abs() <= 10_000 / 32, "{took:?}");
            assert!((took.1 - 19_000).abs() <= 19_000 / 32, "{took:?}");
            // Below 32 ms a bucket holds one number, so that this is exact.
            assert_eq!((line.first_p50_ms, line.first_p95_ms), (Some(10), Some(19)));
        }
    })
    .await;
}

#[tokio::test]
async fn staff_see_their_own_department_and_nobody_sees_another_institution() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let _servers = world.three_calls().await;
        let departments: [DepartmentId; 2] =
            [world.test.platform.ids.next(), world.test.platform.ids.next()];
        let mut tx = world.test.platform.db.begin().await.unwrap();
        let set = "UPDATE model_call SET department_id = $1 WHERE outcome = $2";
        tx.execute_one(set, params![departments[0], "completed"]).await.unwrap();
        tx.execute_one(set, params![departments[1], "failed"]).await.unwrap();
        tx.commit().await.unwrap();
        let staff = world.add(world.test.institution, "tanaka", Role::Staff).await;
        let report = world.traffic_for(&staff, TrafficBy::Outcome).await;
        let nothing = (report.total.calls, report.under_way.calls, report.faults.len());
        assert_eq!(nothing, (0, 0, 0), "who has no department sees no traffic");
        for (department, expected) in departments.iter().zip(["completed", "failed"]) {
            let staff = Principal { department: Some(*department), ..staff.clone() };
            let report = world.traffic_for(&staff, TrafficBy::Outcome).await;
            assert_eq!(report.scope, TrafficScope::Department);
            assert_eq!((report.total.calls, report.total.completed + report.total.errors), (1, 1));
            assert_eq!(by_key(&report).into_keys().collect::<Vec<_>>(), [expected]);
            assert_eq!(report.faults.len(), usize::from(expected == "failed"));
        }
        let other = world.test.other_institution("elsewhere").await;
        let foreign = Principal { institution: other, ..world.administrator.clone() };
        let report = world.traffic_for(&foreign, TrafficBy::Model).await;
        assert_eq!((report.total.calls, report.groups.len(), report.faults.len()), (0, 0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_call_without_an_outcome_is_under_way_whenever_it_began() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let silent = Upstream::start(Manner::Stall).await;
        world.add_endpoint(&silent.base_url()).await;
        let began = world.test.platform.now().as_millis();
        let answer = world.post("/v1/chat/completions", &chat_body(true), &[]).await;
        assert_eq!(answer.status(), 200);
        world.test.clock.advance_ms(3 * 60 * MINUTE_MS);
        let report = world.traffic(TrafficBy::Model).await;
        assert_eq!(report.under_way.calls, 1);
        assert_eq!(report.under_way.oldest_started_at_ms, Some(began));
        assert_eq!(report.total.calls, 0, "it began before the hour that is looked at");
        drop(answer);
        world.until_last_act("outcome abandoned").await;
        assert_eq!(world.traffic(TrafficBy::Model).await.under_way.calls, 0);
    })
    .await;
}

#[tokio::test]
async fn beyond_fifty_groups_the_largest_are_told_and_the_sums_hold_all() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let good = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&good.base_url()).await;
        for _ in 0..53 {
            world.post("/v1/chat/completions", &chat_body(false), &[]).await;
        }
        let mut tx = world.test.platform.db.begin().await.unwrap();
        let sql = "SELECT act_id FROM model_call ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        for (row, number) in rows.iter().zip(0_i64..) {
            // Two calls of the first app, one of each other.
            let app = format!("app-{:02}", number.max(1));
            let act: String = row.get("act_id").unwrap();
            let set = "UPDATE model_call SET app = $2, took_ms = 20 WHERE act_id = $1";
            tx.execute_one(set, params![act, app]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let report = world.traffic(TrafficBy::App).await;
        assert_eq!((report.groups.len(), report.more_groups), (50, true));
        assert_eq!((report.groups[0].key.as_str(), report.groups[0].calls), ("app-01", 2));
        assert_eq!((report.total.calls, report.total.input_tokens), (53, 159));
        let times = report.groups.iter().chain([&report.total]).map(|line| line.took_p95_ms);
        assert!(times.into_iter().all(|took| took == Some(20)));
    })
    .await;
}

#[tokio::test]
async fn the_api_names_what_is_wrong_with_a_question() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let key = world.key_of(&world.administrator, &[kaname_kernel::Scope::Models]).await;
        let (status, _) = json_of(world.get("/api/v1/traffic", &key).await).await;
        assert_eq!(status, 403, "a key is not a person");
        let person = Session::of(&world, "chief").await;
        let get = async |query: &str| {
            let path = format!("/traffic{query}");
            person.call(&world, "GET", &path, &serde_json::Value::Null).await
        };
        let (status, report) = get("?by=model").await;
        assert_eq!((status, &report["by"]), (200, &json!("model")));
        let (status, problem) = get("?since_ms=5&until_ms=5").await;
        assert_eq!((status, &problem["field"]), (422, &json!("since_ms")));
        let (status, problem) = get("?by=person").await;
        assert_eq!(status, 400);
        assert!(problem["detail"].as_str().unwrap().contains("department"), "{problem}");
    })
    .await;
}
