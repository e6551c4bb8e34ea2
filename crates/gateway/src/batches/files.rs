//! Files: kept for their owner, given back, removed.

use bytes::Bytes;
use kaname_kernel::{BatchId, FileId, Label, Principal};
use kaname_platform::{Act, Conn};
use tokio::sync::oneshot;

use super::{
    error::BatchError,
    model::{BatchFile, FilePurpose, NewFile, Owner},
    store,
};
use crate::{error::Error, gateway::Gateway};

/// Most files of one person.
const FILES_MAX: i64 = 1_000;
/// Most files of calls that are in memory at once while they arrive.
pub(crate) const UPLOADS_MAX: usize = 4;
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
        let created_at = self.platform.now();
        let file = BatchFile {
            id: self.platform.ids.next(),
            file_name: if file_name.is_empty() { "file.jsonl" } else { file_name }.to_owned(),
            purpose: FilePurpose::Batch,
            label: new.label,
            size_bytes: u64::try_from(new.bytes.len()).unwrap_or(u64::MAX),
            sha256: None,
            results: None,
            created_at,
            expires_at: created_at.plus_millis(self.retention_ms()),
        };
        let mut tx = self.platform.db.read().await?;
        require_room(&mut tx, by.into()).await?;
        drop(tx);
        let (gateway, by) = (self.clone(), by.clone());
        self.to_the_end(async move { gateway.keep_file(&by, file, &new.bytes).await }).await
    }

    /// Writes `file` and its record: both, or neither.
    async fn keep_file(
        &self,
        by: &Principal,
        mut file: BatchFile,
        bytes: &Bytes,
    ) -> Result<BatchFile, Error> {
        let blobs = &self.platform.blobs;
        let blob = [file.id.as_uuid().as_bytes().as_slice(), bytes].concat();
        let sha256 = blobs.put(by.institution, blob.into()).await.map_err(BatchError::from)?;
        file.sha256 = Some(sha256.clone());
        let Err(error) = self.note_file(by, &file).await else { return Ok(file) };
        if let Err(stays) = blobs.remove(by.institution, &sha256).await {
            let stays = &stays as &dyn std::error::Error;
            tracing::error!(file = %file.id, error = stays, "content without a record stays");
        }
        Err(error)
    }

    async fn note_file(&self, by: &Principal, file: &BatchFile) -> Result<(), Error> {
        let owner = Owner::from(by);
        let mut tx = self.platform.db.begin().await?;
        store::lock(&mut tx, owner).await?;
        require_room(&mut tx, owner).await?;
        store::insert_file(&mut tx, owner, file).await?;
        let act = described(Act::by(by, "gateway.file_created"), file);
        self.platform.append(&mut tx, act).await?;
        Ok(tx.commit().await?)
    }

    /// Does `work` although whoever asked for it may leave.
    async fn to_the_end<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (sender, receiver) = oneshot::channel();
        self.platform.tasks.spawn("batch-file", async move {
            // Nobody waits for it any more, which is no fault.
            let _left = sender.send(work.await);
        });
        receiver.await.map_err(|_| kaname_guard::Error::Stopping)?
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
        let (gateway, by) = (self.clone(), by.clone());
        self.to_the_end(async move { gateway.delete_with_content(&by, file).await }).await
    }

    /// Removes the content of `file` first: what the record calls deleted is nowhere any more, and
    /// what is deleted only in part can be deleted again.
    async fn delete_with_content(
        &self,
        by: &Principal,
        file: BatchFile,
    ) -> Result<BatchFile, Error> {
        if let Some(sha256) = &file.sha256 {
            self.platform.blobs.remove(by.institution, sha256).await.map_err(BatchError::from)?;
        }
        let mut tx = self.platform.db.begin().await?;
        if store::delete_file(&mut tx, by.into(), file.id).await? == 0 {
            return Err(BatchError::FileNotFound.into());
        }
        if let Some(results) = file.results {
            store::delete_results(&mut tx, results).await?;
        }
        let act = described(Act::by(by, "gateway.file_deleted"), &file);
        self.platform.append(&mut tx, act).await?;
        tx.commit().await?;
        Ok(file)
    }

    /// How long files and batches are kept.
    pub(crate) fn retention_ms(&self) -> i64 {
        let days = i64::try_from(self.config.batch_retention_days).unwrap_or(i64::MAX);
        days.saturating_mul(DAY_MS)
    }
}

async fn require_room(conn: &mut Conn, owner: Owner) -> Result<(), Error> {
    if store::counts(conn, owner).await?.0 >= FILES_MAX {
        return Err(BatchError::TooMany { what: "files", most: FILES_MAX }.into());
    }
    Ok(())
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
