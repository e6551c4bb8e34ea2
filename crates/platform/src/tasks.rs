//! Every background task of the process: named, tracked and cancellable.
//!
//! The only caller of `tokio::spawn`. Shutdown has two steps: the token asks, then a grace period
//! ends and what is left is abandoned and named in the log.

use std::{future::Future, time::Duration};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Spawns and ends tasks; clones share the set.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    stop: CancellationToken,
}

impl Tasks {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `work` in the background until it ends by itself.
    ///
    /// Long work watches [`Tasks::stopping`]; what must finish is a job, not a task.
    #[expect(clippy::disallowed_methods, reason = "this is the one caller of tokio::spawn")]
    pub fn spawn<F>(&self, name: &'static str, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let span = tracing::info_span!("task", task = name);
        let tracked = self.tracker.track_future(tracing::Instrument::instrument(work, span));
        let _detached = tokio::spawn(tracked);
    }

    /// A token that is cancelled when the process begins to stop.
    pub fn stopping(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Asks every task to stop.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    /// Asks every task to stop and waits at most `grace`. Whether all ended in time.
    pub async fn shut_down(&self, grace: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(grace, self.tracker.wait()).await.is_ok()
    }
}
