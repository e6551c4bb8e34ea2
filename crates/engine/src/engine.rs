//! The handle by which the rest of the program asks for text.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::{
    config::EngineConfig,
    error::EngineError,
    health::Health,
    process::exceeds_frame,
    request::{CancelOnDrop, GenerateRequest, Generation},
    supervisor::{Command, Job, Supervisor},
};

/// An embedded engine: cheap to clone, all clones are one.
///
/// Its child process starts with the first request, not before. It ends when [`Engine::shut_down`] is called or the
/// last clone is dropped.
#[derive(Debug, Clone)]
pub struct Engine {
    commands: mpsc::Sender<Command>,
    permits: Arc<Semaphore>,
    limit: usize,
    context_tokens: u32,
    request_deadline: Duration,
    health: watch::Receiver<Health>,
    stopping: CancellationToken,
    next_id: Arc<AtomicU64>,
}

impl Engine {
    /// Makes the engine and starts its supervising task, but no child yet.
    pub fn spawn(config: EngineConfig) -> Self {
        let limit = config.request_limit();
        // One place for a request and one for its cancellation, per permit: sending never has to wait.
        let (commands, inbox) = mpsc::channel(limit.saturating_mul(2));
        let (health_in, health) = watch::channel(Health::default());
        let stopping = CancellationToken::new();
        let engine = Self {
            commands,
            permits: Arc::new(Semaphore::new(limit)),
            limit,
            context_tokens: config.context_tokens,
            request_deadline: config.request_deadline,
            health,
            stopping: stopping.clone(),
            next_id: Arc::default(),
        };
        let spawn = Arc::clone(&config.spawn);
        let supervisor = Supervisor::new(config, inbox, health_in, stopping);
        spawn("engine-supervisor", Box::pin(supervisor.run()));
        engine
    }

    /// Asks for text; returns once the child has taken the request into its queue.
    ///
    /// # Errors
    /// Every [`EngineError`] but those of a running generation, which come through the stream.
    ///
    /// # Cancel safety
    /// Dropping the future withdraws the request.
    pub async fn generate(&self, request: GenerateRequest) -> Result<Generation, EngineError> {
        request.check()?;
        if self.stopping.is_cancelled() {
            return Err(EngineError::ShutDown);
        }
        if exceeds_frame(request.text_bytes()) {
            // No tokeniser makes fewer tokens than this of a text that large.
            return Err(EngineError::PromptTooLong {
                prompt_tokens: self.context_tokens.saturating_add(1),
                context_tokens: self.context_tokens,
            });
        }
        let permit = Arc::clone(&self.permits)
            .try_acquire_owned()
            .map_err(|_| EngineError::Busy { limit: self.limit })?;
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let limit = request.deadline.unwrap_or(self.request_deadline);
        // Every token gives at most one delta; two more for the acceptance and the end, one for what was held back.
        let capacity = request.max_tokens.min(self.context_tokens).saturating_add(3);
        let (signals, answers) = mpsc::channel(usize::try_from(capacity).unwrap_or(usize::MAX));
        let job = Job { id, request, signals, permit };
        self.commands
            .try_send(Command::Generate(Box::new(job)))
            .map_err(|_| EngineError::ShutDown)?;
        let cancel = CancelOnDrop::new(id, self.commands.clone());
        Generation::new(answers, limit, cancel).accepted().await
    }

    /// The engine as it is now.
    pub fn health(&self) -> Health {
        self.health.borrow().clone()
    }

    /// The engine as it changes.
    pub fn watch_health(&self) -> watch::Receiver<Health> {
        self.health.clone()
    }

    /// Ends the child and refuses every further request; requests under way fail with [`EngineError::ShutDown`].
    /// Returns when the child is gone.
    pub async fn shut_down(&self) {
        self.stopping.cancel();
        self.commands.closed().await;
    }
}
