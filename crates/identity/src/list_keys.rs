//! Lists API keys, without their secrets: one's own, or everybody's for an administrator.

use kaname_kernel::{Principal, Role};
use kaname_platform::Platform;

use crate::{Access, Error, FieldError, Key, Listed, store};

/// A page of keys, newest first.
pub async fn list_keys(
    platform: &Platform,
    by: &Principal,
    (cursor, limit): (Option<&str>, i64),
) -> Result<Listed<Key>, Error> {
    Access::Person(&[]).check(by)?;
    let before = cursor.map(str::parse).transpose().map_err(|_| FieldError::Cursor)?;
    let whose = if by.is(Role::Administrator) { None } else { Some(by.user) };
    let mut tx = platform.db.read().await?;
    let page = (before, limit.saturating_add(1));
    let keys = store::keys::list(&mut tx, (by.institution, whose), page).await?;
    Ok(Listed::cut(keys, limit, |key| key.id.to_string()))
}
