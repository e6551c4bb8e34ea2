//! Continuity: shares of what was used, what stops without a vendor, and drills under traffic.

use kaname_gateway::{
    Blocked, Bounds, Capability, Conditions, ContinuityError, Drill, DrillJob, DrillState,
    Endpoint, Error, Exit, ExitOutcome, Exits, Language, Layer, Leg, NewBlock, NewDrill,
    NewEndpoint, NewRoute, Price, Route, RouteChange, Shown, WayKind,
};
use kaname_guard::Purpose;
use kaname_kernel::Label;
use kaname_platform::{jobs::Workers, params};
use kaname_testkit::{Manner, Upstream, on_both};
use serde_json::{Value, json};

use crate::support::{World, chat_body, new_endpoint, text_of};

pub(crate) const MINUTE_MS: i64 = 60_000;

pub(crate) async fn endpoint(
    world: &World,
    (name, vendor): (&str, &str),
    upstream: &Upstream,
) -> Endpoint {
    add(
        world,
        NewEndpoint {
            name: name.to_owned(),
            public_name: format!("one/{name}"),
            vendor: vendor.to_owned(),
            ..new_endpoint(&upstream.base_url())
        },
    )
    .await
}

async fn add(world: &World, new: NewEndpoint) -> Endpoint {
    world.gateway.create_endpoint(&world.administrator, new).await.unwrap()
}

pub(crate) async fn route(world: &World, endpoints: &[&Endpoint]) -> Route {
    let leg = |(endpoint, tier): (&&Endpoint, u8)| Leg {
        endpoint_id: endpoint.id,
        tier,
        weight: 1,
        when: Conditions::default(),
    };
    let new = NewRoute {
        public_name: "kaname/standard".to_owned(),
        name: "標準".to_owned(),
        legs: endpoints.iter().zip(0..).map(leg).collect(),
        bounds: Bounds::default(),
        serves_workspace: false,
    };
    world.gateway.create_route(&world.administrator, new).await.unwrap()
}

pub(crate) fn without(vendor: &str, minutes: u32) -> NewBlock {
    let blocked = Blocked::Vendor(vendor.to_owned());
    NewBlock { blocked, minutes, reason: "撤退の訓練".to_owned() }
}

impl World {
    async fn chat(&self, stream: bool) -> u16 {
        let answer = self.post("/v1/chat/completions", &chat_body(stream), &[]).await;
        text_of(answer).await.0.as_u16()
    }

    async fn chat_with(&self, model: &str) -> u16 {
        let body = chat_body(false).replace("kaname/standard", model);
        self.post("/v1/chat/completions", &body, &[]).await.status().as_u16()
    }

    async fn drill(&self, vendor: &str, minutes: u32) -> Drill {
        let new = NewDrill { block: without(vendor, minutes), checks: Vec::new() };
        self.gateway.start_drill(&self.administrator, new).await.unwrap()
    }

    pub(crate) async fn read(&self, drill: &Drill) -> Drill {
        self.gateway.drill(self.test.institution, drill.id).await.unwrap()
    }

    async fn exits(&self, without: Blocked) -> Exits {
        self.gateway.exits(self.test.institution, without).await.unwrap()
    }
}

#[tokio::test]
async fn in_a_drill_of_a_vendor_all_calls_go_to_the_other_and_afterwards_back_with_a_report() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (main, spare) =
            (Upstream::start(Manner::Normal).await, Upstream::start(Manner::Normal).await);
        let first = endpoint(&world, ("first", "甲社"), &main).await;
        let second = endpoint(&world, ("second", "乙社"), &spare).await;
        let standard = route(&world, &[&first, &second]).await;
        let sent = || (main.requests().len(), spare.requests().len());
        for stream in [false, true, false] {
            assert_eq!(world.chat(stream).await, 200);
        }
        assert_eq!(sent(), (3, 0));

        world.test.clock.advance_ms(MINUTE_MS);
        let drill = world.drill("甲社", 5).await;
        assert_eq!(drill.until_ms - drill.from_ms, 5 * MINUTE_MS);
        for stream in [false, true, false, true] {
            world.test.clock.advance_ms(MINUTE_MS / 2);
            assert_eq!(world.chat(stream).await, 200);
        }
        assert_eq!(world.chat_with("one/first").await, 503);
        assert_eq!(sent(), (3, 4));
        let so_far = world.read(&drill).await;
        assert_eq!((so_far.state, so_far.report_sha256), (DrillState::Running, None));
        let figures = so_far.report.unwrap();
        assert!(!figures.is_final && figures.during.calls == 4);

        world.test.clock.advance_ms(5 * MINUTE_MS);
        assert_eq!(world.chat(false).await, 200);
        assert_eq!(sent(), (4, 4));
        let ended = world.read(&drill).await;
        assert_eq!((ended.state, ended.ended_ms), (DrillState::Ended, Some(drill.until_ms)));
        let report = ended.report.unwrap();
        assert!(report.is_final);
        assert_eq!((report.from_ms, report.to_ms), (drill.from_ms, drill.until_ms));
        let (during, before) = (report.during, report.before);
        assert_eq!((during.requests, during.calls, during.completed), (4, 4, 4));
        assert_eq!((during.failed, during.denied, during.failovers), (0, 0, 0));
        assert_eq!((during.to_subject, before.to_subject, before.calls), (0, 3, 3));
        assert_eq!((during.unserved, before.unserved, during.unanswered), (1, 0, 0));
        assert_eq!((during.prompt_tokens, during.completion_tokens), (12, 16));
        assert_eq!((during.completed_share, during.broken_share), (Some(10_000), Some(0)));
        assert_eq!(during.answer_tokens_mean, Some(4));
        assert_eq!(during.latency.whole_p95_ms, Some(0));
        let lost = &report.without_answer[..];
        assert!(matches!(lost, [one] if one.kind == WayKind::Endpoint && one.unserved == 1
            && one.public_name == "one/first" && one.id == first.id.to_string()));
        assert!(report.not_measured.contains(&"answer_quality".to_owned()));

        assert_eq!(world.content("gateway.drill_started", "reason").await, "撤退の訓練");
        let content = world.content("gateway.drill_ended", "report").await;
        assert_eq!(serde_json::from_str::<kaname_gateway::Report>(&content).unwrap(), report);
        let refs = refs_of(&world, "gateway.drill_ended").await;
        assert_eq!(refs["report_sha256"].as_str(), ended.report_sha256.as_deref());
        assert_eq!((refs["calls"].as_str(), refs["ended_by"].as_str()), (Some("4"), Some("time")));
        assert_eq!(world.gateway.routes(world.test.institution).await.unwrap(), [standard]);
    })
    .await;
}

pub(crate) async fn refs_of(world: &World, kind: &str) -> Value {
    let mut tx = world.test.platform.db.read().await.unwrap();
    let sql = "SELECT refs FROM act WHERE kind = $1 ORDER BY act_id DESC LIMIT 1";
    let row = tx.fetch_one(sql, params![kind]).await.unwrap();
    serde_json::from_str(&row.get::<String>("refs").unwrap()).unwrap()
}

#[tokio::test]
async fn a_report_tells_failures_and_failovers_apart_and_ends_by_hand_with_its_block() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let normal = Upstream::start(Manner::Normal).await;
        let (bad, cut) = (
            Upstream::start(Manner::Status(503)).await,
            Upstream::start(Manner::CutMidStream).await,
        );
        let first = endpoint(&world, ("first", "甲社"), &normal).await;
        let failing = endpoint(&world, ("failing", "乙社"), &bad).await;
        let third = endpoint(&world, ("third", "丙社"), &normal).await;
        endpoint(&world, ("cut", "丁社"), &cut).await;
        route(&world, &[&first, &failing, &third]).await;
        assert_eq!(world.chat(false).await, 200);
        world.test.clock.advance_ms(MINUTE_MS);
        let drill = world.drill("甲社", 60).await;
        assert_eq!(world.chat(false).await, 200);
        assert_eq!(world.chat_with("one/failing").await, 502);
        let body = chat_body(true).replace("kaname/standard", "one/cut");
        text_of(world.post("/v1/chat/completions", &body, &[]).await).await;
        let body = chat_body(false).replace("kaname/standard", "one/third");
        let denied = world.post("/v1/chat/completions", &body, &[("x-kaname-label", "3")]).await;
        assert_eq!(denied.status(), 403);
        world.test.clock.advance_ms(2 * MINUTE_MS);

        let block = drill.block_id;
        world.gateway.unblock(&world.administrator, block).await.unwrap();
        let ended = world.read(&drill).await;
        let report = ended.report.unwrap();
        assert_eq!((report.to_ms - report.from_ms, report.is_final), (2 * MINUTE_MS, true));
        let during = report.during;
        assert_eq!((during.requests, during.calls, during.completed), (4, 4, 1));
        assert_eq!((during.failed, during.broken, during.denied), (2, 1, 1));
        assert_eq!((during.failovers, during.unanswered, during.unserved), (1, 1, 0));
        assert_eq!((during.completed_share, report.before.calls), (Some(2_500), 1));
        assert_eq!(report.without_answer[0].public_name, "one/failing");
        assert_eq!(refs_of(&world, "gateway.drill_ended").await["ended_by"], json!("hand"));
        assert!(world.gateway.blocks(world.test.institution).await.unwrap().is_empty());
        let again = world.gateway.end_drill(&world.administrator, drill.id).await;
        assert!(matches!(again, Err(ContinuityError::Ended)));
        let gone = world.gateway.unblock(&world.administrator, block).await;
        assert!(matches!(gone, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn one_drill_runs_at_a_time_and_is_about_something_that_there_is() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        endpoint(&world, ("first", "甲社"), &upstream).await;
        let start = |block: NewBlock| {
            let new = NewDrill { block, checks: Vec::new() };
            world.gateway.start_drill(&world.administrator, new)
        };
        for (new, field) in [
            (without("無社", 5), "value"),
            (without("", 5), "value"),
            (without("甲社", 0), "minutes"),
            (NewBlock { reason: " ".to_owned(), ..without("甲社", 5) }, "reason"),
        ] {
            let refused = start(new).await.unwrap_err();
            assert!(matches!(refused, ContinuityError::Invalid { field: at, .. } if at == field));
        }
        let first = start(without("甲社", 5)).await.unwrap();
        let second = start(without("甲社", 5)).await;
        assert!(matches!(second, Err(ContinuityError::Running)));
        world.test.clock.advance_ms(5 * MINUTE_MS);
        let next = start(without("甲社", 1)).await.unwrap();
        let all = world.gateway.drills(world.test.institution, (None, 10)).await.unwrap();
        let seen: Vec<_> = all.iter().map(|drill| (drill.id, drill.state)).collect();
        assert_eq!(seen, [(next.id, DrillState::Running), (first.id, DrillState::Ended)]);
        let before = Some(next.id.to_string());
        let rest = world.gateway.drills(world.test.institution, (before, 10)).await.unwrap();
        assert_eq!(rest.len(), 1);
        let other = world.test.other_institution("village").await;
        let foreign = world.gateway.drill(other, next.id).await;
        assert!(matches!(foreign, Err(ContinuityError::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn the_job_of_a_drill_ends_it_at_its_time_also_after_a_restart() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        endpoint(&world, ("first", "甲社"), &upstream).await;
        world.drill("甲社", 5).await;
        let platform = world.test.platform.clone();
        let workers = || {
            Workers::new(
                platform.clone(),
                vec![std::sync::Arc::new(DrillJob::new(world.gateway.clone()))],
            )
        };
        assert!(!workers().run_next("early").await.unwrap());
        world.test.clock.advance_ms(7 * MINUTE_MS);
        assert!(workers().run_next("late").await.unwrap());
        let refs = refs_of(&world, "gateway.drill_ended").await;
        let until = world.gateway.drills(world.test.institution, (None, 1)).await.unwrap();
        assert_eq!(refs["to_ms"], json!(until[0].until_ms.to_string()));
        assert!(!workers().run_next("again").await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn waits_are_counted_from_the_first_call_of_a_request_by_the_nearest_rank() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let first = endpoint(&world, ("first", "甲社"), &upstream).await;
        route(&world, &[&first]).await;
        let drill = world.drill("甲社", 5).await;
        let id = drill.block_id;
        let mut tx = world.test.platform.db.begin().await.unwrap();
        let sql = "UPDATE endpoint_block SET until_ms = from_ms WHERE block_id = $1";
        tx.execute_one(sql, params![id]).await.unwrap();
        tx.commit().await.unwrap();
        for _ in 0..10 {
            assert_eq!(world.chat(true).await, 200);
        }
        let mut tx = world.test.platform.db.begin().await.unwrap();
        let calls = tx.fetch_all("SELECT act_id FROM model_call", params![]).await.unwrap();
        for (place, call) in (1_i64..).zip(&calls) {
            let sql = "UPDATE model_call SET took_ms = $2, first_ms = $3 WHERE act_id = $1";
            let act: String = call.get("act_id").unwrap();
            tx.execute_one(sql, params![act, place * 100, place]).await.unwrap();
        }
        tx.commit().await.unwrap();
        let report = world.read(&drill).await.report.unwrap();
        let latency = report.during.latency;
        assert_eq!((latency.whole_p50_ms, latency.whole_p95_ms), (Some(500), Some(1_000)));
        assert_eq!((latency.first_p50_ms, latency.first_p95_ms), (Some(5), Some(10)));
        assert_eq!(report.before.latency.whole_p50_ms, None);
        assert_eq!(report.during.to_subject, 10);
    })
    .await;
}

#[tokio::test]
async fn shares_count_what_was_let_through_and_name_what_is_not_stated() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let upstream = Upstream::start(Manner::Normal).await;
        let price = Price {
            input: 2_000_000,
            output: 1_000_000,
            as_of: "2026-04-01".to_owned(),
            ..Price::default()
        };
        let abroad = NewEndpoint {
            name: "abroad".to_owned(),
            public_name: "one/abroad".to_owned(),
            vendor: "甲社".to_owned(),
            operator_country: "US".to_owned(),
            open_weights: false,
            price: Some(price),
            ..new_endpoint(&upstream.base_url())
        };
        let abroad = add(&world, abroad).await;
        endpoint(&world, ("home", "乙社"), &upstream).await;
        endpoint(&world, ("nameless", ""), &upstream).await;
        for (model, times) in [("one/abroad", 2), ("one/home", 1), ("one/nameless", 1)] {
            for _ in 0..times {
                assert_eq!(world.chat_with(model).await, 200);
            }
        }
        let denied = chat_body(false).replace("kaname/standard", "one/home");
        let denied = world.post("/v1/chat/completions", &denied, &[("x-kaname-label", "3")]).await;
        assert_eq!(denied.status(), 403);
        world.gateway.test_endpoint(&world.administrator, abroad.id).await.unwrap();
        let body = r#"{"model":"kaname/embedding","input":"ごみ"}"#;
        assert_eq!(world.post("/v1/embeddings", body, &[]).await.status(), 200);
        world.test.clock.advance_ms(1);

        let institution = world.test.institution;
        let shares = world.gateway.shares(institution, (None, None)).await.unwrap();
        assert_eq!(shares.until_ms - shares.since_ms, 30 * 24 * 60 * MINUTE_MS);
        let layer = |wanted: Layer| shares.layers.iter().find(|one| one.layer == wanted).unwrap();
        let model = layer(Layer::Model);
        assert_eq!((model.total.calls, model.total.tokens), (4, 28));
        assert_eq!((model.total.cost_micro_yen, model.total.calls_without_cost), (20, 2));
        let vendors = &model.dimensions[0];
        assert_eq!(vendors.dimension, Shown::Vendor);
        let groups: Vec<_> =
            vendors.groups.iter().map(|one| (one.value.as_deref(), one.shares.calls)).collect();
        assert_eq!(
            groups,
            [(Some("甲社"), Some(5_000)), (None, Some(2_500)), (Some("乙社"), Some(2_500))]
        );
        assert_eq!((vendors.hhi.calls, vendors.hhi.cost), (Some(3_750), Some(10_000)));
        assert_eq!(layer(Layer::Embedding).total.calls, 1);
        assert_eq!(layer(Layer::Hosting).total.calls, 5);
        assert!(layer(Layer::Tool).dimensions.is_empty());
        let past = (None, Some(shares.since_ms));
        let past = world.gateway.shares(institution, past).await.unwrap();
        assert!(past.layers.iter().all(|layer| layer.total.calls == 0));
        let turned = world.gateway.shares(institution, (Some(2), Some(1))).await;
        assert!(
            matches!(turned, Err(ContinuityError::Invalid { field, .. }) if field == "since_ms")
        );
        let other = world.test.other_institution("village").await;
        let none = world.gateway.shares(other, (None, None)).await.unwrap();
        assert!(none.layers.iter().all(|layer| layer.total.calls == 0));
    })
    .await;
}

fn way<'a>(exits: &'a Exits, name: &str) -> &'a Exit {
    exits.ways.iter().find(|way| way.public_name == name).unwrap()
}

fn labels(labels: &[Label]) -> Vec<String> {
    labels.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_stops_without_a_vendor_is_what_the_choice_of_endpoints_says() {
    on_both(|test| async move {
        let world = World::new(test).await;
        world.gateway.ensure_embedded_endpoints().await.unwrap();
        let upstream = Upstream::start(Manner::Normal).await;
        let new = |name: &str, vendor: &str, rank: u8, can: &[Capability]| NewEndpoint {
            name: name.to_owned(),
            public_name: format!("one/{name}"),
            vendor: vendor.to_owned(),
            clearance: Label::of_rank(rank),
            capabilities: can.to_vec(),
            languages: vec![Language::Ja],
            ..new_endpoint(&upstream.base_url())
        };
        let high =
            add(&world, new("high", "甲社", 3, &[Capability::Chat, Capability::Tools])).await;
        let low = add(&world, new("low", "乙社", 2, &[Capability::Chat])).await;
        let same = add(&world, new("same", "丙社", 2, &[Capability::Chat])).await;
        let standard = route(&world, &[&high, &low, &same]).await;
        assert_eq!(world.chat(false).await, 200);
        assert_eq!(world.chat_with("one/low").await, 200);

        let exits = world.exits(Blocked::Vendor("甲社".to_owned())).await;
        assert_eq!((exits.calls, exits.calls_touched, exits.touched_share), (2, 1, Some(5_000)));
        let found = way(&exits, "kaname/standard");
        assert_eq!((found.outcome, found.calls, found.calls_touched), (ExitOutcome::Partly, 1, 1));
        assert_eq!(found.gone.iter().map(|one| one.id).collect::<Vec<_>>(), [high.id]);
        assert_eq!(found.remaining.iter().map(|one| one.id).collect::<Vec<_>>(), [low.id, same.id]);
        let [chat, tools] = &found.abilities[..] else { panic!("{found:?}") };
        assert_eq!(
            (labels(&chat.highest_before), labels(&chat.highest_after)),
            (vec!["3".to_owned()], vec!["2".to_owned()])
        );
        assert_eq!(labels(&chat.stops_at), ["3"]);
        assert_eq!((tools.needs.len(), labels(&tools.stops_at).len()), (2, 2));
        assert!(tools.highest_after.is_empty());
        assert_eq!(way(&exits, "one/high").outcome, ExitOutcome::Stops);
        assert_eq!(way(&exits, "one/low").outcome, ExitOutcome::Unchanged);
        // What is embedded speaks English alone here, and makes the vectors.
        let answers = way(&exits, "answers");
        assert_eq!(answers.outcome, ExitOutcome::Partly);
        assert_eq!(way(&exits, "vectors").outcome, ExitOutcome::Unchanged);

        let exits = world.exits(Blocked::Vendor("乙社".to_owned())).await;
        let found = way(&exits, "kaname/standard");
        assert_eq!((found.outcome, found.calls_touched), (ExitOutcome::Fewer, 0));
        assert!(found.abilities.iter().all(|ability| ability.stops_at.is_empty()));

        let exits = world.exits(Blocked::HostingCountry("JP".to_owned())).await;
        assert_eq!(way(&exits, "kaname/standard").outcome, ExitOutcome::Stops);
        let only = Conditions { purposes: vec![Purpose::Ask], ..Conditions::default() };
        let leg = Leg { endpoint_id: low.id, tier: 0, weight: 1, when: only };
        let change = RouteChange { legs: Some(vec![leg]), ..RouteChange::default() };
        world.gateway.change_route(&world.administrator, standard.id, &change).await.unwrap();
        let exits = world.exits(Blocked::Endpoint(low.id.to_string())).await;
        assert_eq!(way(&exits, "kaname/standard").outcome, ExitOutcome::NotServed);
        let unknown = Blocked::OperatorCountry("ZZ".to_owned());
        let unknown = world.gateway.exits(world.test.institution, unknown).await;
        assert!(matches!(unknown, Err(ContinuityError::Invalid { field, .. }) if field == "value"));
    })
    .await;
}

#[tokio::test]
async fn what_the_exits_foretell_is_what_a_block_does() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        let first = endpoint(&world, ("first", "甲社"), &upstream).await;
        let second = endpoint(&world, ("second", "乙社"), &upstream).await;
        route(&world, &[&first, &second]).await;
        for vendor in ["甲社", "乙社"] {
            let exits = world.exits(Blocked::Vendor(vendor.to_owned())).await;
            let block =
                world.gateway.block(&world.administrator, without(vendor, 5)).await.unwrap();
            for name in ["kaname/standard", "one/first", "one/second"] {
                let goes_on = way(&exits, name).outcome != ExitOutcome::Stops;
                let answered = world.chat_with(name).await == 200;
                assert_eq!(answered, goes_on, "{name} without {vendor}");
            }
            let id = block.id.parse().unwrap();
            world.gateway.unblock(&world.administrator, id).await.unwrap();
        }
    })
    .await;
}
