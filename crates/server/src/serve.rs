//! `kaname serve`: listens, serves, and stops in two steps.

use std::{fs, io, os::unix::fs::PermissionsExt as _, time::Duration};

use anyhow::Context as _;
use axum::{Router, serve::ListenerExt as _};
use kaname_platform::Tasks;
use serde_json::json;
use tokio::{
    net::{TcpListener, UnixListener},
    signal::unix::{SignalKind, signal},
};

use crate::{
    app::App,
    commands::{Done, print},
    config::Config,
    console,
    data_dir::DataDir,
    tls::{self, TlsListener},
};

/// How long requests in flight may take once the server has been asked to stop.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until a signal asks to stop.
pub(crate) async fn run(config: &Config, as_json: bool) -> anyhow::Result<Done> {
    // Before anything is announced: a certificate that cannot be used is told at once.
    let acceptor = config.tls.as_ref().map(tls::acceptor).transpose()?;
    let app = App::open(config).await?;
    let router = app.router(config)?;
    // As it is, a router is built anew, route by route, for every connection.
    let service = router.clone().into_make_service();
    let listener = TcpListener::bind(config.listen).await.with_context(|| {
        format!("cannot listen on {} (http.listen, KANAME_LISTEN)", config.listen)
    })?;
    let address = listener.local_addr()?;
    app.start_background(config).await?;
    let console = listen_for_console(config, &app, router.clone())?;
    let scheme = if config.secure_cookies() { "https" } else { "http" };
    announce(&app, &format!("{scheme}://localhost:{}", address.port()), as_json).await?;
    let stopping = app.platform.tasks.stopping();
    let tasks = app.platform.tasks.clone();
    let serving = tasks.clone();
    let served = async move {
        let served = if let Some(acceptor) = acceptor {
            let listener = TlsListener::start(listener, acceptor, &serving)?;
            axum::serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await
        } else {
            // One write an event: a token must not wait for the next one to fill a packet.
            let listener = listener.tap_io(|stream| {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "no TCP_NODELAY");
                }
            });
            axum::serve(listener, service).with_graceful_shutdown(stopping.cancelled_owned()).await
        };
        served.context("the server failed")
    };
    until_stopped(served, &tasks).await?;
    drop(console);
    app.close().await;
    Ok(Done::Yes)
}

/// Serves until a signal, then until what is in flight has ended, or the grace has.
async fn until_stopped(
    served: impl Future<Output = anyhow::Result<()>>,
    tasks: &Tasks,
) -> anyhow::Result<()> {
    let mut served = std::pin::pin!(served);
    tokio::select! {
        ended = &mut served => return ended,
        () = stop_signal() => {}
    }
    tracing::info!("stopping");
    tasks.stop();
    // A second signal, or the end of the grace, ends what is still in flight.
    tokio::select! {
        ended = &mut served => ended?,
        () = stop_signal() => tracing::warn!("stopped at once"),
        () = tokio::time::sleep(GRACE) => tracing::warn!("requests were cut off"),
    }
    Ok(())
}

/// Waits for SIGTERM or SIGINT.
pub(crate) async fn stop_signal() {
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Prints where the server is and, before set-up, the one-time link.
async fn announce(app: &App, base: &str, as_json: bool) -> anyhow::Result<()> {
    let token = app.start_set_up().await?;
    let link = token.map(|token| format!("{base}/set-up?token={}", token.reveal()));
    if as_json {
        print::json(&json!({ "url": base, "set_up_url": link }));
        return Ok(());
    }
    print::line(&format!("Kaname is at {base}"));
    if let Some(link) = link {
        print::line(&format!("First administrator (once, within 24 hours): {link}"));
    }
    Ok(())
}

/// The socket's file; removed when the server stops.
struct ConsoleSocket(std::path::PathBuf);

impl Drop for ConsoleSocket {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0) {
            tracing::debug!(%error, "the console's socket was gone");
        }
    }
}

fn listen_for_console(config: &Config, app: &App, router: Router) -> anyhow::Result<ConsoleSocket> {
    let path = DataDir::socket_of(&config.data_dir);
    // The data folder's lock is ours, so a socket that is still there is left from a killed process.
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let listener = UnixListener::bind(&path)
        .with_context(|| format!("cannot make the socket {}", path.display()))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
    let routes = console::router(router, app);
    let stopping = app.platform.tasks.stopping();
    app.platform.tasks.spawn("console", async move {
        let serving = axum::serve(listener, routes.into_make_service())
            .with_graceful_shutdown(stopping.cancelled_owned());
        if let Err(error) = serving.await {
            tracing::error!(%error, "the console's socket failed");
        }
    });
    Ok(ConsoleSocket(path))
}
