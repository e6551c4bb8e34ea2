//! Changes how much a budget holds, whether it is in force, and whom to ask.

use kaname_kernel::{BudgetId, Principal};
use kaname_platform::Act;

use super::{
    create::{WRITERS, describe},
    fields::{BudgetChange, BudgetError, limit, text},
    model::BudgetUse,
    store,
};
use crate::{error::Error, guard::Guard};

impl Guard {
    /// Changes the budget `id` of the institution of `by`, an administrator. Holds from the next call on.
    ///
    /// # Errors
    ///
    /// [`BudgetError::NotFound`]; [`BudgetError::Invalid`] by field.
    pub async fn change_budget(
        &self,
        by: &Principal,
        id: BudgetId,
        change: &BudgetChange,
    ) -> Result<BudgetUse, Error> {
        WRITERS.check(by)?;
        let now = self.platform.now();
        let mut tx = self.platform.db.begin().await?;
        let found = store::find(&mut tx, by.institution, id).await?;
        let (before, _) = found.ok_or(BudgetError::NotFound)?;
        let mut after = before.clone();
        if let Some(whole) = change.limit {
            after.limit = limit(before.limit.unit(), before.limit.period(), whole)?;
        }
        if let Some(contact) = &change.contact {
            after.contact = text("contact", contact)?;
        }
        after.enabled = change.enabled.unwrap_or(before.enabled);
        after.changed_at = now;
        store::update(&mut tx, &after).await?;
        let whole_before = before.limit.amount() / before.limit.unit().parts();
        let act = describe(Act::by(by, "budget.changed"), &after)
            .reference("limit_before", whole_before)
            .reference("enabled_before", before.enabled);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        self.find_budget(by, id).await
    }
}
