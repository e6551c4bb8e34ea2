//! Writes one archive of everything that cannot be made again: records, files and keys.
//!
//! The index is left out, since it is rebuilt from the rest. The archive has its name only once it
//! is whole and synced.

use std::{
    fs::{self, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use flate2::{Compression, write::GzEncoder};
use kaname_platform::{Act, params};
use serde_json::{Value as Json, json};

use crate::app::App;

/// Writes a backup to `file`; gives what it holds, keys first of all.
pub(crate) async fn write(app: &App, file: &Path) -> anyhow::Result<Json> {
    anyhow::ensure!(!file.exists(), "{} is there already", file.display());
    anyhow::ensure!(
        app.platform.db.kind() == "sqlite",
        "records in PostgreSQL are backed up with pg_dump; copy the folders files and keys beside it"
    );
    let keys = keys(app).await?;
    let root = app.data_dir().to_owned();
    let copy = root.join("backup.db.part");
    let _old = fs::remove_file(&copy);
    app.platform.db.copy_to(&copy).await.context("the records cannot be copied")?;
    let target = file.to_owned();
    let manifest =
        json!({ "format": "kaname.backup/1", "version": env!("CARGO_PKG_VERSION"), "keys": keys });
    let packing = Packing { root, copy: copy.clone(), target, manifest: manifest.to_string() };
    let packed = tokio::task::spawn_blocking(move || packing.pack()).await?;
    fs::remove_file(&copy)?;
    let files = packed?;
    record(app).await?;
    Ok(json!({ "files": files, "size_bytes": file.metadata()?.len(), "keys": keys }))
}

/// The keys that the archive holds, in words.
async fn keys(app: &App) -> anyhow::Result<Vec<String>> {
    let mut tx = app.platform.db.read().await?;
    let rows =
        tx.fetch_all("SELECT scope, name FROM secret ORDER BY scope, name", params![]).await?;
    let mut keys = vec!["keys/master.key, which opens every sealed key below".to_owned()];
    for row in rows {
        keys.push(format!(
            "{}/{} (sealed)",
            row.get::<String>("scope")?,
            row.get::<String>("name")?
        ));
    }
    Ok(keys)
}

async fn record(app: &App) -> anyhow::Result<()> {
    let mut tx = app.platform.db.read().await?;
    let rows = tx.fetch_all("SELECT institution_id FROM institution", params![]).await?;
    drop(tx);
    for row in rows {
        let act = Act::by_system(row.get("institution_id")?, "platform.backed_up");
        app.platform.record(act).await?;
    }
    Ok(())
}

struct Packing {
    root: PathBuf,
    copy: PathBuf,
    target: PathBuf,
    manifest: String,
}

impl Packing {
    fn pack(&self) -> anyhow::Result<u64> {
        let part = self.target.with_extension("part");
        let _left = fs::remove_file(&part);
        let packed = self.pack_into(&part);
        if packed.is_err() {
            let _half = fs::remove_file(&part);
        }
        let files = packed?;
        fs::rename(&part, &self.target)?;
        Ok(files)
    }

    fn pack_into(&self, part: &Path) -> anyhow::Result<u64> {
        // The archive opens everything: nobody but this user may read it.
        let mut options = OpenOptions::new();
        let file = options.create_new(true).write(true).mode(0o600).open(part);
        let file = file.with_context(|| format!("{} cannot be written", part.display()))?;
        let mut archive = tar::Builder::new(GzEncoder::new(file, Compression::fast()));
        let mut header = tar::Header::new_gnu();
        header.set_size(u64::try_from(self.manifest.len())?);
        header.set_mode(0o600);
        header.set_cksum();
        archive.append_data(&mut header, "backup.json", self.manifest.as_bytes())?;
        archive.append_path_with_name(&self.copy, "kaname.db")?;
        archive.append_dir_all("keys", self.root.join("keys"))?;
        archive.append_dir_all("files", self.root.join("files"))?;
        if self.root.join("kaname.toml").exists() {
            archive.append_path_with_name(self.root.join("kaname.toml"), "kaname.toml")?;
        }
        archive.into_inner()?.finish()?.sync_all()?;
        count_files(&self.root.join("files"))
    }
}

fn count_files(folder: &Path) -> anyhow::Result<u64> {
    let mut count = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        count += if path.is_dir() { count_files(&path)? } else { 1 };
    }
    Ok(count)
}
