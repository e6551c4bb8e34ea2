//! Inclusion and consistency proofs: made from tiles, checked with nothing but hashes.
//!
//! A check says which step failed; it never says yes to a proof with a hash too many or too few.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::digest::{Digest, ParseDigestError, empty_root, node_hash};
use crate::tile::{TileId, TileSource};
use crate::tree::{MAX_TREE_SIZE, Reader, TreeError, tiles_for};

/// Why a proof was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The leaf is not in a tree of that size.
    #[error("the leaf's index is not below the size of the tree")]
    IndexOutOfRange,
    /// The older size is above the newer one.
    #[error("the older tree is larger than the newer one")]
    SizesReversed,
    /// The size is above what a tree can have.
    #[error("the tree is too large")]
    TooLarge,
    /// The proof has a hash too many or too few.
    #[error("the proof does not have the number of hashes that these sizes need")]
    PathLength,
    /// The hashes do not lead to the root of the older tree.
    #[error("the proof does not lead to the older root")]
    OldRootMismatch,
    /// The hashes do not lead to the root.
    #[error("the proof does not lead to the root")]
    RootMismatch,
}

impl ProofError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::IndexOutOfRange => "index-out-of-range",
            Self::SizesReversed => "sizes-reversed",
            Self::TooLarge => "tree-too-large",
            Self::PathLength => "path-length",
            Self::OldRootMismatch => "old-root-mismatch",
            Self::RootMismatch => "root-mismatch",
        }
    }
}

/// The hashes beside the way from a leaf to the root, from the leaf upwards.
///
/// # Source
/// RFC 9162 section 2.1.3.1.
pub fn inclusion_proof<S: TileSource>(
    leaf_index: u64,
    tree_size: u64,
    source: &S,
) -> Result<Vec<Digest>, TreeError<S::Error>> {
    if tree_size > MAX_TREE_SIZE {
        return Err(TreeError::TooLarge);
    }
    if leaf_index >= tree_size {
        return Err(TreeError::IndexOutOfRange { index: leaf_index, size: tree_size });
    }
    read_ranges(inclusion_ranges(leaf_index, tree_size), tree_size, source)
}

/// The hashes that show a tree of `old_size` to be the beginning of one of `new_size`.
///
/// Empty where the sizes are equal, and for the empty tree.
///
/// # Source
/// RFC 9162 section 2.1.4.1.
pub fn consistency_proof<S: TileSource>(
    old_size: u64,
    new_size: u64,
    source: &S,
) -> Result<Vec<Digest>, TreeError<S::Error>> {
    if new_size > MAX_TREE_SIZE {
        return Err(TreeError::TooLarge);
    }
    if old_size > new_size {
        return Err(TreeError::SizesReversed { old: old_size, new: new_size });
    }
    read_ranges(consistency_ranges(old_size, new_size), new_size, source)
}

/// The tiles that [`inclusion_proof`] reads.
pub fn tiles_for_inclusion(leaf_index: u64, tree_size: u64) -> BTreeSet<TileId> {
    tiles_for(inclusion_ranges(leaf_index, tree_size), tree_size)
}

/// The tiles that [`consistency_proof`] reads.
pub fn tiles_for_consistency(old_size: u64, new_size: u64) -> BTreeSet<TileId> {
    tiles_for(consistency_ranges(old_size, new_size), new_size)
}

fn read_ranges<S: TileSource>(
    ranges: Vec<Range<u64>>,
    size: u64,
    source: &S,
) -> Result<Vec<Digest>, TreeError<S::Error>> {
    let mut reader = Reader::over(size, source, &[]);
    ranges.into_iter().map(|range| reader.range(range)).collect()
}

/// The ranges of leaves beside the way to one leaf, the nearest first.
fn inclusion_ranges(leaf_index: u64, tree_size: u64) -> Vec<Range<u64>> {
    let (mut start, mut end) = (0, tree_size);
    let mut ranges = Vec::new();
    while end.saturating_sub(start) > 1 {
        let middle = start + split(end - start);
        if leaf_index < middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    ranges.reverse();
    ranges
}

/// The ranges whose roots lead both to the older and to the newer root, the deepest first.
fn consistency_ranges(old_size: u64, new_size: u64) -> Vec<Range<u64>> {
    if old_size == 0 || old_size >= new_size {
        return Vec::new();
    }
    let (mut start, mut end) = (0, new_size);
    let mut ranges = Vec::new();
    while end != old_size {
        let middle = start + split(end - start);
        if old_size <= middle {
            ranges.push(middle..end);
            end = middle;
        } else {
            ranges.push(start..middle);
            start = middle;
        }
    }
    // The verifier knows the older root; a subtree that is not the whole of it must be given.
    if start > 0 {
        ranges.push(start..end);
    }
    ranges.reverse();
    ranges
}

/// The largest power of two below a count of at least two.
const fn split(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// Checks that a leaf is in the tree with this size and root.
///
/// # Source
/// RFC 9162 section 2.1.3.2.
pub fn verify_inclusion(
    leaf: &Digest,
    leaf_index: u64,
    tree_size: u64,
    proof: &[Digest],
    root: &Digest,
) -> Result<(), ProofError> {
    if tree_size > MAX_TREE_SIZE {
        return Err(ProofError::TooLarge);
    }
    if leaf_index >= tree_size {
        return Err(ProofError::IndexOutOfRange);
    }
    let (mut node, mut last, mut hash) = (leaf_index, tree_size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::PathLength);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            climb_past_missing_siblings(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    match (last, hash == *root) {
        (0, true) => Ok(()),
        (0, false) => Err(ProofError::RootMismatch),
        _ => Err(ProofError::PathLength),
    }
}

/// On the right edge a node without a sibling rises unchanged.
const fn climb_past_missing_siblings(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        *node >>= 1;
        *last >>= 1;
    }
}

/// A tree as a checkpoint states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// How many leaves.
    pub size: u64,
    /// Their root.
    pub root: Digest,
}

/// Checks that the older tree is the beginning of the newer one.
///
/// # Source
/// RFC 9162 section 2.1.4.2.
pub fn verify_consistency(
    old: &TreeHead,
    new: &TreeHead,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if new.size > MAX_TREE_SIZE {
        return Err(ProofError::TooLarge);
    }
    if old.size > new.size {
        return Err(ProofError::SizesReversed);
    }
    if old.size == 0 || old.size == new.size {
        return verify_without_hashes(old, new, proof);
    }
    // An older tree that is one complete subtree is its own first hash.
    let (first, rest) = if old.size.is_power_of_two() {
        (old.root, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::PathLength)?;
        (*first, rest)
    };
    climb_both(old, new, first, rest)
}

fn verify_without_hashes(
    old: &TreeHead,
    new: &TreeHead,
    proof: &[Digest],
) -> Result<(), ProofError> {
    if !proof.is_empty() {
        return Err(ProofError::PathLength);
    }
    if old.size == new.size && old.root != new.root {
        return Err(ProofError::RootMismatch);
    }
    if old.size == 0 && old.root != empty_root() {
        return Err(ProofError::OldRootMismatch);
    }
    Ok(())
}

fn climb_both(
    old: &TreeHead,
    new: &TreeHead,
    first: Digest,
    rest: &[Digest],
) -> Result<(), ProofError> {
    let (mut node, mut last) = (old.size - 1, new.size - 1);
    let shift = node.trailing_ones();
    node >>= shift;
    last >>= shift;
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::PathLength);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            climb_past_missing_siblings(&mut node, &mut last);
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(ProofError::PathLength);
    }
    if old_hash != old.root {
        return Err(ProofError::OldRootMismatch);
    }
    if new_hash == new.root { Ok(()) } else { Err(ProofError::RootMismatch) }
}

/// A proof as a text: one hash in base64 on each line.
pub fn encode_proof(proof: &[Digest]) -> String {
    proof.iter().map(|hash| hash.to_base64() + "\n").collect()
}

/// Reads what [`encode_proof`] writes, strictly; no text at all is a proof without hashes.
pub fn parse_proof(text: &str) -> Result<Vec<Digest>, ParseDigestError> {
    let Some(lines) = text.strip_suffix('\n') else {
        return if text.is_empty() { Ok(Vec::new()) } else { Err(ParseDigestError) };
    };
    lines.split('\n').map(Digest::from_base64).collect()
}
