//! Departments and their teams.

use kaname_kernel::{DepartmentId, InstitutionId, TeamId};
use kaname_platform::{Conn, DbError, Tx, db::Row, params};

use crate::{Department, Team};

pub(crate) async fn find(
    conn: &mut Conn,
    institution: InstitutionId,
    id: DepartmentId,
) -> Result<Option<Department>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT department_id, key, name FROM department \
             WHERE institution_id = $1 AND department_id = $2",
            params![institution, id],
        )
        .await?;
    row.as_ref().map(read).transpose()
}

/// Up to `limit` departments after `cursor`, by key.
pub(crate) async fn list(
    conn: &mut Conn,
    institution: InstitutionId,
    (cursor, limit): (&str, i64),
) -> Result<Vec<Department>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT department_id, key, name FROM department \
             WHERE institution_id = $1 AND key > $2 ORDER BY key LIMIT $3",
            params![institution, cursor, limit],
        )
        .await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn insert(
    tx: &mut Tx,
    institution: InstitutionId,
    new: &Department,
) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO department (department_id, institution_id, key, name) VALUES ($1, $2, $3, $4)",
        params![new.id, institution, new.key.as_str(), new.name.as_str()],
    )
    .await
}

pub(crate) async fn update(
    tx: &mut Tx,
    institution: InstitutionId,
    changed: &Department,
) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE department SET key = $3, name = $4 WHERE institution_id = $1 AND department_id = $2",
        params![institution, changed.id, changed.key.as_str(), changed.name.as_str()],
    )
    .await
}

/// Removes a department; a conflict when people or teams are in it.
pub(crate) async fn remove(
    tx: &mut Tx,
    institution: InstitutionId,
    id: DepartmentId,
) -> Result<bool, DbError> {
    let removed = tx
        .execute(
            "DELETE FROM department WHERE institution_id = $1 AND department_id = $2",
            params![institution, id],
        )
        .await?;
    Ok(removed == 1)
}

pub(crate) async fn find_team(
    conn: &mut Conn,
    institution: InstitutionId,
    id: TeamId,
) -> Result<Option<Team>, DbError> {
    let row = conn
        .fetch_optional(
            "SELECT team_id, department_id, key, name FROM team \
             WHERE institution_id = $1 AND team_id = $2",
            params![institution, id],
        )
        .await?;
    row.as_ref().map(read_team).transpose()
}

/// Up to `limit` teams of a department after `cursor`, by key.
pub(crate) async fn list_teams(
    conn: &mut Conn,
    (institution, department): (InstitutionId, DepartmentId),
    (cursor, limit): (&str, i64),
) -> Result<Vec<Team>, DbError> {
    let rows = conn
        .fetch_all(
            "SELECT team_id, department_id, key, name FROM team WHERE institution_id = $1 \
             AND department_id = $2 AND key > $3 ORDER BY key LIMIT $4",
            params![institution, department, cursor, limit],
        )
        .await?;
    rows.iter().map(read_team).collect()
}

pub(crate) async fn insert_team(
    tx: &mut Tx,
    institution: InstitutionId,
    new: &Team,
) -> Result<(), DbError> {
    tx.execute_one(
        "INSERT INTO team (team_id, institution_id, department_id, key, name) \
         VALUES ($1, $2, $3, $4, $5)",
        params![new.id, institution, new.department, new.key.as_str(), new.name.as_str()],
    )
    .await
}

pub(crate) async fn update_team(
    tx: &mut Tx,
    institution: InstitutionId,
    changed: &Team,
) -> Result<(), DbError> {
    tx.execute_one(
        "UPDATE team SET key = $3, name = $4 WHERE institution_id = $1 AND team_id = $2",
        params![institution, changed.id, changed.key.as_str(), changed.name.as_str()],
    )
    .await
}

/// Removes a team; its people stay in the department.
pub(crate) async fn remove_team(
    tx: &mut Tx,
    institution: InstitutionId,
    id: TeamId,
) -> Result<bool, DbError> {
    tx.execute(
        "DELETE FROM team_member WHERE institution_id = $1 AND team_id = $2",
        params![institution, id],
    )
    .await?;
    let removed = tx
        .execute(
            "DELETE FROM team WHERE institution_id = $1 AND team_id = $2",
            params![institution, id],
        )
        .await?;
    Ok(removed == 1)
}

fn read(row: &Row) -> Result<Department, DbError> {
    Ok(Department { id: row.get("department_id")?, key: row.get("key")?, name: row.get("name")? })
}

fn read_team(row: &Row) -> Result<Team, DbError> {
    Ok(Team {
        id: row.get("team_id")?,
        department: row.get("department_id")?,
        key: row.get("key")?,
        name: row.get("name")?,
    })
}
