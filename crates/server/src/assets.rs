//! The web app, inside the binary. Unknown paths get the app's shell, which routes by itself.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use kaname_platform::http::not_found;
use rust_embed::{EmbeddedFile, RustEmbed};

/// What the web build made; empty where it has not been built.
#[derive(RustEmbed)]
#[folder = "../../web/build"]
#[allow_missing = true]
struct Web;

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Kaname</title>\
<p>The web app is not part of this build. Run <code>make web</code> and build again. The API works.</p>";

/// Serves the file at the request's path, or the app's shell.
pub(crate) async fn serve(request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let path = request.uri().path().trim_start_matches('/');
    if let Some(file) = Web::get(path) {
        return answer(path, &file);
    }
    // What a program asked for must not look like a page.
    if ["_app/", "api/", "v1/", "ledger/", "console/"].iter().any(|place| path.starts_with(place)) {
        return not_found();
    }
    match Web::get("200.html") {
        Some(shell) => answer("200.html", &shell),
        None => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], NOT_BUILT).into_response(),
    }
}

fn answer(path: &str, file: &EmbeddedFile) -> Response {
    let kind = file.metadata.mimetype();
    let kind =
        if kind.starts_with("text/") { format!("{kind}; charset=utf-8") } else { kind.to_owned() };
    // Names under _app/immutable carry a hash of their content.
    let keep = if path.starts_with("_app/immutable/") {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let mut response = Response::new(Body::from(file.data.clone().into_owned()));
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}
