//! The job behind an upload: reads each file, embeds its passages, puts it into the index.
//!
//! Idempotent: what is done or has failed is passed over, and what is written replaces what was
//! there, so a run that was killed is simply run again. No lock or transaction is held while a
//! file is read or a model is called.

use std::sync::Arc;

use futures_util::{FutureExt as _, future::BoxFuture};
use kaname_gateway::EmbedRequest;
use kaname_guard::{Caller, Purpose};
use kaname_kernel::{DocumentId, InstitutionId};
use kaname_platform::{
    Act, DbError,
    http::Fault as _,
    jobs::{JobFailure, JobHandler, JobRun},
};
use serde::Deserialize;

use crate::{
    Error, Knowledge,
    collections::commit,
    digest::{Digest, digest, passage_in_words},
    documents::describe,
    index::{Entry, blocking, vectors::DocumentVectors},
    model::{Document, DocumentState, FileFault},
    store::{self, chunks::StoredPassages},
};

/// The kind of job.
pub const KIND: &str = "knowledge.import";
/// The index is committed at least after so many files, and at the end.
const COMMIT_EVERY: usize = 16;

#[derive(Debug, Deserialize)]
pub(crate) struct Payload {
    pub(crate) files: Vec<(DocumentId, i64)>,
}

/// Does the jobs of [`KIND`].
#[derive(Debug, Clone)]
pub struct ImportJob {
    knowledge: Knowledge,
}

impl ImportJob {
    /// The handler, to be given to the workers.
    pub fn new(knowledge: Knowledge) -> Self {
        Self { knowledge }
    }

    async fn import(&self, run: JobRun) -> Result<(), JobFailure> {
        let payload: Payload =
            serde_json::from_value(run.job.payload.clone()).map_err(|error| JobFailure {
                code: "knowledge.bad_job",
                detail: error.to_string(),
                retry: false,
            })?;
        let institution = run.job.institution;
        let total = i64::try_from(payload.files.len()).ok();
        let (mut done, mut pending) = (0, None);
        for (place, (id, version)) in payload.files.iter().enumerate() {
            if run.cancelled.is_cancelled() {
                self.flush(institution, &mut pending).await?;
                return Err(self.stopped(&run, &payload).await?);
            }
            let document = self.knowledge.waiting(institution, (*id, *version)).await?;
            if let Some(document) = document {
                run.progress(done, total, Some(&document.file_name)).await?;
                match self.knowledge.read_in(document, &run).await {
                    Ok(generation) => pending = generation.or(pending),
                    Err(Error::Db(error)) => return Err(error.into()),
                    Err(error) => return Err(failure(&error)),
                }
            }
            done += 1;
            if (place + 1) % COMMIT_EVERY == 0 {
                self.flush(institution, &mut pending).await?;
            }
        }
        self.flush(institution, &mut pending).await?;
        run.progress(done, total, None).await?;
        Ok(())
    }

    async fn flush(
        &self,
        institution: InstitutionId,
        pending: &mut Option<i64>,
    ) -> Result<(), JobFailure> {
        let Some(generation) = pending.take() else { return Ok(()) };
        let shelf = self.knowledge.shelf(institution).await.map_err(|error| failure(&error))?;
        let _turn = shelf.writing.lock().await;
        commit(&shelf, generation).await.map_err(|error| failure(&error))
    }

    /// Marks what still waits of a job that has failed for good.
    async fn give_up(&self, run: &JobRun, failed: &JobFailure) -> Result<(), DbError> {
        let Ok(payload) = serde_json::from_value::<Payload>(run.job.payload.clone()) else {
            return Ok(());
        };
        let fault = FileFault {
            code: failed.code.to_owned(),
            detail: failed.detail.clone(),
            fix: Some("Put that right, then send the file again.".to_owned()),
        };
        let mut tx = self.knowledge.platform.db.begin().await?;
        self.knowledge.mark_failed(&mut tx, run.job.institution, (&payload, &fault)).await?;
        tx.commit().await
    }

    /// The end of a run that was stopped: when a person asked for it, what waits is marked.
    async fn stopped(&self, run: &JobRun, payload: &Payload) -> Result<JobFailure, DbError> {
        let db = &self.knowledge.platform.db;
        let mut tx = db.begin().await?;
        let job = kaname_platform::jobs::find(&mut tx, run.job.institution, run.job.id).await?;
        if job.is_some_and(|job| job.cancel_requested) {
            let fault = FileFault::cancelled();
            self.knowledge.mark_failed(&mut tx, run.job.institution, (payload, &fault)).await?;
        }
        tx.commit().await?;
        let detail = "the import was stopped".to_owned();
        Ok(JobFailure { code: "knowledge.document_cancelled", detail, retry: true })
    }
}

impl JobHandler for ImportJob {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn run(&self, run: JobRun) -> BoxFuture<'_, Result<(), JobFailure>> {
        async move {
            let failed = match self.import(run.clone()).await {
                Err(failed) if run.is_last() && !run.cancelled.is_cancelled() => failed,
                ended => return ended,
            };
            // Nobody will try again: what still waits must not look as if somebody would.
            self.give_up(&run, &failed).await?;
            Err(failed)
        }
        .boxed()
    }
}

fn failure(error: &Error) -> JobFailure {
    JobFailure { code: error.code(), detail: error.to_string(), retry: true }
}

impl Knowledge {
    /// The document if it still waits at this version.
    async fn waiting(
        &self,
        institution: InstitutionId,
        (id, version): (DocumentId, i64),
    ) -> Result<Option<Document>, DbError> {
        let mut tx = self.platform.db.read().await?;
        let found = store::documents::find(&mut tx, institution, id).await?;
        let waits = |document: &Document| {
            document.version == version
                && matches!(document.state, DocumentState::Queued | DocumentState::Indexing)
        };
        Ok(found.filter(waits))
    }

    /// Marks what still waits of a job that will not go on.
    pub(crate) async fn mark_failed(
        &self,
        tx: &mut kaname_platform::Tx,
        institution: InstitutionId,
        (payload, fault): (&Payload, &FileFault),
    ) -> Result<(), DbError> {
        for (id, version) in &payload.files {
            let Some(mut document) = store::documents::find(tx, institution, *id).await? else {
                continue;
            };
            let waits = matches!(document.state, DocumentState::Queued | DocumentState::Indexing);
            if document.version == *version && waits {
                document.state = DocumentState::Failed;
                document.error = Some(fault.clone());
                store::documents::update(tx, &document).await?;
            }
        }
        Ok(())
    }

    /// Reads one document; gives the generation that the index must still commit.
    async fn read_in(&self, document: Document, run: &JobRun) -> Result<Option<i64>, Error> {
        self.note(&document, (DocumentState::Indexing, None)).await?;
        let bytes = self.platform.blobs.get(document.institution, &document.sha256).await?;
        let (name, limits) = (document.file_name.clone(), self.config.limits.clone());
        let cancelled = run.cancelled.clone();
        let read =
            blocking(move || Ok(digest(&name, &bytes, &limits, &|| cancelled.is_cancelled())))
                .await?;
        match read {
            Ok(digest) => self.publish(document, digest).await.map(Some),
            Err(kaname_extract_core::ExtractError::Cancelled) => Ok(None),
            Err(error) => {
                self.note(&document, (DocumentState::Failed, Some(fault_of(&error)))).await?;
                Ok(None)
            }
        }
    }

    async fn publish(&self, mut document: Document, digest: Digest) -> Result<i64, Error> {
        settle(&mut document, &digest);
        let (model, stored) = self.embed_passages(&document, &digest).await?;
        let institution = document.institution;
        let shelf = self.shelf(institution).await?;
        let _turn = shelf.writing.lock().await;
        let mut tx = self.platform.db.begin().await?;
        let now = store::documents::find(&mut tx, institution, document.id).await?;
        let Some(mut document) = now.filter(|now| now.version == document.version) else {
            // Removed or replaced while it was read: nothing of this reading is kept.
            return Ok(store::chunks::generation(&mut tx, institution).await?);
        };
        settle(&mut document, &digest);
        document.updated_at = self.platform.now();
        store::documents::update(&mut tx, &document).await?;
        let texts = (digest.text.as_str(), digest.blocks.as_slice());
        store::documents::keep_text(&mut tx, &document, texts).await?;
        let key = (institution, document.id);
        store::chunks::replace(&mut tx, key, (&digest.text, &digest.chunks)).await?;
        store::chunks::replace_vectors(&mut tx, institution, (&model, &stored)).await?;
        let generation = store::chunks::next_generation(&mut tx, institution).await?;
        let act = Act::by_system(institution, "knowledge.document_indexed");
        let act = describe(act, &document).reference("chunks", document.chunk_count);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        let entry = Entry { document, chunks: digest.chunks, stored: Arc::new(stored) };
        let index = Arc::clone(&shelf);
        blocking(move || index.put(&entry)).await?;
        Ok(generation)
    }

    async fn embed_passages(
        &self,
        document: &Document,
        digest: &Digest,
    ) -> Result<(String, StoredPassages), Error> {
        let words: Vec<String> = digest
            .passages
            .iter()
            .filter_map(|passage| {
                let chunk = digest.chunks.get(passage.chunk)?;
                Some(passage_in_words(&document.title, chunk, passage))
            })
            .collect();
        let caller = Caller::System(document.institution);
        let (mut model, mut vectors) = (String::new(), Vec::with_capacity(words.len()));
        for batch in words.chunks(self.config.batch.max(1)) {
            let request = EmbedRequest {
                purpose: Purpose::Index,
                label: document.label.clone(),
                parent: None,
                texts: batch.to_vec(),
            };
            let embedded = self.gateway.embed(&caller, request).await?;
            vectors.extend(embedded.vectors);
            model = embedded.model;
        }
        let stored = StoredPassages {
            document: document.id,
            passages: digest.passages.clone(),
            vectors: DocumentVectors::pack(&vectors),
        };
        Ok((model, stored))
    }

    /// Notes a new state of a document that is still at this version; nothing else changes.
    async fn note(
        &self,
        document: &Document,
        (state, error): (DocumentState, Option<FileFault>),
    ) -> Result<(), Error> {
        let institution = document.institution;
        let mut tx = self.platform.db.begin().await?;
        let now = store::documents::find(&mut tx, institution, document.id).await?;
        let Some(mut now) = now.filter(|now| now.version == document.version) else {
            return Ok(());
        };
        now.state = state;
        now.error = error;
        store::documents::update(&mut tx, &now).await?;
        if let Some(error) = &now.error {
            let act = Act::by_system(institution, "knowledge.document_failed");
            self.platform
                .append(&mut tx, describe(act, &now).reference("code", &error.code))
                .await?;
        }
        Ok(tx.commit().await?)
    }
}

/// Writes what the reading found into the document.
fn settle(document: &mut Document, digest: &Digest) {
    if let Some(title) = digest.title.as_ref().filter(|_| !document.title_given) {
        document.title = title.chars().filter(|c| !c.is_control()).take(300).collect();
    }
    if !document.date_given && digest.effective_date.is_some() {
        document.effective_date.clone_from(&digest.effective_date);
    }
    digest.format.clone_into(&mut document.format);
    document.warnings = digest.warnings.iter().map(|code| (*code).to_owned()).collect();
    document.page_count = digest.page_count.map(i64::from);
    document.chunk_count = i64::try_from(digest.chunks.len()).unwrap_or(i64::MAX);
    document.indexed_version = Some(document.version);
    document.state = DocumentState::Ready;
    document.error = None;
}

/// The fault of a file, with what to do; both are in the extractor's words.
fn fault_of(error: &kaname_extract_core::ExtractError) -> FileFault {
    let words = error.to_string();
    let (detail, fix) = words.split_once(": ").unwrap_or((words.as_str(), ""));
    FileFault {
        code: format!("knowledge.{}", error.code()),
        detail: detail.to_owned(),
        fix: (!fix.is_empty()).then(|| fix.to_owned()),
    }
}
