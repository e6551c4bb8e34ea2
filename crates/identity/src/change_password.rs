//! Changes one's own password. Other sessions end; this one goes on under a new token.

use kaname_kernel::{Actor, Principal};
use kaname_platform::Act;

use crate::{Error, FieldError, Identity, Password, PasswordError, Token, attempt::attempt, store};

/// Replaces the password of the person in the session of `by`. Gives the session's new token.
///
/// # Errors
///
/// [`Error::WrongPassword`] and [`Error::Locked`] as at sign-in; [`FieldError::Password`].
pub async fn change_password(
    identity: &Identity,
    by: &Principal,
    present: &Password,
    wanted: &Password,
) -> Result<Token, Error> {
    let Actor::Session(session) = by.actor else { return Err(Error::NotAllowed) };
    let platform = &identity.platform;
    let mut tx = platform.db.read().await?;
    let account = store::accounts::by_id(&mut tx, by.institution, by.user).await?;
    let user = account.ok_or(Error::NotSignedIn)?.user;
    let institution = store::institutions::find(&mut tx, by.institution).await?;
    drop(tx);
    let institution = institution.ok_or(Error::NotFound)?;
    let refuse = |error| FieldError::Password { field: "new_password", error };
    if present.reveal() == wanted.reveal() {
        return Err(refuse(PasswordError::Unchanged).into());
    }
    let context = [user.user_name.as_str(), &user.display_name, &institution.name];
    wanted.check(identity.config.password_length_min, &context).map_err(refuse)?;
    // Hashed before the attempt, which gives an open transaction.
    let hash = identity.hasher.hash(platform, wanted).await?;
    let (mut tx, account) = attempt(identity, (by.institution, &user.user_name), present).await?;
    store::accounts::set_password(&mut tx, &account.user, &hash, false).await?;
    let token = Token::new(platform);
    let this = (by.institution, session);
    if !store::sessions::rotate(&mut tx, this, token.hash("session")).await? {
        return Err(Error::NotSignedIn);
    }
    let ended = store::sessions::end_all(&mut tx, (by.institution, by.user), Some(session)).await?;
    let act = Act::by(by, "identity.password_changed").reference("sessions", ended);
    platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok(token)
}
