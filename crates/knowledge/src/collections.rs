//! Collections: make, change, remove, list. Administrators make them; editors fill them.

use std::collections::BTreeSet;

use kaname_kernel::{CollectionId, DepartmentId, Label, Principal, Role};
use kaname_platform::{Act, DbError};

use crate::{Error, Knowledge, index::blocking, model::Collection, store};

/// What a new collection is.
#[derive(Debug, Clone)]
pub struct NewCollection {
    /// The short name, `a-z`, `0-9`, `-` and `_`.
    pub key: String,
    /// The name shown.
    pub name: String,
    /// What is in it.
    pub description: String,
    /// The least label of everything in it.
    pub label: Label,
    /// Whether everyone may read it.
    pub readers_everyone: bool,
    /// Otherwise the departments that may.
    pub reader_departments: BTreeSet<DepartmentId>,
    /// The departments that may add and remove documents.
    pub editor_departments: BTreeSet<DepartmentId>,
}

/// What changes of a collection; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct CollectionChange {
    /// The name shown.
    pub name: Option<String>,
    /// What is in it.
    pub description: Option<String>,
    /// A higher label; every document in it rises with it.
    pub label: Option<Label>,
    /// Whether everyone may read it.
    pub readers_everyone: Option<bool>,
    /// Otherwise the departments that may.
    pub reader_departments: Option<BTreeSet<DepartmentId>>,
    /// The departments that may add and remove documents.
    pub editor_departments: Option<BTreeSet<DepartmentId>>,
}

impl Knowledge {
    /// The collections that `by` may see, by key.
    pub async fn list_collections(&self, by: &Principal) -> Result<Vec<Collection>, Error> {
        let mut tx = self.platform.db.read().await?;
        let mut all = store::collections::all(&mut tx, by.institution).await?;
        all.retain(|collection| collection.may_see(by));
        Ok(all)
    }

    /// The collection `id`, if `by` may see it.
    pub async fn find_collection(
        &self,
        by: &Principal,
        id: CollectionId,
    ) -> Result<Collection, Error> {
        let mut tx = self.platform.db.read().await?;
        let found = store::collections::find(&mut tx, by.institution, id).await?;
        found.filter(|collection| collection.may_see(by)).ok_or(Error::NotFound)
    }

    pub(crate) async fn editable(
        &self,
        by: &Principal,
        id: CollectionId,
    ) -> Result<Collection, Error> {
        let collection = self.find_collection(by, id).await?;
        if collection.may_edit(by) { Ok(collection) } else { Err(Error::NotAllowed) }
    }

    /// Makes a collection.
    pub async fn create_collection(
        &self,
        by: &Principal,
        new: NewCollection,
    ) -> Result<Collection, Error> {
        if !by.is(Role::Administrator) {
            return Err(Error::NotAllowed);
        }
        self.check_label(by, &new.label).await?;
        let collection = Collection {
            id: self.platform.ids.next(),
            institution: by.institution,
            key: checked_key(&new.key)?,
            name: checked_text("name", &new.name, 200)?,
            description: new.description.trim().chars().take(2_000).collect(),
            label: new.label,
            readers_everyone: new.readers_everyone,
            reader_departments: new.reader_departments,
            editor_departments: new.editor_departments,
            document_count: 0,
            chunk_count: 0,
            updated_at: self.platform.now(),
        };
        let mut tx = self.platform.db.begin().await?;
        store::collections::insert(&mut tx, &collection).await.map_err(|error| match error {
            DbError::Conflict(_) => Error::KeyTaken,
            other => other.into(),
        })?;
        self.platform.append(&mut tx, act(by, "knowledge.collection_created", &collection)).await?;
        tx.commit().await?;
        Ok(collection)
    }

    /// Changes a collection. A higher label lifts every document in it.
    pub async fn change_collection(
        &self,
        by: &Principal,
        id: CollectionId,
        change: CollectionChange,
    ) -> Result<Collection, Error> {
        if !by.is(Role::Administrator) {
            return Err(Error::NotAllowed);
        }
        let mut collection = self.find_collection(by, id).await?;
        if let Some(label) = change.label.filter(|label| *label != collection.label) {
            self.check_label(by, &label).await?;
            if !label.dominates(&collection.label) {
                return Err(Error::LabelLowered);
            }
            collection.label = label;
        }
        if let Some(name) = change.name {
            collection.name = checked_text("name", &name, 200)?;
        }
        if let Some(description) = change.description {
            collection.description = description.trim().chars().take(2_000).collect();
        }
        collection.readers_everyone =
            change.readers_everyone.unwrap_or(collection.readers_everyone);
        collection.reader_departments =
            change.reader_departments.unwrap_or(collection.reader_departments);
        collection.editor_departments =
            change.editor_departments.unwrap_or(collection.editor_departments);
        collection.updated_at = self.platform.now();
        self.write_collection(by, &collection).await?;
        Ok(collection)
    }

    async fn write_collection(&self, by: &Principal, collection: &Collection) -> Result<(), Error> {
        let institution = collection.institution;
        let shelf = self.shelf(institution).await?;
        let turn = shelf.writing.lock().await;
        let mut tx = self.platform.db.begin().await?;
        store::collections::update(&mut tx, collection).await?;
        let mut lifted = false;
        for mut document in
            store::documents::of_collection(&mut tx, institution, collection.id).await?
        {
            let label = document.label.join(&collection.label);
            if label != document.label {
                document.label = label;
                store::documents::update(&mut tx, &document).await?;
                lifted = true;
            }
        }
        if lifted {
            store::chunks::next_generation(&mut tx, institution).await?;
        }
        self.platform.append(&mut tx, act(by, "knowledge.collection_changed", collection)).await?;
        tx.commit().await?;
        if lifted {
            self.refill(&shelf, institution).await?;
        }
        drop(turn);
        Ok(())
    }

    /// Removes an empty collection.
    pub async fn remove_collection(&self, by: &Principal, id: CollectionId) -> Result<(), Error> {
        if !by.is(Role::Administrator) {
            return Err(Error::NotAllowed);
        }
        let collection = self.find_collection(by, id).await?;
        let mut tx = self.platform.db.begin().await?;
        store::collections::remove(&mut tx, by.institution, id).await.map_err(
            |error| match error {
                DbError::Conflict(_) => Error::NotEmpty,
                other => other.into(),
            },
        )?;
        self.platform.append(&mut tx, act(by, "knowledge.collection_removed", &collection)).await?;
        Ok(tx.commit().await?)
    }

    /// Refuses a label that the institution's pack does not name, or that `by` may not see.
    pub(crate) async fn check_label(&self, by: &Principal, label: &Label) -> Result<(), Error> {
        let pack = self.gateway.guard().pack(by.institution).await?;
        if !pack.knows(label) {
            return Err(Error::invalid(
                "label",
                "the label pack of the institution has no such label",
            ));
        }
        if !by.clearance.dominates(label) {
            return Err(Error::invalid("label", "this label is above your own clearance"));
        }
        Ok(())
    }
}

fn act(by: &Principal, kind: &'static str, collection: &Collection) -> Act {
    Act::by(by, kind)
        .label(&collection.label)
        .reference("collection", collection.id)
        .content("name", collection.name.as_str())
}

fn checked_key(key: &str) -> Result<String, Error> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
    let fits = (1..=64).contains(&key.len()) && key.chars().all(allowed);
    if fits {
        Ok(key.to_owned())
    } else {
        Err(Error::invalid("key", "a key must be 1 to 64 characters of a-z, 0-9, - or _"))
    }
}

pub(crate) fn checked_text(field: &'static str, text: &str, most: usize) -> Result<String, Error> {
    let text = text.trim();
    let count = text.chars().count();
    if count == 0 || count > most || text.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            format!("this must be 1 to {most} characters of one line"),
        ));
    }
    Ok(text.to_owned())
}

/// Commits what was written to the index, as `generation`.
pub(crate) async fn commit(
    shelf: &std::sync::Arc<crate::index::Shelf>,
    generation: i64,
) -> Result<(), Error> {
    let shelf = std::sync::Arc::clone(shelf);
    blocking(move || {
        // Whatever was committed to the records before this turn is in the index already.
        let known = shelf.full_text.generation().unwrap_or(0);
        Ok(shelf.full_text.commit(generation.max(known))?)
    })
    .await
}
