//! How the command line reaches the server's routes: over the Unix socket of a running server, or,
//! where none runs, by opening the data folder and calling the same router in this process.
//!
//! Either way a command is a request to the API: there is no second path to anything.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use axum::{Router, body::Body};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde_json::Value as Json;
use tokio::net::UnixStream;
use tower::ServiceExt as _;

use crate::{app::App, config::Config, console, data_dir::DataDir};

/// A way to the routes, in the name of an administrator at this machine.
#[derive(Debug)]
pub(crate) struct Door {
    way: Way,
    acting_as: Option<String>,
}

#[derive(Debug)]
enum Way {
    Socket(PathBuf),
    Local(Box<Local>),
}

#[derive(Debug)]
struct Local {
    app: App,
    router: Router,
}

/// An answer that is no success.
#[derive(Debug, thiserror::Error)]
#[error("{}", .detail)]
pub(crate) struct Refused {
    /// HTTP status.
    pub(crate) status: StatusCode,
    /// Stable code.
    pub(crate) code: String,
    /// What happened, with the field and the fix.
    pub(crate) detail: String,
}

impl Door {
    /// Opens whichever way there is.
    pub(crate) async fn open(config: &Config, acting_as: Option<String>) -> anyhow::Result<Self> {
        let socket = DataDir::socket_of(&config.data_dir);
        if UnixStream::connect(&socket).await.is_ok() {
            return Ok(Self { way: Way::Socket(socket), acting_as });
        }
        let app = App::open(config).await?;
        app.start_background(config).await?;
        let router = console::router(app.router(config)?, &app);
        Ok(Self { way: Way::Local(Box::new(Local { app, router })), acting_as })
    }

    /// From here on in the name of `user_name`.
    pub(crate) fn act_as(&mut self, user_name: &str) {
        self.acting_as = Some(user_name.to_owned());
    }

    /// Ends what was opened here.
    pub(crate) async fn close(self) {
        if let Way::Local(local) = self.way {
            drop(local.router);
            local.app.close().await;
        }
    }

    /// `GET path`.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Json> {
        self.json(Method::GET, path, None).await
    }

    /// Every item of the list at `path`, page by page.
    pub(crate) async fn all(&self, path: &str) -> anyhow::Result<Vec<Json>> {
        let mut items = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.get(&format!("{path}?limit=200{cursor}")).await?;
            items.extend(page.get("items").and_then(Json::as_array).into_iter().flatten().cloned());
            let Some(next) = page.get("next_cursor").and_then(Json::as_str) else {
                return Ok(items);
            };
            cursor = format!("&cursor={next}");
        }
    }

    /// `POST path` with a JSON body.
    pub(crate) async fn post(&self, path: &str, body: &Json) -> anyhow::Result<Json> {
        self.json(Method::POST, path, Some(body)).await
    }

    /// Any request with a JSON body or none, and a JSON answer or none.
    pub(crate) async fn json(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> anyhow::Result<Json> {
        let content = body.map(|body| ("application/json", Bytes::from(body.to_string())));
        let bytes = self.send(method, path, content).await?;
        if bytes.is_empty() {
            return Ok(Json::Null);
        }
        serde_json::from_slice(&bytes).context("the server's answer is not JSON")
    }

    /// Sends one request and gives the body of a successful answer.
    ///
    /// # Errors
    ///
    /// [`Refused`] for a problem, so that the caller can look at its code.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        content: Option<(&str, Bytes)>,
    ) -> anyhow::Result<Bytes> {
        let mut request =
            Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        if let Some(user) = &self.acting_as {
            request = request.header(console::ACTING_AS, user);
        }
        let (kind, body) = content.unzip();
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let request = request.body(Full::new(body.unwrap_or_default()))?;
        let (status, bytes) = match &self.way {
            Way::Socket(socket) => over_socket(socket, request).await?,
            Way::Local(local) => {
                let answer = local.router.clone().oneshot(request.map(Body::new)).await?;
                (answer.status(), answer.into_body().collect().await?.to_bytes())
            }
        };
        if status.is_success() { Ok(bytes) } else { Err(refused(status, &bytes).into()) }
    }
}

async fn over_socket(
    socket: &Path,
    request: Request<Full<Bytes>>,
) -> anyhow::Result<(StatusCode, Bytes)> {
    let stream = UnixStream::connect(socket).await.context("the server has gone away")?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let answer = async {
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        anyhow::Ok((status, bytes))
    };
    tokio::select! {
        done = answer => done,
        ended = connection => bail!("the server closed the connection: {ended:?}"),
    }
}

fn refused(status: StatusCode, body: &[u8]) -> Refused {
    let problem: Json = serde_json::from_slice(body).unwrap_or_default();
    let text = |key: &str| problem.get(key).and_then(Json::as_str).map(str::to_owned);
    // Routes at /v1 refuse in the shape of their dialect.
    let in_dialect = |key: &str| {
        let found = problem.get("error").and_then(|error| error.get(key));
        found.and_then(Json::as_str).map(str::to_owned)
    };
    let told = text("detail").or_else(|| in_dialect("message"));
    let mut detail = told.unwrap_or_else(|| format!("the server answered {status}"));
    if let Some(field) = text("field") {
        detail = format!("{field}: {detail}");
    }
    if let Some(fix) = text("fix") {
        detail = format!("{detail} ({fix})");
    }
    let code = text("code").or_else(|| in_dialect("code"));
    Refused { status, code: code.unwrap_or_else(|| status.as_str().to_owned()), detail }
}
