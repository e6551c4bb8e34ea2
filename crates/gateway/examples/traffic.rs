//! Measures what traffic and shares over 30 days cost on SQLite, before and after calls are rolled up:
//! `cargo run -p kaname-gateway --example traffic -- 1000000`. Nothing here asserts anything about time.
#![expect(clippy::print_stdout, reason = "it prints what it measured")]
#![expect(clippy::unwrap_used, reason = "a measurement that cannot set itself up must stop")]

use std::{collections::BTreeSet, time::Instant};

use kaname_gateway::{Config, Gateway, TrafficBy, Window};
use kaname_guard::Guard;
use kaname_kernel::{Actor, Label, Principal, Role};
use kaname_platform::{outbound::Outbound, params};
use kaname_testkit::{Backend, TestPlatform};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// Calls that are written in one transaction.
const BATCH: i64 = 50_000;

const ACTS: &str = "WITH RECURSIVE one (n) AS (SELECT $2 UNION ALL SELECT n + 1 FROM one WHERE n + 1 < $3) \
    INSERT INTO act (act_id, institution_id, at_ms, kind, actor_name, via, refs, entry, leaf_index) \
    SELECT printf('%032d', n), $1, 0, 'bench', 'system', 'system', '{}', x'', n FROM one";

// 20 departments with three apps each at three endpoints; 2 in 100 fail, 1 in 100 is refused.
const CALLS: &str = "WITH RECURSIVE one (n) AS (SELECT $2 UNION ALL SELECT n + 1 FROM one WHERE n + 1 < $3) \
    INSERT INTO model_call (act_id, institution_id, request_act_id, started_at_ms, label, purpose, action, \
    endpoint_id, model, vendor, operator_country, hosting_country, open_weights, department_id, app, \
    outcome, code, prompt_tokens, completion_tokens, cost_micro_yen, first_ms, took_ms) \
    SELECT printf('%032d', n), $1, printf('%032d', n), $4 + n * 2592000000 / $5, '1', 'direct_call', 'chat', \
    'endpoint-' || (n / 60 % 3), 'model-' || (n / 60 % 3), 'vendor-' || (n / 60 % 3), 'JP', 'JP', 1, \
    'department-' || (n % 20), 'app-' || (n / 20 % 3), \
    CASE WHEN n % 50 = 7 THEN 'failed' WHEN n % 100 = 9 THEN 'denied' ELSE 'completed' END, \
    CASE WHEN n % 50 = 7 THEN 'gateway.upstream_failed' WHEN n % 100 = 9 THEN 'rate_limited' END, \
    200 + n * 31 % 1700, n * 17 % 900, n * 13 % 4000000, 50 + n * 104729 % 1500, 200 + n * 7919 % 20000 \
    FROM one";

#[tokio::main]
async fn main() {
    let calls: i64 = std::env::args().nth(1).map_or(200_000, |text| text.parse().unwrap());
    let test = TestPlatform::new(Backend::Sqlite).await;
    let (outbound, mint) = Outbound::new(std::time::Duration::from_secs(1)).unwrap();
    let guard = Guard::new(test.platform.clone(), mint);
    let gateway = Gateway::new(test.platform.clone(), guard, outbound, Config::default());
    let began = Instant::now();
    fill(&test, calls).await;
    println!("{calls} calls over 30 days written in {:.1} s", began.elapsed().as_secs_f64());
    ask(&gateway, &test, ("one by one", 1)).await;
    let began = Instant::now();
    let rolled = gateway.roll_up().await.unwrap();
    println!("{rolled} rolled up in {:.1} s", began.elapsed().as_secs_f64());
    let mut tx = test.platform.db.read().await.unwrap();
    let row = tx.fetch_one("SELECT COUNT(*) AS found FROM call_hour", params![]).await.unwrap();
    println!("{} lines", row.get::<i64>("found").unwrap());
    drop(tx);
    ask(&gateway, &test, ("by the hour", 3)).await;
}

async fn fill(test: &TestPlatform, calls: i64) {
    let since = test.platform.now().as_millis() - 30 * DAY_MS;
    let mut from = 0;
    while from < calls {
        let to = calls.min(from + BATCH);
        let mut tx = test.platform.db.begin().await.unwrap();
        tx.execute_all(ACTS, params![test.institution, from, to]).await.unwrap();
        let values = params![test.institution, from, to, since, calls];
        tx.execute_all(CALLS, values).await.unwrap();
        tx.commit().await.unwrap();
        from = to;
    }
}

/// Asks some times for each and prints the quickest and the slowest.
async fn ask(gateway: &Gateway, test: &TestPlatform, (how, often): (&str, usize)) {
    let officer = Principal {
        institution: test.institution,
        user: test.platform.ids.next(),
        actor: Actor::Console,
        display_name: "bench".to_owned(),
        roles: BTreeSet::from([Role::AiOfficer]),
        department: None,
        clearance: Label::default(),
    };
    let now = test.platform.now().as_millis();
    // Not on the hour, as people ask.
    let span = (now - 30 * DAY_MS + 1_234_567, now);
    let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..often {
        for (by, taken) in
            [TrafficBy::Endpoint, TrafficBy::Department].into_iter().zip(&mut seconds)
        {
            let window = Window::new((Some(span.0), Some(span.1)), by, now).unwrap();
            let began = Instant::now();
            let report = gateway.traffic(&officer, window).await.unwrap();
            taken.push(began.elapsed().as_secs_f64());
            assert!(report.total.calls > 0);
        }
        let began = Instant::now();
        gateway.shares(test.institution, (Some(span.0), Some(span.1))).await.unwrap();
        seconds[2].push(began.elapsed().as_secs_f64());
    }
    for (what, mut taken) in
        ["traffic by endpoint", "traffic by department", "shares"].into_iter().zip(seconds)
    {
        taken.sort_by(f64::total_cmp);
        println!("{how}: {what}: {:.2} to {:.2} s", taken[0], taken[often - 1]);
    }
}
