//! Budgets that hold, on both databases: nobody overspends, whoever asks and however a call ends.

use kaname_guard::{Opening, OutcomeKind, Reason, Subject, SubjectKind, Usage};
use kaname_kernel::{Actor, Principal, Scope};
use kaname_testkit::on_both;
use tokio::task::JoinSet;

use crate::support::{World, admitted, estimate, fault, used};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

#[tokio::test]
async fn of_two_hundred_calls_at_once_exactly_the_fifty_that_fit_are_admitted() {
    on_both(|test| async move {
        let world = World::new(test);
        let everybody = world.budget(&world.whole(), ("day", "tokens", 5_000)).await;
        let money = world.budget(&world.whole(), ("month", "yen", 1_000_000)).await;
        let mut calls = JoinSet::new();
        for _ in 0..200 {
            let (guard, request) = (world.guard.clone(), world.call(&world.person()));
            calls.spawn(async move { admitted(guard.admit(request.reserving(estimate())).await) });
        }
        let (mut attempts, mut refused) = (Vec::new(), 0);
        while let Some(answer) = calls.join_next().await {
            match answer.unwrap() {
                Ok(attempt) => attempts.push(attempt),
                Err(exceeded) => {
                    assert_eq!(
                        (exceeded.budget, exceeded.reason),
                        (everybody, Reason::BudgetExhausted)
                    );
                    refused += 1;
                }
            }
        }
        assert_eq!((attempts.len(), refused), (50, 150));
        assert_eq!(world.stands(everybody).await, (0, 5_000));
        assert_eq!(world.stands(money).await, (0, 50 * 140_000_000), "refused calls hold nothing");
        for attempt in attempts {
            attempt.settle(used(30, 20)).await.unwrap();
        }
        assert_eq!(world.stands(everybody).await, (50 * 50, 0));
        assert_eq!(world.stands(money).await, (50 * 70_000_000, 0));
        assert!(world.admit(&world.person()).await.is_ok(), "what was not used is free again");
    })
    .await;
}

/// A person on whom every kind of subject lies, and one for each kind.
async fn on_the_tree(world: &World) -> (Principal, Vec<Subject>) {
    let department = world.department().await;
    let team = world.team(department).await;
    let mut person = world.person();
    world.account(person.user).await;
    world.join_team(team, person.user).await;
    person.department = Some(department);
    let key = world.test.platform.ids.next();
    let sql = "INSERT INTO api_key (key_id, institution_id, user_id, name, prefix, secret_hash, \
               scopes, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, 'k', 'p', $4, 'x', 1, 2)";
    let params = kaname_platform::params![key, person.institution, person.user, [1_u8].as_slice()];
    world.run(sql, params).await;
    person.actor = Actor::Key { id: key, scopes: Scope::ALL.into() };
    let subjects = vec![
        Subject::new(SubjectKind::Institution, person.institution),
        Subject::new(SubjectKind::Department, department),
        Subject::new(SubjectKind::Team, team),
        Subject::new(SubjectKind::Person, person.user),
        Subject::new(SubjectKind::Key, key),
        Subject::new(SubjectKind::App, "minutes"),
        Subject::new(SubjectKind::System, "sys-7"),
    ];
    (person, subjects)
}

#[tokio::test]
async fn a_budget_of_every_kind_holds_its_own_and_nobody_else() {
    on_both(|test| async move {
        let world = World::new(test);
        let (person, subjects) = on_the_tree(&world).await;
        assert_eq!(subjects.iter().map(|of| of.kind).collect::<Vec<_>>(), SubjectKind::ALL);
        for of in subjects {
            let id = world.budget(&of, ("month", "requests", 1)).await;
            let call = || {
                let call = world.call(&person).reserving(estimate());
                call.within(Subject::new(SubjectKind::App, "minutes"))
                    .within(Subject::new(SubjectKind::System, "sys-7"))
            };
            let first = world.admit_request(call()).await.unwrap();
            first.settle(used(1, 1)).await.unwrap();
            let exceeded = world.admit_request(call()).await.unwrap_err();
            assert_eq!((exceeded.budget, &exceeded.subject), (id, &of));
            assert_eq!(exceeded.contact, "情報政策課 内線 210");
            let stranger = world.admit(&world.person()).await;
            assert_eq!(stranger.is_ok(), of.kind != SubjectKind::Institution, "{of}");
            world.guard.remove_budget(&world.person(), id).await.unwrap();
        }
        assert!(world.admit(&person).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_budget_opens_at_midnight_in_japan_with_the_day_the_month_and_the_fiscal_year() {
    // The clock of tests starts at nine in the morning of 1 April 2026 in Japan.
    for (period, until_ms) in [
        ("day", 15 * HOUR_MS),
        ("month", 15 * HOUR_MS + 29 * DAY_MS),
        ("fiscal_year", 15 * HOUR_MS + 364 * DAY_MS),
    ] {
        on_both(|test| async move {
            let world = World::new(test);
            let person = world.person();
            let id = world.budget(&world.whole(), (period, "tokens", 100)).await;
            world.admit(&person).await.unwrap().settle(used(60, 40)).await.unwrap();
            let end_ms = world.test.platform.now().as_millis() + until_ms;
            let exceeded = world.admit(&person).await.unwrap_err();
            assert_eq!(exceeded.opening, Opening::At(end_ms), "{period}");
            world.test.clock.advance_ms(until_ms - 1);
            assert!(world.admit(&person).await.is_err(), "{period}: a millisecond before");
            world.test.clock.advance_ms(1);
            assert_eq!(world.stands(id).await, (0, 0));
            let over = world.admit(&person).await.unwrap();
            assert_eq!(world.stands(id).await, (0, 100));
            over.settle(used(1, 1)).await.unwrap();
        })
        .await;
    }
}

#[tokio::test]
async fn a_call_over_midnight_is_settled_where_it_was_reserved() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        let id = world.budget(&world.whole(), ("day", "tokens", 100)).await;
        let late = world.admit(&person).await.unwrap();
        world.test.clock.advance_ms(16 * HOUR_MS);
        assert_eq!(world.stands(id).await, (0, 0));
        late.settle(used(60, 40)).await.unwrap();
        assert_eq!(world.stands(id).await, (0, 0), "it belongs to yesterday");
        assert!(world.admit(&person).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn every_way_of_ending_settles_or_gives_back() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        let id = world.budget(&world.whole(), ("day", "tokens", 100)).await;
        let known = Usage::of(20, 3);
        let cases = [
            (used(20, 3), 23),
            (kaname_guard::Outcome::completed(Usage::default()), 100),
            (fault(OutcomeKind::Broken), 100),
            (fault(OutcomeKind::Broken).using(known), 23),
            (fault(OutcomeKind::Failed), 0),
            (fault(OutcomeKind::Failed).charged(), 100),
        ];
        for (outcome, expected) in cases {
            let attempt = world.admit(&person).await.unwrap();
            assert_eq!(world.stands(id).await, (0, 100));
            attempt.settle(outcome.clone()).await.unwrap();
            assert_eq!(world.stands(id).await, (expected, 0), "{outcome:?}");
            world.test.clock.advance_ms(DAY_MS);
        }
        let outcomes = world.acts("guard.outcome").await;
        assert!(outcomes[0].1.contains("\"cost_micro_yen\":\"26000000\""), "{}", outcomes[0].1);
    })
    .await;
}

#[tokio::test]
async fn a_dropped_attempt_settles_what_came_so_far() {
    on_both(|test| async move {
        let world = World::new(test);
        let id = world.budget(&world.whole(), ("day", "tokens", 100)).await;
        let mut attempt = world.admit(&world.person()).await.unwrap();
        attempt.used(Usage { prompt_tokens: Some(11), ..Usage::default() });
        attempt.received(b"12345");
        drop(attempt);
        let settled = async {
            while world.stands(id).await != (16, 0) {
                tokio::task::yield_now().await;
            }
        };
        let in_time = tokio::time::timeout(std::time::Duration::from_secs(20), settled).await;
        assert!(in_time.is_ok(), "{:?}", world.stands(id).await);
    })
    .await;
}

#[tokio::test]
async fn the_next_start_gives_back_what_a_dead_process_held() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        let budgets = [
            world.budget(&world.whole(), ("day", "tokens", 200)).await,
            world.budget(&world.whole(), ("month", "yen", 280)).await,
            world.budget(&world.whole(), ("at_once", "requests", 2)).await,
        ];
        let first = world.admit(&person).await.unwrap();
        let second = world.admit(&person).await.unwrap();
        assert!(world.admit(&person).await.is_err());
        assert_eq!(world.guard.close_open_attempts(0).await.unwrap(), 2);
        for id in budgets {
            assert_eq!(world.stands(id).await, (0, 0));
        }
        assert!(world.acts("guard.outcome").await[1].1.contains("unknown"));
        assert!(first.settle(used(60, 40)).await.is_err(), "an attempt has one outcome");
        drop(second);
        assert!(world.admit(&person).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_removed_budget_still_takes_back_what_calls_under_way_hold() {
    on_both(|test| async move {
        let world = World::new(test);
        let (person, admin) = (world.person(), world.person());
        let id = world.budget(&world.whole(), ("day", "tokens", 100)).await;
        let open = world.admit(&person).await.unwrap();
        world.guard.remove_budget(&admin, id).await.unwrap();
        assert!(world.admit(&person).await.is_ok(), "it holds nobody back any more");
        open.settle(used(60, 40)).await.unwrap();
        let again = world.budget(&world.whole(), ("day", "tokens", 100)).await;
        assert_eq!(world.stands(again).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_is_in_the_ledger_with_its_reason_and_its_budget() {
    on_both(|test| async move {
        let world = World::new(test);
        let id = world.budget(&world.whole(), ("day", "yen", 139)).await;
        let exceeded = world.admit(&world.person()).await.unwrap_err();
        assert_eq!(exceeded.opening, Opening::Never, "the call alone is larger than the whole");
        let kinds: Vec<_> = world.acts("guard.").await;
        assert_eq!(kinds.len(), 2, "{kinds:?}");
        let (kind, refs) = &kinds[1];
        assert_eq!(kind, "guard.decision");
        assert!(refs.contains("\"allowed\":\"false\""), "{refs}");
        assert!(refs.contains("\"reasons\":\"budget_exhausted\""), "{refs}");
        assert!(refs.contains(&format!("\"budget\":\"{id}\"")), "{refs}");
    })
    .await;
}

#[tokio::test]
async fn a_budget_in_yen_lets_nothing_pass_whose_price_nobody_knows() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        world.budget(&world.whole(), ("month", "yen", 1_000_000)).await;
        let unpriced = world.admit_request(world.call(&person)).await.unwrap_err();
        assert_eq!(unpriced.reason, Reason::PriceUnknown);
        assert!(world.admit(&person).await.is_ok());
    })
    .await;
}
