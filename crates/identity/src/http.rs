//! Identity over HTTP: the router, the list of who may call what, and thin handlers.

mod departments;
mod keys;
mod sessions;
mod users;
mod wire;

use kaname_kernel::Role;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Access, Identity, Route, list_users::READERS};

const ANYBODY: Access = Access::Person(&[]);
const ADMINISTRATOR: Access = Access::Person(&[Role::Administrator]);
const READER: Access = Access::Person(READERS);

/// Every route of identity. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("GET", "/status", Access::Public),
    ("POST", "/set-up", Access::Public),
    ("POST", "/session", Access::Public),
    ("GET", "/session", ANYBODY),
    ("DELETE", "/session", ANYBODY),
    ("DELETE", "/sessions", ANYBODY),
    ("PUT", "/me/password", ANYBODY),
    ("GET", "/users", READER),
    ("POST", "/users", ADMINISTRATOR),
    ("POST", "/users/import", ADMINISTRATOR),
    ("GET", "/users/{id}", READER),
    ("PATCH", "/users/{id}", ADMINISTRATOR),
    ("POST", "/users/{id}/password-reset", ADMINISTRATOR),
    ("DELETE", "/users/{id}/sessions", ADMINISTRATOR),
    ("GET", "/departments", ANYBODY),
    ("POST", "/departments", ADMINISTRATOR),
    ("PATCH", "/departments/{id}", ADMINISTRATOR),
    ("DELETE", "/departments/{id}", ADMINISTRATOR),
    ("GET", "/departments/{id}/teams", ANYBODY),
    ("POST", "/departments/{id}/teams", ADMINISTRATOR),
    ("PATCH", "/teams/{id}", ADMINISTRATOR),
    ("DELETE", "/teams/{id}", ADMINISTRATOR),
    ("GET", "/keys", ANYBODY),
    ("POST", "/keys", ANYBODY),
    ("DELETE", "/keys/{id}", ANYBODY),
];

/// The routes, to be nested under the API's base.
pub fn router<S>(identity: Identity) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(sessions::status))
        .routes(routes!(sessions::set_up))
        .routes(routes!(sessions::sign_in, sessions::session, sessions::sign_out))
        .routes(routes!(sessions::sign_out_everywhere))
        .routes(routes!(sessions::change_password))
        .routes(routes!(users::list, users::create))
        .routes(routes!(users::import))
        .routes(routes!(users::find, users::change))
        .routes(routes!(users::reset_password))
        .routes(routes!(users::end_sessions))
        .routes(routes!(departments::list, departments::create))
        .routes(routes!(departments::change, departments::delete))
        .routes(routes!(departments::list_teams, departments::create_team))
        .routes(routes!(departments::change_team, departments::delete_team))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .with_state(identity)
}
