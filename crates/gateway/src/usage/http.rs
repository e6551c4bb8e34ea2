//! Live traffic over HTTP.

use axum::{Json, extract::State};
use kaname_identity::SignedIn;
use kaname_platform::http::{Params, Problem};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{TrafficBy, TrafficReport, Window};
use crate::{error::Error, gateway::Gateway, http::GatewayState};

/// Which traffic.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// From then on; an hour before `until_ms` when absent. At most 400 days before it.
    since_ms: Option<i64>,
    /// Until before then; now when absent.
    until_ms: Option<i64>,
    /// What calls are counted by; `endpoint` when absent.
    by: Option<TrafficBy>,
}

/// The route, beside the endpoints'.
pub(crate) fn router() -> OpenApiRouter<GatewayState> {
    OpenApiRouter::new().routes(routes!(traffic))
}

/// How many calls began in a time, what they cost and how they ended, by one dimension. Who is no
/// administrator, AI officer or auditor sees the own department's.
#[utoipa::path(get, path = "/traffic", tag = "gateway", operation_id = "find_traffic",
    params(Asked), responses(
    (status = 200, body = TrafficReport), (status = 403, body = Problem), (status = 422, body = Problem),
))]
async fn traffic(
    State(gateway): State<Gateway>,
    SignedIn(by): SignedIn,
    Params(asked): Params<Asked>,
) -> Result<Json<TrafficReport>, Error> {
    let now_ms = gateway.platform.now().as_millis();
    let dimension = asked.by.unwrap_or(TrafficBy::Endpoint);
    let window = Window::new((asked.since_ms, asked.until_ms), dimension, now_ms)?;
    Ok(Json(gateway.traffic(&by, window).await?))
}
