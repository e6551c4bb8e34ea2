//! Changes an account, or switches it off. The institution never loses its last administrator.

use std::collections::BTreeSet;

use kaname_kernel::{DepartmentId, Label, Principal, Role, TeamId, UserId};
use kaname_platform::{Act, Tx};

use crate::{
    Access, Error, FieldError, Identity, RefusalError, User, field,
    store::{self, join},
};

/// What to change; `None` leaves it as it is.
#[derive(Debug, Clone, Default)]
pub struct UserChange {
    /// The name that is shown.
    pub display_name: Option<String>,
    /// All roles from now on.
    pub roles: Option<BTreeSet<Role>>,
    /// The department; `Some(None)` for none. Teams of another department are left.
    pub department: Option<Option<DepartmentId>>,
    /// All teams from now on.
    pub teams: Option<Vec<TeamId>>,
    /// The highest label the person may see.
    pub clearance: Option<Label>,
    /// Whether the account is switched off. Switching off ends every session.
    pub disabled: Option<bool>,
}

/// Changes the person `id` of the institution of `by`, an administrator.
///
/// # Errors
///
/// [`Error::NotFound`], [`FieldError`], [`RefusalError::LastAdministrator`].
pub async fn change_user(
    identity: &Identity,
    by: &Principal,
    id: UserId,
    change: UserChange,
) -> Result<User, Error> {
    Access::Person(&[Role::Administrator]).check(by)?;
    let mut tx = identity.platform.db.begin().await?;
    // Two administrators who demote each other at once must not both succeed.
    store::institutions::lock(&mut tx, by.institution).await?;
    let account = store::accounts::by_id(&mut tx, by.institution, id).await?;
    let before = account.ok_or(Error::NotFound)?.user;
    let after = apply(before.clone(), change)?;
    let after = check_places(&mut tx, after).await?;
    let administers = |user: &User| !user.disabled && user.roles.contains(&Role::Administrator);
    if administers(&before)
        && !administers(&after)
        && store::accounts::other_administrators(&mut tx, by.institution, id).await? == 0
    {
        return Err(RefusalError::LastAdministrator.into());
    }
    store::accounts::update(&mut tx, &after).await?;
    store::accounts::set_teams(&mut tx, &after).await?;
    if after.disabled {
        store::sessions::end_all(&mut tx, (by.institution, id), None).await?;
    }
    record(identity, &mut tx, by, (&before, &after)).await?;
    let stored = store::accounts::by_id(&mut tx, by.institution, id).await?;
    tx.commit().await?;
    Ok(stored.ok_or(Error::NotFound)?.user)
}

fn apply(mut user: User, change: UserChange) -> Result<User, FieldError> {
    if let Some(name) = change.display_name {
        user.display_name = field::name(&name, "display_name")?;
    }
    if let Some(roles) = change.roles {
        user.roles = if roles.is_empty() { return Err(FieldError::Roles) } else { roles };
    }
    if let Some(department) = change.department {
        if department != user.department {
            user.teams.clear();
        }
        user.department = department;
    }
    user.teams = change.teams.unwrap_or(user.teams);
    user.teams.sort_unstable();
    user.teams.dedup();
    user.clearance = change.clearance.unwrap_or(user.clearance);
    user.disabled = change.disabled.unwrap_or(user.disabled);
    Ok(user)
}

/// The department must be of the institution, and the teams of the department.
async fn check_places(tx: &mut Tx, user: User) -> Result<User, Error> {
    if let Some(id) = user.department {
        let found = store::departments::find(tx, user.institution, id).await?;
        found.ok_or(FieldError::Unknown { field: "department_id" })?;
    }
    for id in &user.teams {
        let team = store::departments::find_team(tx, user.institution, *id).await?;
        let fits = team.is_some_and(|team| Some(team.department) == user.department);
        if !fits {
            return Err(FieldError::Unknown { field: "team_ids" }.into());
        }
    }
    Ok(user)
}

async fn record(
    identity: &Identity,
    tx: &mut Tx,
    by: &Principal,
    (before, after): (&User, &User),
) -> Result<(), Error> {
    let kind = match (before.disabled, after.disabled) {
        (false, true) => "identity.user_disabled",
        (true, false) => "identity.user_enabled",
        _ => "identity.user_changed",
    };
    let act = Act::by(by, kind)
        .reference("user", after.id)
        .content("display_name", after.display_name.as_str())
        .content("roles", join(after.roles.iter().map(|role| role.as_str())))
        .content("clearance", after.clearance.to_string())
        .content("department", after.department.map(|id| id.to_string()).unwrap_or_default());
    identity.platform.append(tx, act).await?;
    Ok(())
}
