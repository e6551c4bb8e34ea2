//! The command line's way in: the same routes, with an administrator of this machine as caller.
//!
//! Only who may open the Unix socket, or the data folder itself, gets here: the same user, or
//! root. Whoever that is could read the database anyway, so no further proof is asked for; every
//! act says `console`.

use std::path::PathBuf;

use axum::{
    Json, Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::post,
};
use kaname_identity::{ConsoleCaller, NewInstitution, console_principal, found_institution};
use kaname_kernel::Principal;
use kaname_platform::{
    http::{Body, Fault, respond},
    params,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{app::App, backup};

/// Header that names the user in whose name to act. Read on this way in only.
pub(crate) const ACTING_AS: &str = "x-kaname-as";

/// `routes` for the console: with the caller set, and the few routes that only it has.
pub(crate) fn router(routes: Router, app: &App) -> Router {
    let only_here = Router::new()
        .route("/console/institution", post(post_institution))
        .route("/console/backup", post(post_backup))
        .with_state(app.clone());
    routes.merge(only_here).layer(middleware::from_fn_with_state(app.clone(), set_caller))
}

async fn set_caller(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let named = request.headers().get(ACTING_AS).and_then(|name| name.to_str().ok());
    match caller(&app, named).await {
        Ok(Some(principal)) => {
            request.extensions_mut().insert(ConsoleCaller(principal));
            next.run(request).await
        }
        // Before set-up there is nobody to act for; what needs no caller still works.
        Ok(None) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// The oldest institution's administrator, or its user with this name.
async fn caller(
    app: &App,
    named: Option<&str>,
) -> Result<Option<Principal>, kaname_identity::Error> {
    let mut tx = app.platform.db.read().await?;
    let row = tx
        .fetch_optional(
            "SELECT institution_id FROM institution ORDER BY created_at_ms, institution_id LIMIT 1",
            params![],
        )
        .await?;
    drop(tx);
    let Some(row) = row else { return Ok(None) };
    let institution = row.get("institution_id")?;
    console_principal(&app.platform, institution, named).await.map(Some)
}

/// What an institution is founded with from the console.
#[derive(Debug, Deserialize)]
struct NewInstitutionBody {
    key: String,
    name: String,
    label_pack: String,
}

/// Founds an institution; people are added next.
async fn post_institution(
    State(app): State<App>,
    Body(body): Body<NewInstitutionBody>,
) -> Result<Json<Value>, Response> {
    let new = NewInstitution { key: &body.key, name: &body.name, label_pack: &body.label_pack };
    let made = found_institution(&app.platform, new).await.map_err(IntoResponse::into_response)?;
    app.gateway.ensure_embedded_endpoints().await.map_err(IntoResponse::into_response)?;
    Ok(Json(json!({ "id": made.id, "key": made.key, "name": made.name })))
}

/// Where a backup goes.
#[derive(Debug, Deserialize)]
struct BackupBody {
    file: PathBuf,
}

/// Writes a backup while everything goes on.
async fn post_backup(
    State(app): State<App>,
    Body(body): Body<BackupBody>,
) -> Result<Json<Value>, Response> {
    let made = backup::write(&app, &body.file).await;
    made.map(Json).map_err(|error| respond(&BackupFailed(format!("{error:#}"))))
}

/// Why no backup was written.
#[derive(Debug, thiserror::Error)]
#[error("no backup was written: {0}")]
struct BackupFailed(String);

impl Fault for BackupFailed {
    fn code(&self) -> &'static str {
        "platform.backup_failed"
    }

    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }
}
