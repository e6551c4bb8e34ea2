//! Lists acts, newest first: all of them for those who oversee, else one's own.

use kaname_kernel::Principal;
use kaname_platform::Platform;

use crate::{
    Error,
    model::{Filter, RecordedAct},
    store,
};

/// The acts that `filter` asks for and `principal` may see.
pub async fn list_acts(
    platform: &Platform,
    principal: &Principal,
    mut filter: Filter,
) -> Result<Vec<RecordedAct>, Error> {
    if !store::sees_all(principal) {
        filter.user = Some(principal.user);
    }
    let mut tx = platform.db.read().await?;
    Ok(store::list(&mut tx, principal.institution, &filter).await?)
}
