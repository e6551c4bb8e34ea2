//! Lists departments and the teams of one. Everybody signed in may: documents are shared by them.

use kaname_kernel::{DepartmentId, InstitutionId, Principal};
use kaname_platform::Platform;

use crate::{Access, Department, Error, FieldError, Listed, Team, field, store};

/// A page of departments by key.
pub async fn list_departments(
    platform: &Platform,
    by: &Principal,
    (cursor, limit): (Option<&str>, i64),
) -> Result<Listed<Department>, Error> {
    Access::Person(&[]).check(by)?;
    let after = after(cursor)?;
    let mut tx = platform.db.read().await?;
    let page = (after.as_str(), limit.saturating_add(1));
    let departments = store::departments::list(&mut tx, by.institution, page).await?;
    Ok(Listed::cut(departments, limit, |department| department.key.clone()))
}

/// Whether the institution has the department `id`.
pub async fn has_department(
    platform: &Platform,
    institution: InstitutionId,
    id: DepartmentId,
) -> Result<bool, Error> {
    let mut tx = platform.db.read().await?;
    Ok(store::departments::find(&mut tx, institution, id).await?.is_some())
}

/// A page of the teams of a department, by key.
///
/// # Errors
///
/// [`Error::NotFound`] when there is no such department in the institution.
pub async fn list_teams(
    platform: &Platform,
    by: &Principal,
    department: DepartmentId,
    (cursor, limit): (Option<&str>, i64),
) -> Result<Listed<Team>, Error> {
    Access::Person(&[]).check(by)?;
    let after = after(cursor)?;
    let mut tx = platform.db.read().await?;
    store::departments::find(&mut tx, by.institution, department).await?.ok_or(Error::NotFound)?;
    let page = (after.as_str(), limit.saturating_add(1));
    let teams = store::departments::list_teams(&mut tx, (by.institution, department), page).await?;
    Ok(Listed::cut(teams, limit, |team| team.key.clone()))
}

fn after(cursor: Option<&str>) -> Result<String, FieldError> {
    Ok(cursor.map(field::key).transpose().map_err(|_| FieldError::Cursor)?.unwrap_or_default())
}
