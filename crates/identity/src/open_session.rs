//! Makes the session of a person who has just proved who it is.

use kaname_kernel::Actor;
use kaname_platform::{Act, Tx};

use crate::{Error, Identity, Session, Token, User, store};

const CSRF_BYTES: usize = 32;

/// A fresh session with its token, which exists nowhere else.
pub(crate) async fn open_session(
    identity: &Identity,
    tx: &mut Tx,
    user: &User,
) -> Result<(Session, Token), Error> {
    let (platform, config) = (&identity.platform, &identity.config);
    let now = platform.now();
    let token = Token::new(platform);
    let session = Session {
        id: platform.ids.next(),
        user: user.id,
        institution: user.institution,
        csrf_token: platform.random::<CSRF_BYTES>().to_vec(),
        last_seen_at: now,
        expires_at: now.plus_millis(config.session_lifetime_ms),
    };
    store::sessions::forget_ended(tx, now, now.plus_millis(-config.session_idle_ms)).await?;
    store::sessions::insert(tx, &session, token.hash("session")).await?;
    store::accounts::set_signed_in(tx, user, now).await?;
    let signed_in = Act::by(&user.principal(Actor::Session(session.id)), "identity.signed_in")
        .reference("session", session.id);
    platform.append(tx, signed_in).await?;
    Ok((session, token))
}
