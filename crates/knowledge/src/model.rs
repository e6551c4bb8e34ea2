//! What the slice speaks of: collections, documents, hits, answers and citations.

use std::{collections::BTreeSet, str::FromStr};

use kaname_guard::Readers;
use kaname_kernel::{
    ActId, CollectionId, DepartmentId, DocumentId, EndpointId, InstitutionId, Label, Principal,
    Role, Timestamp,
};

/// A collection of documents (文書集).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collection {
    /// Its id.
    pub id: CollectionId,
    /// Whose it is.
    pub institution: InstitutionId,
    /// The short name used in commands, unique in the institution.
    pub key: String,
    /// The name shown.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// The least label of everything in it.
    pub label: Label,
    /// Whether everyone of the institution may read it, as far as the clearance goes.
    pub readers_everyone: bool,
    /// Otherwise the departments that may.
    pub reader_departments: BTreeSet<DepartmentId>,
    /// The departments that may add and remove documents.
    pub editor_departments: BTreeSet<DepartmentId>,
    /// Documents in it.
    pub document_count: i64,
    /// Chunks in it that can be found.
    pub chunk_count: i64,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Collection {
    /// Who it is open to.
    pub fn readers(&self) -> Readers {
        Readers {
            institution: self.institution,
            everyone: self.readers_everyone,
            departments: self.reader_departments.clone(),
        }
    }

    /// Whether `principal` may read something labelled `label` in it.
    pub fn may_read(&self, principal: &Principal, label: &Label) -> bool {
        kaname_guard::may_read(principal, label, &self.readers())
    }

    /// Whether `principal` sees the collection: what is readable in it is decided by document.
    pub fn may_see(&self, principal: &Principal) -> bool {
        self.may_read(principal, &self.label) || self.may_edit(principal)
    }

    /// Whether `principal` may add and remove documents. Clearance binds administrators too.
    pub fn may_edit(&self, principal: &Principal) -> bool {
        let member = principal.department.is_some_and(|own| self.editor_departments.contains(&own));
        let changes = Role::ALL.iter().any(|role| *role != Role::Auditor && principal.is(*role));
        principal.institution == self.institution
            && principal.clearance.dominates(&self.label)
            && changes
            && (member || principal.is(Role::Administrator))
    }
}

/// Where a document stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentState {
    /// Waiting for its job.
    Queued,
    /// Being read.
    Indexing,
    /// Can be found.
    Ready,
    /// Could not be read; its error says why.
    Failed,
}

impl DocumentState {
    /// The stable name in the store and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Indexing => "indexing",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DocumentState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Queued, Self::Indexing, Self::Ready, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(())
    }
}

/// Why a file could not be taken or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// Stable code, with a page in `docs/errors/`.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What to do.
    pub fix: Option<String>,
}

impl FileFault {
    /// A person stopped the import before the file was read.
    pub(crate) fn cancelled() -> Self {
        Self {
            code: "knowledge.document_cancelled".to_owned(),
            detail: "the import was stopped before this file was read".to_owned(),
            fix: Some("Send the file again.".to_owned()),
        }
    }
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its id, the same for every version.
    pub id: DocumentId,
    /// Whose it is.
    pub institution: InstitutionId,
    /// The collection that it is in.
    pub collection: CollectionId,
    /// The name of its file, unique in the collection.
    pub file_name: String,
    /// Its title.
    pub title: String,
    /// Whether a person gave the title.
    pub title_given: bool,
    /// `txt`, `md`, `html`, `docx`, `pdf`, `csv`, `xlsx`; empty before it was read.
    pub format: String,
    /// Size of the file.
    pub size_bytes: i64,
    /// The file's hash, also its key in the file store.
    pub sha256: String,
    /// The newest version, from 1.
    pub version: i64,
    /// The version that can be found.
    pub indexed_version: Option<i64>,
    /// Since when it applies, `YYYY-MM-DD`.
    pub effective_date: Option<String>,
    /// Whether a person gave the date.
    pub date_given: bool,
    /// Its label: the collection's, or higher.
    pub label: Label,
    /// Where it stands.
    pub state: DocumentState,
    /// Why it failed.
    pub error: Option<FileFault>,
    /// Stable codes of what a person should know.
    pub warnings: Vec<String>,
    /// Pages, where the format has pages.
    pub page_count: Option<i64>,
    /// Chunks that can be found.
    pub chunk_count: i64,
    /// When it was first added.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A place in a document that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The document.
    pub document: DocumentId,
    /// Its collection.
    pub collection: CollectionId,
    /// Its title.
    pub title: String,
    /// The version found.
    pub version: i64,
    /// The page.
    pub page: Option<i64>,
    /// The headings above.
    pub heading: Option<String>,
    /// The passage, verbatim.
    pub quote: String,
    /// First byte of the quote in the canonical text.
    pub start: usize,
    /// Byte after the last one.
    pub end: usize,
    /// The document's label.
    pub label: Label,
    /// 1 is the best of this search.
    pub score: f32,
    /// Since when the document applies.
    pub effective_date: Option<String>,
}

/// A source that an answer stands on.
#[derive(Debug, Clone, PartialEq)]
pub struct Citation {
    /// Its number in the answer, from 1.
    pub number: usize,
    /// What it quotes.
    pub hit: Hit,
}

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerMode {
    /// The best passages, verbatim (抜粋回答).
    Quotation,
    /// Written by a capable model, every sentence citing a passage.
    Written,
    /// The documents that the caller may read do not answer it.
    NotFound,
}

impl AnswerMode {
    /// The stable name in acts and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Quotation => "quotation",
            Self::Written => "written",
            Self::NotFound => "not_found",
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The text; for [`AnswerMode::NotFound`] empty.
    pub answer: String,
    /// How it came about.
    pub mode: AnswerMode,
    /// What it stands on.
    pub citations: Vec<Citation>,
    /// The join of the labels of the question and of everything cited or sent.
    pub label: Label,
    /// The act of the answer; on disk.
    pub act: ActId,
    /// The endpoint that wrote it, with its name.
    pub endpoint: Option<(EndpointId, String)>,
}
