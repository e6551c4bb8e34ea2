//! A whole platform for a test, on either database.

use std::{future::Future, sync::Arc};

use kaname_kernel::{IdSource, InstitutionId};
use kaname_platform::{Blobs, Db, Platform, Secrets, Sequencer, Tasks, params};
use tempfile::TempDir;

use crate::{FixedClock, SeededEntropy, database_url};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    /// One file.
    Sqlite,
    /// A server.
    Postgres,
}

/// A platform with an institution in it; its folder goes when it is dropped.
#[derive(Debug)]
pub struct TestPlatform {
    /// The platform.
    pub platform: Platform,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// The one institution made at the start.
    pub institution: InstitutionId,
    /// The data folder.
    pub folder: Arc<TempDir>,
}

impl TestPlatform {
    /// A migrated platform on `backend`.
    ///
    /// # Panics
    ///
    /// When it cannot be made.
    pub async fn new(backend: Backend) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tasks = Tasks::new();
        let db = match backend {
            Backend::Sqlite => Db::open_sqlite(&folder.path().join("kaname.db"), &tasks).await,
            Backend::Postgres => Db::open_postgres(&database_url().await).await,
        }
        .expect("the database opens");
        let clock = Arc::new(FixedClock::default());
        let entropy = Arc::new(SeededEntropy::new(1));
        let ids = IdSource::new(clock.clone(), entropy.clone());
        let files = folder.path().join("files");
        std::fs::create_dir(&files).expect("a folder");
        let platform = Platform {
            db,
            blobs: Blobs::in_folder(&files).expect("the file store opens"),
            secrets: Secrets::new(&[7; 32], entropy.clone()),
            tasks,
            clock: clock.clone(),
            entropy,
            ids,
        };
        platform.db.migrate(platform.now()).await.expect("the schema is made");
        let institution = add_institution(&platform, "town").await;
        Self { platform, clock, institution, folder: Arc::new(folder) }
    }

    /// A second institution, to test that nothing crosses.
    pub async fn other_institution(&self, key: &str) -> InstitutionId {
        add_institution(&self.platform, key).await
    }
}

async fn add_institution(platform: &Platform, key: &str) -> InstitutionId {
    let institution: InstitutionId = platform.ids.next();
    let mut tx = platform.db.begin().await.expect("a transaction");
    tx.execute_one(
        "INSERT INTO institution (institution_id, key, name, label_pack, created_at_ms) \
         VALUES ($1, $2, $2, 'municipality', $3)",
        params![institution, key, platform.now()],
    )
    .await
    .expect("an institution");
    Sequencer::new(platform.clone()).found(&mut tx, institution).await.expect("a ledger");
    tx.commit().await.expect("a commit");
    institution
}

/// Runs `test` on SQLite, then on PostgreSQL.
pub async fn on_both<F, Fut>(test: F)
where
    F: Fn(TestPlatform) -> Fut,
    Fut: Future<Output = ()>,
{
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let platform = TestPlatform::new(backend).await;
        // A closure captures only the fields it names: the folder must outlive the test.
        let _folder = Arc::clone(&platform.folder);
        Box::pin(test(platform)).await;
    }
}
