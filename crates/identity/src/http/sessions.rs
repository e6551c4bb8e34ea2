//! Set-up, sign-in, sign-out, one's own password.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use kaname_platform::http::{Body, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::wire;
use crate::{
    Error, Identity, Institution, Password, Session, SignedIn, Token, User,
    found_institution::{DEFAULT_KEY, NewInstitution},
    same_site,
    set_up::SetUp,
    sign_in::{Opened, SignIn},
    signed_in::{COOKIE, InSession, session_token},
    token,
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUpBody {
    /// From the set-up link.
    token: String,
    institution_name: String,
    /// Names the institution in addresses; `main` when absent.
    institution_key: Option<String>,
    /// `municipality` or `ministry`.
    label_pack: String,
    user_name: String,
    display_name: String,
    password: Password,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInBody {
    /// The key of the institution, where the server has several.
    institution: Option<String>,
    user_name: String,
    password: Password,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordBody {
    current_password: Password,
    new_password: Password,
}

/// How far the server is set up, and for whom.
#[utoipa::path(get, path = "/status", tag = "identity", security(()),
    responses((status = 200, body = wire::Status)))]
pub(super) async fn status(
    State(identity): State<Identity>,
    headers: HeaderMap,
) -> Result<Json<wire::Status>, Error> {
    let found = crate::status(&identity.platform).await?;
    let caller = match identity.caller(&Method::GET, &headers).await {
        Ok(caller) => Some(caller.principal),
        Err(Error::NotSignedIn) => None,
        Err(error) => return Err(error),
    };
    let institution = match (&caller, found.institutions.as_slice()) {
        (Some(caller), all) => all.iter().find(|one| one.id == caller.institution),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    Ok(Json(wire::Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        set_up: found.set_up,
        institution: institution.map(Into::into),
        signed_in: caller.is_some(),
    }))
}

/// Founds the institution and its first administrator, and signs in.
#[utoipa::path(post, path = "/set-up", tag = "identity", security(()), request_body = SetUpBody, responses(
    (status = 201, body = wire::Session),
    (status = 403, body = Problem, description = "The token is wrong, used or too old"),
    (status = 422, body = Problem),
))]
pub(super) async fn set_up(
    State(identity): State<Identity>,
    headers: HeaderMap,
    Body(body): Body<SetUpBody>,
) -> Result<Response, Error> {
    same_site::check(&headers, identity.config.public_origin.as_deref())?;
    let given = SetUp {
        token: &body.token,
        institution: NewInstitution {
            key: body.institution_key.as_deref().unwrap_or(DEFAULT_KEY),
            name: &body.institution_name,
            label_pack: &body.label_pack,
        },
        user_name: &body.user_name,
        display_name: &body.display_name,
        password: &body.password,
    };
    let opened = crate::set_up::set_up(&identity, given).await?;
    Ok(opened_response(&identity, StatusCode::CREATED, opened))
}

/// Signs in.
#[utoipa::path(post, path = "/session", tag = "identity", security(()), request_body = SignInBody, responses(
    (status = 200, body = wire::Session),
    (status = 401, body = Problem),
    (status = 423, body = Problem, description = "Too many wrong passwords; see `retry_at_ms`"),
))]
pub(super) async fn sign_in(
    State(identity): State<Identity>,
    headers: HeaderMap,
    Body(body): Body<SignInBody>,
) -> Result<Response, Error> {
    same_site::check(&headers, identity.config.public_origin.as_deref())?;
    let given = SignIn {
        institution: body.institution.as_deref(),
        user_name: &body.user_name,
        password: &body.password,
    };
    let opened =
        crate::sign_in::sign_in(&identity, given, session_token(&headers).as_ref()).await?;
    Ok(opened_response(&identity, StatusCode::OK, opened))
}

/// The present session.
#[utoipa::path(get, path = "/session", tag = "identity", responses(
    (status = 200, body = wire::Session),
    (status = 401, body = Problem),
))]
pub(super) async fn session(
    State(identity): State<Identity>,
    caller: InSession,
) -> Result<Json<wire::Session>, Error> {
    let institution = crate::find_institution(&identity.platform, caller.user.institution).await?;
    Ok(Json(wire_session(&identity, caller.user, &caller.session, &institution)))
}

/// Signs out.
#[utoipa::path(delete, path = "/session", tag = "identity", responses((status = 204), (status = 401, body = Problem)))]
pub(super) async fn sign_out(
    State(identity): State<Identity>,
    caller: InSession,
) -> Result<Response, Error> {
    crate::sign_out::sign_out(&identity, &caller.principal).await?;
    Ok(with_cookie(&identity, None, StatusCode::NO_CONTENT.into_response()))
}

/// Signs out everywhere.
#[utoipa::path(delete, path = "/sessions", tag = "identity", responses((status = 204), (status = 401, body = Problem)))]
pub(super) async fn sign_out_everywhere(
    State(identity): State<Identity>,
    SignedIn(by): SignedIn,
) -> Result<Response, Error> {
    crate::sign_out::sign_out_everywhere(&identity, &by, by.user).await?;
    Ok(with_cookie(&identity, None, StatusCode::NO_CONTENT.into_response()))
}

/// Changes one's own password; other sessions end.
#[utoipa::path(put, path = "/me/password", tag = "identity", request_body = PasswordBody, responses(
    (status = 204),
    (status = 401, body = Problem),
    (status = 422, body = Problem),
))]
pub(super) async fn change_password(
    State(identity): State<Identity>,
    caller: InSession,
    Body(body): Body<PasswordBody>,
) -> Result<Response, Error> {
    let (present, wanted) = (&body.current_password, &body.new_password);
    let token = crate::change_password(&identity, &caller.principal, present, wanted).await?;
    Ok(with_cookie(&identity, Some(&token), StatusCode::NO_CONTENT.into_response()))
}

fn opened_response(identity: &Identity, status: StatusCode, opened: Opened) -> Response {
    let session = wire_session(identity, opened.user, &opened.session, &opened.institution);
    with_cookie(identity, Some(&opened.token), (status, Json(session)).into_response())
}

fn wire_session(
    identity: &Identity,
    user: User,
    session: &Session,
    institution: &Institution,
) -> wire::Session {
    wire::Session {
        must_change_password: user.must_change_password,
        user: user.into(),
        institution: institution.into(),
        csrf_token: token::encode(&session.csrf_token),
        expires_at_ms: identity.end_of(session).as_millis(),
    }
}

/// `response` that sets the session cookie, or removes it.
fn with_cookie(identity: &Identity, token: Option<&Token>, mut response: Response) -> Response {
    let value = token.map(Token::reveal).unwrap_or_default();
    let age_s = token.map_or(0, |_| identity.config.session_lifetime_ms / 1000);
    let secure = if identity.config.secure_cookies { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={value}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}");
    // Base64 and ASCII only, so this always is a header value.
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}
