//! The SQL of budgets, private to the slice. Every statement names the institution.
//!
//! Names of departments, teams, people and keys, and who is in which team, are read from identity's
//! tables and never written.

use kaname_budget_core::Limit;
use kaname_kernel::{BudgetId, InstitutionId, Timestamp, UserId};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use super::{
    model::{Budget, Subject, SubjectKind},
    standing::{signed, unsigned},
};

/// Ids that one look-up can name.
const NAMED_MAX: usize = 6;

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT b.budget_id, b.institution_id, b.subject_kind, b.subject_id, b.period, b.unit, \
             b.limit_amount, b.enabled, b.contact, b.created_at_ms, b.changed_at_ms",
            $rest
        )
    };
}

macro_rules! with_names {
    ($rest:literal) => {
        concat!(
            columns!(
                ", COALESCE(i.name, d.name, t.name, a.display_name, k.name, b.subject_id) \
                 AS subject_name FROM budget b \
                 LEFT JOIN institution i \
                 ON b.subject_kind = 'institution' AND i.institution_id = b.subject_id \
                 LEFT JOIN department d \
                 ON b.subject_kind = 'department' AND d.department_id = b.subject_id \
                 LEFT JOIN team t ON b.subject_kind = 'team' AND t.team_id = b.subject_id \
                 LEFT JOIN account a ON b.subject_kind = 'person' AND a.user_id = b.subject_id \
                 LEFT JOIN api_key k ON b.subject_kind = 'key' AND k.key_id = b.subject_id "
            ),
            $rest
        )
    };
}

/// The budgets in force of `named` and of the teams of `user`, in the order of their ids.
pub(crate) async fn in_force(
    conn: &mut Conn,
    institution: InstitutionId,
    named: &[Subject],
    user: Option<UserId>,
) -> Result<Vec<Budget>, DbError> {
    let mut found: Vec<Budget> = Vec::new();
    // One look-up, but for who counts a call against more apps and systems than it has places for.
    for (turn, part) in named.chunks(NAMED_MAX).enumerate() {
        let id = |place: usize| part.get(place).map_or("", |subject| subject.id.as_str());
        let user = user.filter(|_| turn == 0).map(|id| id.to_string()).unwrap_or_default();
        let rows = conn
            .fetch_few(
                columns!(
                    " FROM budget b WHERE b.institution_id = $1 AND b.removed_at_ms IS NULL \
                     AND b.enabled = 1 AND b.subject_id IN (VALUES ($2), ($3), ($4), ($5), ($6), ($7) \
                     UNION ALL SELECT m.team_id FROM team_member m WHERE m.user_id = $8) \
                     ORDER BY b.budget_id"
                ),
                params![institution, id(0), id(1), id(2), id(3), id(4), id(5), user],
            )
            .await?;
        for row in &rows {
            let budget = read(row)?;
            if budget.subject.kind == SubjectKind::Team || part.contains(&budget.subject) {
                found.push(budget);
            }
        }
    }
    found.sort_by_key(|budget| budget.id);
    found.dedup_by_key(|budget| budget.id);
    Ok(found)
}

/// A page of budgets after `after`, in the order of their ids, with names.
pub(crate) async fn list(
    conn: &mut Conn,
    institution: InstitutionId,
    (after, limit): (&str, i64),
) -> Result<Vec<(Budget, String)>, DbError> {
    let rows = conn
        .fetch_all(
            with_names!(
                "WHERE b.institution_id = $1 AND b.removed_at_ms IS NULL AND b.budget_id > $2 \
                 ORDER BY b.budget_id LIMIT $3"
            ),
            params![institution, after, limit],
        )
        .await?;
    rows.iter().map(|row| Ok((read(row)?, row.get("subject_name")?))).collect()
}

/// The budgets in force of the keys of `user`, with names.
pub(crate) async fn of_keys(
    conn: &mut Conn,
    institution: InstitutionId,
    user: UserId,
) -> Result<Vec<(Budget, String)>, DbError> {
    let rows = conn
        .fetch_all(
            with_names!(
                "WHERE b.institution_id = $1 AND b.removed_at_ms IS NULL AND b.enabled = 1 \
                 AND b.subject_kind = 'key' AND k.user_id = $2 AND k.revoked_at_ms IS NULL \
                 ORDER BY b.budget_id"
            ),
            params![institution, user],
        )
        .await?;
    rows.iter().map(|row| Ok((read(row)?, row.get("subject_name")?))).collect()
}

/// One budget that was not removed, with its name.
pub(crate) async fn find(
    conn: &mut Conn,
    institution: InstitutionId,
    id: BudgetId,
) -> Result<Option<(Budget, String)>, DbError> {
    let row = conn
        .fetch_optional(
            with_names!(
                "WHERE b.institution_id = $1 AND b.budget_id = $2 AND b.removed_at_ms IS NULL"
            ),
            params![institution, id],
        )
        .await?;
    row.map(|row| Ok((read(&row)?, row.get("subject_name")?))).transpose()
}

/// The limit of a budget, removed or not: what calls under way settle against.
pub(crate) async fn limit_of(
    tx: &mut Tx,
    institution: InstitutionId,
    id: BudgetId,
) -> Result<Limit, DbError> {
    let row = tx
        .fetch_one(
            columns!(" FROM budget b WHERE b.institution_id = $1 AND b.budget_id = $2"),
            params![institution, id],
        )
        .await?;
    Ok(read(&row)?.limit)
}

pub(crate) async fn insert(tx: &mut Tx, budget: &Budget) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO budget (budget_id, institution_id, subject_kind, subject_id, period, unit, \
         limit_amount, enabled, contact, created_at_ms, changed_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            budget.id,
            budget.institution,
            budget.subject.kind.as_str(),
            budget.subject.id.as_str(),
            budget.limit.period().as_str(),
            budget.limit.unit().as_str(),
            signed(budget.limit.amount()),
            budget.enabled,
            budget.contact.as_str(),
            budget.created_at,
            budget.changed_at
        ],
    )
    .await
}

pub(crate) async fn update(tx: &mut Tx, budget: &Budget) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE budget SET limit_amount = $3, enabled = $4, contact = $5, changed_at_ms = $6 \
         WHERE institution_id = $1 AND budget_id = $2 AND removed_at_ms IS NULL",
        params![
            budget.institution,
            budget.id,
            signed(budget.limit.amount()),
            budget.enabled,
            budget.contact.as_str(),
            budget.changed_at
        ],
    )
    .await
}

pub(crate) async fn remove(tx: &mut Tx, budget: &Budget, now: Timestamp) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE budget SET removed_at_ms = $3 \
         WHERE institution_id = $1 AND budget_id = $2 AND removed_at_ms IS NULL",
        params![budget.institution, budget.id, now],
    )
    .await
}

/// Whether `subject` is in `institution`. Apps and systems are free names.
pub(crate) async fn is_there(
    conn: &mut Conn,
    institution: InstitutionId,
    subject: &Subject,
) -> Result<bool, DbError> {
    let sql = match subject.kind {
        SubjectKind::Institution => return Ok(institution.to_string() == subject.id),
        SubjectKind::App | SubjectKind::System => return Ok(true),
        SubjectKind::Department => {
            "SELECT 1 FROM department WHERE institution_id = $1 AND department_id = $2"
        }
        SubjectKind::Team => "SELECT 1 FROM team WHERE institution_id = $1 AND team_id = $2",
        SubjectKind::Person => "SELECT 1 FROM account WHERE institution_id = $1 AND user_id = $2",
        SubjectKind::Key => "SELECT 1 FROM api_key WHERE institution_id = $1 AND key_id = $2",
    };
    Ok(conn.fetch_optional(sql, params![institution, subject.id.as_str()]).await?.is_some())
}

fn read(row: &Row) -> Result<Budget, DbError> {
    let kind = parse(row, "subject_kind")?;
    let limit =
        Limit::new(parse(row, "unit")?, parse(row, "period")?, unsigned(row, "limit_amount")?);
    let inconsistent = |_| DbError::Inconsistent { column: "limit_amount".to_owned() };
    Ok(Budget {
        id: row.get("budget_id")?,
        institution: row.get("institution_id")?,
        subject: Subject { kind, id: row.get("subject_id")? },
        limit: limit.map_err(inconsistent)?,
        enabled: row.get("enabled")?,
        contact: row.get("contact")?,
        created_at: row.get("created_at_ms")?,
        changed_at: row.get("changed_at_ms")?,
    })
}

fn parse<T: std::str::FromStr>(row: &Row, column: &str) -> Result<T, DbError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| DbError::Inconsistent { column: column.to_owned() })
}
