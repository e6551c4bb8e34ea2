//! Documents: list, look at, change, remove, and their text and original.

use kaname_kernel::{CollectionId, DocumentId, Label, Principal};
use kaname_platform::Act;

use crate::{
    Error, Knowledge,
    collections::{checked_text, commit},
    digest::TextBlock,
    index::{Entry, blocking},
    model::{Collection, Document},
    store,
};

/// What changes of a document; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct DocumentChange {
    /// Its title.
    pub title: Option<String>,
    /// A higher label.
    pub label: Option<Label>,
    /// Since when it applies, `YYYY-MM-DD`; empty for no date.
    pub effective_date: Option<String>,
}

/// The text of a document, as a reader sees it.
#[derive(Debug, Clone)]
pub struct DocumentText {
    /// The document.
    pub document: Document,
    /// The name of its collection.
    pub collection_name: String,
    /// The version whose text this is.
    pub version: i64,
    /// Byte of the canonical text at which `text` begins.
    pub text_start: usize,
    /// The text, or the part around the place asked for.
    pub text: String,
    /// The blocks that lie in it.
    pub blocks: Vec<TextBlock>,
}

/// Bytes of text shown around a place.
const AROUND_BYTES: usize = 200_000;

impl Knowledge {
    /// Documents of a collection that `by` may read, by id, after `cursor`; at most `limit`.
    pub async fn list_documents(
        &self,
        by: &Principal,
        collection: CollectionId,
        page: (Option<&str>, i64),
    ) -> Result<(Vec<Document>, Option<String>), Error> {
        let home = self.find_collection(by, collection).await?;
        let mut tx = self.platform.db.read().await?;
        let key = (by.institution, collection);
        let mut found = store::documents::page(&mut tx, key, page).await?;
        let full = i64::try_from(found.len()).unwrap_or(i64::MAX) >= page.1;
        let next = found.last().filter(|_| full).map(|last| last.id.to_string());
        found.retain(|document| shows(&home, by, &document.label));
        Ok((found, next))
    }

    /// The document `id` with its collection, if `by` may read it.
    pub async fn find_document(
        &self,
        by: &Principal,
        id: DocumentId,
    ) -> Result<(Document, Collection), Error> {
        let mut tx = self.platform.db.read().await?;
        let document = store::documents::find(&mut tx, by.institution, id).await?;
        let document = document.ok_or(Error::NotFound)?;
        let home = store::collections::find(&mut tx, by.institution, document.collection).await?;
        let home = home.ok_or(Error::NotFound)?;
        if shows(&home, by, &document.label) { Ok((document, home)) } else { Err(Error::NotFound) }
    }

    async fn editable_document(&self, by: &Principal, id: DocumentId) -> Result<Document, Error> {
        let (document, home) = self.find_document(by, id).await?;
        if home.may_edit(by) { Ok(document) } else { Err(Error::NotAllowed) }
    }

    /// Changes what is said about a document.
    pub async fn change_document(
        &self,
        by: &Principal,
        id: DocumentId,
        change: DocumentChange,
    ) -> Result<Document, Error> {
        let before = self.editable_document(by, id).await?;
        if let Some(label) = &change.label {
            self.check_label(by, label).await?;
        }
        let shelf = self.shelf(by.institution).await?;
        let _turn = shelf.writing.lock().await;
        let mut tx = self.platform.db.begin().await?;
        let document = store::documents::find(&mut tx, by.institution, before.id).await?;
        let mut document = document.ok_or(Error::NotFound)?;
        apply(&mut document, change)?;
        document.updated_at = self.platform.now();
        store::documents::update(&mut tx, &document).await?;
        let generation = store::chunks::next_generation(&mut tx, by.institution).await?;
        let chunks = store::chunks::of_document(&mut tx, (by.institution, id)).await?;
        self.platform.append(&mut tx, act(by, "knowledge.document_changed", &document)).await?;
        tx.commit().await?;
        if let Some(stored) = shelf.passages(id) {
            let entry = Entry { document: document.clone(), chunks, stored };
            let shelf = std::sync::Arc::clone(&shelf);
            blocking(move || shelf.put(&entry)).await?;
        }
        commit(&shelf, generation).await?;
        Ok(document)
    }

    /// Removes a document with every version of its text, and its file when nothing else uses it.
    pub async fn remove_document(&self, by: &Principal, id: DocumentId) -> Result<(), Error> {
        let document = self.editable_document(by, id).await?;
        let shelf = self.shelf(by.institution).await?;
        let _turn = shelf.writing.lock().await;
        let mut tx = self.platform.db.begin().await?;
        store::documents::remove(&mut tx, by.institution, id).await?;
        let generation = store::chunks::next_generation(&mut tx, by.institution).await?;
        let still_used =
            store::documents::uses_file(&mut tx, by.institution, &document.sha256).await?;
        self.platform.append(&mut tx, act(by, "knowledge.document_removed", &document)).await?;
        tx.commit().await?;
        if !still_used {
            self.platform.blobs.remove(by.institution, &document.sha256).await?;
        }
        let removing = std::sync::Arc::clone(&shelf);
        blocking(move || removing.remove(id)).await?;
        commit(&shelf, generation).await
    }

    /// The text of a document, whole when it is short, else the part around byte `around`.
    ///
    /// `version` is the one that can be found when not given: what citations of today point into.
    pub async fn read_text(
        &self,
        by: &Principal,
        id: DocumentId,
        (version, around): (Option<i64>, usize),
    ) -> Result<DocumentText, Error> {
        let (document, home) = self.find_document(by, id).await?;
        let version = version.or(document.indexed_version).unwrap_or(document.version);
        let mut tx = self.platform.db.read().await?;
        let found = store::documents::text(&mut tx, (by.institution, id), version).await?;
        let (text, blocks) = found.ok_or(Error::NotFound)?;
        let start =
            text.floor_char_boundary(around.saturating_sub(AROUND_BYTES / 2).min(text.len()));
        let start = if text.len() <= AROUND_BYTES { 0 } else { start };
        let end = text.floor_char_boundary((start + AROUND_BYTES).min(text.len()));
        Ok(DocumentText {
            collection_name: home.name,
            version,
            text_start: start,
            blocks: blocks
                .into_iter()
                .filter(|block| block.end > start && block.start < end)
                .collect(),
            text: text.get(start..end).unwrap_or_default().to_owned(),
            document,
        })
    }

    /// The file of a document as it was sent.
    pub async fn read_original(
        &self,
        by: &Principal,
        id: DocumentId,
    ) -> Result<(Document, bytes::Bytes), Error> {
        let (document, _) = self.find_document(by, id).await?;
        let bytes = self.platform.blobs.get(by.institution, &document.sha256).await?;
        let act = act(by, "knowledge.original_read", &document);
        self.platform.record(act).await?;
        Ok((document, bytes))
    }
}

/// Whether `by` may see a document labelled `label` in `home`: readers, and editors who filled it.
fn shows(home: &Collection, by: &Principal, label: &Label) -> bool {
    home.may_read(by, label) || (home.may_edit(by) && by.clearance.dominates(label))
}

fn apply(document: &mut Document, change: DocumentChange) -> Result<(), Error> {
    if let Some(title) = change.title {
        document.title = checked_text("title", &title, 300)?;
        document.title_given = true;
    }
    if let Some(label) = change.label {
        if !label.dominates(&document.label) {
            return Err(Error::LabelLowered);
        }
        document.label = label;
    }
    if let Some(date) = change.effective_date {
        let none = date.trim().is_empty();
        document.effective_date = if none { None } else { Some(checked_date(&date)?) };
        document.date_given = true;
    }
    Ok(())
}

pub(crate) fn checked_date(text: &str) -> Result<String, Error> {
    let date = kaname_text_core::parse_date(text);
    date.map(|date| date.to_string())
        .ok_or_else(|| Error::invalid("effective_date", "this must be a date, as in 2026-04-01"))
}

pub(crate) fn act(by: &Principal, kind: &'static str, document: &Document) -> Act {
    describe(Act::by(by, kind), document)
}

pub(crate) fn describe(act: Act, document: &Document) -> Act {
    act.label(&document.label)
        .reference("document", document.id)
        .reference("collection", document.collection)
        .reference("version", document.version)
        .reference("sha256", &document.sha256)
        .content("file_name", document.file_name.as_str())
        .content("title", document.title.as_str())
}
