//! What every slice stands on: database, act log, jobs, blobs, tasks, secrets, outbound, HTTP.
//!
//! Knows no capability: nothing here says what a document, a model or a user is.
//!
//! Invariants: a write is acknowledged only after its commit is on disk; an act commits with the
//! state it explains; only [`outbound`] opens connections, and only with a [`outbound::Permit`];
//! only [`Tasks`] spawns.

pub mod acts;
pub mod blobs;
pub mod db;
pub mod http;
pub mod jobs;
mod named;
pub mod outbound;
pub mod secrets;
mod sequencer;
mod system;
mod tasks;
pub mod telemetry;

use std::sync::Arc;

use kaname_kernel::{Clock, Entropy, IdSource, Timestamp};

pub use self::{
    acts::Act,
    blobs::Blobs,
    db::{Conn, Db, DbError, ReadTx, Tx},
    secrets::Secrets,
    sequencer::{Head, Sequencer, SequencerError, head, load_tiles},
    system::{SystemClock, SystemEntropy},
    tasks::Tasks,
};

/// `bytes` as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// What the wiring hands to every slice; clones are cheap and share everything.
#[derive(Debug, Clone)]
pub struct Platform {
    /// Records.
    pub db: Db,
    /// Files.
    pub blobs: Blobs,
    /// Sealed values.
    pub secrets: Secrets,
    /// Background tasks.
    pub tasks: Tasks,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Identifiers.
    pub ids: IdSource,
}

impl Platform {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` unpredictable bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}
