//! Hours of calls: sums stay the same whatever is rolled up or removed, and whoever writes meanwhile.

use std::time::Duration;

use kaname_gateway::{Blocked, Config, Exits, Shares, TrafficBy, TrafficReport, Window};
use kaname_kernel::{ActId, DepartmentId, InstitutionId, Principal, Role};
use kaname_platform::{Act, Tx, params};
use kaname_testkit::{Manner, TestPlatform, Upstream, on_both};

use crate::support::{World, chat_body};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

const EVERY_WAY: [TrafficBy; 8] = [
    TrafficBy::Department,
    TrafficBy::App,
    TrafficBy::Model,
    TrafficBy::Endpoint,
    TrafficBy::Route,
    TrafficBy::Vendor,
    TrafficBy::Purpose,
    TrafficBy::Outcome,
];

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 24).unwrap() % sides
    }

    fn pick(&mut self, of: &[Option<&'static str>]) -> Option<String> {
        let place = usize::try_from(self.roll(i64::try_from(of.len()).unwrap())).unwrap();
        of[place].map(str::to_owned)
    }

    fn perhaps(&mut self, below: i64) -> Option<i64> {
        (self.roll(5) > 0).then(|| self.roll(below))
    }
}

/// Writes a call that began at `at`, of any kind, as the guard would.
async fn write_call(
    tx: &mut Tx,
    test: &TestPlatform,
    (at, dice): (i64, &mut Dice),
    department: &str,
) {
    let act =
        test.platform.append(tx, Act::by_system(test.institution, "test.call")).await.unwrap();
    let outcomes = [
        Some("completed"),
        Some("completed"),
        Some("failed"),
        Some("broken"),
        Some("abandoned"),
        Some("unknown"),
        Some("denied"),
        None,
    ];
    let outcome = dice.pick(&outcomes);
    let ended = outcome.is_some();
    let purpose = dice.pick(&[Some("direct_call"), Some("answer"), Some("endpoint_test")]);
    let values = params![
        act,
        test.institution,
        at,
        purpose,
        dice.pick(&[Some("chat"), Some("embed"), Some("probe")]),
        dice.pick(&[None, Some("route-1")]),
        dice.pick(&[None, Some("endpoint-1"), Some("endpoint-2")]),
        dice.pick(&[Some("model-1"), Some("model-2")]),
        dice.pick(&[Some("例"), Some("別"), Some("")]),
        dice.pick(&[Some("JP"), Some("US")]),
        dice.roll(2),
        (dice.roll(2) == 0).then(|| department.to_owned()),
        dice.pick(&[None, Some("app-1"), Some("app-2")]),
        outcome,
        dice.pick(&[None, Some("gateway.resting"), Some("endpoint_not_cleared")]),
        dice.perhaps(900).filter(|_| ended),
        dice.perhaps(900).filter(|_| ended),
        dice.perhaps(9_000_000).filter(|_| ended),
        dice.perhaps(400).filter(|_| ended),
        dice.perhaps(70_000).filter(|_| ended),
        dice.roll(2),
    ];
    tx.execute_one(
        "INSERT INTO model_call (act_id, institution_id, request_act_id, started_at_ms, label, purpose, \
         action, route_id, endpoint_id, model, vendor, operator_country, hosting_country, open_weights, \
         department_id, app, outcome, code, prompt_tokens, completion_tokens, cost_micro_yen, first_ms, \
         took_ms, cached) VALUES ($1, $2, $1, $3, '1', $4, $5, $6, $7, $8, $9, $10, 'JP', $11, $12, $13, \
         $14, $15, $16, $17, $18, $19, $20, $21)",
        values,
    )
    .await
    .unwrap();
}

impl World {
    /// Writes `count` calls at any moment of the `span_ms` before now; gives when they began.
    async fn write_calls(&self, count: usize, span_ms: i64, department: &str) -> Vec<i64> {
        let now = self.test.platform.now().as_millis();
        let mut dice = Dice(u64::try_from(span_ms).unwrap());
        let mut tx = self.test.platform.db.begin().await.unwrap();
        let mut began = Vec::new();
        for _ in 0..count {
            let at = now - 1 - dice.roll(span_ms);
            write_call(&mut tx, &self.test, (at, &mut dice), department).await;
            began.push(at);
        }
        tx.commit().await.unwrap();
        began
    }

    async fn report(
        &self,
        who: &Principal,
        (since, until): (i64, i64),
        by: TrafficBy,
    ) -> TrafficReport {
        let window = Window::new((Some(since), Some(until)), by, until).unwrap();
        self.gateway.traffic(who, window).await.unwrap()
    }

    /// Everything that is told of `spans`, to administrators and to who belongs to a department.
    async fn told(&self, readers: &[&Principal], spans: &[(i64, i64)]) -> Told {
        let mut told = Told::default();
        for span in spans {
            for reader in readers {
                for by in EVERY_WAY {
                    told.reports.push(self.report(reader, *span, by).await);
                }
            }
            let asked = (Some(span.0), Some(span.1));
            told.shares.push(self.gateway.shares(self.test.institution, asked).await.unwrap());
        }
        let without = Blocked::Vendor("例".to_owned());
        told.exits = Some(self.gateway.exits(self.test.institution, without).await.unwrap());
        told
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut tx = self.test.platform.db.read().await.unwrap();
        tx.fetch_one(sql, params![]).await.unwrap().get("found").unwrap()
    }

    /// The references of the acts that say what was removed, oldest first.
    async fn removals(&self) -> Vec<(String, String)> {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let sql = "SELECT refs FROM act WHERE kind = 'gateway.calls_removed' ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![]).await.unwrap();
        let refs = rows.iter().map(|row| {
            let text: String = row.get("refs").unwrap();
            let refs: serde_json::Value = serde_json::from_str(&text).unwrap();
            let of = |name: &str| refs[name].as_str().unwrap().to_owned();
            (of("calls"), of("unserved"))
        });
        refs.collect()
    }

    async fn insert_unserved(&self, institution: InstitutionId, at: i64) {
        let id: ActId = self.test.platform.ids.next();
        let mut tx = self.test.platform.db.begin().await.unwrap();
        let sql = "INSERT INTO unserved_call (unserved_id, institution_id, at_ms, purpose, action) \
                   VALUES ($1, $2, $3, 'direct_call', 'chat')";
        tx.execute_one(sql, params![id, institution, at]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[derive(Debug, Default, PartialEq)]
struct Told {
    reports: Vec<TrafficReport>,
    shares: Vec<Shares>,
    exits: Option<Exits>,
}

const ROLLED: &str = "SELECT COUNT(*) AS found FROM model_call WHERE rolled = 1";
const CALLS: &str = "SELECT COUNT(*) AS found FROM model_call";
const IN_LINES: &str = "SELECT CAST(COALESCE(SUM(calls), 0) AS BIGINT) AS found FROM call_hour";

#[tokio::test]
async fn every_figure_is_the_same_before_and_after_calls_are_rolled_up() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        world.test.clock.advance_ms(17 * MINUTE_MS + 3);
        let department: DepartmentId = world.test.platform.ids.next();
        let began = world.write_calls(700, 3 * DAY_MS, &department.to_string()).await;
        let staff = world.add(world.test.institution, "tanaka", Role::Staff).await;
        let staff = Principal { department: Some(department), ..staff };
        let now = world.test.platform.now().as_millis();
        let spans = [
            (now - 3 * DAY_MS - HOUR_MS, now),
            (now - 3 * DAY_MS, now - DAY_MS + 7),
            (now - 20 * HOUR_MS - 5, now - 2 * HOUR_MS - 1),
            (now - 2 * HOUR_MS, now),
            (now - 26 * HOUR_MS, now - 25 * HOUR_MS - 10 * MINUTE_MS),
            (now - 17 * MINUTE_MS - 3 - 9 * HOUR_MS, now - 17 * MINUTE_MS - 3),
        ];
        let readers = [&world.administrator, &staff];
        let before = world.told(&readers, &spans).await;
        for (place, (since, until)) in spans.iter().enumerate() {
            let seen = before.reports[place * EVERY_WAY.len() * readers.len()].total.calls;
            let expected = began.iter().filter(|at| *at >= since && *at < until).count();
            assert_eq!(seen, i64::try_from(expected).unwrap(), "{since} {until}");
        }
        let under_way = before.reports[0].under_way.calls;
        assert!(under_way > 0 && before.reports[EVERY_WAY.len()].total.calls > 0);
        let rolled = world.gateway.roll_up().await.unwrap();
        assert!(rolled > 500, "{rolled}");
        assert_eq!(world.count(ROLLED).await, i64::try_from(rolled).unwrap());
        assert_eq!(world.count(IN_LINES).await, i64::try_from(rolled).unwrap());
        let after = world.told(&readers, &spans).await;
        for (one, other) in before.reports.iter().zip(&after.reports) {
            assert_eq!(one, other);
        }
        assert_eq!(before, after);
        assert_eq!(world.gateway.roll_up().await.unwrap(), 0, "nothing is rolled up twice");
        assert_eq!(world.told(&readers, &spans).await, after);
    })
    .await;
}

#[tokio::test]
async fn what_is_called_while_two_roll_up_is_neither_lost_nor_counted_twice() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let since = world.test.platform.now().as_millis();
        let body = chat_body(false);
        let mut made = 0;
        for _ in 0..10 {
            let until = world.test.platform.now().as_millis() + 1;
            let (one, other, _, _, report) = tokio::join!(
                world.post("/v1/chat/completions", &body, &[]),
                world.post("/v1/chat/completions", &body, &[]),
                world.gateway.roll_up(),
                world.gateway.roll_up(),
                world.report(&world.administrator, (since, until), TrafficBy::Model),
            );
            assert_eq!((one.status().as_u16(), other.status().as_u16()), (200, 200));
            let seen = report.total.calls;
            assert!((made..=made + 2).contains(&seen), "{seen} where {made} were made before");
            made += 2;
            world.test.clock.advance_ms(25 * MINUTE_MS);
        }
        world.gateway.roll_up().await.unwrap();
        let (calls, rolled) = (world.count(CALLS).await, world.count(ROLLED).await);
        assert_eq!((calls, world.count(IN_LINES).await), (made, rolled));
        assert!(rolled > 10, "{rolled}");
        let until = world.test.platform.now().as_millis();
        let report = world.report(&world.administrator, (since, until), TrafficBy::Model).await;
        assert_eq!((report.total.calls, report.total.completed), (made, made));
        assert_eq!(report.total.input_tokens, 3 * made);
    })
    .await;
}

#[tokio::test]
async fn a_call_under_way_waits_for_its_outcome_and_is_then_added_to_its_hour() {
    on_both(|test| async move {
        let world = World::new(test).await;
        let (good, silent) =
            (Upstream::start(Manner::Normal).await, Upstream::start(Manner::Stall).await);
        let endpoint = world.add_endpoint(&good.base_url()).await;
        let path = "/v1/chat/completions";
        assert_eq!(world.post(path, &chat_body(false), &[]).await.status(), 200);
        world.gateway.remove_endpoint(&world.administrator, endpoint.id).await.unwrap();
        world.add_endpoint(&silent.base_url()).await;
        let slow = world.post(path, &chat_body(true), &[]).await;
        let since = world.test.platform.now().as_millis();
        world.test.clock.advance_ms(5 * HOUR_MS);
        let span = (since, world.test.platform.now().as_millis());
        assert_eq!(world.gateway.roll_up().await.unwrap(), 1);
        let report = world.report(&world.administrator, span, TrafficBy::Outcome).await;
        let counted = (report.total.calls, report.total.completed, report.total.under_way);
        assert_eq!(counted, (2, 1, 1));
        drop(slow);
        world.until_last_act("outcome abandoned").await;
        let before = world.report(&world.administrator, span, TrafficBy::Outcome).await;
        assert_eq!((before.total.calls, before.total.abandoned), (2, 1));
        assert_eq!(world.gateway.roll_up().await.unwrap(), 1);
        let after = world.report(&world.administrator, span, TrafficBy::Outcome).await;
        assert_eq!(after, before);
        let hours = "SELECT COUNT(DISTINCT hour_ms) AS found FROM call_hour";
        assert_eq!((world.count(IN_LINES).await, world.count(hours).await), (2, 1));
    })
    .await;
}

async fn keeping(test: TestPlatform, calls_kept_days: usize) -> World {
    let config = Config { calls_kept_days, ..Config::default() };
    World::within(test, Duration::from_secs(20), config).await
}

#[tokio::test]
async fn old_calls_go_once_they_are_rolled_up_their_sums_stay_and_the_ledger_says_so_once_a_day() {
    on_both(|test| async move {
        let world = keeping(test, 30).await;
        let upstream = Upstream::start(Manner::Normal).await;
        world.add_endpoint(&upstream.base_url()).await;
        let began = world.write_calls(300, 40 * DAY_MS, "").await;
        let now = world.test.platform.now().as_millis();
        world.insert_unserved(world.test.institution, now - 31 * DAY_MS).await;
        world.insert_unserved(world.test.institution, now - 29 * DAY_MS).await;
        // It is nine in the morning in Japan: midnight, 30 days ago.
        let until = now - 9 * HOUR_MS - 30 * DAY_MS;
        let open = "SELECT COUNT(*) AS found FROM model_call WHERE outcome IS NULL";
        let (under_way, old) =
            (world.count(open).await, began.iter().filter(|at| **at < until).count());
        // The clock stands at the beginning of an hour, so that these are whole hours.
        let spans = [(now - 40 * DAY_MS, now), (now - 36 * DAY_MS, now - 20 * DAY_MS)];
        let before = world.told(&[&world.administrator], &spans).await;
        world.gateway.roll_up().await.unwrap();
        assert_eq!(world.told(&[&world.administrator], &spans).await, before);
        let left = "SELECT COUNT(*) AS found FROM model_call WHERE rolled = 1 AND started_at_ms < \
                    (SELECT kept_from_ms FROM call_retention)";
        assert_eq!((world.count(left).await, world.count(open).await), (0, under_way));
        let gone = 300 - world.count(CALLS).await;
        assert!(gone > 30 && gone <= i64::try_from(old).unwrap(), "{gone} of {old}");
        assert_eq!(world.removals().await, [(gone.to_string(), "1".to_owned())]);
        let unserved = "SELECT COUNT(*) AS found FROM unserved_call";
        assert_eq!(world.count(unserved).await, 1);
        let hour = (now - 35 * DAY_MS, now - 35 * DAY_MS + HOUR_MS);
        let report = world.report(&world.administrator, hour, TrafficBy::Model).await;
        assert_eq!(report.point_ms, HOUR_MS, "no point is shorter than what is known");
        world.gateway.roll_up().await.unwrap();
        assert_eq!(world.removals().await.len(), 1, "nothing more went today");
        world.test.clock.advance_ms(3 * DAY_MS);
        world.gateway.roll_up().await.unwrap();
        let removals = world.removals().await;
        let more = 300 - world.count(CALLS).await - gone;
        assert_eq!(removals[1..], [(more.to_string(), "1".to_owned())]);
        assert_eq!(world.told(&[&world.administrator], &spans).await.reports, before.reports);
    })
    .await;
}

#[tokio::test]
async fn where_calls_are_kept_for_ever_none_is_removed() {
    on_both(|test| async move {
        let world = keeping(test, 0).await;
        world.write_calls(50, 300 * DAY_MS, "").await;
        world.test.clock.advance_ms(3_000 * DAY_MS);
        assert!(world.gateway.roll_up().await.unwrap() > 30);
        assert_eq!((world.count(CALLS).await, world.removals().await.len()), (50, 0));
    })
    .await;
}
