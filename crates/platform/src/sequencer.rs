//! The one that turns pending acts into leaves of each institution's tree, and signs its head.
//!
//! One sequencer at a time per institution: the SQLite writer, or a PostgreSQL advisory lock held
//! by the very transaction that writes, so that a sequencer that lost its lock cannot commit.
//! Acts keep the order of their ids. The `ledger` slice publishes and proves what is written here.

use std::time::Duration;

use kaname_kernel::{ActId, InstitutionId};
use kaname_ledger_core::{
    Checkpoint, Digest, MemoryTiles, SigningKey, TileId, VerifyingKey, grow, leaf_hash, parse_tile,
    tiles_for_root,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Act, Platform,
    db::{Conn, DbError, Tx},
    params,
    secrets::SecretError,
};

/// Acts that become leaves in one transaction at most.
const BATCH: i64 = 2_000;
/// How often pending acts are looked for, besides being woken.
const POLL_EVERY: Duration = Duration::from_millis(200);
/// How long acts gather after the first: those of one call share a signature, and the sequencer
/// does not run while the call that woke it is on its way out.
const GATHER_FOR: Duration = Duration::from_millis(20);
/// The name of the seed in the secret store, under the institution's id.
const SEED: &str = "ledger-seed";

/// Why sequencing failed. Acts stay pending and are tried again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SequencerError {
    /// The database failed.
    #[error("the ledger cannot be written")]
    Db(#[from] DbError),
    /// The signing key cannot be opened.
    #[error("the ledger's signing key cannot be opened")]
    Secret(#[from] SecretError),
    /// The institution has no signing key.
    #[error("the institution has no ledger key")]
    NoKey,
    /// The stored tree is damaged.
    #[error("the ledger's tree is damaged: {0}")]
    Broken(String),
}

/// The signed head of an institution's tree.
#[derive(Debug, Clone)]
pub struct Head {
    /// Number of leaves.
    pub tree_size: u64,
    /// Root hash.
    pub root: Digest,
    /// The signed note.
    pub checkpoint: String,
    /// When it was signed.
    pub signed_at: kaname_kernel::Timestamp,
}

/// Sequences the acts of every institution.
#[derive(Debug, Clone)]
pub struct Sequencer {
    platform: Platform,
}

impl Sequencer {
    /// A sequencer over `platform`'s act log.
    pub fn new(platform: Platform) -> Self {
        Self { platform }
    }

    /// Makes the institution's ledger: its key, and the first act, so that no tree is ever empty.
    pub async fn found(
        &self,
        tx: &mut Tx,
        institution: InstitutionId,
    ) -> Result<(), SequencerError> {
        let seed = self.platform.random::<32>();
        self.platform.secrets.put(tx, &institution.to_string(), SEED, &seed).await?;
        let key = signing_key(institution, &seed)?;
        let founded = Act::by_system(institution, "ledger.founded")
            .reference("vkey", key.verifying_key().to_vkey());
        self.platform.append(tx, founded).await?;
        Ok(())
    }

    /// Runs until the process stops.
    pub fn start(self) {
        let tasks = self.platform.tasks.clone();
        tasks.spawn("sequencer", async move {
            let stopping = self.platform.tasks.stopping();
            while !stopping.is_cancelled() {
                let woken = self.platform.db.work.acts.notified();
                let ran = self.run_once().await;
                // A database that closes while the process stops is no fault.
                if let Err(error) = ran
                    && !stopping.is_cancelled()
                {
                    tracing::error!(error = &error as &dyn std::error::Error, "sequencing failed");
                }
                tokio::select! {
                    () = woken => gather(&stopping).await,
                    () = tokio::time::sleep(POLL_EVERY) => {}
                    () = stopping.cancelled() => {}
                }
            }
        });
    }

    /// Sequences everything that is pending. Gives the number of new leaves.
    pub async fn run_once(&self) -> Result<u64, SequencerError> {
        let mut added = 0;
        loop {
            let mut tx = self.platform.db.read().await?;
            let waiting = tx
                .fetch_few(
                    "SELECT DISTINCT institution_id FROM act WHERE leaf_index IS NULL",
                    params![],
                )
                .await?;
            drop(tx);
            if waiting.is_empty() {
                return Ok(added);
            }
            for row in waiting {
                added += self.sequence(row.get("institution_id")?).await?;
            }
        }
    }

    async fn sequence(&self, institution: InstitutionId) -> Result<u64, SequencerError> {
        let mut tx = self.platform.db.begin().await?;
        if tx.is_postgres() {
            tx.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended($1, 7))",
                params![institution],
            )
            .await?;
        }
        let pending = tx
            .fetch_all(
                "SELECT act_id, entry FROM act WHERE institution_id = $1 AND leaf_index IS NULL \
                 ORDER BY act_id LIMIT $2",
                params![institution, BATCH],
            )
            .await?;
        if pending.is_empty() {
            return Ok(0);
        }
        let old_size = head(&mut tx, institution).await?.map_or(0, |head| head.tree_size);
        let mut leaves = Vec::with_capacity(pending.len());
        for (row, index) in pending.iter().zip(old_size..) {
            leaves.push(leaf_hash(&row.get::<Vec<u8>>("entry")?));
            tx.execute_one(
                "UPDATE act SET leaf_index = $2 WHERE act_id = $1 AND leaf_index IS NULL",
                params![row.get::<ActId>("act_id")?, signed(index)?],
            )
            .await?;
        }
        let before = load_tiles(&mut tx, institution, tiles_for_root(old_size)).await?;
        let growth = grow(old_size, &leaves, &before)
            .map_err(|error| SequencerError::Broken(error.to_string()))?;
        for tile in &growth.tiles {
            tx.execute_one(
                "INSERT INTO ledger_tile (institution_id, level, tile_index, hashes) \
                 VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (institution_id, level, tile_index) DO UPDATE SET hashes = excluded.hashes",
                params![
                    institution,
                    i64::from(tile.id().level()),
                    signed(tile.id().index())?,
                    tile.to_bytes()
                ],
            )
            .await?;
        }
        self.sign(&mut tx, institution, (growth.size, growth.root)).await?;
        tx.commit().await?;
        Ok(growth.size - old_size)
    }

    async fn sign(
        &self,
        tx: &mut Tx,
        institution: InstitutionId,
        (size, root): (u64, Digest),
    ) -> Result<(), SequencerError> {
        let key = self.platform.ledger_key(tx, institution).await?;
        let checkpoint = Checkpoint::new(key.name(), size, root)
            .sign(&key, &[])
            .map_err(|error| SequencerError::Broken(error.to_string()))?;
        tx.execute_one(
            "INSERT INTO ledger_head (institution_id, tree_size, root, checkpoint, signed_at_ms) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (institution_id) DO UPDATE SET \
             tree_size = excluded.tree_size, root = excluded.root, \
             checkpoint = excluded.checkpoint, signed_at_ms = excluded.signed_at_ms",
            params![
                institution,
                signed(size)?,
                root.as_bytes().as_slice(),
                checkpoint,
                self.platform.now()
            ],
        )
        .await?;
        Ok(())
    }
}

impl Platform {
    /// The public key of an institution's ledger.
    pub async fn ledger_verifying_key(
        &self,
        conn: &mut Conn,
        institution: InstitutionId,
    ) -> Result<VerifyingKey, SequencerError> {
        Ok(self.ledger_key(conn, institution).await?.verifying_key())
    }

    async fn ledger_key(
        &self,
        conn: &mut Conn,
        institution: InstitutionId,
    ) -> Result<SigningKey, SequencerError> {
        let seed = self.secrets.get(conn, &institution.to_string(), SEED).await?;
        let seed: [u8; 32] =
            seed.and_then(|seed| seed.try_into().ok()).ok_or(SequencerError::NoKey)?;
        signing_key(institution, &seed)
    }
}

/// The signed head of `institution`'s tree, if it has leaves.
pub async fn head(
    conn: &mut Conn,
    institution: InstitutionId,
) -> Result<Option<Head>, SequencerError> {
    let row = conn
        .fetch_optional(
            "SELECT tree_size, root, checkpoint, signed_at_ms FROM ledger_head \
             WHERE institution_id = $1",
            params![institution],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let root = Digest::from_slice(&row.get::<Vec<u8>>("root")?)
        .map_err(|_| SequencerError::Broken("the root has not 32 bytes".to_owned()))?;
    Ok(Some(Head {
        tree_size: u64::try_from(row.get::<i64>("tree_size")?).unwrap_or_default(),
        root,
        checkpoint: row.get("checkpoint")?,
        signed_at: row.get("signed_at_ms")?,
    }))
}

/// Reads the tiles `wanted` of `institution`'s tree.
pub async fn load_tiles(
    conn: &mut Conn,
    institution: InstitutionId,
    wanted: impl IntoIterator<Item = TileId>,
) -> Result<MemoryTiles, SequencerError> {
    let mut tiles = MemoryTiles::default();
    for id in wanted {
        let row = conn
            .fetch_optional(
                "SELECT hashes FROM ledger_tile \
                 WHERE institution_id = $1 AND level = $2 AND tile_index = $3",
                params![institution, i64::from(id.level()), signed(id.index())?],
            )
            .await?
            .ok_or_else(|| SequencerError::Broken(format!("{id} is missing")))?;
        let hashes = parse_tile(&row.get::<Vec<u8>>("hashes")?)
            .ok_or_else(|| SequencerError::Broken(format!("{id} is malformed")))?;
        tiles.insert(id.level(), id.index(), hashes);
    }
    Ok(tiles)
}

/// Waits until acts have gathered, or the process stops.
async fn gather(stopping: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(GATHER_FOR) => {}
        () = stopping.cancelled() => {}
    }
}

/// A ledger's origin and key name: no host, so that it stays true when the server moves.
fn signing_key(institution: InstitutionId, seed: &[u8; 32]) -> Result<SigningKey, SequencerError> {
    SigningKey::from_seed(&format!("kaname/{institution}"), seed)
        .map_err(|error| SequencerError::Broken(error.to_string()))
}

fn signed(number: u64) -> Result<i64, SequencerError> {
    i64::try_from(number).map_err(|_| SequencerError::Broken("the tree is too large".to_owned()))
}
