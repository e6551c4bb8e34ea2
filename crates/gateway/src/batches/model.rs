//! A file, a batch, and where it stands.

use std::collections::BTreeMap;

use bytes::Bytes;
use kaname_kernel::{
    ActId, Actor, BatchId, FileId, InstitutionId, JobId, Label, Principal, Timestamp, UserId,
};
use kaname_platform::named_variants;
use serde::{Deserialize, Serialize};

named_variants! {
    /// What a file is for.
    FilePurpose {
        /// Calls to be made.
        Batch = "batch",
        /// What came of them.
        BatchOutput = "batch_output",
    }
}

named_variants! {
    /// Where a batch stands.
    BatchState {
        /// Its file is read.
        Validating = "validating",
        /// Its file is not acceptable; nothing was called.
        Failed = "failed",
        /// Its calls are made.
        InProgress = "in_progress",
        /// Its results are put together.
        Finalizing = "finalizing",
        /// Every call was made.
        Completed = "completed",
        /// Its time was over before every call was made.
        Expired = "expired",
        /// Somebody asked to stop it; calls under way end.
        Cancelling = "cancelling",
        /// It was stopped.
        Cancelled = "cancelled",
    }
}

impl BatchState {
    /// Whether nothing will happen any more.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Failed | Self::Completed | Self::Expired | Self::Cancelled)
    }
}

/// The route that the calls of a batch go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallPath {
    /// Chat Completions.
    Chat,
    /// Responses.
    Responses,
    /// Embeddings.
    Embeddings,
    /// Rerank.
    Rerank,
}

impl CallPath {
    /// Every route.
    pub const ALL: [Self; 4] = [Self::Chat, Self::Responses, Self::Embeddings, Self::Rerank];

    /// The path.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "/v1/chat/completions",
            Self::Responses => "/v1/responses",
            Self::Embeddings => "/v1/embeddings",
            Self::Rerank => "/v1/rerank",
        }
    }

    /// The route with this path.
    pub fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == path)
    }

    /// Whether a call of unknown outcome may be made again: the same comes out, and nothing that was
    /// written is lost. Text may have been generated, and paid for, so it is told instead.
    pub fn may_be_repeated(self) -> bool {
        matches!(self, Self::Embeddings | Self::Rerank)
    }
}

/// Whose files and batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner {
    pub(crate) institution: InstitutionId,
    pub(crate) user: UserId,
}

impl From<&Principal> for Owner {
    fn from(principal: &Principal) -> Self {
        Self { institution: principal.institution, user: principal.user }
    }
}

/// A file as it is sent.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name.
    pub file_name: String,
    /// What is in it.
    pub bytes: Bytes,
    /// Its label.
    pub label: Label,
}

/// A file of calls, or of what came of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchFile {
    /// Its id.
    pub id: FileId,
    /// Its name.
    pub file_name: String,
    /// What it is for.
    pub purpose: FilePurpose,
    /// Its label.
    pub label: Label,
    /// How large it is.
    pub size_bytes: u64,
    /// Its key in the file store; none for results.
    pub(crate) sha256: Option<String>,
    /// The batch that it is a result of, and whether of what went well.
    pub(crate) results: Option<(BatchId, bool)>,
    /// Since when it is here.
    pub created_at: Timestamp,
    /// When it goes.
    pub expires_at: Timestamp,
}

/// A batch as it is asked for.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// The file of its calls.
    pub file: FileId,
    /// Where its calls go.
    pub path: CallPath,
    /// The label that its caller gives it; the file's raises it.
    pub label: Label,
    /// What its maker notes on it.
    pub metadata: BTreeMap<String, String>,
}

/// When a batch came to where it stands, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Moments {
    /// Its file was read.
    pub in_progress: Option<i64>,
    /// Its last call ended.
    pub finalizing: Option<i64>,
    /// It was completed.
    pub completed: Option<i64>,
    /// It failed.
    pub failed: Option<i64>,
    /// Its time was over.
    pub expired: Option<i64>,
    /// Somebody asked to stop it.
    pub cancelling: Option<i64>,
    /// It was stopped.
    pub cancelled: Option<i64>,
}

/// What is wrong with a line of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct LineFault {
    /// A stable word.
    pub code: String,
    /// The line, from 1.
    pub line: Option<u64>,
    /// What is wrong and what to do.
    pub message: String,
    /// The field at fault.
    pub param: Option<String>,
}

/// Many calls that are made one after another.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    pub(crate) owner: Owner,
    /// How its maker came in: what is judged anew before every call.
    pub(crate) actor: Actor,
    /// The file of its calls.
    pub file: FileId,
    /// Where its calls go.
    pub path: CallPath,
    /// What its maker noted on it.
    pub metadata: BTreeMap<String, String>,
    /// Its label.
    pub label: Label,
    /// The act that made it.
    pub act: ActId,
    /// The one job that works through it: a run of another does nothing.
    pub(crate) job: Option<JobId>,
    /// Where it stands.
    pub state: BatchState,
    /// What is wrong with its file.
    pub faults: Vec<LineFault>,
    /// Calls in all, once its file was read.
    pub total: u64,
    /// Calls that went well.
    pub completed: u64,
    /// Calls that did not.
    pub failed: u64,
    pub(crate) output_bytes: u64,
    pub(crate) error_bytes: u64,
    /// What came of the calls that went well.
    pub output_file: Option<FileId>,
    /// What came of the others.
    pub error_file: Option<FileId>,
    /// When it came to where it stands.
    pub moments: Moments,
    /// Since when it is here.
    pub created_at: Timestamp,
    /// Until when its calls are made.
    pub due_at: Timestamp,
    /// When it goes.
    pub expires_at: Timestamp,
}

/// One call of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its place in the file, from 1.
    pub(crate) number: u64,
    /// What its maker calls it.
    pub(crate) custom_id: String,
    /// The body of the call.
    pub(crate) body: String,
}
