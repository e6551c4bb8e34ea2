//! Checkpoints: what a log says about itself, signed: its origin, its size and its root.

use crate::digest::{Digest, empty_root};
use crate::key::{SigningKey, VerifyingKey};
use crate::note::{Note, NoteError, sign_note};
use crate::proof::TreeHead;
use crate::tree::MAX_TREE_SIZE;

/// Why a checkpoint was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The note around it was refused.
    #[error("the signed note was refused")]
    Note(#[from] NoteError),
    /// There are fewer than three lines, or one of them is empty.
    #[error("a checkpoint has at least three lines, none of them empty")]
    Lines,
    /// The size is no decimal number, or one with a leading zero, or too large.
    #[error("the size is not a decimal number in its shortest form")]
    Size,
    /// The root is not 32 bytes in base64.
    #[error("the root is not a hash in base64")]
    Root,
    /// A tree without leaves has one root only, and this is not it.
    #[error("the root is not that of an empty tree")]
    EmptyTreeRoot,
    /// The checkpoint is of another log than the key.
    #[error("the checkpoint is of {origin}, not of the expected log")]
    Origin {
        /// The origin that the checkpoint states.
        origin: String,
    },
}

impl CheckpointError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Note(error) => error.code(),
            Self::Lines => "checkpoint-lines",
            Self::Size => "checkpoint-size",
            Self::Root => "checkpoint-root",
            Self::EmptyTreeRoot => "checkpoint-empty-tree-root",
            Self::Origin { .. } => "checkpoint-origin",
        }
    }
}

/// The state of a log at one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log, the same as the name of its key.
    pub origin: String,
    /// The size and the root of its tree.
    pub head: TreeHead,
    /// Further lines that the signature covers; normally none.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The checkpoint of a log without further lines.
    pub fn new(origin: &str, size: u64, root: Digest) -> Self {
        let head = TreeHead { size, root };
        Self { origin: origin.to_owned(), head, extensions: Vec::new() }
    }

    /// The text that is signed: origin, size, root and any further lines.
    ///
    /// # Source
    /// C2SP tlog-checkpoint.
    pub fn body(&self) -> String {
        let root = self.head.root.to_base64();
        let mut body = format!("{}\n{}\n{root}\n", self.origin, self.head.size);
        for line in &self.extensions {
            body.push_str(line);
            body.push('\n');
        }
        body
    }

    /// Reads what [`Checkpoint::body`] writes, strictly.
    pub fn parse_body(body: &str) -> Result<Self, CheckpointError> {
        let body = body.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = body.split('\n').map(str::to_owned);
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next())
        else {
            return Err(CheckpointError::Lines);
        };
        let extensions: Vec<String> = lines.collect();
        let given = [&origin, &size, &root];
        if given.into_iter().chain(&extensions).any(String::is_empty) {
            return Err(CheckpointError::Lines);
        }
        let size = parse_size(&size).ok_or(CheckpointError::Size)?;
        let root = Digest::from_base64(&root).map_err(|_| CheckpointError::Root)?;
        if size == 0 && root != empty_root() {
            return Err(CheckpointError::EmptyTreeRoot);
        }
        Ok(Self { origin, head: TreeHead { size, root }, extensions })
    }

    /// Signs with the log's key, and with any further keys after it.
    pub fn sign(
        &self,
        log_key: &SigningKey,
        others: &[&SigningKey],
    ) -> Result<String, CheckpointError> {
        let body = self.body();
        if Self::parse_body(&body)? != *self {
            return Err(CheckpointError::Lines);
        }
        self.check_origin(log_key.name())?;
        let keys: Vec<&SigningKey> = [log_key].into_iter().chain(others.iter().copied()).collect();
        Ok(sign_note(&body, &keys)?)
    }

    /// Reads a signed checkpoint; the log's key must have signed it and be named as its origin.
    pub fn open(note: &[u8], log_key: &VerifyingKey) -> Result<Self, CheckpointError> {
        let note = Note::parse(note)?;
        let checkpoint = Self::parse_body(note.verify(&[log_key])?)?;
        checkpoint.check_origin(log_key.name())?;
        Ok(checkpoint)
    }

    fn check_origin(&self, key_name: &str) -> Result<(), CheckpointError> {
        if self.origin == key_name {
            Ok(())
        } else {
            Err(CheckpointError::Origin { origin: self.origin.clone() })
        }
    }
}

fn parse_size(text: &str) -> Option<u64> {
    let size: u64 = text.parse().ok()?;
    (size <= MAX_TREE_SIZE && size.to_string() == text).then_some(size)
}
