//! Files: kept for their owner, given back, removed.

use bytes::Bytes;
use kaname_kernel::{BatchId, FileId, Label, Principal};
use kaname_platform::Act;

use super::{
    error::BatchError,
    model::{BatchFile, FilePurpose, NewFile, Owner},
    store,
};
use crate::{error::Error, gateway::Gateway};

/// Most files of one person.
const FILES_MAX: i64 = 1_000;
const DAY_MS: i64 = 86_400_000;
/// What stands before the content in the file store, so that no two files share one blob.
const MARK_BYTES: usize = 16;

/// What is in a file.
#[derive(Debug)]
pub(crate) enum Content {
    /// All of it.
    Whole(Bytes),
    /// The results of a batch, to be read page by page.
    Results(BatchId, bool),
}

impl Gateway {
    /// Keeps `new` for `by`.
    ///
    /// # Errors
    ///
    /// [`Error::BadCall`] when it is too large, empty, or above the clearance of `by`;
    /// [`BatchError::TooMany`].
    pub async fn create_file(&self, by: &Principal, new: NewFile) -> Result<BatchFile, Error> {
        let most = self.config.batch_file_bytes_max;
        if new.bytes.is_empty() || new.bytes.len() > most {
            return Err(Error::bad_call("file", format!("a file has 1 to {most} bytes")));
        }
        let file_name = new.file_name.trim();
        if file_name.chars().count() > 200 || file_name.chars().any(char::is_control) {
            return Err(Error::bad_call("file", "a file's name has at most 200 characters"));
        }
        require_cleared(by, &new.label)?;
        let owner = Owner::from(by);
        let mut tx = self.platform.db.read().await?;
        if store::counts(&mut tx, owner).await?.0 >= FILES_MAX {
            return Err(BatchError::TooMany { what: "files", most: FILES_MAX }.into());
        }
        drop(tx);
        let id: FileId = self.platform.ids.next();
        let blob = [id.as_uuid().as_bytes().as_slice(), &new.bytes].concat();
        let sha256 = self.platform.blobs.put(by.institution, blob.into()).await;
        let sha256 = sha256.map_err(BatchError::from)?;
        let created_at = self.platform.now();
        let file = BatchFile {
            id,
            file_name: if file_name.is_empty() { "file.jsonl" } else { file_name }.to_owned(),
            purpose: FilePurpose::Batch,
            label: new.label,
            size_bytes: u64::try_from(new.bytes.len()).unwrap_or(u64::MAX),
            sha256: Some(sha256),
            results: None,
            created_at,
            expires_at: created_at.plus_millis(self.retention_ms()),
        };
        let mut tx = self.platform.db.begin().await?;
        store::insert_file(&mut tx, owner, &file).await?;
        let act = described(Act::by(by, "gateway.file_created"), &file);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(file)
    }

    /// The file `id` of `by`.
    ///
    /// # Errors
    ///
    /// [`BatchError::FileNotFound`] also for somebody else's, one above the clearance of `by`, and
    /// one whose time is over.
    pub async fn file(&self, by: &Principal, id: FileId) -> Result<BatchFile, Error> {
        let mut tx = self.platform.db.read().await?;
        let found = store::file(&mut tx, by.into(), id).await?;
        let now = self.platform.now();
        let found =
            found.filter(|file| file.expires_at > now && by.clearance.dominates(&file.label));
        Ok(found.ok_or(BatchError::FileNotFound)?)
    }

    /// Up to `limit` files of `by` before `before`, newest first.
    pub async fn files(
        &self,
        by: &Principal,
        (before, limit): (Option<FileId>, i64),
    ) -> Result<Vec<BatchFile>, Error> {
        let mut tx = self.platform.db.read().await?;
        let mut found = store::files(&mut tx, by.into(), (before, limit)).await?;
        let now = self.platform.now();
        found.retain(|file| file.expires_at > now && by.clearance.dominates(&file.label));
        Ok(found)
    }

    /// What is in the file `id` of `by`.
    pub(crate) async fn file_content(
        &self,
        by: &Principal,
        id: FileId,
    ) -> Result<(BatchFile, Content), Error> {
        let file = self.file(by, id).await?;
        let content = match file.results {
            Some((batch, good)) => Content::Results(batch, good),
            None => Content::Whole(self.bytes_of(by.into(), &file).await?),
        };
        Ok((file, content))
    }

    /// The bytes of a file of calls.
    pub(crate) async fn bytes_of(&self, owner: Owner, file: &BatchFile) -> Result<Bytes, Error> {
        let sha256 = file.sha256.as_deref().ok_or(BatchError::FileNotFound)?;
        let blob = self.platform.blobs.get(owner.institution, sha256).await;
        let mut blob = blob.map_err(BatchError::from)?;
        if blob.len() < MARK_BYTES {
            return Err(BatchError::FileNotFound.into());
        }
        Ok(blob.split_off(MARK_BYTES))
    }

    /// The next results of a batch after the line `after`: its number with each.
    pub(crate) async fn results(
        &self,
        of: (BatchId, bool),
        after: u64,
    ) -> Result<Vec<(u64, String)>, Error> {
        let mut tx = self.platform.db.read().await?;
        Ok(store::results(&mut tx, of, (after, 50)).await?)
    }

    /// Removes the file `id` of `by`. A batch that has read it goes on.
    ///
    /// # Errors
    ///
    /// As [`Gateway::file`].
    pub async fn remove_file(&self, by: &Principal, id: FileId) -> Result<BatchFile, Error> {
        let file = self.file(by, id).await?;
        let mut tx = self.platform.db.begin().await?;
        if store::delete_file(&mut tx, by.into(), id).await? == 0 {
            return Err(BatchError::FileNotFound.into());
        }
        if let Some(results) = file.results {
            store::delete_results(&mut tx, results).await?;
        }
        let act = described(Act::by(by, "gateway.file_deleted"), &file);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        if let Some(sha256) = &file.sha256 {
            self.platform.blobs.remove(by.institution, sha256).await.map_err(BatchError::from)?;
        }
        Ok(file)
    }

    /// How long files and batches are kept.
    pub(crate) fn retention_ms(&self) -> i64 {
        let days = i64::try_from(self.config.batch_retention_days).unwrap_or(i64::MAX);
        days.saturating_mul(DAY_MS)
    }
}

/// Nobody keeps what they could not read.
pub(crate) fn require_cleared(by: &Principal, label: &Label) -> Result<(), Error> {
    if by.clearance.dominates(label) {
        return Ok(());
    }
    Err(Error::bad_call(
        "x-kaname-label",
        format!(
            "the label {label} is above your clearance, so that you could not read the results"
        ),
    ))
}

fn described(act: Act, file: &BatchFile) -> Act {
    act.label(&file.label)
        .reference("file", file.id)
        .reference("purpose", file.purpose.as_str())
        .reference("size_bytes", file.size_bytes)
        .content("file_name", file.file_name.as_bytes())
}
