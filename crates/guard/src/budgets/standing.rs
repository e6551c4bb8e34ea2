//! What stands against budgets, and who holds what of it. Private to the slice.

use kaname_budget_core::Standing;
use kaname_kernel::{ActId, BudgetId, InstitutionId};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

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

/// Locks the row of `place` until the transaction ends, making it if it is not there, and reads it.
///
/// On PostgreSQL the needless update takes the row's lock; on SQLite there is one writer anyway.
pub(crate) async fn lock(tx: &mut Tx, place: Place, now_ms: i64) -> Result<Standing, DbError> {
    let row = tx
        .fetch_one(
            "INSERT INTO budget_use (institution_id, period_start_ms, budget_id, used, reserved, \
             changed_at_ms) VALUES ($1, $2, $3, 0, 0, $4) \
             ON CONFLICT (institution_id, period_start_ms, budget_id) \
             DO UPDATE SET reserved = budget_use.reserved RETURNING used, reserved, changed_at_ms",
            params![place.institution, place.start_ms, place.budget, now_ms],
        )
        .await?;
    read(&row)
}

/// Writes the row that [`lock`] locked.
pub(crate) async fn write(tx: &mut Tx, place: Place, standing: Standing) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE budget_use SET used = $4, reserved = $5, changed_at_ms = $6 \
         WHERE institution_id = $1 AND period_start_ms = $2 AND budget_id = $3",
        params![
            place.institution,
            place.start_ms,
            place.budget,
            signed(standing.used),
            signed(standing.reserved),
            standing.changed_at_ms
        ],
    )
    .await
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
