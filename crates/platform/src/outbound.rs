//! The only way out: HTTP calls to other machines, each under a [`Permit`].
//!
//! A permit names the one target, label and act it was made for and is spent by use. Only the
//! holder of the [`PermitMint`] can make one; `Outbound::new` gives out exactly one mint, and the
//! wiring gives it to `guard`. What runs inside this process spends its permits the same way.
//!
//! One thing leaves without a permit: telemetry, by [`Outbound::export`], to the one collector that
//! the administrator configured. That door takes a [`Batch`] of spans and nothing else.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
#[expect(clippy::disallowed_types, reason = "this is the one owner of an HTTP client")]
use hyper_util::client::legacy::Client;
use hyper_util::{
    client::legacy::connect::HttpConnector,
    rt::{TokioExecutor, TokioTimer},
};
use kaname_kernel::{ActId, Label};

use crate::telemetry::Batch;

/// What a permit lets its holder reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A server: scheme and authority, as in `https://models.example.jp:8443`.
    Http(String),
    /// A model that runs in this process or its child, by its name.
    Embedded(String),
}

impl Target {
    /// The target that `url` points to, whatever its path.
    ///
    /// # Errors
    ///
    /// When it is not an absolute `http` or `https` URL.
    pub fn of_url(url: &str) -> Result<Self, OutboundError> {
        let uri: Uri = url.parse().map_err(|_| OutboundError::BadUrl)?;
        Self::of_uri(&uri)
    }

    fn of_uri(uri: &Uri) -> Result<Self, OutboundError> {
        match (uri.scheme_str(), uri.authority()) {
            (Some(scheme @ ("http" | "https")), Some(authority))
                if !authority.as_str().contains('@') =>
            {
                Ok(Self::Http(format!("{scheme}://{authority}")))
            }
            _ => Err(OutboundError::BadUrl),
        }
    }
}

/// The right to make one call. Not cloneable; spent by use.
#[derive(Debug)]
pub struct Permit {
    target: Target,
    label: Label,
    attempt: ActId,
}

impl Permit {
    /// The act that recorded the attempt, durable before this permit existed.
    pub fn attempt(&self) -> ActId {
        self.attempt
    }

    /// The label of what may be sent.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// Spends the permit on `target`.
    ///
    /// # Errors
    ///
    /// [`OutboundError::WrongTarget`] when it was made for another.
    pub fn spend(self, target: &Target) -> Result<ActId, OutboundError> {
        if self.target == *target { Ok(self.attempt) } else { Err(OutboundError::WrongTarget) }
    }
}

/// Makes permits. There is one, and `guard` holds it.
pub struct PermitMint(());

impl fmt::Debug for PermitMint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PermitMint")
    }
}

impl PermitMint {
    /// A permit for one call to `target` with data labelled `label`, recorded as `attempt`.
    ///
    /// # Errors
    ///
    /// [`OutboundError::NotCleared`] when `clearance` does not dominate `label`: the last lock on
    /// the door, whatever was decided before.
    pub fn issue(
        &self,
        target: Target,
        (label, clearance): (&Label, &Label),
        attempt: ActId,
    ) -> Result<Permit, OutboundError> {
        if !clearance.dominates(label) {
            return Err(OutboundError::NotCleared);
        }
        Ok(Permit { target, label: label.clone(), attempt })
    }
}

/// The one address that spans go to, as the administrator configured it.
#[derive(Clone)]
pub struct Collector {
    uri: Uri,
    headers: HeaderMap,
    name: String,
}

/// Never prints the headers, which may hold a key.
impl fmt::Debug for Collector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Collector {
    /// The collector at `url`, whole as in `https://collector.example.jp:4318/v1/traces`, with the
    /// headers that it asks for.
    ///
    /// # Errors
    ///
    /// [`OutboundError::BadUrl`] when it is not an absolute `http` or `https` URL.
    pub fn new(url: &str, headers: HeaderMap) -> Result<Self, OutboundError> {
        let uri: Uri = url.parse().map_err(|_| OutboundError::BadUrl)?;
        let Target::Http(name) = Target::of_uri(&uri)? else { return Err(OutboundError::BadUrl) };
        let mut headers = headers;
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        Ok(Self { uri, headers, name })
    }

    /// Scheme and authority, as acts name it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// Why a call did not happen or did not answer.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Not an absolute `http` or `https` URL without a user name.
    #[error("not an absolute http or https URL")]
    BadUrl,
    /// The permit is for another target.
    #[error("the permit was made for another target")]
    WrongTarget,
    /// The target's clearance does not dominate the label.
    #[error("the target is not cleared for this label")]
    NotCleared,
    /// No connection, or it broke.
    #[error("the server cannot be reached")]
    Unreachable(#[source] hyper_util::client::legacy::Error),
    /// No answer in time.
    #[error("the server did not answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// The connector could not be made: no certificate roots on this machine.
    #[error("no certificate roots were found")]
    NoRoots(#[source] std::io::Error),
}

#[expect(clippy::disallowed_types, reason = "this is the one owner of an HTTP client")]
type HttpClient = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The HTTP client of the process; clones share its connections.
#[derive(Debug, Clone)]
pub struct Outbound {
    client: Arc<HttpClient>,
    answer_timeout: Duration,
}

impl Outbound {
    /// The client, and the one mint whose permits it takes.
    ///
    /// `answer_timeout` bounds the wait for the head of an answer; bodies are the caller's to time.
    #[expect(clippy::disallowed_types, reason = "this is the one owner of an HTTP client")]
    pub fn new(answer_timeout: Duration) -> Result<(Self, PermitMint), OutboundError> {
        let mut http = HttpConnector::new();
        http.set_nodelay(true);
        http.enforce_http(false);
        http.set_connect_timeout(Some(Duration::from_secs(5)));
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(OutboundError::NoRoots)?
            .https_or_http()
            .enable_http1()
            .enable_http2()
            .wrap_connector(http);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_mins(1))
            .build(connector);
        Ok((Self { client: Arc::new(client), answer_timeout }, PermitMint(())))
    }

    /// Sends spans to the collector. No permit is asked for, since no model and no reader is behind it:
    /// what may be in a [`Batch`] is decided where it is made.
    pub(crate) async fn export(
        &self,
        collector: &Collector,
        batch: &Batch,
    ) -> Result<Response<Incoming>, OutboundError> {
        let mut request = Request::new(Full::new(batch.body()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = collector.uri.clone();
        *request.headers_mut() = collector.headers.clone();
        match tokio::time::timeout(self.answer_timeout, self.client.request(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(OutboundError::Unreachable(error)),
            Err(_) => Err(OutboundError::Timeout(self.answer_timeout)),
        }
    }

    /// Sends `request` under `permit`; gives the answer as soon as its head is there.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future or the answer's body closes the call; the permit stays spent.
    pub async fn send(
        &self,
        permit: Permit,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, OutboundError> {
        permit.spend(&Target::of_uri(request.uri())?)?;
        match tokio::time::timeout(self.answer_timeout, self.client.request(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(OutboundError::Unreachable(error)),
            Err(_) => Err(OutboundError::Timeout(self.answer_timeout)),
        }
    }
}
