//! Makes the receipt of one act: what its holder keeps to prove it later, offline.

use kaname_kernel::{ActId, Principal};
use kaname_ledger_core::{Disclosure, Receipt, inclusion_proof, tiles_for_inclusion};
use kaname_platform::{Platform, head, load_tiles};

use crate::{Error, find_act::visible, store};

/// The receipt of act `id` against the newest head, with its content disclosed to its own actor.
///
/// # Errors
///
/// [`Error::Pending`] for at most some 300 ms after the act; [`Error::NotFound`] when the reader
/// may not see the act.
pub async fn receipt(
    platform: &Platform,
    principal: &Principal,
    id: ActId,
) -> Result<Receipt, Error> {
    let mut tx = platform.db.read().await?;
    let act = visible(&mut tx, principal, id).await?;
    let leaf_index = act.leaf_index.ok_or(Error::Pending)?;
    let head = head(&mut tx, principal.institution).await?.ok_or(Error::Pending)?;
    let wanted = tiles_for_inclusion(leaf_index, head.tree_size);
    let tiles = load_tiles(&mut tx, principal.institution, wanted).await?;
    let proof = inclusion_proof(leaf_index, head.tree_size, &tiles)
        .map_err(|error| Error::NoProof(error.to_string()))?;
    // Others who may see that an act happened do not thereby see what it said.
    let disclosed = if act.user == Some(principal.user) {
        let contents = store::contents(&mut tx, principal.institution, id).await?;
        contents
            .into_iter()
            .map(|content| Disclosure {
                field: content.field,
                salt: content.salt,
                value: content.value,
            })
            .collect()
    } else {
        Vec::new()
    };
    Ok(Receipt { entry: act.entry, leaf_index, proof, checkpoint: head.checkpoint, disclosed })
}
