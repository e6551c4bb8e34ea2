//! Lists the people of an institution, or finds one.

use kaname_kernel::{Principal, Role, UserId};
use kaname_platform::Platform;

use crate::{Access, Error, Listed, User, field, store};

/// Who may look at other people's accounts: those who answer for what is done.
pub(crate) const READERS: &[Role] = &[Role::AiOfficer, Role::Administrator, Role::Auditor];

/// A page of people by user name.
///
/// # Errors
///
/// [`Error::NotAllowed`] unless `by` administers, audits or is the AI officer.
pub async fn list_users(
    platform: &Platform,
    by: &Principal,
    (cursor, limit): (Option<&str>, i64),
) -> Result<Listed<User>, Error> {
    Access::Person(READERS).check(by)?;
    let after = cursor.map(field::user_name).transpose().map_err(|_| crate::FieldError::Cursor)?;
    let mut tx = platform.db.read().await?;
    let page = (after.as_deref().unwrap_or_default(), limit.saturating_add(1));
    let users = store::accounts::list(&mut tx, by.institution, page).await?;
    Ok(Listed::cut(users, limit, |user| user.user_name.clone()))
}

/// The person `id`; everybody may find oneself.
///
/// # Errors
///
/// [`Error::NotFound`] when there is no such person in the institution.
pub async fn find_user(platform: &Platform, by: &Principal, id: UserId) -> Result<User, Error> {
    Access::Person(if id == by.user { &[] } else { READERS }).check(by)?;
    let mut tx = platform.db.read().await?;
    let account = store::accounts::by_id(&mut tx, by.institution, id).await?;
    Ok(account.ok_or(Error::NotFound)?.user)
}

/// The person called `user_name`.
///
/// # Errors
///
/// [`Error::NotFound`] when there is no such person in the institution.
pub async fn find_user_by_name(
    platform: &Platform,
    by: &Principal,
    user_name: &str,
) -> Result<User, Error> {
    Access::Person(READERS).check(by)?;
    let user_name = field::user_name(user_name)?;
    let mut tx = platform.db.read().await?;
    let account = store::accounts::by_name(&mut tx, by.institution, &user_name).await?;
    Ok(account.ok_or(Error::NotFound)?.user)
}
