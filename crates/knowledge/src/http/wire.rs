//! The shapes of knowledge in JSON.

use std::collections::BTreeMap;

use kaname_kernel::Principal;
use kaname_platform::http::one_of;
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Schema};

use crate::model;

fn document_states() -> Schema {
    one_of(["queued", "indexing", "ready", "failed"])
}

fn answer_modes() -> Schema {
    one_of(["quotation", "written", "not_found"])
}

fn job_states() -> Schema {
    one_of(["queued", "running", "succeeded", "failed", "cancelled"])
}

/// Who may read.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Readers {
    /// Everyone of the institution, as far as the clearance goes.
    pub(super) everyone: bool,
    /// Otherwise these departments.
    #[serde(default)]
    #[schema(required = true)]
    pub(super) department_ids: Vec<String>,
}

/// Who may add and remove documents, besides administrators.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Editors {
    pub(super) department_ids: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Collection {
    id: String,
    key: String,
    name: String,
    description: String,
    /// Canonical label text.
    label: String,
    readers: Readers,
    editors: Editors,
    document_count: i64,
    chunk_count: i64,
    updated_at_ms: i64,
    /// Whether the caller may add and remove documents.
    may_edit: bool,
}

impl Collection {
    pub(super) fn of(it: &model::Collection, by: &Principal) -> Self {
        Self {
            id: it.id.to_string(),
            key: it.key.clone(),
            name: it.name.clone(),
            description: it.description.clone(),
            label: it.label.to_string(),
            readers: Readers {
                everyone: it.readers_everyone,
                department_ids: it.reader_departments.iter().map(ToString::to_string).collect(),
            },
            editors: Editors {
                department_ids: it.editor_departments.iter().map(ToString::to_string).collect(),
            },
            document_count: it.document_count,
            chunk_count: it.chunk_count,
            updated_at_ms: it.updated_at.as_millis(),
            may_edit: it.may_edit(by),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CollectionPage {
    pub(super) items: Vec<Collection>,
    /// Where the next page begins; always null, since all are given.
    pub(super) next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentError {
    code: String,
    detail: String,
    fix: Option<String>,
}

impl From<&model::FileFault> for DocumentError {
    fn from(it: &model::FileFault) -> Self {
        Self { code: it.code.clone(), detail: it.detail.clone(), fix: it.fix.clone() }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Document {
    id: String,
    collection_id: String,
    title: String,
    file_name: String,
    /// `txt`, `md`, `html`, `docx`, `pdf`, `csv`, `xlsx`; empty before it was read.
    format: String,
    size_bytes: i64,
    version: i64,
    /// `YYYY-MM-DD`.
    effective_date: Option<String>,
    /// Canonical label text.
    label: String,
    #[schema(schema_with = document_states)]
    state: &'static str,
    error: Option<DocumentError>,
    warnings: Vec<String>,
    page_count: Option<i64>,
    chunk_count: i64,
    created_at_ms: i64,
    updated_at_ms: i64,
}

impl From<&model::Document> for Document {
    fn from(it: &model::Document) -> Self {
        Self {
            id: it.id.to_string(),
            collection_id: it.collection.to_string(),
            title: it.title.clone(),
            file_name: it.file_name.clone(),
            format: it.format.clone(),
            size_bytes: it.size_bytes,
            version: it.version,
            effective_date: it.effective_date.clone(),
            label: it.label.to_string(),
            state: it.state.as_str(),
            error: it.error.as_ref().map(Into::into),
            warnings: it.warnings.clone(),
            page_count: it.page_count,
            chunk_count: it.chunk_count,
            created_at_ms: it.created_at.as_millis(),
            updated_at_ms: it.updated_at.as_millis(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentPage {
    pub(super) items: Vec<Document>,
    pub(super) next_cursor: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct RefusedFile {
    pub(super) file_name: String,
    pub(super) code: String,
    pub(super) detail: String,
    pub(super) fix: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Upload {
    /// The job that reads the files; null when none was taken.
    pub(super) job_id: Option<String>,
    pub(super) documents: Vec<Document>,
    pub(super) refused: Vec<RefusedFile>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DocumentText {
    pub(super) document: Document,
    pub(super) collection_name: String,
    /// The version whose text this is.
    pub(super) version: i64,
    /// Byte of the canonical text at which `text` begins. All offsets are UTF-8 bytes.
    pub(super) text_start: usize,
    pub(super) text: String,
    pub(super) blocks: Vec<crate::TextBlock>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Hit {
    document_id: String,
    collection_id: String,
    title: String,
    version: i64,
    page: Option<i64>,
    heading: Option<String>,
    /// Verbatim; the cells of a row are separated by tabs.
    quote: String,
    /// First byte of the quote in the canonical text.
    start: usize,
    /// Byte after the last one.
    end: usize,
    label: String,
    /// 1 for the best of this search.
    score: f32,
}

impl From<&model::Hit> for Hit {
    fn from(it: &model::Hit) -> Self {
        Self {
            document_id: it.document.to_string(),
            collection_id: it.collection.to_string(),
            title: it.title.clone(),
            version: it.version,
            page: it.page,
            heading: it.heading.clone(),
            quote: it.quote.clone(),
            start: it.start,
            end: it.end,
            label: it.label.to_string(),
            score: it.score,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchAnswer {
    pub(super) items: Vec<Hit>,
    pub(super) act_id: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Citation {
    number: usize,
    document_id: String,
    title: String,
    version: i64,
    page: Option<i64>,
    heading: Option<String>,
    quote: String,
    start: usize,
    end: usize,
    label: String,
    collection_id: String,
    effective_date: Option<String>,
}

impl From<&model::Citation> for Citation {
    fn from(it: &model::Citation) -> Self {
        let hit = &it.hit;
        Self {
            number: it.number,
            document_id: hit.document.to_string(),
            title: hit.title.clone(),
            version: hit.version,
            page: hit.page,
            heading: hit.heading.clone(),
            quote: hit.quote.clone(),
            start: hit.start,
            end: hit.end,
            label: hit.label.to_string(),
            collection_id: hit.collection.to_string(),
            effective_date: hit.effective_date.clone(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AnsweringEndpoint {
    id: String,
    name: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the API's own words")]
pub(super) struct Answer {
    /// Empty when nothing was found. Written answers cite as in `[1][2]`.
    answer: String,
    #[schema(schema_with = answer_modes)]
    mode: &'static str,
    citations: Vec<Citation>,
    label: String,
    act_id: String,
    /// Who wrote it; null for quotations.
    endpoint: Option<AnsweringEndpoint>,
}

impl From<&model::Answer> for Answer {
    fn from(it: &model::Answer) -> Self {
        Self {
            answer: it.answer.clone(),
            mode: it.mode.as_str(),
            citations: it.citations.iter().map(Into::into).collect(),
            label: it.label.to_string(),
            act_id: it.act.to_string(),
            endpoint: it
                .endpoint
                .as_ref()
                .map(|(id, name)| AnsweringEndpoint { id: id.to_string(), name: name.clone() }),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Progress {
    done: i64,
    total: Option<i64>,
    note: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobError {
    code: String,
    detail: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Job {
    id: String,
    kind: String,
    #[schema(schema_with = job_states)]
    state: &'static str,
    progress: Progress,
    attempts: i64,
    error: Option<JobError>,
    created_at_ms: i64,
    updated_at_ms: i64,
    /// `collection_id`, `document_id`.
    subject: BTreeMap<String, String>,
}

impl From<&kaname_platform::jobs::Job> for Job {
    fn from(it: &kaname_platform::jobs::Job) -> Self {
        Self {
            id: it.id.to_string(),
            kind: it.kind.clone(),
            state: it.state.as_str(),
            progress: Progress {
                done: it.progress_done,
                total: it.progress_total,
                note: it.progress_note.clone(),
            },
            attempts: it.attempts,
            error: it.error.clone().map(|(code, detail)| JobError { code, detail }),
            created_at_ms: it.created_at.as_millis(),
            updated_at_ms: it.updated_at.as_millis(),
            subject: it.subject.clone(),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct JobPage {
    pub(super) items: Vec<Job>,
    pub(super) next_cursor: Option<String>,
}
