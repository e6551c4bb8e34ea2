//! Gives a person a temporary password, opens a locked account and ends every session.

use kaname_kernel::{Principal, Role, UserId};
use kaname_platform::Act;

use crate::{Access, Error, FieldError, Identity, Password, password, store};

/// Resets the password of `id` to `chosen`, or to a fresh temporary one. Must be changed at the
/// next sign-in either way. API keys go on: revoke them one by one.
///
/// # Errors
///
/// [`Error::NotFound`], or [`FieldError::Password`] for a chosen one that breaks a rule.
pub async fn reset_password(
    identity: &Identity,
    by: &Principal,
    id: UserId,
    chosen: Option<Password>,
) -> Result<Password, Error> {
    Access::Person(&[Role::Administrator]).check(by)?;
    let platform = &identity.platform;
    let institution = crate::find_institution(platform, by.institution).await?;
    let user = crate::find_user(platform, by, id).await?;
    let temporary = chosen.unwrap_or_else(|| password::temporary(platform));
    let context = [user.user_name.as_str(), &user.display_name, &institution.name];
    temporary
        .check(identity.config.password_length_min, &context)
        .map_err(|error| FieldError::Password { field: "password", error })?;
    let hash = identity.hasher.hash(platform, &temporary).await?;
    let mut tx = platform.db.begin().await?;
    store::accounts::set_password(&mut tx, &user, &hash, true).await?;
    store::failures::clear(&mut tx, by.institution, &user.user_name).await?;
    let ended = store::sessions::end_all(&mut tx, (by.institution, id), None).await?;
    let act =
        Act::by(by, "identity.password_reset").reference("user", id).reference("sessions", ended);
    platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok(temporary)
}
