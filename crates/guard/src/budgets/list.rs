//! Lists budgets with what stands against them: all for those who watch, one's own for everybody.

use std::collections::BTreeMap;

use kaname_budget_core::{Period, Standing};
use kaname_identity::Access;
use kaname_kernel::{BudgetId, InstitutionId, Principal, Role, Timestamp};
use kaname_platform::Conn;

use super::{
    fields::BudgetError,
    model::{Budget, BudgetUse, SubjectKind},
    reserve::above,
    standing::{self, Place},
    store,
};
use crate::{error::Error, guard::Guard, request::Caller};

/// Who may see every budget.
pub(crate) const READERS: Access =
    Access::Person(&[Role::Administrator, Role::AiOfficer, Role::Auditor, Role::SectionHead]);

/// One page of budgets.
#[derive(Debug, Clone)]
pub struct BudgetPage {
    /// What is on it.
    pub items: Vec<BudgetUse>,
    /// Where the next page starts; `None` on the last.
    pub next_cursor: Option<String>,
}

impl Guard {
    /// A page of the institution's budgets, oldest first, with what stands against each now.
    ///
    /// # Errors
    ///
    /// [`BudgetError::Invalid`] for a cursor that no page gave.
    pub async fn list_budgets(
        &self,
        by: &Principal,
        (cursor, limit): (Option<&str>, i64),
    ) -> Result<BudgetPage, Error> {
        READERS.check(by)?;
        let after: Option<BudgetId> = cursor.map(str::parse).transpose().map_err(|_| {
            BudgetError::invalid("cursor", "this must be the next_cursor of the page before")
        })?;
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let now = self.platform.now();
        let mut tx = self.platform.db.read().await?;
        let page = (after.as_str(), limit.saturating_add(1));
        let mut budgets = store::list(&mut tx, by.institution, page).await?;
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = budgets.len() > most;
        budgets.truncate(most);
        let next_cursor = budgets.last().filter(|_| more).map(|(budget, _)| budget.id.to_string());
        let stands = Stands::read(&mut tx, by.institution, now).await?;
        let items = budgets.into_iter().map(|found| stands.join(found)).collect();
        Ok(BudgetPage { items, next_cursor })
    }

    /// What limits `by`: the budgets in force of the person, the person's keys, teams, department and
    /// institution.
    pub async fn own_budgets(&self, by: &Principal) -> Result<Vec<BudgetUse>, Error> {
        Access::Person(&[]).check(by)?;
        let now = self.platform.now();
        let mut tx = self.platform.db.read().await?;
        let stands = Stands::read(&mut tx, by.institution, now).await?;
        let mut own = Vec::new();
        for budget in above(&mut tx, &Caller::from(by), &[]).await? {
            own.extend(store::find(&mut tx, by.institution, budget.id).await?);
        }
        own.extend(store::of_keys(&mut tx, by.institution, by.user).await?);
        own.sort_by_key(|(budget, _)| (std::cmp::Reverse(depth(budget)), budget.id));
        Ok(own.into_iter().map(|found| stands.join(found)).collect())
    }

    /// One budget with what stands against it, after it was made or changed.
    pub(crate) async fn find_budget(
        &self,
        by: &Principal,
        id: BudgetId,
    ) -> Result<BudgetUse, Error> {
        let now = self.platform.now();
        let mut tx = self.platform.db.read().await?;
        let found = store::find(&mut tx, by.institution, id).await?.ok_or(BudgetError::NotFound)?;
        Ok(Stands::read(&mut tx, by.institution, now).await?.join(found))
    }
}

/// How far from the institution it is: a person's own come first.
fn depth(budget: &Budget) -> SubjectKind {
    budget.subject.kind
}

/// What stands in an institution now.
struct Stands {
    at: Timestamp,
    by_place: BTreeMap<Place, Standing>,
}

impl Stands {
    async fn read(
        conn: &mut Conn,
        institution: InstitutionId,
        at: Timestamp,
    ) -> Result<Self, Error> {
        let starts = [Period::Day, Period::Month, Period::FiscalYear]
            .map(|period| period.span(at.as_millis()).map_or(0, |span| span.start_ms));
        let by_place = standing::all(conn, institution, starts).await?.into_iter().collect();
        Ok(Self { at, by_place })
    }

    fn join(&self, (budget, subject_name): (Budget, String)) -> BudgetUse {
        let place = Place {
            budget: budget.id,
            start_ms: budget.period_start_ms(self.at),
            institution: budget.institution,
        };
        let kept = self.by_place.get(&place).copied().unwrap_or_default();
        let standing = budget.limit.at(kept, self.at.as_millis());
        BudgetUse { budget, subject_name, standing, at: self.at }
    }
}
