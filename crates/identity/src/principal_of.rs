//! Who somebody is now who came in before: for work that goes on after its request.

use kaname_kernel::{Actor, InstitutionId, Principal, UserId};

use crate::{Error, Identity, store};

/// The principal `user` of `institution`, who once came in as `actor`, as it would be now.
///
/// A key must still be valid, and its scopes are those of today. Of a session only the person is
/// looked at: signing out ends no work that was begun.
///
/// # Errors
///
/// [`Error::NotSignedIn`] when the person is switched off, or the key revoked or expired.
pub async fn principal_of(
    identity: &Identity,
    (institution, user): (InstitutionId, UserId),
    actor: &Actor,
) -> Result<Principal, Error> {
    let mut tx = identity.platform.db.read().await?;
    let account = store::accounts::by_id(&mut tx, institution, user).await?;
    let person = account.map(|account| account.user).filter(|user| !user.disabled);
    let person = person.ok_or(Error::NotSignedIn)?;
    let actor = match actor {
        Actor::Session(_) | Actor::Console => actor.clone(),
        Actor::Key { id, .. } => {
            let key = store::keys::by_id(&mut tx, institution, *id).await?;
            let now = identity.platform.now();
            let key = key
                .filter(|key| key.user == user && key.revoked_at.is_none() && key.expires_at > now);
            let key = key.ok_or(Error::NotSignedIn)?;
            Actor::Key { id: key.id, scopes: key.scopes }
        }
    };
    Ok(person.principal(actor))
}
