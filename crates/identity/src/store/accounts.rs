//! Accounts and who is in which team.

use std::collections::{BTreeMap, BTreeSet};

use kaname_kernel::{InstitutionId, Role, TeamId, Timestamp, UserId};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use super::{join, split};
use crate::User;

macro_rules! select_user {
    ($rest:literal) => {
        concat!(
            "SELECT a.user_id, a.institution_id, a.user_name, a.display_name, a.roles, \
             a.department_id, d.name AS department_name, a.clearance, a.disabled, \
             a.must_change_password, a.created_at_ms, a.last_sign_in_at_ms, a.password_hash, \
             f.locked_until_ms FROM account a \
             LEFT JOIN department d ON d.department_id = a.department_id \
             LEFT JOIN sign_in_failure f \
             ON f.institution_id = a.institution_id AND f.user_name = a.user_name ",
            $rest
        )
    };
}

/// A person with what only sign-in needs.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) user: User,
    pub(crate) password_hash: String,
}

pub(crate) async fn any(conn: &mut Conn) -> Result<bool, DbError> {
    Ok(conn.fetch_optional("SELECT user_id FROM account LIMIT 1", params![]).await?.is_some())
}

pub(crate) async fn by_name(
    conn: &mut Conn,
    institution: InstitutionId,
    user_name: &str,
) -> Result<Option<Account>, DbError> {
    let row = conn
        .fetch_optional(
            select_user!("WHERE a.institution_id = $1 AND a.user_name = $2"),
            params![institution, user_name],
        )
        .await?;
    with_teams(conn, row).await
}

pub(crate) async fn by_id(
    conn: &mut Conn,
    institution: InstitutionId,
    user: UserId,
) -> Result<Option<Account>, DbError> {
    let row = conn
        .fetch_optional(
            select_user!("WHERE a.institution_id = $1 AND a.user_id = $2"),
            params![institution, user],
        )
        .await?;
    with_teams(conn, row).await
}

/// The oldest administrator who may sign in.
pub(crate) async fn first_administrator(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Option<Account>, DbError> {
    let row = conn
        .fetch_optional(
            select_user!(
                "WHERE a.institution_id = $1 AND a.disabled = 0 \
                 AND ',' || a.roles || ',' LIKE '%,administrator,%' ORDER BY a.user_id LIMIT 1"
            ),
            params![institution],
        )
        .await?;
    with_teams(conn, row).await
}

/// How many administrators besides `user` may sign in.
pub(crate) async fn other_administrators(
    conn: &mut Conn,
    institution: InstitutionId,
    user: UserId,
) -> Result<i64, DbError> {
    let row = conn
        .fetch_one(
            "SELECT COUNT(*) AS others FROM account WHERE institution_id = $1 AND user_id <> $2 \
             AND disabled = 0 AND ',' || roles || ',' LIKE '%,administrator,%'",
            params![institution, user],
        )
        .await?;
    row.get("others")
}

/// Up to `limit` people after `cursor`, by user name.
pub(crate) async fn list(
    conn: &mut Conn,
    institution: InstitutionId,
    (cursor, limit): (&str, i64),
) -> Result<Vec<User>, DbError> {
    let rows = conn
        .fetch_all(
            select_user!(
                "WHERE a.institution_id = $1 AND a.user_name > $2 ORDER BY a.user_name LIMIT $3"
            ),
            params![institution, cursor, limit],
        )
        .await?;
    let members = conn
        .fetch_all(
            "SELECT user_id, team_id FROM team_member WHERE institution_id = $1 ORDER BY team_id",
            params![institution],
        )
        .await?;
    let mut teams: BTreeMap<UserId, Vec<TeamId>> = BTreeMap::new();
    for row in members {
        teams.entry(row.get("user_id")?).or_default().push(row.get("team_id")?);
    }
    let mut users = Vec::with_capacity(rows.len());
    for row in rows {
        let mut user = read(&row)?.user;
        user.teams = teams.remove(&user.id).unwrap_or_default();
        users.push(user);
    }
    Ok(users)
}

pub(crate) async fn insert(tx: &mut Tx, account: &Account) -> Result<(), DbError> {
    let user = &account.user;
    tx.execute_one(
        "INSERT INTO account (user_id, institution_id, user_name, display_name, roles, \
         department_id, clearance, password_hash, must_change_password, disabled, created_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            user.id,
            user.institution,
            user.user_name.as_str(),
            user.display_name.as_str(),
            roles(&user.roles),
            user.department,
            &user.clearance,
            account.password_hash.as_str(),
            user.must_change_password,
            user.disabled,
            user.created_at
        ],
    )
    .await
}

/// Writes what an administrator may change.
pub(crate) async fn update(tx: &mut Tx, user: &User) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE account SET display_name = $3, roles = $4, department_id = $5, clearance = $6, \
         disabled = $7 WHERE institution_id = $1 AND user_id = $2",
        params![
            user.institution,
            user.id,
            user.display_name.as_str(),
            roles(&user.roles),
            user.department,
            &user.clearance,
            user.disabled
        ],
    )
    .await
}

/// Makes `user.teams` the teams of the person.
pub(crate) async fn set_teams(tx: &mut Tx, user: &User) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM team_member WHERE institution_id = $1 AND user_id = $2",
        params![user.institution, user.id],
    )
    .await?;
    for team in &user.teams {
        tx.execute_one(
            "INSERT INTO team_member (team_id, user_id, institution_id) VALUES ($1, $2, $3)",
            params![*team, user.id, user.institution],
        )
        .await?;
    }
    Ok(())
}

pub(crate) async fn set_password(
    tx: &mut Tx,
    user: &User,
    hash: &str,
    temporary: bool,
) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE account SET password_hash = $3, must_change_password = $4 \
         WHERE institution_id = $1 AND user_id = $2",
        params![user.institution, user.id, hash, temporary],
    )
    .await
}

pub(crate) async fn set_signed_in(tx: &mut Tx, user: &User, now: Timestamp) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE account SET last_sign_in_at_ms = $3 WHERE institution_id = $1 AND user_id = $2",
        params![user.institution, user.id, now],
    )
    .await
}

async fn with_teams(conn: &mut Conn, row: Option<Row>) -> Result<Option<Account>, DbError> {
    let Some(row) = row else { return Ok(None) };
    let mut account = read(&row)?;
    let members = conn
        .fetch_all(
            "SELECT team_id FROM team_member WHERE institution_id = $1 AND user_id = $2 ORDER BY team_id",
            params![account.user.institution, account.user.id],
        )
        .await?;
    account.user.teams = members.iter().map(|row| row.get("team_id")).collect::<Result<_, _>>()?;
    Ok(Some(account))
}

fn read(row: &Row) -> Result<Account, DbError> {
    let user = User {
        id: row.get("user_id")?,
        institution: row.get("institution_id")?,
        user_name: row.get("user_name")?,
        display_name: row.get("display_name")?,
        roles: split(row, "roles", |name| name.parse().ok())?,
        department: row.get("department_id")?,
        department_name: row.get("department_name")?,
        teams: Vec::new(),
        clearance: row.get("clearance")?,
        disabled: row.get("disabled")?,
        locked_until: row.get("locked_until_ms")?,
        must_change_password: row.get("must_change_password")?,
        created_at: row.get("created_at_ms")?,
        last_sign_in_at: row.get("last_sign_in_at_ms")?,
    };
    Ok(Account { user, password_hash: row.get("password_hash")? })
}

fn roles(roles: &BTreeSet<Role>) -> String {
    join(roles.iter().map(|role| role.as_str()))
}
