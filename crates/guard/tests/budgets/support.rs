//! What the tests of budgets share: people on the tree, budgets, calls, and what stands.

use std::time::Duration;

use kaname_guard::{
    Action, Attempt, BudgetUse, Error, Estimate, Exceeded, Guard, MicroYen, NewBudget, Origin,
    Outcome, OutcomeKind, Place, Price, Purpose, Request, Subject, SubjectKind, Usage,
};
use kaname_kernel::{Actor, BudgetId, DepartmentId, Label, Principal, Role, TeamId, UserId};
use kaname_platform::{
    outbound::{Outbound, Target},
    params,
};
use kaname_testkit::TestPlatform;

/// A guard over a town.
pub(crate) struct World {
    pub(crate) test: TestPlatform,
    pub(crate) guard: Guard,
}

impl World {
    pub(crate) fn new(test: TestPlatform) -> Self {
        let (_outbound, mint) = Outbound::new(Duration::from_secs(1)).unwrap();
        Self { guard: Guard::new(test.platform.clone(), mint), test }
    }

    /// A person of the town with every role, so that no test passes by a role that is missing.
    pub(crate) fn person(&self) -> Principal {
        Principal {
            institution: self.test.institution,
            user: self.test.platform.ids.next(),
            display_name: "職員".to_owned(),
            actor: Actor::Console,
            roles: Role::ALL.into(),
            department: None,
            clearance: Label::of_rank(3),
        }
    }

    pub(crate) async fn department(&self) -> DepartmentId {
        let id: DepartmentId = self.test.platform.ids.next();
        let sql = "INSERT INTO department (department_id, institution_id, key, name) \
                   VALUES ($1, $2, $1, '住民課')";
        self.run(sql, params![id, self.test.institution]).await;
        id
    }

    pub(crate) async fn team(&self, department: DepartmentId) -> TeamId {
        let id: TeamId = self.test.platform.ids.next();
        let sql = "INSERT INTO team (team_id, institution_id, department_id, key, name) \
                   VALUES ($1, $2, $3, $1, '窓口係')";
        self.run(sql, params![id, self.test.institution, department]).await;
        id
    }

    /// Writes the account of `person`.
    pub(crate) async fn account(&self, person: UserId) {
        let sql = "INSERT INTO account (user_id, institution_id, user_name, display_name, roles, \
                   clearance, password_hash, must_change_password, disabled, created_at_ms) \
                   VALUES ($1, $2, $1, '職員', 'staff', '3', 'x', 0, 0, 1)";
        self.run(sql, params![person, self.test.institution]).await;
    }

    pub(crate) async fn join_team(&self, team: TeamId, person: UserId) {
        let sql = "INSERT INTO team_member (team_id, user_id, institution_id) VALUES ($1, $2, $3)";
        self.run(sql, params![team, person, self.test.institution]).await;
    }

    pub(crate) async fn run(&self, sql: &'static str, params: Vec<kaname_platform::db::Value>) {
        let mut tx = self.test.platform.db.begin().await.unwrap();
        tx.execute_one(sql, params).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Makes a budget: `("day", "tokens", 100)`.
    pub(crate) async fn budget(&self, of: &Subject, what: (&str, &str, u64)) -> BudgetId {
        let (period, unit, limit) = what;
        let new = NewBudget {
            subject_kind: of.kind.as_str().to_owned(),
            subject_id: Some(of.id.clone()),
            period: period.to_owned(),
            unit: unit.to_owned(),
            limit,
            enabled: None,
            contact: "情報政策課 内線 210".to_owned(),
        };
        self.guard.create_budget(&self.person(), &new).await.unwrap().budget.id
    }

    pub(crate) fn whole(&self) -> Subject {
        Subject::new(SubjectKind::Institution, self.test.institution)
    }

    /// A chat call of at most 60 tokens in and 40 out, at 1 yen a token in and 2 yen out.
    pub(crate) fn call(&self, by: &Principal) -> Request {
        let place = Place {
            endpoint: None,
            institution: self.test.institution,
            target: Target::Http("https://models.example.jp".to_owned()),
            clearance: Label::of_rank(3),
            enabled: true,
            model: "model".to_owned(),
            origin: Origin::default(),
        };
        let label = Label::of_rank(2);
        Request::new(by, Purpose::Conversation, Action::Chat, place, label)
            .content("messages", "粗大ごみ")
    }

    pub(crate) async fn admit(&self, by: &Principal) -> Result<Attempt, Exceeded> {
        self.admit_request(self.call(by).reserving(estimate())).await
    }

    pub(crate) async fn admit_request(&self, request: Request) -> Result<Attempt, Exceeded> {
        admitted(self.guard.admit(request).await)
    }

    /// Used and reserved of the budget `id` in its present period, in its smallest parts.
    pub(crate) async fn stands(&self, id: BudgetId) -> (u64, u64) {
        let found = self.found(id).await;
        found.budget.limit.shown(found.standing, self.test.platform.now().as_millis())
    }

    pub(crate) async fn found(&self, id: BudgetId) -> BudgetUse {
        let all = self.guard.list_budgets(&self.person(), (None, 200)).await.unwrap();
        all.items.into_iter().find(|found| found.budget.id == id).unwrap()
    }

    /// Kind and references of every act whose kind starts so, in order.
    pub(crate) async fn acts(&self, prefix: &str) -> Vec<(String, String)> {
        let mut tx = self.test.platform.db.read().await.unwrap();
        let sql = "SELECT kind, refs FROM act WHERE kind LIKE $1 ORDER BY act_id";
        let rows = tx.fetch_all(sql, params![format!("{prefix}%")]).await.unwrap();
        rows.iter().map(|row| (row.get("kind").unwrap(), row.get("refs").unwrap())).collect()
    }
}

pub(crate) fn admitted(
    answer: Result<(kaname_platform::outbound::Permit, Attempt), Error>,
) -> Result<Attempt, Exceeded> {
    match answer {
        Ok((_permit, attempt)) => Ok(attempt),
        Err(Error::Denied(denial)) => Err(*denial.exceeded.unwrap()),
        Err(other) => panic!("{other:?}"),
    }
}

/// At most 60 tokens in at 1 yen, and 40 out at 2 yen: 100 tokens, 140 yen.
pub(crate) fn estimate() -> Estimate {
    let price = Price {
        input_per_million: MicroYen::from_yen(1_000_000),
        cached_input_per_million: MicroYen::from_yen(500_000),
        output_per_million: MicroYen::from_yen(2_000_000),
        per_request: MicroYen::ZERO,
    };
    Estimate::new(60, 40, price)
}

pub(crate) fn used(prompt: u64, completion: u64) -> Outcome {
    Outcome::completed(Usage::of(prompt, completion))
}

pub(crate) fn fault(kind: OutcomeKind) -> Outcome {
    Outcome::fault(kind, "gateway.upstream_cut")
}
