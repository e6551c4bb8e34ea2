//! A model server that misbehaves on request, over real TCP on 127.0.0.1.
//!
//! It speaks just enough HTTP/1.1 for OpenAI's dialect, counts its connections and keeps what it
//! was sent, so that a test can say what left the house, and that nothing did.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How the server answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As it should.
    Normal,
    /// Closes the connection after the second event, inside the third.
    CutMidStream,
    /// Says nothing more after the second event and keeps the connection open.
    Stall,
    /// Sends an event that is not JSON.
    MalformedChunk,
    /// Answers with a web page.
    WrongContentType,
    /// Ends the answer properly, but without `[DONE]`.
    MissingTerminator,
    /// Reports an error as an event.
    ErrorEvent,
    /// Accepts the connection and never answers.
    Silent,
    /// Sends this status with an error body; 429 also says when to try again.
    Status(u16),
    /// Sends the caller elsewhere.
    Redirect,
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    seen: Arc<Seen>,
    server: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Received>>,
    /// Whether a client went away while an answer stalled.
    left: AtomicBool,
}

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Request line and headers.
    pub head: String,
    /// The body's bytes.
    pub body: Vec<u8>,
}

/// The pieces of text of every streamed answer.
pub const PIECES: [&str; 3] = ["粗大ごみは", "一点五百円", "です。"];

impl Upstream {
    /// Starts a server that answers in `manner`.
    ///
    /// # Panics
    ///
    /// When there is no port.
    #[expect(clippy::disallowed_methods, reason = "a test server has no platform to spawn on")]
    pub async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Seen::default());
        let shared = seen.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.connections.fetch_add(1, Ordering::SeqCst);
                let seen = shared.clone();
                tokio::spawn(async move {
                    // A client that goes away is part of many tests.
                    let _gone = serve(stream, manner, &seen).await;
                });
            }
        });
        Self { address, seen, server }
    }

    /// The base URL of the server.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// How many connections it has taken.
    pub fn connections(&self) -> usize {
        self.seen.connections.load(Ordering::SeqCst)
    }

    /// Whether a client has gone away while an answer stalled.
    pub fn client_left(&self) -> bool {
        self.seen.left.load(Ordering::SeqCst)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Received> {
        self.seen.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(mut stream: TcpStream, manner: Manner, seen: &Seen) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    while let Some(received) = read_request(&mut stream).await? {
        seen.requests.lock().unwrap_or_else(PoisonError::into_inner).push(received.clone());
        match manner {
            Manner::Silent => return wait_until_left(&mut stream, seen).await,
            Manner::Status(status) => {
                let body = r#"{"error":{"message":"no","type":"test","param":null,"code":"no"}}"#;
                let extra = if status == 429 { "retry-after: 7\r\n" } else { "" };
                whole(&mut stream, &format!("{status} Told"), "application/json", extra, body)
                    .await?;
            }
            Manner::Redirect => {
                let extra = "location: http://127.0.0.1:1/v1\r\n";
                whole(&mut stream, "307 Elsewhere", "text/plain", extra, "").await?;
            }
            Manner::WrongContentType => {
                whole(&mut stream, "200 OK", "text/html", "", "<html>中継</html>").await?;
            }
            _ if received.body.windows(13).any(|part| part == b"\"stream\":true") => {
                stream_answer(&mut stream, manner, seen).await?;
                if manner != Manner::Normal {
                    return Ok(());
                }
            }
            _ => plain_answer(&mut stream, manner, &received, seen).await?,
        }
    }
    Ok(())
}

/// One request, or `None` when the client has closed.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Received>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    while bytes.len() < head_end + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
    Ok(Some(Received { head, body: bytes[head_end..head_end + length].to_vec() }))
}

async fn whole(
    stream: &mut TcpStream,
    status: &str,
    kind: &str,
    extra: &str,
    body: &str,
) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{extra}\r\n"
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await
}

async fn plain_answer(
    stream: &mut TcpStream,
    manner: Manner,
    received: &Received,
    seen: &Seen,
) -> std::io::Result<()> {
    let body = if received.head.starts_with("GET ") {
        r#"{"object":"list","data":[{"id":"up-model","object":"model"}]}"#.to_owned()
    } else if received.head.contains("/rerank") {
        r#"{"id":"rerank-1","model":"up-model","usage":{"total_tokens":9},"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]}"#.to_owned()
    } else if received.head.contains("/embeddings") {
        r#"{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,0.8]}],"model":"up-model","usage":{"prompt_tokens":3,"total_tokens":3}}"#.to_owned()
    } else {
        let text = PIECES.concat();
        format!(
            r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"up-model","choices":[{{"index":0,"message":{{"role":"assistant","content":"{text}","refusal":null}},"logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}},"x_unknown":null}}"#
        )
    };
    match manner {
        Manner::MalformedChunk => {
            whole(stream, "200 OK", "application/json", "", "{\"choices\": [").await
        }
        Manner::CutMidStream | Manner::Stall => {
            let head =
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 9999\r\n\r\n";
            stream.write_all(format!("{head}{body}").as_bytes()).await?;
            if manner == Manner::Stall {
                wait_until_left(stream, seen).await
            } else {
                stream.shutdown().await
            }
        }
        _ => whole(stream, "200 OK", "application/json", "", &body).await,
    }
}

/// The events of a good answer, without the terminator.
pub fn good_events() -> Vec<String> {
    let chunk = |delta: String, finish: &str| {
        format!(
            "data: {{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"up-model\",\
             \"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}],\
             \"x_unknown\":null}}\n\n"
        )
    };
    let mut events: Vec<String> =
        PIECES.iter().map(|text| chunk(format!("{{\"content\":\"{text}\"}}"), "null")).collect();
    events.push(chunk("{}".to_owned(), "\"stop\""));
    events.push(
        "data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"up-model\",\
         \"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4,\"total_tokens\":7}}\n\n"
            .to_owned(),
    );
    events
}

async fn stream_answer(stream: &mut TcpStream, manner: Manner, seen: &Seen) -> std::io::Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    for (place, event) in good_events().iter().enumerate() {
        if place == 2 {
            match manner {
                Manner::CutMidStream => {
                    let half: String = event.chars().take(40).collect();
                    chunk(stream, &half).await?;
                    return stream.shutdown().await;
                }
                Manner::Stall => return wait_until_left(stream, seen).await,
                Manner::MalformedChunk => chunk(stream, "data: {\"choices\": [}\n\n").await?,
                Manner::ErrorEvent => {
                    chunk(stream, "data: {\"error\":{\"message\":\"out of memory\"}}\n\n").await?;
                }
                _ => {}
            }
        }
        chunk(stream, event).await?;
    }
    if manner != Manner::MissingTerminator {
        chunk(stream, "data: [DONE]\n\n").await?;
    }
    stream.write_all(b"0\r\n\r\n").await
}

async fn chunk(stream: &mut TcpStream, text: &str) -> std::io::Result<()> {
    stream.write_all(format!("{:x}\r\n{text}\r\n", text.len()).as_bytes()).await
}

/// Says nothing until the client closes.
async fn wait_until_left(stream: &mut TcpStream, seen: &Seen) -> std::io::Result<()> {
    let mut rest = [0; 64];
    while matches!(stream.read(&mut rest).await, Ok(read) if read > 0) {}
    seen.left.store(true, Ordering::SeqCst);
    Ok(())
}
