//! What stands against budgets, and who holds what of it. Private to the slice.

use kaname_budget_core::Standing;
use kaname_kernel::{ActId, BudgetId, InstitutionId};
use kaname_platform::{
    Conn, DbError, Tx,
    db::{Row, Value},
    params,
};

/// One row of use: the budget in one period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub(crate) budget: BudgetId,
    pub(crate) start_ms: i64,
    pub(crate) institution: InstitutionId,
}

/// What an attempt holds of one budget.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Holding {
    pub(crate) place: Place,
    pub(crate) amount: u64,
}

/// Reads the row of `place`, which nobody else writes until the transaction ends.
///
/// On SQLite there is one writer anyway. On PostgreSQL the row is made if it is not there, and a
/// needless update takes its lock.
pub(crate) async fn lock(tx: &mut Tx, place: Place, now_ms: i64) -> Result<Standing, DbError> {
    let [institution, start, budget] = params_of(place);
    if tx.is_postgres() {
        let sql = "INSERT INTO budget_use (institution_id, period_start_ms, budget_id, used, reserved, \
             changed_at_ms) VALUES ($1, $2, $3, 0, 0, $4) \
             ON CONFLICT (institution_id, period_start_ms, budget_id) \
             DO UPDATE SET reserved = budget_use.reserved RETURNING used, reserved, changed_at_ms";
        let values = vec![institution, start, budget, now_ms.into()];
        return read(&tx.fetch_one(sql, values).await?);
    }
    let sql = "SELECT used, reserved, changed_at_ms FROM budget_use \
               WHERE institution_id = $1 AND period_start_ms = $2 AND budget_id = $3";
    let found = tx.fetch_optional(sql, vec![institution, start, budget]).await?;
    let nothing = Standing { used: 0, reserved: 0, changed_at_ms: now_ms };
    found.as_ref().map_or(Ok(nothing), read)
}

/// Writes the row that [`lock`] locked.
pub(crate) async fn write(tx: &mut Tx, place: Place, standing: Standing) -> Result<(), DbError> {
    let [institution, start, budget] = params_of(place);
    let (used, reserved) = (signed(standing.used), signed(standing.reserved));
    tx.execute_one(
        "INSERT INTO budget_use (institution_id, period_start_ms, budget_id, used, reserved, \
         changed_at_ms) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (institution_id, period_start_ms, budget_id) DO UPDATE SET \
         used = excluded.used, reserved = excluded.reserved, changed_at_ms = excluded.changed_at_ms",
        vec![institution, start, budget, used.into(), reserved.into(), standing.changed_at_ms.into()],
    )
    .await
}

fn params_of(place: Place) -> [Value; 3] {
    [place.institution.into(), place.start_ms.into(), place.budget.into()]
}

/// Everything that stands in `institution` in the periods that began at `starts`, and for rates.
pub(crate) async fn all(
    conn: &mut Conn,
    institution: InstitutionId,
    starts: [i64; 3],
) -> Result<Vec<(Place, Standing)>, DbError> {
    let [day, month, year] = starts;
    let rows = conn
        .fetch_few(
            "SELECT budget_id, period_start_ms, used, reserved, changed_at_ms FROM budget_use \
             WHERE institution_id = $1 AND period_start_ms IN (0, $2, $3, $4)",
            params![institution, day, month, year],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let (budget, start_ms) = (row.get("budget_id")?, row.get("period_start_ms")?);
            Ok((Place { budget, start_ms, institution }, read(row)?))
        })
        .collect()
}

/// Notes that the attempt `act` holds `holding`.
pub(crate) async fn hold(tx: &mut Tx, act: ActId, holding: &Holding) -> Result<(), DbError> {
    let place = holding.place;
    tx.execute_one(
        "INSERT INTO budget_reservation (attempt_act_id, budget_id, institution_id, \
         period_start_ms, amount) VALUES ($1, $2, $3, $4, $5)",
        params![act, place.budget, place.institution, place.start_ms, signed(holding.amount)],
    )
    .await
}

/// Takes away what the attempt `act` holds, and gives it.
pub(crate) async fn let_go(tx: &mut Tx, act: ActId) -> Result<Vec<Holding>, DbError> {
    let rows = tx
        .fetch_few(
            "DELETE FROM budget_reservation WHERE attempt_act_id = $1 \
             RETURNING budget_id, institution_id, period_start_ms, amount",
            params![act],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let place = Place {
                budget: row.get("budget_id")?,
                start_ms: row.get("period_start_ms")?,
                institution: row.get("institution_id")?,
            };
            Ok(Holding { place, amount: unsigned(row, "amount")? })
        })
        .collect()
}

fn read(row: &Row) -> Result<Standing, DbError> {
    Ok(Standing {
        used: unsigned(row, "used")?,
        reserved: unsigned(row, "reserved")?,
        changed_at_ms: row.get("changed_at_ms")?,
    })
}

/// A column of an amount, which is never negative.
pub(crate) fn unsigned(row: &Row, column: &str) -> Result<u64, DbError> {
    let inconsistent = |_| DbError::Inconsistent { column: column.to_owned() };
    u64::try_from(row.get::<i64>(column)?).map_err(inconsistent)
}

/// An amount as a column holds it; amounts end far below the largest number of a column.
pub(crate) fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}
