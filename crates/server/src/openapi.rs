//! The one OpenAPI document, gathered from what every slice says of its routes.

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use kaname_gateway::http::GatewayState;
use utoipa::openapi::{
    Info, OpenApi, OpenApiBuilder,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{app::App, health};

/// Base of Kaname's own API.
pub(crate) const BASE: &str = "/api/v1";

/// Every route that is documented.
pub(crate) fn routes(app: &App) -> OpenApiRouter {
    let gateway = GatewayState { gateway: app.gateway.clone(), identity: app.identity.clone() };
    let guard = kaname_guard::http::GuardState {
        guard: app.gateway.guard().clone(),
        identity: app.identity.clone(),
    };
    let own = OpenApiRouter::new()
        .merge(kaname_identity::router(app.identity.clone()))
        .merge(kaname_guard::http::router(guard))
        .merge(kaname_gateway::http::router(gateway.clone()))
        .merge(kaname_knowledge::router(app.knowledge.clone()))
        .merge(kaname_workspace::router(app.workspace.clone()))
        .merge(kaname_ledger::router(app.identity.clone()))
        .merge(health::router(app.clone()));
    OpenApiRouter::with_openapi(described())
        .nest(BASE, own)
        .merge(kaname_gateway::openai::router(gateway))
        .merge(kaname_ledger::public_router(app.identity.clone()))
}

fn described() -> OpenApi {
    let info =
        Info::builder().title("Kaname").version(env!("CARGO_PKG_VERSION")).description(Some(
            "Any model, one door, every act accounted for. Errors are RFC 9457 problems with a \
             stable code; /v1 follows OpenAI's shapes.",
        ));
    OpenApiBuilder::new().info(info.build()).build()
}

/// The document as text, with how to sign in added.
pub(crate) fn finish(mut document: OpenApi) -> serde_json::Result<String> {
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(kaname_identity::COOKIE))),
    );
    components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    serde_json::to_string_pretty(&document)
}

/// The document as an answer.
pub(crate) fn answer(document: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document.to_owned()).into_response()
}
