//! Revokes an API key: it stops working with the next request.

use kaname_kernel::{KeyId, Principal, Role};
use kaname_platform::Act;

use crate::{Access, Error, Identity, store};

/// Revokes one's own key, or anybody's for an administrator. Again is no error.
///
/// # Errors
///
/// [`Error::NotFound`] when there is no such key, or it is somebody else's.
pub async fn revoke_key(identity: &Identity, by: &Principal, id: KeyId) -> Result<(), Error> {
    Access::Person(&[]).check(by)?;
    let platform = &identity.platform;
    let mut tx = platform.db.begin().await?;
    let key = store::keys::by_id(&mut tx, by.institution, id).await?;
    let mine = |user| user == by.user || by.is(Role::Administrator);
    let key = key.filter(|key| mine(key.user)).ok_or(Error::NotFound)?;
    if store::keys::revoke(&mut tx, (by.institution, id), platform.now()).await? {
        let act = Act::by(by, "identity.key_revoked")
            .reference("revoked_key", id)
            .content("name", key.name.as_str());
        platform.append(&mut tx, act).await?;
    }
    tx.commit().await?;
    Ok(())
}
