//! One connection to a target, and one call on it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

/// Somebody to measure.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Target {
    /// What it is called in the result.
    pub(crate) name: String,
    /// Host and port.
    pub(crate) authority: String,
    /// The path of Chat Completions there.
    pub(crate) path: String,
    /// The bearer token.
    pub(crate) key: String,
    /// The model's name there.
    pub(crate) model: String,
    /// The processes that serve it, whose children count.
    #[serde(default)]
    pub(crate) pids: Vec<u32>,
}

/// What is asked.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Ask {
    /// Bytes of the prompt.
    pub(crate) prompt_bytes: usize,
    /// Whether the answer streams.
    pub(crate) stream: bool,
}

/// How long a call took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    /// Until the first byte of the body.
    pub(crate) first: Duration,
    /// Until the last.
    pub(crate) whole: Duration,
}

/// A connection that is kept.
pub(crate) struct Line {
    sender: SendRequest<Full<Bytes>>,
    _running: AbortOnDropHandle<()>,
    target: Target,
    body: Bytes,
    streams: bool,
}

impl Line {
    pub(crate) async fn open(target: &Target, ask: Ask) -> anyhow::Result<Self> {
        #[expect(clippy::disallowed_methods, reason = "a measurement has no way out but this")]
        let connecting = TcpStream::connect(&target.authority);
        let socket =
            connecting.await.with_context(|| format!("{} at {}", target.name, target.authority))?;
        socket.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(socket)).await?;
        #[expect(clippy::disallowed_methods, reason = "a measurement has no tasks of a platform")]
        let running = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            sender,
            _running: AbortOnDropHandle::new(running),
            target: target.clone(),
            body: body(target, ask),
            streams: ask.stream,
        })
    }

    /// One call; an answer that is not whole is an error.
    pub(crate) async fn call(&mut self) -> anyhow::Result<Took> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.target.path.parse()?;
        let headers = request.headers_mut();
        headers.insert(header::HOST, self.target.authority.parse()?);
        headers.insert(header::CONTENT_TYPE, "application/json".parse()?);
        headers.insert(header::AUTHORIZATION, format!("Bearer {}", self.target.key).parse()?);
        self.sender.ready().await?;
        let begun = Instant::now();
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        let mut body = response.into_body();
        let (mut first, mut last) = (None, Bytes::new());
        while let Some(frame) = body.frame().await {
            first.get_or_insert_with(|| begun.elapsed());
            if let Ok(data) = frame?.into_data() {
                last = data;
            }
        }
        let whole = begun.elapsed();
        let name = &self.target.name;
        let said = String::from_utf8_lossy(&last);
        ensure!(status == StatusCode::OK, "{name} answered {status}: {said}");
        ensure!(!self.streams || said.contains("[DONE]"), "{name}: the stream was cut");
        Ok(Took { first: first.unwrap_or(whole), whole })
    }
}

fn body(target: &Target, ask: Ask) -> Bytes {
    let text: String =
        "粗大ごみの手数料はいくらですか。".chars().cycle().take(ask.prompt_bytes / 3).collect();
    let mut body = json!({
        "model": target.model,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": 100,
    });
    if ask.stream {
        body["stream"] = json!(true);
        body["stream_options"] = json!({"include_usage": true});
    }
    Bytes::from(body.to_string())
}
