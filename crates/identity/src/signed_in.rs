//! The extractors that tell who asks: by session cookie, or by API key.
//!
//! Roles, clearance and whether the account is on are read at every request, so that a change
//! holds at once. A changing request in a session must carry its CSRF token and come from this
//! site; a key needs neither, since no browser sends it by itself.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, HeaderValue, Method, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use kaname_kernel::{Actor, Principal, Timestamp};

use crate::{Error, Identity, Session, User, model, same_site, store, token, token::Token};

/// The name of the session cookie.
pub const COOKIE: &str = "kaname_session";
/// The header that carries the CSRF token.
pub const CSRF_HEADER: &str = "x-kaname-csrf";
/// A request is noted on its session or key at most this often.
const NOTE_EVERY_MS: i64 = 60_000;

/// The principal of the machine's own command line, put into a request by the wiring of its way in
/// and by nothing else: no header can make one.
#[derive(Debug, Clone)]
pub struct ConsoleCaller(pub Principal);

/// Who asks. Refuses with 401 where nobody does, and with 403 while a temporary password must be
/// changed. Check roles and scopes in the handler: [`crate::Access::check`] and its like.
#[derive(Debug, Clone)]
pub struct SignedIn(pub Principal);

impl<S> FromRequestParts<S> for SignedIn
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        if let Some(ConsoleCaller(principal)) = parts.extensions.get() {
            return Ok(Self(principal.clone()));
        }
        let identity = Identity::from_ref(state);
        match identity.caller(&parts.method, &parts.headers).await {
            Ok(caller) if caller.session.is_some() && caller.user.must_change_password => {
                Err(Error::MustChangePassword.into_response())
            }
            Ok(caller) => Ok(Self(caller.principal)),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// A person in a session, whatever the state of the password. For the few routes of identity that
/// a person with a temporary password may call.
#[derive(Debug, Clone)]
pub(crate) struct InSession {
    pub(crate) principal: Principal,
    pub(crate) user: User,
    pub(crate) session: Session,
}

impl<S> FromRequestParts<S> for InSession
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let identity = Identity::from_ref(state);
        let caller = identity.caller(&parts.method, &parts.headers).await;
        let Caller { principal, user, session } = caller.map_err(Error::into_response)?;
        let session = session.ok_or_else(|| Error::NotAllowed.into_response())?;
        Ok(Self { principal, user, session })
    }
}

/// Who calls, in full.
pub(crate) struct Caller {
    pub(crate) principal: Principal,
    user: User,
    /// `None` for a key.
    session: Option<Session>,
}

impl Identity {
    /// Who sends a request with these headers.
    ///
    /// # Errors
    ///
    /// [`Error::NotSignedIn`], or [`Error::ForgedRequest`] for a session without its CSRF token.
    pub(crate) async fn caller(
        &self,
        method: &Method,
        headers: &HeaderMap,
    ) -> Result<Caller, Error> {
        match headers.get(header::AUTHORIZATION) {
            // Whoever shows a key wants to be judged by it, whatever cookies come along.
            Some(shown) => {
                let shown = shown.to_str().map_err(|_| Error::NotSignedIn)?;
                self.by_key(shown).await
            }
            None => self.by_cookie(method, headers).await,
        }
    }

    async fn by_key(&self, shown: &str) -> Result<Caller, Error> {
        let (kind, secret) = shown.split_once(' ').ok_or(Error::NotSignedIn)?;
        let secret = secret.trim();
        let prefix = secret.get(..model::KEY_PREFIX_LENGTH).ok_or(Error::NotSignedIn)?;
        if !kind.eq_ignore_ascii_case("bearer") || !secret.is_ascii() {
            return Err(Error::NotSignedIn);
        }
        let now = self.platform.now();
        let mut tx = self.platform.db.read().await?;
        let stored = store::keys::by_prefix(&mut tx, prefix).await?.ok_or(Error::NotSignedIn)?;
        let key = &stored.key;
        let right = token::same(&stored.secret_hash, &Token::sent(secret).hash("key"));
        if !right || key.revoked_at.is_some() || key.expires_at <= now {
            return Err(Error::NotSignedIn);
        }
        let account = store::accounts::by_id(&mut tx, stored.institution, key.user).await?;
        drop(tx);
        let user = account.map(|account| account.user).filter(|user| !user.disabled);
        let user = user.ok_or(Error::NotSignedIn)?;
        let noted_before = now.plus_millis(-NOTE_EVERY_MS);
        if key.last_used_at.is_none_or(|used| used <= noted_before) {
            let mut tx = self.platform.db.begin().await?;
            store::keys::touch(&mut tx, (stored.institution, key.id), (now, noted_before)).await?;
            tx.commit().await?;
        }
        let actor = Actor::Key { id: key.id, scopes: key.scopes.clone() };
        Ok(Caller { principal: user.principal(actor), user, session: None })
    }

    async fn by_cookie(&self, method: &Method, headers: &HeaderMap) -> Result<Caller, Error> {
        let sent = session_token(headers).ok_or(Error::NotSignedIn)?;
        let now = self.platform.now();
        let mut tx = self.platform.db.read().await?;
        let session = store::sessions::by_token(&mut tx, sent.hash("session")).await?;
        let session =
            session.filter(|session| now < self.end_of(session)).ok_or(Error::NotSignedIn)?;
        let account = store::accounts::by_id(&mut tx, session.institution, session.user).await?;
        drop(tx);
        let user = account.map(|account| account.user).filter(|user| !user.disabled);
        let user = user.ok_or(Error::NotSignedIn)?;
        if !matches!(*method, Method::GET | Method::HEAD) {
            self.check_csrf(&session, headers)?;
        }
        let noted_before = now.plus_millis(-NOTE_EVERY_MS);
        if session.last_seen_at <= noted_before {
            let mut tx = self.platform.db.begin().await?;
            store::sessions::touch(&mut tx, &session, (now, noted_before)).await?;
            tx.commit().await?;
        }
        let principal = user.principal(Actor::Session(session.id));
        Ok(Caller { principal, user, session: Some(session) })
    }

    fn check_csrf(&self, session: &Session, headers: &HeaderMap) -> Result<(), Error> {
        same_site::check(headers, self.config.public_origin.as_deref())?;
        let sent = headers.get(CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
        let expected = token::encode(&session.csrf_token);
        if token::same(sent, expected.as_bytes()) { Ok(()) } else { Err(Error::ForgedRequest) }
    }

    /// When the session ends if no further request comes.
    pub(crate) fn end_of(&self, session: &Session) -> Timestamp {
        session.expires_at.min(session.last_seen_at.plus_millis(self.config.session_idle_ms))
    }
}

/// The session token that a browser sent.
pub(crate) fn session_token(headers: &HeaderMap) -> Option<Token> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| Token::sent(value))
}
