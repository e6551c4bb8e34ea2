//! A model server that misbehaves on request, over real TCP on 127.0.0.1.
//!
//! It speaks just enough HTTP/1.1 for the three dialects of callers, counts its connections and keeps
//! what it was sent, so that a test can say what left the house, and that nothing did.

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
    sync::Semaphore,
    task::JoinHandle,
};

use crate::vendor::{Answer, PIECES, answer};

/// What [`Manner::Huge`] and [`Manner::HugeEvent`] would send.
pub const HUGE_BYTES: usize = 100_000_000;

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
    /// Sends the caller elsewhere: to this port of this machine.
    Redirect(u16),
    /// Closes the connection after this many bytes of the body.
    CutAt(usize),
    /// Answers as it should, but each time only when [`Upstream::release`] was called.
    Late,
    /// Answers with bytes that are nothing.
    Garbage,
    /// Sends this status to the first so many requests, and answers the others as it should.
    Burst(u16, usize),
    /// Answers as it should, but with this text where it is asked for the whole answer at once.
    Says(&'static str),
    /// Ends a streamed answer twice.
    TwoTerminators,
    /// Does not say what an answer used.
    MissingUsage,
    /// Goes on and on with small events, or with one text: 100 MB.
    Huge,
    /// Sends one event of 100 MB.
    HugeEvent,
}

/// The server; it stops when dropped.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    seen: Arc<Seen>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct Seen {
    connections: AtomicUsize,
    requests: Mutex<Vec<Received>>,
    /// Whether a client went away while an answer stalled.
    left: AtomicBool,
    /// Bytes of answers that were taken off its hands.
    sent: AtomicUsize,
    /// Answers that [`Manner::Late`] may give.
    released: Semaphore,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            connections: AtomicUsize::new(0),
            requests: Mutex::default(),
            left: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
            released: Semaphore::new(0),
        }
    }
}

/// One request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Request line and headers.
    pub head: String,
    /// The body's bytes.
    pub body: Vec<u8>,
}

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

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Lets one answer of [`Manner::Late`] go.
    pub fn release(&self) {
        self.seen.released.add_permits(1);
    }

    /// How many bytes of [`Manner::Huge`] and its like were taken off its hands.
    pub fn sent(&self) -> usize {
        self.seen.sent.load(Ordering::SeqCst)
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
        let before = {
            let mut all = seen.requests.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(received.clone());
            all.len() - 1
        };
        if manner == Manner::Late {
            tokio::select! {
                biased;
                // Who has gone away must not take another's turn.
                gone = wait_until_left(&mut stream, seen) => return gone,
                leave = seen.released.acquire() => if let Ok(leave) = leave { leave.forget() },
            }
        }
        match manner {
            Manner::Silent => return wait_until_left(&mut stream, seen).await,
            Manner::Status(status) => refuse(&mut stream, status).await?,
            Manner::Burst(status, first) if before < first => refuse(&mut stream, status).await?,
            Manner::Redirect(port) => {
                let extra = format!("location: http://127.0.0.1:{port}/v1\r\n");
                whole(&mut stream, "307 Elsewhere", "text/plain", &extra, "").await?;
            }
            Manner::WrongContentType => {
                whole(&mut stream, "200 OK", "text/html", "", "<html>中継</html>").await?;
            }
            _ if received.body.windows(13).any(|part| part == b"\"stream\":true") => {
                stream_answer(&mut stream, manner, &received, seen).await?;
                if !matches!(manner, Manner::Normal | Manner::Late | Manner::Burst(..)) {
                    return Ok(());
                }
            }
            _ => plain_answer(&mut stream, manner, &received, seen).await?,
        }
    }
    Ok(())
}

async fn refuse(stream: &mut TcpStream, status: u16) -> std::io::Result<()> {
    let body = r#"{"error":{"message":"no","type":"test","param":null,"code":"no"}}"#;
    let extra = if matches!(status, 429 | 503) { "retry-after: 7\r\n" } else { "" };
    whole(stream, &format!("{status} Told"), "application/json", extra, body).await
}

/// One request, or `None` when the client has closed.
async fn read_request(stream: &mut TcpStream) -> std::io::Result<Option<Received>> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(at) = bytes.windows(4).position(|part| part == b"\r\n\r\n") {
            break at + 4;
        }
        // The first byte of TLS: what speaks plain HTTP hangs up.
        if stream.read_buf(&mut bytes).await? == 0 || bytes.first() == Some(&0x16) {
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
        answer(&received.head, manner != Manner::MissingUsage).whole
    };
    match manner {
        Manner::MalformedChunk => {
            whole(stream, "200 OK", "application/json", "", "{\"choices\": [").await
        }
        Manner::Garbage => {
            stream.write_all(&head_of("application/json", garbage().len())).await?;
            stream.write_all(&garbage()).await
        }
        Manner::Huge | Manner::HugeEvent => {
            stream.write_all(&head_of("application/json", HUGE_BYTES)).await?;
            flood(stream, b"{\"output\":\"", &[b'a'; 8_192], seen).await
        }
        Manner::CutAt(bytes) => {
            stream.write_all(&head_of("application/json", body.len())).await?;
            stream.write_all(body.as_bytes().get(..bytes).unwrap_or(body.as_bytes())).await?;
            stream.shutdown().await
        }
        Manner::CutMidStream | Manner::Stall => {
            stream.write_all(&head_of("application/json", 9_999)).await?;
            stream.write_all(body.as_bytes()).await?;
            if manner == Manner::Stall {
                wait_until_left(stream, seen).await
            } else {
                stream.shutdown().await
            }
        }
        Manner::Says(text) => {
            let body = body.replace(&PIECES.concat(), text);
            whole(stream, "200 OK", "application/json", "", &body).await
        }
        _ => whole(stream, "200 OK", "application/json", "", &body).await,
    }
}

fn head_of(kind: &str, length: usize) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n").into()
}

/// Bytes that are no text, with the end of an event among them.
fn garbage() -> Vec<u8> {
    let mut state = 7_u32;
    let mut bytes: Vec<u8> = (0..4_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state.to_be_bytes()[0]
        })
        .collect();
    bytes.extend_from_slice(b"\xff\n\n");
    bytes
}

/// Sends `begin`, then `again` until it is huge; counts what was taken.
async fn flood(
    stream: &mut TcpStream,
    begin: &[u8],
    again: &[u8],
    seen: &Seen,
) -> std::io::Result<()> {
    stream.write_all(begin).await?;
    let mut sent = begin.len();
    while sent < HUGE_BYTES {
        stream.write_all(again).await?;
        sent += again.len();
        seen.sent.store(sent, Ordering::SeqCst);
    }
    Ok(())
}

async fn stream_answer(
    stream: &mut TcpStream,
    manner: Manner,
    received: &Received,
    seen: &Seen,
) -> std::io::Result<()> {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    let good = answer(&received.head, manner != Manner::MissingUsage);
    match manner {
        Manner::CutAt(bytes) => {
            let all = good.events.concat().into_bytes();
            // Odd portions: no event comes alone and no character whole.
            for part in all.get(..bytes).unwrap_or(&all).chunks(61) {
                chunk(stream, part).await?;
            }
            return stream.shutdown().await;
        }
        Manner::Garbage => {
            chunk(stream, &garbage()).await?;
            return stream.write_all(b"0\r\n\r\n").await;
        }
        Manner::HugeEvent => {
            let again = framed(&[b'a'; 8_192]);
            return flood(stream, &framed(b"data: "), &again, seen).await;
        }
        Manner::Huge => return endless(stream, &good, seen).await,
        _ => {}
    }
    for (place, event) in good.events.iter().enumerate() {
        if place == good.first + 2 {
            match manner {
                Manner::CutMidStream => {
                    let half: String = event.chars().take(40).collect();
                    chunk(stream, half.as_bytes()).await?;
                    return stream.shutdown().await;
                }
                Manner::Stall => return wait_until_left(stream, seen).await,
                Manner::MalformedChunk => chunk(stream, b"data: {\"choices\": [}\n\n").await?,
                Manner::ErrorEvent => chunk(stream, good.error.as_bytes()).await?,
                _ => {}
            }
        }
        if place + 1 < good.events.len() || manner != Manner::MissingTerminator {
            chunk(stream, event.as_bytes()).await?;
        }
    }
    if let (Manner::TwoTerminators, Some(last)) = (manner, good.events.last()) {
        chunk(stream, last.as_bytes()).await?;
    }
    stream.write_all(b"0\r\n\r\n").await
}

/// An answer whose first piece comes again and again.
async fn endless(stream: &mut TcpStream, good: &Answer, seen: &Seen) -> std::io::Result<()> {
    let begin: Vec<u8> =
        good.events.iter().take(good.first).flat_map(|event| framed(event.as_bytes())).collect();
    let piece = good.events.get(good.first).map(|event| framed(event.as_bytes()));
    flood(stream, &begin, &piece.unwrap_or_default(), seen).await
}

fn framed(bytes: &[u8]) -> Vec<u8> {
    [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat()
}

async fn chunk(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(&framed(bytes)).await
}

/// Says nothing until the client closes.
async fn wait_until_left(stream: &mut TcpStream, seen: &Seen) -> std::io::Result<()> {
    let mut rest = [0; 64];
    while matches!(stream.read(&mut rest).await, Ok(read) if read > 0) {}
    seen.left.store(true, Ordering::SeqCst);
    Ok(())
}
