//! Knowledge over HTTP: the router, the list of who may call what, and thin handlers.

mod asking;
mod collections;
mod documents;
mod jobs;
mod upload;
mod wire;

use axum::extract::FromRef;
use kaname_identity::{Access, Identity, Route};
use kaname_kernel::{Role, Scope};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Knowledge;

const READER: Access = Access::Program(Scope::Knowledge, &[]);
const EDITOR: Access = Access::Program(Scope::Documents, &[]);
const ADMINISTRATOR: Access = Access::Program(Scope::Documents, &[Role::Administrator]);

/// Every route of knowledge. Whoever adds one lists it here, or a test fails.
pub const ROUTES: &[Route] = &[
    ("GET", "/collections", READER),
    ("POST", "/collections", ADMINISTRATOR),
    ("GET", "/collections/{id}", READER),
    ("PATCH", "/collections/{id}", ADMINISTRATOR),
    ("DELETE", "/collections/{id}", ADMINISTRATOR),
    ("GET", "/collections/{id}/documents", READER),
    ("POST", "/collections/{id}/documents", EDITOR),
    ("GET", "/documents/{id}", READER),
    ("PATCH", "/documents/{id}", EDITOR),
    ("DELETE", "/documents/{id}", EDITOR),
    ("GET", "/documents/{id}/text", READER),
    ("GET", "/documents/{id}/original", READER),
    ("POST", "/search", READER),
    ("POST", "/ask", READER),
    ("GET", "/jobs", EDITOR),
    ("GET", "/jobs/{id}", EDITOR),
    ("POST", "/jobs/{id}/cancel", EDITOR),
];

impl FromRef<Knowledge> for Identity {
    fn from_ref(knowledge: &Knowledge) -> Self {
        knowledge.identity.clone()
    }
}

/// The routes, to be nested under the API's base.
pub fn router<S>(knowledge: Knowledge) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new()
        .routes(routes!(collections::list, collections::create))
        .routes(routes!(collections::find, collections::change, collections::remove))
        .routes(routes!(documents::list, upload::upload))
        .routes(routes!(documents::find, documents::change, documents::remove))
        .routes(routes!(documents::text))
        .routes(routes!(documents::original))
        .routes(routes!(asking::search))
        .routes(routes!(asking::ask))
        .routes(routes!(jobs::list))
        .routes(routes!(jobs::find))
        .routes(routes!(jobs::cancel))
        .with_state(knowledge)
}
