//! Rates, and the verbs of budgets, on both databases.

use kaname_guard::{
    BudgetChange, BudgetError, Error, NewBudget, Opening, OutcomeKind, Period, Reason, Subject,
    SubjectKind,
};
use kaname_kernel::{Actor, Role, Scope};
use kaname_platform::http::Fault as _;
use kaname_testkit::on_both;

use crate::support::{World, fault, used};

#[tokio::test]
async fn calls_a_minute_are_counted_in_a_minute_that_slides() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        world.budget(&Subject::new(SubjectKind::App, "other"), ("minute", "requests", 1)).await;
        let id = world.budget(&world.whole(), ("minute", "requests", 3)).await;
        for _ in 0..3 {
            world.admit(&person).await.unwrap().settle(used(1, 1)).await.unwrap();
        }
        let now_ms = world.test.platform.now().as_millis();
        let exceeded = world.admit(&person).await.unwrap_err();
        assert_eq!((exceeded.reason, exceeded.period), (Reason::RateLimited, Period::Minute));
        assert_eq!((exceeded.budget, exceeded.opening), (id, Opening::At(now_ms + 20_000)));
        world.test.clock.advance_ms(19_999);
        assert!(world.admit(&person).await.is_err());
        world.test.clock.advance_ms(1);
        world.admit(&person).await.unwrap().settle(used(1, 1)).await.unwrap();
        assert!(world.admit(&person).await.is_err());
        world.test.clock.advance_ms(60_000);
        assert_eq!(world.stands(id).await, (0, 0));
    })
    .await;
}

#[tokio::test]
async fn tokens_a_minute_get_back_what_a_call_did_not_use() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        let id = world.budget(&world.whole(), ("minute", "tokens", 150)).await;
        let first = world.admit(&person).await.unwrap();
        assert_eq!(world.stands(id).await, (100, 0));
        assert!(world.admit(&person).await.is_err());
        first.settle(used(10, 10)).await.unwrap();
        assert_eq!(world.stands(id).await, (20, 0));
        let second = world.admit(&person).await.unwrap();
        second.settle(fault(OutcomeKind::Failed)).await.unwrap();
        assert_eq!(world.stands(id).await, (20, 0), "a call that was not sent used nothing");
    })
    .await;
}

#[tokio::test]
async fn calls_at_once_open_as_soon_as_one_ends() {
    on_both(|test| async move {
        let world = World::new(test);
        let person = world.person();
        world.budget(&world.whole(), ("at_once", "requests", 2)).await;
        let first = world.admit(&person).await.unwrap();
        let _second = world.admit(&person).await.unwrap();
        let exceeded = world.admit(&person).await.unwrap_err();
        assert_eq!(
            (exceeded.reason, exceeded.opening),
            (Reason::RateLimited, Opening::WhenACallEnds)
        );
        first.settle(fault(OutcomeKind::Broken)).await.unwrap();
        assert!(world.admit(&person).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_limit_that_is_lowered_switched_off_or_raised_holds_from_the_next_call() {
    on_both(|test| async move {
        let world = World::new(test);
        let (person, admin) = (world.person(), world.person());
        let id = world.budget(&world.whole(), ("day", "requests", 5)).await;
        world.admit(&person).await.unwrap().settle(used(1, 1)).await.unwrap();
        let change = |limit, enabled| BudgetChange { limit, enabled, contact: None };
        world.guard.change_budget(&admin, id, &change(Some(1), None)).await.unwrap();
        assert!(world.admit(&person).await.is_err());
        world.guard.change_budget(&admin, id, &change(None, Some(false))).await.unwrap();
        assert!(world.admit(&person).await.is_ok());
        let raised = world.guard.change_budget(&admin, id, &change(Some(2), Some(true))).await;
        assert_eq!(raised.unwrap().standing.used, 1, "what was free was not counted");
        assert!(world.admit(&person).await.is_ok());
        let acts: Vec<_> = world.acts("budget.").await.into_iter().map(|act| act.0).collect();
        let changed = "budget.changed";
        assert_eq!(acts, ["budget.created", changed, changed, changed]);
    })
    .await;
}

#[tokio::test]
async fn only_administrators_set_budgets_and_only_in_their_institution() {
    on_both(|test| async move {
        let world = World::new(test);
        let id = world.budget(&world.whole(), ("day", "requests", 5)).await;
        let mut watcher = world.person();
        watcher.roles = [Role::AiOfficer, Role::Auditor, Role::SectionHead].into();
        assert!(world.guard.list_budgets(&watcher, (None, 50)).await.is_ok());
        let refused = world.guard.remove_budget(&watcher, id).await;
        assert!(matches!(refused, Err(Error::Identity(_))), "{refused:?}");
        let mut staff = world.person();
        staff.roles = [Role::Staff].into();
        assert!(world.guard.list_budgets(&staff, (None, 50)).await.is_err());
        let mut key = world.person();
        key.actor = Actor::Key { id: world.test.platform.ids.next(), scopes: Scope::ALL.into() };
        assert!(world.guard.remove_budget(&key, id).await.is_err());
        let mut stranger = world.person();
        stranger.institution = world.test.other_institution("village").await;
        assert!(world.guard.list_budgets(&stranger, (None, 50)).await.unwrap().items.is_empty());
        let gone = world.guard.remove_budget(&stranger, id).await;
        assert!(matches!(gone, Err(Error::Budget(BudgetError::NotFound))), "{gone:?}");
        assert!(world.guard.own_budgets(&stranger).await.unwrap().is_empty());
        let own = world.guard.own_budgets(&staff).await.unwrap();
        assert_eq!(own.iter().map(|found| found.budget.id).collect::<Vec<_>>(), [id]);
    })
    .await;
}

#[tokio::test]
async fn a_budget_that_makes_no_sense_is_refused_by_field() {
    on_both(|test| async move {
        let world = World::new(test);
        let admin = world.person();
        let good = || NewBudget {
            subject_kind: "institution".to_owned(),
            subject_id: None,
            period: "day".to_owned(),
            unit: "yen".to_owned(),
            limit: 10,
            enabled: None,
            contact: String::new(),
        };
        world.guard.create_budget(&admin, &good()).await.unwrap();
        let again = world.guard.create_budget(&admin, &good()).await;
        assert!(matches!(again, Err(Error::Budget(BudgetError::Taken))), "{again:?}");
        let stranger = world.test.platform.ids.next::<kaname_kernel::UserId>().to_string();
        let text = |text: &str| text.to_owned();
        let cases = [
            (NewBudget { subject_kind: text("village"), ..good() }, "subject_kind"),
            (NewBudget { subject_kind: text("person"), ..good() }, "subject_id"),
            (
                NewBudget { subject_kind: text("person"), subject_id: Some(stranger), ..good() },
                "subject_id",
            ),
            (NewBudget { subject_id: Some(text("x")), ..good() }, "subject_id"),
            (NewBudget { period: text("week"), ..good() }, "period"),
            (NewBudget { unit: text("dollars"), ..good() }, "unit"),
            (NewBudget { period: text("minute"), ..good() }, "unit"),
            (NewBudget { limit: u64::MAX, ..good() }, "limit"),
            (NewBudget { contact: "x".repeat(201), ..good() }, "contact"),
            (NewBudget { contact: text("a\nb"), ..good() }, "contact"),
        ];
        for (new, field) in cases {
            let refused = world.guard.create_budget(&admin, &new).await.unwrap_err();
            assert_eq!(refused.field().as_deref(), Some(field), "{new:?}");
        }
    })
    .await;
}
