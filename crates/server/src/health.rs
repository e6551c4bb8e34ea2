//! What administrators and those who watch see of the server's health, and what a load balancer asks.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kaname_identity::{Access, Identity, Route, SignedIn};
use kaname_kernel::{Principal, Role};
use kaname_platform::{
    Platform, head,
    http::{Problem, one_of},
    params,
};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Schema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{app::App, models};

const READER: Access = Access::Person(&[Role::Administrator, Role::AiOfficer, Role::Auditor]);
/// An act that waits longer than this for its leaf says that the sequencer stands still.
const PENDING_AGE_MS: i64 = 5_000;

/// Who may call what.
#[cfg_attr(not(test), expect(dead_code, reason = "read by the test over every route"))]
pub(crate) const ROUTES: &[Route] = &[("GET", "/health", READER)];

impl FromRef<App> for Identity {
    fn from_ref(app: &App) -> Self {
        app.identity.clone()
    }
}

/// The routes, to be nested under the API's base.
pub(crate) fn router<S>(app: App) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    OpenApiRouter::new().routes(routes!(get_health)).with_state(app)
}

fn states() -> Schema {
    one_of(["ok", "warning", "failing"])
}

/// One thing that was looked at.
#[derive(Debug, Serialize, ToSchema)]
struct Check {
    /// Stable name; screens translate it.
    name: &'static str,
    /// How it is.
    #[schema(schema_with = states)]
    state: &'static str,
    /// What was found, a stable name within the check; screens translate it.
    code: &'static str,
    /// Numbers and names that belong into the sentence.
    values: BTreeMap<&'static str, String>,
    /// The sentence in English.
    detail: String,
    /// What to do, in English.
    fix: Option<String>,
}

/// The state of the server.
#[derive(Debug, Serialize, ToSchema)]
struct HealthBody {
    checks: Vec<Check>,
    version: &'static str,
    uptime_s: i64,
    data_dir: String,
    /// `sqlite` or `postgresql`.
    database: &'static str,
}

/// Looks at everything that the server needs.
#[utoipa::path(get, path = "/health", tag = "platform",
    responses((status = 200, body = HealthBody), (status = 403, body = Problem)))]
async fn get_health(
    State(app): State<App>,
    SignedIn(principal): SignedIn,
) -> Result<Json<HealthBody>, Response> {
    READER.check(&principal).map_err(IntoResponse::into_response)?;
    let mut checks = vec![database(&app.platform).await, ledger(&app.platform, &principal).await];
    checks.extend(model_checks(&app));
    Ok(Json(HealthBody {
        checks,
        version: env!("CARGO_PKG_VERSION"),
        uptime_s: app.uptime_ms() / 1_000,
        data_dir: app.data_dir().display().to_string(),
        database: app.platform.db.kind(),
    }))
}

async fn database(platform: &Platform) -> Check {
    let (state, code, detail) = match platform.db.begin().await {
        // Dropped, it is rolled back: this only proves that a write could begin.
        Ok(_) => ("ok", "writable", "writable".to_owned()),
        Err(error) => ("failing", "not_writable", error.to_string()),
    };
    let fix =
        (state != "ok").then(|| "check the disk's space and the data folder's rights".to_owned());
    Check { name: "database", state, code, values: BTreeMap::new(), detail, fix }
}

async fn ledger(platform: &Platform, principal: &Principal) -> Check {
    let values = |size: u64, waiting: i64| {
        BTreeMap::from([("size", size.to_string()), ("waiting", waiting.to_string())])
    };
    let (state, code, values, detail) = match look_at_ledger(platform, principal).await {
        Ok((size, 0)) => ("ok", "sealed", values(size, 0), format!("{size} leaves, none waiting")),
        Ok((size, waiting)) => {
            let detail = format!("{size} leaves, {waiting} wait for the sequencer");
            ("failing", "waiting", values(size, waiting), detail)
        }
        Err(detail) => ("failing", "unreadable", BTreeMap::new(), detail),
    };
    let fix = (state != "ok").then(|| "look at the log for «sequencing failed»".to_owned());
    Check { name: "ledger", state, code, values, detail, fix }
}

async fn look_at_ledger(platform: &Platform, principal: &Principal) -> Result<(u64, i64), String> {
    let mut tx = platform.db.read().await.map_err(|error| error.to_string())?;
    let head = head(&mut tx, principal.institution).await.map_err(|error| error.to_string())?;
    let before = platform.now().plus_millis(-PENDING_AGE_MS);
    let row = tx
        .fetch_one(
            "SELECT COUNT(*) AS waiting FROM act WHERE institution_id = $1 \
             AND leaf_index IS NULL AND at_ms < $2",
            params![principal.institution, before],
        )
        .await
        .map_err(|error| error.to_string())?;
    let waiting = row.get("waiting").map_err(|error| error.to_string())?;
    Ok((head.map_or(0, |head| head.tree_size), waiting))
}

fn model_checks(app: &App) -> Vec<Check> {
    let Ok(catalogue) = models::catalogue() else { return Vec::new() };
    let needed = catalogue.into_iter().filter(|model| model.default);
    needed
        .map(|model| {
            let here = model.is_here(app.models_dir());
            let name = if model.id == models::EMBEDDING { "embedding_model" } else { "dictionary" };
            Check {
                name,
                state: if here { "ok" } else { "failing" },
                code: if here { "here" } else { "missing" },
                values: BTreeMap::from([("model", model.id.clone())]),
                detail: format!("{} {}", model.id, if here { "is here" } else { "is missing" }),
                fix: (!here).then(|| format!("kaname model fetch {}", model.id)),
            }
        })
        .collect()
}

/// `/readyz`: whether requests can be served now.
pub(crate) async fn ready(platform: Platform) -> Response {
    match platform.db.read().await {
        Ok(_) => "ready".into_response(),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
    }
}
