//! The index of an institution: words in tantivy, vectors in memory; both can be made again.
//!
//! The index may lag behind the records and never leads them: it is written after the commit,
//! under a lock that keeps changes in the order of their generations. Opened on first use; when
//! its generation is not that of the records, it is made again.

pub(crate) mod full_text;
pub(crate) mod vectors;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use kaname_kernel::{CollectionId, DocumentId, InstitutionId, Label};
use kaname_lexicon_core::Lexicon;
use kaname_text_core::Chunk;
use tokio::sync::Mutex;

use self::{full_text::FullText, vectors::Query};
use crate::{
    Error, Knowledge,
    model::Document,
    store::{self, chunks::StoredPassages},
};

/// What a filter works on: a collection and a label, as the index keeps them.
pub(crate) fn scope(collection: CollectionId, label: &Label) -> String {
    format!("{collection} {label}")
}

/// The index of one institution.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) full_text: FullText,
    vectors: RwLock<BTreeMap<DocumentId, Held>>,
    /// Held from before a change is written to the records until the index has it.
    pub(crate) writing: Mutex<()>,
}

#[derive(Debug, Clone)]
struct Held {
    scope: String,
    stored: Arc<StoredPassages>,
}

/// A passage with its cosine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Near {
    pub(crate) document: DocumentId,
    pub(crate) chunk: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) cosine: f32,
}

impl Shelf {
    fn open(folder: &Path, lexicon: &Lexicon) -> Result<Self, Error> {
        std::fs::create_dir_all(folder).map_err(Error::index)?;
        let full_text = match FullText::open(folder, lexicon) {
            Ok(full_text) => full_text,
            Err(error) => {
                tracing::warn!(error = %error, "the index cannot be opened and is made again");
                std::fs::remove_dir_all(folder).map_err(Error::index)?;
                std::fs::create_dir_all(folder).map_err(Error::index)?;
                FullText::open(folder, lexicon)?
            }
        };
        Ok(Self { full_text, vectors: RwLock::default(), writing: Mutex::new(()) })
    }

    /// Takes a document in, or its new version.
    pub(crate) fn put(&self, entry: &Entry) -> Result<(), Error> {
        let scope = scope(entry.document.collection, &entry.document.label);
        self.full_text.replace(entry.document.id, &scope, &entry.document.title, &entry.chunks)?;
        self.hold(scope, Arc::clone(&entry.stored));
        Ok(())
    }

    fn hold(&self, scope: String, stored: Arc<StoredPassages>) {
        let mut vectors = self.vectors.write().unwrap_or_else(PoisonError::into_inner);
        vectors.insert(stored.document, Held { scope, stored });
    }

    /// Takes a document out.
    pub(crate) fn remove(&self, document: DocumentId) -> Result<(), Error> {
        self.full_text.remove(document)?;
        self.vectors.write().unwrap_or_else(PoisonError::into_inner).remove(&document);
        Ok(())
    }

    /// What is kept in memory of `document`.
    pub(crate) fn passages(&self, document: DocumentId) -> Option<Arc<StoredPassages>> {
        let vectors = self.vectors.read().unwrap_or_else(PoisonError::into_inner);
        vectors.get(&document).map(|held| Arc::clone(&held.stored))
    }

    /// Every passage within `scopes`, with its cosine; nothing outside is looked at.
    pub(crate) fn near(&self, query: &Query, scopes: &BTreeSet<String>) -> Vec<Near> {
        let vectors = self.vectors.read().unwrap_or_else(PoisonError::into_inner);
        let allowed = vectors.values().filter(|held| scopes.contains(&held.scope));
        allowed
            .flat_map(|held| {
                let stored = &held.stored;
                let cosines = stored.vectors.cosines(query);
                stored.passages.iter().zip(cosines).map(|(passage, cosine)| Near {
                    document: stored.document,
                    chunk: passage.chunk,
                    start: passage.start,
                    end: passage.end,
                    cosine,
                })
            })
            .collect()
    }
}

/// A document as the index takes it in.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) document: Document,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) stored: Arc<StoredPassages>,
}

impl Knowledge {
    /// The index of `institution`, opened and brought up to the records on first use.
    pub(crate) async fn shelf(&self, institution: InstitutionId) -> Result<Arc<Shelf>, Error> {
        let mut shelves = self.shelves.lock().await;
        if let Some(shelf) = shelves.get(&institution) {
            return Ok(Arc::clone(shelf));
        }
        let folder = self.config.index_dir.join(institution.to_string());
        let lexicon = self.lexicon()?;
        let shelf = blocking(move || Shelf::open(&folder, &lexicon)).await?;
        let shelf = Arc::new(shelf);
        let mut tx = self.platform.db.read().await?;
        let wanted = store::chunks::generation(&mut tx, institution).await?;
        drop(tx);
        if shelf.full_text.generation().unwrap_or(0) == wanted {
            self.load_vectors(&shelf, institution).await?;
        } else {
            self.refill(&shelf, institution).await?;
        }
        shelves.insert(institution, Arc::clone(&shelf));
        Ok(shelf)
    }

    async fn load_vectors(&self, shelf: &Shelf, institution: InstitutionId) -> Result<(), Error> {
        let mut tx = self.platform.db.read().await?;
        let documents = store::documents::indexed(&mut tx, institution).await?;
        let scopes: BTreeMap<DocumentId, String> = documents
            .iter()
            .map(|document| (document.id, scope(document.collection, &document.label)))
            .collect();
        for stored in store::chunks::all_vectors(&mut tx, institution).await? {
            if let Some(scope) = scopes.get(&stored.document) {
                shelf.hold(scope.clone(), Arc::new(stored));
            }
        }
        Ok(())
    }

    /// Makes the index again from the records.
    pub(crate) async fn refill(
        &self,
        shelf: &Arc<Shelf>,
        institution: InstitutionId,
    ) -> Result<(), Error> {
        self.load_vectors(shelf, institution).await?;
        let mut tx = self.platform.db.read().await?;
        let generation = store::chunks::generation(&mut tx, institution).await?;
        let documents = store::documents::indexed(&mut tx, institution).await?;
        let clearing = Arc::clone(shelf);
        blocking(move || Ok(clearing.full_text.clear()?)).await?;
        for document in documents {
            let chunks = store::chunks::of_document(&mut tx, (institution, document.id)).await?;
            let shelf = Arc::clone(shelf);
            blocking(move || {
                let scope = scope(document.collection, &document.label);
                Ok(shelf.full_text.replace(document.id, &scope, &document.title, &chunks)?)
            })
            .await?;
        }
        let shelf = Arc::clone(shelf);
        blocking(move || Ok(shelf.full_text.commit(generation)?)).await
    }

    /// Makes the index of `institution` again from the records, whatever state it is in.
    ///
    /// # Errors
    ///
    /// When the records cannot be read or the index folder cannot be written.
    pub async fn rebuild(&self, institution: InstitutionId) -> Result<(), Error> {
        let shelf = self.shelf(institution).await?;
        let _turn = shelf.writing.lock().await;
        self.refill(&shelf, institution).await
    }
}

/// Runs `work` where it may block.
pub(crate) async fn blocking<T, F>(work: F) -> Result<T, Error>
where
    T: Send + 'static,
    F: FnOnce() -> Result<T, Error> + Send + 'static,
{
    tokio::task::spawn_blocking(work).await.map_err(Error::index)?
}
