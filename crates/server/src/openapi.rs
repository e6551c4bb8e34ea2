//! The one OpenAPI document, gathered from what every slice says of its routes.
//!
//! `docs/openapi.json` is its snapshot, from which the web app's types are made; a test compares.

mod complete;

use axum::{
    http::header,
    response::{IntoResponse as _, Response},
};
use kaname_gateway::http::GatewayState;
use utoipa::openapi::{
    Info, OpenApi, OpenApiBuilder,
    security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{app::App, config::Config, health};

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
        .merge(kaname_gateway::v1::router(gateway))
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

/// The document as text, without a server: of an application in a folder that is thrown away.
pub(crate) async fn text() -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let only_here = |name: &str| (name == "KANAME_DATA_DIR").then(|| data.clone());
    let app = App::open(&Config::from_sources(None, &only_here)?).await?;
    let (_, document) = routes(&app).split_for_parts();
    app.close().await;
    Ok(finish(document)?)
}

/// The document as text, with how to sign in and what every route has in common added.
pub(crate) fn finish(mut document: OpenApi) -> serde_json::Result<String> {
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        "session",
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::with_description(
            kaname_identity::COOKIE,
            "Whatever is no GET also needs the header x-kaname-csrf with the session's csrf_token",
        ))),
    );
    components.add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let either = ["session", "key"].map(|name| SecurityRequirement::new(name, [""; 0]));
    document.security = Some(either.to_vec());
    let mut document = serde_json::to_value(document)?;
    complete::complete(&mut document);
    serde_json::to_string_pretty(&document)
}

/// The document as an answer.
pub(crate) fn answer(document: &str) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], document.to_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::{body::Body, http::Request};
    use http::{Method, StatusCode};
    use kaname_identity::Access;
    use tower::ServiceExt as _;

    use super::*;

    /// Every route that a slice lists, with its full path.
    fn listed() -> Vec<(&'static str, String, Access)> {
        let own = [
            kaname_identity::ROUTES,
            kaname_guard::http::ROUTES,
            kaname_gateway::http::ROUTES,
            kaname_knowledge::ROUTES,
            kaname_workspace::ROUTES,
            kaname_ledger::ROUTES,
            health::ROUTES,
        ];
        let at_root = [kaname_gateway::v1::ROUTES, kaname_ledger::PUBLIC_ROUTES];
        let own = own
            .into_iter()
            .flatten()
            .map(|(method, path, access)| (*method, format!("{BASE}{path}"), *access));
        let at_root = at_root
            .into_iter()
            .flatten()
            .map(|(method, path, access)| (*method, (*path).to_owned(), *access));
        own.chain(at_root).collect()
    }

    fn documented(document: &OpenApi) -> BTreeSet<(&'static str, String)> {
        let mut found = BTreeSet::new();
        for (path, item) in &document.paths.paths {
            for (method, there) in [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ] {
                if there {
                    found.insert((method, path.clone()));
                }
            }
        }
        found
    }

    /// Whether the document says that nobody needs to sign in.
    fn is_open(document: &OpenApi, method: &str, path: &str) -> bool {
        let item = &document.paths.paths[path];
        let operation = match method {
            "GET" => &item.get,
            "POST" => &item.post,
            "PUT" => &item.put,
            "PATCH" => &item.patch,
            _ => &item.delete,
        };
        operation.as_ref().unwrap().security.is_some()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn the_snapshot_of_the_document_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        let snapshot = std::fs::read_to_string(path).unwrap();
        let current = text().await.unwrap();
        let fix = "run `kaname openapi > docs/openapi.json`, then `npm run api:generate` in web";
        assert!(snapshot.trim_end() == current, "docs/openapi.json is not current: {fix}");
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_documented_route_is_listed_and_refuses_who_is_not_signed_in() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().display().to_string();
        let config =
            Config::from_sources(None, &|name| (name == "KANAME_DATA_DIR").then(|| data.clone()))
                .unwrap();
        let app = App::open(&config).await.unwrap();
        let (_, document) = routes(&app).split_for_parts();
        let rules = listed();
        let named: BTreeSet<_> =
            rules.iter().map(|(method, path, _)| (*method, path.clone())).collect();
        assert_eq!(documented(&document), named);
        let public = |access: &Access| *access == Access::Public;
        for (method, path, access) in &rules {
            assert_eq!(is_open(&document, method, path), public(access), "{method} {path}");
        }
        let router = app.router(&config).unwrap();
        let id = "01890000-0000-7000-8000-000000000000";
        for (method, path, access) in rules {
            if access == Access::Public {
                continue;
            }
            let path = path.replace("{id}", id).replace("{message_id}", id);
            let request = Request::builder()
                .method(method.parse::<Method>().unwrap())
                .uri(&path)
                .header("content-type", "application/json")
                .body(Body::from("{}"))
                .unwrap();
            let status = router.clone().oneshot(request).await.unwrap().status();
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
        drop(router);
        app.close().await;
    }
}
