//! Replays a whole ledger: every entry against its row, every leaf against the signed head.

use kaname_kernel::InstitutionId;
use kaname_ledger_core::{Checkpoint, Entry, Frontier, commitment, leaf_hash};
use kaname_platform::{Conn, Platform, head};

use crate::{
    Error,
    model::{RecordedAct, Verification, VerifyFault},
    store,
};

/// Entries read at a time.
const PAGE: i64 = 1_000;
/// After so many faults the rest says nothing new.
const FAULTS_MAX: usize = 100;

/// Replays the ledger of `institution` in one consistent state.
///
/// Finds an altered, missing, added or reordered entry, altered content, an altered row beside an
/// entry, and a head that was not signed by the ledger's key. A head that was rolled back together
/// with its entries needs a witness or an older receipt to be found.
pub async fn verify(
    platform: &Platform,
    institution: InstitutionId,
) -> Result<Verification, Error> {
    let mut tx = platform.db.read().await?;
    let mut replay = Replay { institution, frontier: Frontier::default(), faults: Vec::new() };
    replay.entries(&mut tx).await?;
    let pending = store::pending(&mut tx, institution).await?;
    let head = head(&mut tx, institution).await?;
    let key = platform.ledger_verifying_key(&mut tx, institution).await?;
    let root = replay.frontier.root();
    let checked = replay.frontier.size();
    let tree_size = head.as_ref().map_or(0, |head| head.tree_size);
    match &head {
        None if checked > 0 => replay.fault("head-missing", "there are leaves but no signed head"),
        None => {}
        Some(head) => {
            if (head.tree_size, head.root) != (checked, root) {
                let detail = format!(
                    "the head claims {} leaves with root {}; the entries give {checked} with {}",
                    head.tree_size,
                    head.root.to_hex(),
                    root.to_hex()
                );
                replay.fault("root-mismatch", &detail);
            }
            match Checkpoint::open(head.checkpoint.as_bytes(), &key) {
                Err(error) => replay.fault("checkpoint", &error.to_string()),
                Ok(signed)
                    if (signed.head.size, signed.head.root) != (head.tree_size, head.root) =>
                {
                    replay.fault("checkpoint", "the signed head differs from the stored one");
                }
                Ok(_) => {}
            }
        }
    }
    let pending = u64::try_from(pending).unwrap_or_default();
    Ok(Verification { tree_size, root, checked, pending, faults: replay.faults })
}

struct Replay {
    institution: InstitutionId,
    frontier: Frontier,
    faults: Vec<VerifyFault>,
}

impl Replay {
    async fn entries(&mut self, conn: &mut Conn) -> Result<(), Error> {
        let mut next = 0_i64;
        loop {
            let page = store::leaves(conn, self.institution, next, PAGE).await?;
            let Some(last) = page.last().and_then(|act| act.leaf_index) else { return Ok(()) };
            for act in &page {
                self.entry(act);
                self.contents(conn, act).await?;
            }
            next = i64::try_from(last.saturating_add(1)).unwrap_or(i64::MAX);
        }
    }

    fn entry(&mut self, act: &RecordedAct) {
        if act.leaf_index != Some(self.frontier.size()) {
            let detail =
                format!("act {} stands where leaf {} should", act.id, self.frontier.size());
            self.fault("leaf-order", &detail);
        }
        self.frontier.push(leaf_hash(&act.entry));
        let entry = match Entry::parse(&act.entry) {
            Ok(entry) => entry,
            Err(error) => return self.fault("entry-form", &format!("act {}: {error}", act.id)),
        };
        let actor = act.user.map_or_else(|| "system".to_owned(), |user| user.to_string());
        let same = entry.id == act.id.to_string()
            && entry.institution == self.institution.to_string()
            && entry.kind == act.kind
            && entry.at_ms == act.at.as_millis()
            && entry.actor == actor
            && entry.label == act.label.as_ref().map(ToString::to_string)
            && entry.refs.get("parent").cloned() == act.parent.map(|parent| parent.to_string())
            && act.refs.iter().all(|(name, value)| entry.refs.get(name) == Some(value));
        if !same {
            let detail = format!("act {}: the row differs from the entry in the tree", act.id);
            self.fault("row-mismatch", &detail);
        }
    }

    /// Content may have been forgotten; what is there must be what was committed to.
    async fn contents(&mut self, conn: &mut Conn, act: &RecordedAct) -> Result<(), Error> {
        let Ok(entry) = Entry::parse(&act.entry) else { return Ok(()) };
        if entry.commitments.is_empty() {
            return Ok(());
        }
        for content in store::contents(conn, self.institution, act.id).await? {
            let opened = commitment(&content.salt, &content.field, &content.value);
            if entry.commitments.get(&content.field) != Some(&opened) {
                let detail = format!("act {}: content {} was altered", act.id, content.field);
                self.fault("content-mismatch", &detail);
            }
        }
        Ok(())
    }

    fn fault(&mut self, check: &'static str, detail: &str) {
        if self.faults.len() < FAULTS_MAX {
            self.faults.push(VerifyFault { check, detail: detail.to_owned() });
        }
    }
}
