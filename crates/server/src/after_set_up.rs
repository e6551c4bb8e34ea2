//! What an institution needs beyond its people, once it was founded on screen: an endpoint for
//! each model inside this program. Identity knows no endpoints, so it is done here.

use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};

use crate::{app::App, openapi::BASE};

/// Runs the request; after a set-up that went well, makes the endpoints.
pub(crate) async fn make_endpoints(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Response {
    let founds = request.method() == Method::POST
        && request.uri().path().strip_prefix(BASE) == Some("/set-up");
    let response = next.run(request).await;
    if founds && response.status().is_success() {
        // The institution stands whatever happens here; the next start makes what is missing.
        if let Err(error) = app.gateway.ensure_embedded_endpoints().await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the models inside this program got no endpoint"
            );
        }
    }
    response
}
