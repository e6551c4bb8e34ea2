//! Finds one act with the chain it belongs to: request, decision, attempt, outcome.

use kaname_kernel::{ActId, Principal};
use kaname_platform::{Conn, Platform};

use crate::{
    Error,
    model::{Content, RecordedAct},
    store,
};

/// Acts of one chain at most.
const CHAIN_LENGTH: usize = 200;

/// An act, its chain from the first act on, and the content its own actor may see.
#[derive(Debug, Clone)]
pub struct FoundAct {
    /// The act.
    pub act: RecordedAct,
    /// Every act of the same chain, oldest first, the act itself included.
    pub chain: Vec<RecordedAct>,
    /// What the act committed to; only for its own actor.
    pub contents: Vec<Content>,
}

/// The act `id` with its chain.
pub async fn find_act(
    platform: &Platform,
    principal: &Principal,
    id: ActId,
) -> Result<FoundAct, Error> {
    let mut tx = platform.db.read().await?;
    let act = visible(&mut tx, principal, id).await?;
    let contents = if act.user == Some(principal.user) {
        store::contents(&mut tx, principal.institution, id).await?
    } else {
        Vec::new()
    };
    let mut first = act.clone();
    for _ in 0..CHAIN_LENGTH {
        let Some(parent) = first.parent else { break };
        match store::find(&mut tx, principal.institution, parent).await? {
            Some(found) => first = found,
            None => break,
        }
    }
    let mut chain = vec![first];
    let mut next = 0;
    while let Some(parent) = chain.get(next).map(|act| act.id) {
        chain.extend(store::children(&mut tx, principal.institution, parent).await?);
        chain.truncate(CHAIN_LENGTH);
        next += 1;
    }
    chain.sort_by_key(|act| act.id);
    Ok(FoundAct { act, chain, contents })
}

/// The act, if `principal` may see it: their own, or any for those who oversee.
pub(crate) async fn visible(
    conn: &mut Conn,
    principal: &Principal,
    id: ActId,
) -> Result<RecordedAct, Error> {
    let act = store::find(conn, principal.institution, id).await?.ok_or(Error::NotFound)?;
    if store::sees_all(principal) || act.user == Some(principal.user) {
        Ok(act)
    } else {
        Err(Error::NotFound)
    }
}
