//! Looks institutions up.

use kaname_kernel::InstitutionId;
use kaname_platform::Platform;

use crate::{Error, Institution, store};

/// How far the server is set up, and for whom.
#[derive(Debug, Clone)]
pub struct Status {
    /// Whether anybody has an account.
    pub set_up: bool,
    /// Every institution, the oldest first.
    pub institutions: Vec<Institution>,
}

/// How far the server is set up.
pub async fn status(platform: &Platform) -> Result<Status, Error> {
    let mut tx = platform.db.read().await?;
    let set_up = store::accounts::any(&mut tx).await?;
    Ok(Status { set_up, institutions: store::institutions::all(&mut tx).await? })
}

/// One institution.
///
/// # Errors
///
/// [`Error::NotFound`].
pub async fn find_institution(
    platform: &Platform,
    id: InstitutionId,
) -> Result<Institution, Error> {
    let mut tx = platform.db.read().await?;
    store::institutions::find(&mut tx, id).await?.ok_or(Error::NotFound)
}
