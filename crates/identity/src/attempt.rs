//! One attempt at a password: counted, slowed down by locks, recorded.
//!
//! Whether there is such an account changes neither the answer, nor the locks, nor the work done.

use kaname_kernel::{InstitutionId, Timestamp};
use kaname_platform::{Act, Tx};

use crate::{
    Config, Error, Identity, Password,
    store::{self, accounts::Account},
};

/// 9999-12-31: until an administrator opens the account again.
const UNTIL_OPENED: i64 = 253_402_214_400_000;

/// Holds `password` against the account of `user_name`. When it is right, gives the account, and
/// the open transaction in which nothing about it can have changed.
///
/// # Errors
///
/// [`Error::WrongPassword`], [`Error::Locked`] or [`Error::Busy`].
pub(crate) async fn attempt(
    identity: &Identity,
    (institution, user_name): (InstitutionId, &str),
    password: &Password,
) -> Result<(Tx, Account), Error> {
    let mut tx = identity.platform.db.read().await?;
    refuse_locked(identity, &mut tx, (institution, user_name)).await?;
    let account = store::accounts::by_name(&mut tx, institution, user_name).await?;
    drop(tx);
    let stored = account.as_ref().filter(|account| !account.user.disabled);
    let stored = stored.map(|account| account.password_hash.as_str());
    let right = identity.hasher.verify(password, stored).await?;
    let Some(account) = account.filter(|_| right) else {
        fail(identity, institution, user_name).await?;
        return Err(Error::WrongPassword);
    };
    let fresh = if identity.hasher.is_current(&account.password_hash) {
        None
    } else {
        Some(identity.hasher.hash(&identity.platform, password).await?)
    };
    let mut tx = identity.platform.db.begin().await?;
    // Guesses that ran beside this one may have locked the account in the meantime.
    refuse_locked(identity, &mut tx, (institution, user_name)).await?;
    let now = store::accounts::by_name(&mut tx, institution, user_name).await?;
    let unchanged =
        |now: &Account| !now.user.disabled && now.password_hash == account.password_hash;
    let account = now.filter(unchanged).ok_or(Error::WrongPassword)?;
    if let Some(hash) = fresh {
        let temporary = account.user.must_change_password;
        store::accounts::set_password(&mut tx, &account.user, &hash, temporary).await?;
    }
    store::failures::clear(&mut tx, institution, user_name).await?;
    Ok((tx, account))
}

/// Does the work of an attempt where there is nothing to attempt.
pub(crate) async fn attempt_nothing(
    identity: &Identity,
    password: &Password,
) -> Result<Error, Error> {
    identity.hasher.verify(password, None).await?;
    Ok(Error::WrongPassword)
}

async fn refuse_locked(
    identity: &Identity,
    conn: &mut kaname_platform::Conn,
    (institution, user_name): (InstitutionId, &str),
) -> Result<(), Error> {
    let until = store::failures::locked_until(conn, institution, user_name).await?;
    match until.filter(|until| *until > identity.platform.now()) {
        Some(until) => Err(Error::Locked { until }),
        None => Ok(()),
    }
}

async fn fail(
    identity: &Identity,
    institution: InstitutionId,
    user_name: &str,
) -> Result<(), Error> {
    let platform = &identity.platform;
    let now = platform.now();
    let mut tx = platform.db.begin().await?;
    let forgotten = now.plus_millis(-identity.config.failures_kept_ms);
    store::failures::forget(&mut tx, forgotten, now).await?;
    let failures = store::failures::count(&mut tx, institution, user_name, now).await?;
    let failed = Act::by_system(institution, "identity.sign_in_failed")
        .reference("failures", failures)
        .content("user_name", user_name);
    let failed = platform.append(&mut tx, failed).await?;
    if let Some(until) = lock_after(&identity.config, failures, now) {
        store::failures::lock(&mut tx, institution, user_name, until).await?;
        let locked = Act::by_system(institution, "identity.locked")
            .following(failed)
            .reference("until_ms", until)
            .content("user_name", user_name);
        platform.append(&mut tx, locked).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Until when the `failures`th failure in a row blocks: twice as long each time, up to a bound.
fn lock_after(config: &Config, failures: i64, now: Timestamp) -> Option<Timestamp> {
    if failures >= config.failures_max {
        return Some(Timestamp::from_millis(UNTIL_OPENED));
    }
    let doublings = u32::try_from(failures.checked_sub(config.failures_before_lock)?).ok()?;
    let factor = 2_i64.saturating_pow(doublings);
    let lock_ms = config.lock_first_ms.saturating_mul(factor).min(config.lock_longest_ms);
    Some(now.plus_millis(lock_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locks_double_up_to_an_hour_and_end_with_an_administrator() {
        let config = Config::default();
        let now = Timestamp::from_millis(0);
        let minutes =
            |failures| lock_after(&config, failures, now).map(|at| at.as_millis() / 60_000);
        assert_eq!(minutes(4), None);
        assert_eq!([5, 6, 7, 8].map(minutes), [1, 2, 4, 8].map(Some));
        assert_eq!([11, 12, 99].map(minutes), [60, 60, 60].map(Some));
        assert_eq!(lock_after(&config, 100, now), Some(Timestamp::from_millis(UNTIL_OPENED)));
        assert_eq!(lock_after(&config, i64::MAX, now), Some(Timestamp::from_millis(UNTIL_OPENED)));
    }
}
