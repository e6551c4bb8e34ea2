//! Makes, renames and removes departments and their teams.

use kaname_kernel::{DepartmentId, Principal, Role, TeamId};
use kaname_platform::{Act, DbError, Tx};

use crate::{Access, Department, Error, FieldError, Identity, RefusalError, Team, field, store};

/// A key and a name, both optional where something is changed.
#[derive(Debug, Clone, Copy)]
pub struct Naming<'a> {
    /// The key.
    pub key: Option<&'a str>,
    /// The name that is shown.
    pub name: Option<&'a str>,
}

/// Makes a department.
///
/// # Errors
///
/// [`FieldError::Taken`] when the key is in use.
pub async fn create_department(
    identity: &Identity,
    by: &Principal,
    naming: Naming<'_>,
) -> Result<Department, Error> {
    let mut tx = start(identity, by).await?;
    let (key, name) = naming.check(("", ""))?;
    let new = Department { id: identity.platform.ids.next(), key, name };
    store::departments::insert(&mut tx, by.institution, &new).await.map_err(taken)?;
    let act = Act::by(by, "identity.department_created")
        .reference("department", new.id)
        .reference("key", &new.key)
        .content("name", new.name.as_str());
    finish(identity, tx, act).await?;
    Ok(new)
}

/// Renames a department.
///
/// # Errors
///
/// [`Error::NotFound`]; [`FieldError::Taken`] when the key is in use.
pub async fn change_department(
    identity: &Identity,
    by: &Principal,
    id: DepartmentId,
    naming: Naming<'_>,
) -> Result<Department, Error> {
    let mut tx = start(identity, by).await?;
    let found = store::departments::find(&mut tx, by.institution, id).await?;
    let before = found.ok_or(Error::NotFound)?;
    let (key, name) = naming.check((&before.key, &before.name))?;
    let after = Department { id, key, name };
    store::departments::update(&mut tx, by.institution, &after).await.map_err(taken)?;
    let act = Act::by(by, "identity.department_changed")
        .reference("department", id)
        .reference("key", &after.key)
        .content("name", after.name.as_str());
    finish(identity, tx, act).await?;
    Ok(after)
}

/// Removes an empty department.
///
/// # Errors
///
/// [`Error::NotFound`]; [`RefusalError::DepartmentInUse`].
pub async fn delete_department(
    identity: &Identity,
    by: &Principal,
    id: DepartmentId,
) -> Result<(), Error> {
    let mut tx = start(identity, by).await?;
    let removed = store::departments::remove(&mut tx, by.institution, id).await;
    let removed = removed.map_err(|error| match error {
        DbError::Conflict(_) => RefusalError::DepartmentInUse.into(),
        other => Error::Db(other),
    })?;
    if !removed {
        return Err(Error::NotFound);
    }
    finish(identity, tx, Act::by(by, "identity.department_deleted").reference("department", id))
        .await
}

/// Makes a team in a department.
///
/// # Errors
///
/// [`Error::NotFound`] for the department; [`FieldError::Taken`] when the key is in use there.
pub async fn create_team(
    identity: &Identity,
    by: &Principal,
    department: DepartmentId,
    naming: Naming<'_>,
) -> Result<Team, Error> {
    let mut tx = start(identity, by).await?;
    store::departments::find(&mut tx, by.institution, department).await?.ok_or(Error::NotFound)?;
    let (key, name) = naming.check(("", ""))?;
    let new = Team { id: identity.platform.ids.next(), department, key, name };
    store::departments::insert_team(&mut tx, by.institution, &new).await.map_err(taken)?;
    let act = Act::by(by, "identity.team_created")
        .reference("team", new.id)
        .reference("department", department)
        .content("name", new.name.as_str());
    finish(identity, tx, act).await?;
    Ok(new)
}

/// Renames a team.
///
/// # Errors
///
/// [`Error::NotFound`]; [`FieldError::Taken`] when the key is in use in its department.
pub async fn change_team(
    identity: &Identity,
    by: &Principal,
    id: TeamId,
    naming: Naming<'_>,
) -> Result<Team, Error> {
    let mut tx = start(identity, by).await?;
    let found = store::departments::find_team(&mut tx, by.institution, id).await?;
    let before = found.ok_or(Error::NotFound)?;
    let (key, name) = naming.check((&before.key, &before.name))?;
    let after = Team { key, name, ..before };
    store::departments::update_team(&mut tx, by.institution, &after).await.map_err(taken)?;
    let act = Act::by(by, "identity.team_changed")
        .reference("team", id)
        .content("name", after.name.as_str());
    finish(identity, tx, act).await?;
    Ok(after)
}

/// Removes a team; its people stay in the department.
///
/// # Errors
///
/// [`Error::NotFound`].
pub async fn delete_team(identity: &Identity, by: &Principal, id: TeamId) -> Result<(), Error> {
    let mut tx = start(identity, by).await?;
    if !store::departments::remove_team(&mut tx, by.institution, id).await? {
        return Err(Error::NotFound);
    }
    finish(identity, tx, Act::by(by, "identity.team_deleted").reference("team", id)).await
}

impl Naming<'_> {
    fn check(&self, (key, name): (&str, &str)) -> Result<(String, String), FieldError> {
        let key = field::key(self.key.unwrap_or(key))?;
        Ok((key, field::name(self.name.unwrap_or(name), "name")?))
    }
}

async fn start(identity: &Identity, by: &Principal) -> Result<Tx, Error> {
    Access::Person(&[Role::Administrator]).check(by)?;
    Ok(identity.platform.db.begin().await?)
}

async fn finish(identity: &Identity, mut tx: Tx, act: Act) -> Result<(), Error> {
    identity.platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok(())
}

fn taken(error: DbError) -> Error {
    match error {
        DbError::Conflict(_) => FieldError::Taken { field: "key" }.into(),
        other => Error::Db(other),
    }
}
