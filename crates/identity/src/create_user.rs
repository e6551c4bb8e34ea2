//! Makes an account. Without a password, the person gets a temporary one to be changed at once.

use std::collections::BTreeSet;

use kaname_kernel::{DepartmentId, Label, Principal, Role};
use kaname_platform::{Act, DbError, Tx};

use crate::{
    Access, Error, FieldError, Identity, Password, User, field, password,
    store::{self, accounts::Account, join},
};

/// What an account is made of.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// The name to sign in with.
    pub user_name: String,
    /// The name that is shown.
    pub display_name: String,
    /// At least one.
    pub roles: BTreeSet<Role>,
    /// The department, if any.
    pub department: Option<DepartmentId>,
    /// The highest label the person may see.
    pub clearance: Label,
    /// The first password; `None` makes a temporary one.
    pub password: Option<Password>,
    /// Whether that first password must be changed: yes whenever somebody else chose it.
    pub must_change_password: bool,
}

/// An account that has just been made.
#[derive(Debug)]
pub struct CreatedUser {
    /// The person.
    pub user: User,
    /// What to hand over, where no password was given.
    pub temporary_password: Option<Password>,
}

/// Makes an account in the institution of `by`, an administrator.
///
/// # Errors
///
/// [`FieldError`] for what does not fit, [`FieldError::Taken`] for a user name in use.
pub async fn create_user(
    identity: &Identity,
    by: &Principal,
    new: NewUser,
) -> Result<CreatedUser, Error> {
    Access::Person(&[Role::Administrator]).check(by)?;
    let platform = &identity.platform;
    let institution = crate::find_institution(platform, by.institution).await?;
    let (account, temporary_password) = prepare(identity, by, &institution.name, new).await?;
    let mut tx = platform.db.begin().await?;
    insert(identity, &mut tx, by, &account).await?;
    let stored = store::accounts::by_id(&mut tx, by.institution, account.user.id).await?;
    tx.commit().await?;
    let user = stored.ok_or(Error::NotFound)?.user;
    Ok(CreatedUser { user, temporary_password })
}

/// The account that `new` will be: checked, named, its password hashed.
pub(crate) async fn prepare(
    identity: &Identity,
    by: &Principal,
    institution_name: &str,
    new: NewUser,
) -> Result<(Account, Option<Password>), Error> {
    let platform = &identity.platform;
    let user = User {
        id: platform.ids.next(),
        institution: by.institution,
        user_name: field::user_name(&new.user_name)?,
        display_name: field::name(&new.display_name, "display_name")?,
        roles: if new.roles.is_empty() { return Err(FieldError::Roles.into()) } else { new.roles },
        department: new.department,
        department_name: None,
        teams: Vec::new(),
        clearance: new.clearance,
        disabled: false,
        locked_until: None,
        must_change_password: new.must_change_password || new.password.is_none(),
        created_at: platform.now(),
        last_sign_in_at: None,
    };
    let given = new.password.is_some();
    let chosen = new.password.unwrap_or_else(|| password::temporary(platform));
    chosen
        .check(
            identity.config.password_length_min,
            &[&user.user_name, &user.display_name, institution_name],
        )
        .map_err(|error| FieldError::Password { field: "password", error })?;
    let password_hash = identity.hasher.hash(platform, &chosen).await?;
    Ok((Account { user, password_hash }, Some(chosen).filter(|_| !given)))
}

/// Stores a prepared account, with its act.
pub(crate) async fn insert(
    identity: &Identity,
    tx: &mut Tx,
    by: &Principal,
    account: &Account,
) -> Result<(), Error> {
    let user = &account.user;
    if let Some(department) = user.department {
        let found = store::departments::find(tx, by.institution, department).await?;
        found.ok_or(FieldError::Unknown { field: "department_id" })?;
    }
    store::accounts::insert(tx, account).await.map_err(|error| match error {
        DbError::Conflict(_) => FieldError::Taken { field: "user_name" }.into(),
        other => Error::Db(other),
    })?;
    let act = Act::by(by, "identity.user_created")
        .reference("user", user.id)
        .content("user_name", user.user_name.as_str())
        .content("display_name", user.display_name.as_str())
        .content("roles", join(user.roles.iter().map(|role| role.as_str())))
        .content("clearance", user.clearance.to_string());
    identity.platform.append(tx, act).await?;
    Ok(())
}
