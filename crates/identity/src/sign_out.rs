//! Ends sessions: this one, all of one's own, or all of somebody else's.

use kaname_kernel::{Actor, Principal, Role, UserId};
use kaname_platform::Act;

use crate::{Access, Error, Identity, store};

/// Ends the session that `by` acts in.
pub async fn sign_out(identity: &Identity, by: &Principal) -> Result<(), Error> {
    let Actor::Session(session) = by.actor else { return Err(Error::NotAllowed) };
    let mut tx = identity.platform.db.begin().await?;
    store::sessions::end(&mut tx, by.institution, session).await?;
    let act = Act::by(by, "identity.signed_out").reference("session", session);
    identity.platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok(())
}

/// Ends every session of the person `user`: one's own, or anybody's for an administrator.
///
/// # Errors
///
/// [`Error::NotFound`] when there is no such person in the institution.
pub async fn sign_out_everywhere(
    identity: &Identity,
    by: &Principal,
    user: UserId,
) -> Result<(), Error> {
    let needed: &[Role] = if by.user == user { &[] } else { &[Role::Administrator] };
    Access::Person(needed).check(by)?;
    let mut tx = identity.platform.db.begin().await?;
    store::accounts::by_id(&mut tx, by.institution, user).await?.ok_or(Error::NotFound)?;
    let ended = store::sessions::end_all(&mut tx, (by.institution, user), None).await?;
    let act =
        Act::by(by, "identity.signed_out").reference("user", user).reference("sessions", ended);
    identity.platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok(())
}
