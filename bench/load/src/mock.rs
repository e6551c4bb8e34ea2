//! A chat server that answers at once: the floor that every gateway stands on.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use clap::Args;
use futures_util::{StreamExt as _, stream};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// How the mock answers.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Mock {
    /// The port on 127.0.0.1.
    #[arg(long)]
    port: u16,
    /// Pieces of a streamed answer.
    #[arg(long, default_value_t = 20)]
    chunks: usize,
    /// Milliseconds between two pieces.
    #[arg(long, default_value_t = 0)]
    gap_ms: u64,
}

const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"mock-1","choices":[{"index":0,"message":{"role":"assistant","content":"粗大ごみの手数料は五百円です。","refusal":null},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":300,"completion_tokens":12,"total_tokens":312}}"#;

impl Mock {
    /// Serves until it is killed.
    pub(crate) async fn serve(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await?;
        let connections = TaskTracker::new();
        loop {
            let (socket, _) = listener.accept().await?;
            socket.set_nodelay(true)?;
            let serving = http1::Builder::new().serve_connection(
                TokioIo::new(socket),
                service_fn(move |request| async move { self.answer(request).await }),
            );
            // A client that goes away ends its connection with an error: nothing to tell.
            connections.spawn(async move { drop(serving.await) });
        }
    }

    async fn answer(
        self,
        request: Request<Incoming>,
    ) -> Result<Response<BoxBody<Bytes, Infallible>>, hyper::Error> {
        let asked = request.into_body().collect().await?.to_bytes();
        let streams = asked.windows(13).any(|part| part == b"\"stream\":true")
            || asked.windows(14).any(|part| part == b"\"stream\": true");
        let (kind, body) = if streams {
            ("text/event-stream", self.stream())
        } else {
            ("application/json", Full::new(Bytes::from_static(WHOLE.as_bytes())).boxed())
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::OK;
        let kind = http::HeaderValue::from_static(kind);
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        Ok(response)
    }

    fn stream(self) -> BoxBody<Bytes, Infallible> {
        let head = r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"mock-1","choices":[{"index":0,"delta":"#;
        let mut events = vec![format!(
            "{head}{{\"role\":\"assistant\",\"content\":\"\"}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
        )];
        for _ in 0..self.chunks {
            events.push(format!(
                "{head}{{\"content\":\"手数料\"}},\"logprobs\":null,\"finish_reason\":null}}]}}\n\n"
            ));
        }
        events.push(format!("{head}{{}},\"logprobs\":null,\"finish_reason\":\"stop\"}}]}}\n\n"));
        events.push("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":300,\"completion_tokens\":12,\"total_tokens\":312}}\n\n".to_owned());
        events.push("data: [DONE]\n\n".to_owned());
        let gap = Duration::from_millis(self.gap_ms);
        let frames = stream::iter(events).then(move |event| async move {
            // Every piece is a write of its own, as a model's tokens are.
            if gap.is_zero() {
                tokio::task::yield_now().await;
            } else {
                tokio::time::sleep(gap).await;
            }
            Ok(Frame::data(Bytes::from(event)))
        });
        BodyExt::boxed(StreamBody::new(frames))
    }
}
