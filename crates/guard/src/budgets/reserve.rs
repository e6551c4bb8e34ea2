//! Claims the worst case of a call from every budget and rate above its caller, or from none.

use kaname_budget_core::admit;
use kaname_kernel::ActId;
use kaname_platform::{Conn, DbError, Tx};

use super::{
    exceeded::Exceeded,
    model::{Budget, Subject},
    spending::estimate_of,
    standing::{self, Holding, Place},
    store,
};
use crate::{
    guard::Guard,
    request::{Action, Caller, Request},
};

impl Guard {
    /// Reserves for `request`, in the transaction that records it.
    ///
    /// Every role counts. Where nothing applies, the cost is one indexed read. A probe sends nothing
    /// of the institution and uses no tokens, so it is not counted.
    pub(crate) async fn reserve(
        &self,
        tx: &mut Tx,
        request: &Request,
    ) -> Result<Result<Vec<Holding>, Exceeded>, DbError> {
        if request.action == Action::Probe {
            return Ok(Ok(Vec::new()));
        }
        let budgets = above(tx, &request.caller, &request.within).await?;
        if budgets.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let now = self.platform.now();
        let now_ms = now.as_millis();
        let mut locked = Vec::with_capacity(budgets.len());
        for budget in &budgets {
            let place = Place {
                budget: budget.id,
                start_ms: budget.period_start_ms(now),
                institution: budget.institution,
            };
            locked.push((place, standing::lock(tx, place, now_ms).await?));
        }
        let limits: Vec<_> = budgets
            .iter()
            .zip(&locked)
            .map(|(budget, (_, stands))| (budget.limit, *stands))
            .collect();
        let worst = estimate_of(request).worst();
        let claims = match admit(&limits, &worst, now_ms) {
            Ok(claims) => claims,
            Err(refusal) => {
                let budget = budgets.get(refusal.place);
                let inconsistent = || DbError::Inconsistent { column: "budget_id".to_owned() };
                let budget = budget.ok_or_else(inconsistent)?;
                return Ok(Err(Exceeded::of(budget, refusal.opening, worst.money.is_some())));
            }
        };
        let mut held = Vec::with_capacity(claims.len());
        for ((place, _), claim) in locked.into_iter().zip(claims) {
            standing::write(tx, place, claim.standing).await?;
            held.push(Holding { place, amount: claim.amount });
        }
        Ok(Ok(held))
    }

    /// Notes what the attempt `act` holds, so that its outcome or the next start can settle it.
    pub(crate) async fn hold(
        &self,
        tx: &mut Tx,
        act: ActId,
        held: &[Holding],
    ) -> Result<(), DbError> {
        for holding in held {
            standing::hold(tx, act, holding).await?;
        }
        Ok(())
    }
}

/// The budgets in force above `caller`, in the order of their ids.
pub(crate) async fn above(
    conn: &mut Conn,
    caller: &Caller,
    within: &[Subject],
) -> Result<Vec<Budget>, DbError> {
    let named = Subject::above(caller, within);
    let user = match caller {
        Caller::Person(person) => Some(person.user),
        Caller::System(_) => None,
    };
    store::in_force(conn, caller.institution(), &named, user).await
}
