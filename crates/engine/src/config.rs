//! What an engine is started with.

use std::{ffi::OsString, fmt, path::PathBuf, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;

use crate::checksum::ModelDigest;

/// Starts a named background task; the server passes its task tracker here.
pub type Spawner = Arc<dyn Fn(&'static str, BoxFuture<'static, ()>) + Send + Sync>;

/// The settings of one engine: one model, one child process.
#[derive(Clone)]
pub struct EngineConfig {
    /// The program to run as the child; the server gives its own path.
    pub program: PathBuf,
    /// Its arguments, which lead it to [`crate::run_child`].
    pub args: Vec<OsString>,
    /// The GGUF file, in one piece (a split model must be merged first).
    pub model_path: PathBuf,
    /// The SHA-256 that the file must have.
    pub expected_sha256: ModelDigest,
    /// Tokens held at a time by all running requests together; one request never gets more than the model was
    /// trained on.
    pub context_tokens: u32,
    /// How many requests are decoded together.
    pub parallel_sequences: u32,
    /// The most tokens in one decoding step: how far a long prompt may hold up the others.
    pub batch_tokens: u32,
    /// Threads of the child that compute; give the cores that are really free.
    pub threads: u32,
    /// How many requests may wait beyond those that run.
    pub queue_capacity: usize,
    /// How long the child may take to load the model.
    pub load_deadline: Duration,
    /// How long a request may take, waiting included, unless it brings a deadline of its own.
    pub request_deadline: Duration,
    /// How long a child with work may stay silent before it is taken for hung and ended.
    pub stall_deadline: Duration,
    /// The address space that the child may use; `None` for three times the file plus 8 GiB.
    pub memory_limit_bytes: Option<u64>,
    /// Starts the engine's one background task.
    pub spawn: Spawner,
}

impl EngineConfig {
    /// Settings for a model with moderate limits: 4 requests together in 4,096 tokens, 2 threads, 16 waiting.
    pub fn new(
        program: PathBuf,
        model_path: PathBuf,
        expected_sha256: ModelDigest,
        spawn: Spawner,
    ) -> Self {
        Self {
            program,
            args: Vec::new(),
            model_path,
            expected_sha256,
            context_tokens: 4096,
            parallel_sequences: 4,
            batch_tokens: 256,
            threads: 2,
            queue_capacity: 16,
            load_deadline: Duration::from_mins(2),
            request_deadline: Duration::from_mins(5),
            stall_deadline: Duration::from_mins(1),
            memory_limit_bytes: None,
            spawn,
        }
    }

    /// How many requests may run and wait at a time.
    pub(crate) fn request_limit(&self) -> usize {
        let parallel = usize::try_from(self.parallel_sequences).unwrap_or(usize::MAX);
        parallel.saturating_add(self.queue_capacity).max(1)
    }

    /// The child's address space for a model file of this size.
    pub(crate) fn memory_limit(&self, file_bytes: u64) -> u64 {
        const SLACK_BYTES: u64 = 8 << 30;
        self.memory_limit_bytes
            .unwrap_or_else(|| file_bytes.saturating_mul(3).saturating_add(SLACK_BYTES))
    }
}

impl fmt::Debug for EngineConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineConfig")
            .field("program", &self.program)
            .field("model_path", &self.model_path)
            .field("expected_sha256", &self.expected_sha256)
            .field("context_tokens", &self.context_tokens)
            .field("parallel_sequences", &self.parallel_sequences)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
