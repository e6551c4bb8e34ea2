//! Makes an API key for the person who asks. The secret is shown once.

use std::collections::BTreeSet;

use kaname_kernel::{Principal, Scope};
use kaname_platform::Act;

use crate::{
    Access, Error, FieldError, Identity, Key, Token, field, model,
    store::{self, join, keys::StoredKey},
    token,
};

/// Days that a key lives at most.
pub const DAYS_MAX: i64 = 366;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What a key is made of.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// What it may be used for; at least one.
    pub scopes: BTreeSet<Scope>,
    /// From 1 to [`DAYS_MAX`].
    pub expires_in_days: i64,
}

/// Makes a key that acts on behalf of `by`, a person.
///
/// # Errors
///
/// [`FieldError`] for what does not fit; [`Error::NotAllowed`] for a key that wants a key.
pub async fn create_key(
    identity: &Identity,
    by: &Principal,
    new: NewKey,
) -> Result<(Key, Token), Error> {
    Access::Person(&[]).check(by)?;
    let platform = &identity.platform;
    let name = field::name(&new.name, "name")?;
    if new.scopes.is_empty() {
        return Err(FieldError::Scopes.into());
    }
    if !(1..=DAYS_MAX).contains(&new.expires_in_days) {
        return Err(FieldError::Expiry.into());
    }
    let prefix = format!("kn_{}", token::letters::<{ model::KEY_LETTERS }>(platform));
    let secret = Token::sent(&format!("{prefix}{}", Token::new(platform).reveal()));
    let now = platform.now();
    let mut tx = platform.db.begin().await?;
    let account = store::accounts::by_id(&mut tx, by.institution, by.user).await?;
    let key = Key {
        id: platform.ids.next(),
        user: by.user,
        user_name: account.ok_or(Error::NotFound)?.user.user_name,
        name,
        prefix,
        scopes: new.scopes,
        created_at: now,
        expires_at: now.plus_millis(new.expires_in_days.saturating_mul(DAY_MS)),
        last_used_at: None,
        revoked_at: None,
    };
    let stored = StoredKey { key, institution: by.institution, secret_hash: secret.hash("key") };
    store::keys::insert(&mut tx, &stored).await?;
    let key = stored.key;
    let act = Act::by(by, "identity.key_created")
        .reference("created_key", key.id)
        .reference("scopes", join(key.scopes.iter().map(|scope| scope.as_str())))
        .reference("expires_at_ms", key.expires_at)
        .content("name", key.name.as_str());
    platform.append(&mut tx, act).await?;
    tx.commit().await?;
    Ok((key, secret))
}
