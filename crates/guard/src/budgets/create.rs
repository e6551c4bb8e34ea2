//! Makes a budget or rate.

use kaname_identity::Access;
use kaname_kernel::{Principal, Role};
use kaname_platform::{Act, DbError};

use super::{
    fields::{BudgetError, NewBudget, text},
    model::{Budget, BudgetUse},
    store,
};
use crate::{error::Error, guard::Guard};

/// Who may set budgets.
pub(crate) const WRITERS: Access = Access::Person(&[Role::Administrator]);

impl Guard {
    /// Makes a budget in the institution of `by`, an administrator. It holds from the next call on;
    /// what was used before it was made is not counted.
    ///
    /// # Errors
    ///
    /// [`BudgetError::Invalid`] by field; [`BudgetError::Taken`].
    pub async fn create_budget(&self, by: &Principal, new: &NewBudget) -> Result<BudgetUse, Error> {
        WRITERS.check(by)?;
        let now = self.platform.now();
        let budget = Budget {
            id: self.platform.ids.next(),
            institution: by.institution,
            subject: new.subject(by.institution)?,
            limit: new.limit()?,
            enabled: new.enabled.unwrap_or(true),
            contact: text("contact", &new.contact)?,
            created_at: now,
            changed_at: now,
        };
        let mut tx = self.platform.db.begin().await?;
        if !store::is_there(&mut tx, by.institution, &budget.subject).await? {
            let detail = "this names nothing in this institution";
            return Err(BudgetError::invalid("subject_id", detail).into());
        }
        store::insert(&mut tx, &budget).await.map_err(taken)?;
        self.platform.append(&mut tx, describe(Act::by(by, "budget.created"), &budget)).await?;
        tx.commit().await.map_err(taken)?;
        self.find_budget(by, budget.id).await
    }
}

/// What an act about `budget` says of it.
pub(crate) fn describe(act: Act, budget: &Budget) -> Act {
    act.reference("budget", budget.id)
        .reference("subject", &budget.subject)
        .reference("unit", budget.limit.unit())
        .reference("period", budget.limit.period())
        .reference("limit", budget.limit.amount() / budget.limit.unit().parts())
        .reference("enabled", budget.enabled)
        .content("contact", budget.contact.as_str())
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Conflict(_) => BudgetError::Taken.into(),
        other => other.into(),
    }
}
