//! Calls summed up by the hour, so that traffic and shares of a month need not read every call, and so
//! that single calls can go after a time while their sums stay.
//!
//! At any moment a call is counted once: in a line of its hour where its row says that it is rolled
//! up, by its own row where not; both change in one transaction. Only calls with an outcome are rolled
//! up, and those never change again. One that ends late is added to its hour when it does.

pub(crate) mod buckets;
mod lines;
mod retain;
mod roll_up;
mod split;
mod store;

use kaname_kernel::InstitutionId;
use kaname_platform::{Conn, DbError};

pub(crate) use self::{
    split::{HOUR_MS, Split},
    store::counts,
};

/// Most calls that are rolled up or removed in one transaction: whoever writes meanwhile waits.
const AT_ONCE: i64 = 2_000;

/// A row of one call, as it is counted.
macro_rules! single {
    () => {
        "SELECT started_at_ms AS at_ms, department_id, app, model, endpoint_id, route_id, vendor, \
         operator_country, hosting_country, open_weights, purpose, action, outcome, code, 1 AS calls, \
         CASE WHEN prompt_tokens IS NULL AND completion_tokens IS NULL THEN 1 ELSE 0 END \
         AS without_tokens, CASE WHEN cost_micro_yen IS NULL THEN 1 ELSE 0 END AS without_cost, \
         COALESCE(prompt_tokens, 0) AS prompt_tokens, \
         COALESCE(completion_tokens, 0) AS completion_tokens, \
         COALESCE(cost_micro_yen, 0) AS cost_micro_yen, took_ms, first_ms \
         FROM model_call WHERE institution_id = $1 AND "
    };
}
pub(crate) use single;

/// The calls of a [`Split`], whose values `$1` to `$8` are, as a table of rows to be summed up: lines
/// of whole hours, and calls that are counted by their own rows.
macro_rules! counted {
    () => {
        concat!(
            "(SELECT hour_ms AS at_ms, department_id, app, model, endpoint_id, route_id, vendor, \
             operator_country, hosting_country, open_weights, purpose, action, outcome, code, calls, \
             without_tokens, without_cost, prompt_tokens, completion_tokens, cost_micro_yen, \
             CAST(NULL AS BIGINT) AS took_ms, CAST(NULL AS BIGINT) AS first_ms FROM call_hour \
             WHERE institution_id = $1 AND hour_ms >= $7 AND hour_ms < $8 UNION ALL ",
            $crate::hours::single!(),
            "rolled = 0 AND started_at_ms >= $2 AND started_at_ms < $3 UNION ALL ",
            $crate::hours::single!(),
            "rolled = 1 AND started_at_ms >= $4 AND started_at_ms < $5 UNION ALL ",
            $crate::hours::single!(),
            "rolled = 1 AND started_at_ms >= $6 AND started_at_ms < $3) AS counted "
        )
    };
}
pub(crate) use counted;

/// From when on the calls of `institution` that were rolled up are still there one by one: the
/// beginning of an hour, 0 where none was removed.
pub(crate) async fn kept_from(conn: &mut Conn, institution: InstitutionId) -> Result<i64, DbError> {
    Ok(store::retention(conn, institution).await?.kept_from_ms)
}
