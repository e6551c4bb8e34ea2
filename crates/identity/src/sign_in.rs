//! Signs a person in by user name and password.

use crate::{
    Error, Identity, Institution, Password, Session, Token, User,
    attempt::{attempt, attempt_nothing},
    field,
    open_session::open_session,
    store,
};

/// What somebody typed to sign in.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// The key of the institution; needed where the server has several.
    pub institution: Option<&'a str>,
    /// The user name, in any form.
    pub user_name: &'a str,
    /// The password.
    pub password: &'a Password,
}

/// A session that has just been opened.
#[derive(Debug)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// The secret that the cookie carries.
    pub token: Token,
    /// Who signed in.
    pub user: User,
    /// Where.
    pub institution: Institution,
}

/// Signs in; a session that the browser had before, `replaced`, ends.
///
/// # Errors
///
/// [`Error::WrongPassword`] for anything that does not fit, [`Error::Locked`], [`Error::Busy`].
pub async fn sign_in(
    identity: &Identity,
    given: SignIn<'_>,
    replaced: Option<&Token>,
) -> Result<Opened, Error> {
    let institution = find_institution(identity, given.institution).await?;
    let user_name = field::user_name(given.user_name);
    let (Some(institution), Ok(user_name)) = (institution, user_name) else {
        return Err(attempt_nothing(identity, given.password).await?);
    };
    let at = (institution.id, user_name.as_str());
    let (mut tx, account) = attempt(identity, at, given.password).await?;
    if let Some(old) = replaced {
        store::sessions::end_token(&mut tx, old.hash("session")).await?;
    }
    let mut user = account.user;
    let (session, token) = open_session(identity, &mut tx, &user).await?;
    tx.commit().await?;
    user.last_sign_in_at = Some(session.last_seen_at);
    user.locked_until = None;
    Ok(Opened { session, token, user, institution })
}

/// The institution that was named, or the only one there is.
async fn find_institution(
    identity: &Identity,
    key: Option<&str>,
) -> Result<Option<Institution>, Error> {
    let mut tx = identity.platform.db.read().await?;
    let mut all = store::institutions::all(&mut tx).await?;
    Ok(match key {
        Some(key) => all.into_iter().find(|institution| institution.key == key),
        None if all.len() == 1 => all.pop(),
        None => None,
    })
}
