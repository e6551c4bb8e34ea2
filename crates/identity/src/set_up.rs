//! The first institution and its first administrator, by a token that works once.

use std::collections::BTreeSet;

use kaname_kernel::{Role, Timestamp};
use kaname_platform::{Act, Platform};

use crate::{
    Error, FieldError, Identity, Password, RefusalError, Token, User, field,
    found_institution::{NewInstitution, found_in},
    open_session::open_session,
    sign_in::Opened,
    store::{self, accounts::Account},
};

/// How long a set-up link works.
const TOKEN_LIFETIME_MS: i64 = 24 * 60 * 60 * 1000;

/// What the first administrator fills in.
#[derive(Debug)]
pub struct SetUp<'a> {
    /// The token of the link.
    pub token: &'a str,
    /// The institution.
    pub institution: NewInstitution<'a>,
    /// The administrator's user name.
    pub user_name: &'a str,
    /// The administrator's shown name.
    pub display_name: &'a str,
    /// The administrator's own password.
    pub password: &'a Password,
}

/// A fresh set-up token while nobody has an account; the token before it stops working.
pub async fn start_set_up(platform: &Platform) -> Result<Option<Token>, Error> {
    let mut tx = platform.db.begin().await?;
    if store::accounts::any(&mut tx).await? {
        return Ok(None);
    }
    let token = Token::new(platform);
    let expires_at = platform.now().plus_millis(TOKEN_LIFETIME_MS);
    store::institutions::put_set_up_token(&mut tx, token.hash("set-up"), expires_at).await?;
    tx.commit().await?;
    Ok(Some(token))
}

/// Founds the institution, makes its first administrator and signs that person in.
///
/// # Errors
///
/// [`RefusalError::SetUp`] unless the token is right, unused and fresh; then whatever field does
/// not fit, without using the token up.
pub async fn set_up(identity: &Identity, given: SetUp<'_>) -> Result<Opened, Error> {
    let platform = &identity.platform;
    let now = platform.now();
    let token = Token::sent(given.token).hash("set-up");
    let mut tx = platform.db.read().await?;
    if !store::institutions::has_set_up_token(&mut tx, token.clone(), now).await? {
        return Err(RefusalError::SetUp.into());
    }
    drop(tx);
    let new = given.institution.check(platform)?;
    let mut user = first_administrator(identity, &given, now)?;
    user.institution = new.id;
    let context = [user.user_name.as_str(), &user.display_name, &new.name];
    given
        .password
        .check(identity.config.password_length_min, &context)
        .map_err(|error| FieldError::Password { field: "password", error })?;
    let password_hash = identity.hasher.hash(platform, given.password).await?;
    let mut tx = platform.db.begin().await?;
    let taken = store::institutions::take_set_up_token(&mut tx, token, now).await?;
    if !taken || store::accounts::any(&mut tx).await? {
        return Err(RefusalError::SetUp.into());
    }
    found_in(platform, &mut tx, &new).await?;
    let account = Account { user, password_hash };
    store::accounts::insert(&mut tx, &account).await?;
    let act = Act::by_system(new.id, "identity.set_up")
        .reference("user", account.user.id)
        .content("user_name", account.user.user_name.as_str())
        .content("institution_name", new.name.as_str());
    platform.append(&mut tx, act).await?;
    let mut user = account.user;
    let (session, token) = open_session(identity, &mut tx, &user).await?;
    tx.commit().await?;
    user.last_sign_in_at = Some(now);
    Ok(Opened { session, token, user, institution: new })
}

fn first_administrator(
    identity: &Identity,
    given: &SetUp<'_>,
    now: Timestamp,
) -> Result<User, Error> {
    Ok(User {
        id: identity.platform.ids.next(),
        institution: identity.platform.ids.next(),
        user_name: field::user_name(given.user_name)?,
        display_name: field::name(given.display_name, "display_name")?,
        roles: BTreeSet::from([Role::Administrator]),
        department: None,
        department_name: None,
        teams: Vec::new(),
        clearance: identity.config.first_clearance.clone(),
        disabled: false,
        locked_until: None,
        must_change_password: false,
        created_at: now,
        last_sign_in_at: None,
    })
}
