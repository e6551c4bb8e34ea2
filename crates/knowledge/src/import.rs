//! Import: files come in, a durable job reads them one by one.
//!
//! What is acknowledged is on disk: the files, the documents' rows and the job commit before the
//! caller hears of it. A file with a fault gets its error and the rest goes on.

use std::collections::BTreeMap;

use bytes::Bytes;
use kaname_kernel::{CollectionId, DocumentId, JobId, Label, Principal};
use kaname_platform::{
    Tx,
    jobs::{self, NewJob},
};
use serde_json::json;

use crate::{
    Error, Knowledge,
    collections::checked_text,
    documents::{act, checked_date},
    import_job::KIND,
    model::{Collection, Document, DocumentState, FileFault},
    store,
};

/// A file that comes in.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name, without a path.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What is said about the files of one upload; what is not said is found in the file.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// A label above the collection's.
    pub label: Option<Label>,
    /// The title, for a single file.
    pub title: Option<String>,
    /// Since when it applies.
    pub effective_date: Option<String>,
}

/// What was taken of an upload.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The job that reads the files; none when none was taken.
    pub job: Option<JobId>,
    /// The documents, waiting for the job.
    pub documents: Vec<Document>,
    /// The files that were not taken, by name.
    pub refused: Vec<(String, FileFault)>,
}

impl Knowledge {
    /// Takes `files` into a collection and has them read by a job.
    ///
    /// A file whose name is there already becomes the next version of that document.
    pub async fn import(
        &self,
        by: &Principal,
        collection: CollectionId,
        (files, options): (Vec<NewFile>, ImportOptions),
    ) -> Result<Imported, Error> {
        let collection = self.editable(by, collection).await?;
        let options = self.checked(by, options, files.len()).await?;
        let (mut taken, mut refused) = (Vec::new(), Vec::new());
        for file in files {
            if let Some(fault) = self.fault_of(&file) {
                refused.push((file.file_name, fault));
                continue;
            }
            let sha256 = self.platform.blobs.put(by.institution, file.bytes.clone()).await?;
            taken.push((file, sha256));
        }
        if taken.is_empty() {
            return Ok(Imported { job: None, documents: Vec::new(), refused });
        }
        let mut tx = self.platform.db.begin().await?;
        let mut documents = Vec::with_capacity(taken.len());
        for (file, sha256) in &taken {
            let document =
                self.take_in(&mut tx, by, (&collection, &options), (file, sha256)).await?;
            documents.push(document);
        }
        let job = self.enqueue(&mut tx, by, (&collection, &documents)).await?;
        tx.commit().await?;
        Ok(Imported { job: Some(job), documents, refused })
    }

    async fn checked(
        &self,
        by: &Principal,
        mut options: ImportOptions,
        files: usize,
    ) -> Result<ImportOptions, Error> {
        if files == 0 || files > self.config.files_max {
            let detail = format!("there must be 1 to {} files", self.config.files_max);
            return Err(Error::invalid("file", detail));
        }
        if let Some(label) = &options.label {
            self.check_label(by, label).await?;
        }
        if let Some(title) = options.title.take() {
            if files > 1 {
                return Err(Error::invalid("title", "a title can be given for a single file only"));
            }
            options.title = Some(checked_text("title", &title, 300)?);
        }
        options.effective_date = options.effective_date.as_deref().map(checked_date).transpose()?;
        Ok(options)
    }

    fn fault_of(&self, file: &NewFile) -> Option<FileFault> {
        let fault = |code: &str, detail: String, fix: &str| {
            Some(FileFault { code: code.to_owned(), detail, fix: Some(fix.to_owned()) })
        };
        if checked_text("file", &file.file_name, 255).is_err() {
            return fault(
                "knowledge.file_name",
                "the file has no usable name".to_owned(),
                "Rename it.",
            );
        }
        if file.bytes.is_empty() {
            let detail = "the file is empty".to_owned();
            return fault(
                "knowledge.document_empty",
                detail,
                "Check that it was saved, and send it again.",
            );
        }
        if file.bytes.len() > self.config.file_bytes_max {
            return Some(self.too_large());
        }
        None
    }

    /// The fault of a file that is larger than allowed.
    pub(crate) fn too_large(&self) -> FileFault {
        FileFault {
            code: "knowledge.document_too_large".to_owned(),
            detail: format!("the file has more than {} bytes", self.config.file_bytes_max),
            fix: Some("Split it, or have the administrator raise the limit.".to_owned()),
        }
    }

    async fn take_in(
        &self,
        tx: &mut Tx,
        by: &Principal,
        (collection, options): (&Collection, &ImportOptions),
        (file, sha256): (&NewFile, &str),
    ) -> Result<Document, Error> {
        let now = self.platform.now();
        let name = file.file_name.trim();
        let key = (by.institution, collection.id);
        let known = store::documents::by_name(tx, key, name).await?;
        let is_new = known.is_none();
        let mut document = known.unwrap_or_else(|| Document {
            id: self.platform.ids.next(),
            institution: by.institution,
            collection: collection.id,
            file_name: name.to_owned(),
            title: stem(name).to_owned(),
            title_given: false,
            format: String::new(),
            size_bytes: 0,
            sha256: String::new(),
            version: 0,
            indexed_version: None,
            effective_date: None,
            date_given: false,
            label: collection.label.clone(),
            state: DocumentState::Queued,
            error: None,
            warnings: Vec::new(),
            page_count: None,
            chunk_count: 0,
            created_at: now,
            updated_at: now,
        });
        document.version += 1;
        document.size_bytes = i64::try_from(file.bytes.len()).unwrap_or(i64::MAX);
        sha256.clone_into(&mut document.sha256);
        document.state = DocumentState::Queued;
        document.error = None;
        document.updated_at = now;
        if let Some(title) = &options.title {
            document.title.clone_from(title);
            document.title_given = true;
        }
        if let Some(date) = &options.effective_date {
            document.effective_date = Some(date.clone());
            document.date_given = true;
        }
        // Labels only rise: what was labelled higher by hand stays so in its next version.
        let given = options.label.as_ref().unwrap_or(&collection.label);
        document.label = document.label.join(&collection.label).join(given);
        if is_new {
            store::documents::insert(tx, &document).await?;
        } else {
            store::documents::update(tx, &document).await?;
        }
        self.platform.append(tx, act(by, "knowledge.document_added", &document)).await?;
        Ok(document)
    }

    async fn enqueue(
        &self,
        tx: &mut Tx,
        by: &Principal,
        (collection, documents): (&Collection, &[Document]),
    ) -> Result<JobId, Error> {
        let files: Vec<(DocumentId, i64)> =
            documents.iter().map(|document| (document.id, document.version)).collect();
        let mut subject = BTreeMap::from([("collection_id".to_owned(), collection.id.to_string())]);
        if let [only] = documents {
            subject.insert("document_id".to_owned(), only.id.to_string());
        }
        let job = NewJob {
            institution: by.institution,
            kind: KIND,
            payload: json!({ "files": files }),
            subject,
            created_by: Some(by.user),
        };
        Ok(jobs::enqueue(&self.platform, tx, job).await?)
    }
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| if stem.is_empty() { name } else { stem })
}
