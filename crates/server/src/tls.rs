//! TLS of the server itself: a listener whose handshakes never hold up other connections.

use std::{fs::File, io, net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::serve::Listener;
use kaname_platform::Tasks;
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::mpsc,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::config::Tls;

/// A client that has not finished its handshake by then is let go.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that have shaken hands and wait to be served.
const READY_MAX: usize = 128;

type Ready = (TlsStream<TcpStream>, SocketAddr);

/// Gives connections once their handshake is done.
#[derive(Debug)]
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<Ready>,
    address: SocketAddr,
}

impl TlsListener {
    /// Shakes hands on `listener` by what `acceptor` holds.
    pub(crate) fn start(
        listener: TcpListener,
        acceptor: TlsAcceptor,
        tasks: &Tasks,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(READY_MAX);
        let spawner = tasks.clone();
        tasks.spawn("tls-listener", async move {
            let stopping = spawner.stopping();
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    () = stopping.cancelled() => return,
                };
                let Ok((stream, peer)) = accepted else { continue };
                spawner
                    .spawn("tls-handshake", shake(acceptor.clone(), stream, peer, sender.clone()));
            }
        });
        Ok(Self { ready, address })
    }
}

/// Shakes hands with one client and hands the connection on; a full queue holds this task only.
async fn shake(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    peer: SocketAddr,
    ready: mpsc::Sender<Ready>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let shaken = tokio::time::timeout(HANDSHAKE_TIMEOUT, acceptor.accept(stream)).await;
    if let Ok(Ok(stream)) = shaken
        && ready.send((stream, peer)).await.is_err()
    {
        tracing::debug!("the server stops");
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, SocketAddr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The process is stopping: there is nothing more to accept.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// What shakes hands with the certificate in `tls`.
///
/// # Errors
///
/// When certificate or key cannot be read or do not belong together.
pub(crate) fn acceptor(tls: &Tls) -> anyhow::Result<TlsAcceptor> {
    let chain: Vec<_> = CertificateDer::pem_reader_iter(open(&tls.certificate)?)
        .collect::<Result<_, _>>()
        .with_context(|| format!("{} holds no PEM certificate", tls.certificate.display()))?;
    let key = PrivateKeyDer::from_pem_reader(open(&tls.key)?)
        .with_context(|| format!("{} holds no PEM private key", tls.key.display()))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("certificate and key do not belong together")?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("{} cannot be read", path.display()))
}
