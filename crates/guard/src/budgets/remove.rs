//! Removes a budget or rate: from the next call on it holds nobody back.

use kaname_kernel::{BudgetId, Principal};
use kaname_platform::Act;

use super::{
    create::{WRITERS, describe},
    fields::BudgetError,
    store,
};
use crate::{error::Error, guard::Guard};

impl Guard {
    /// Removes the budget `id` of the institution of `by`, an administrator. Calls under way still
    /// settle what they hold of it; its figures stay in the records.
    ///
    /// # Errors
    ///
    /// [`BudgetError::NotFound`].
    pub async fn remove_budget(&self, by: &Principal, id: BudgetId) -> Result<(), Error> {
        WRITERS.check(by)?;
        let mut tx = self.platform.db.begin().await?;
        let found = store::find(&mut tx, by.institution, id).await?;
        let (budget, _) = found.ok_or(BudgetError::NotFound)?;
        store::remove(&mut tx, &budget, self.platform.now()).await?;
        self.platform.append(&mut tx, describe(Act::by(by, "budget.removed"), &budget)).await?;
        tx.commit().await?;
        Ok(())
    }
}
