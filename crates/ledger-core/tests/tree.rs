//! The tree over tiles against the definitions of RFC 6962, written down as slowly as they stand.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;

use kaname_ledger_core::{
    Digest, Frontier, MAX_TREE_SIZE, MemoryTiles, ProofError, TileId, TileSource, TreeError,
    TreeHead, consistency_proof, empty_root, grow, inclusion_proof, leaf_hash, node_hash, root_at,
    tiles_for_consistency, tiles_for_inclusion, tiles_for_root, verify_consistency,
    verify_inclusion,
};
use proptest::prelude::*;

/// MTH of RFC 6962 section 2.1.
fn model_root(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(model_split(leaves.len()));
            node_hash(&model_root(left), &model_root(right))
        }
    }
}

/// PATH of RFC 6962 section 2.1.1.
fn model_path(index: usize, leaves: &[Digest]) -> Vec<Digest> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let k = model_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if index < k {
        [model_path(index, left), vec![model_root(right)]].concat()
    } else {
        [model_path(index - k, right), vec![model_root(left)]].concat()
    }
}

/// PROOF of RFC 6962 section 2.1.2.
fn model_consistency(old: usize, leaves: &[Digest]) -> Vec<Digest> {
    if old == 0 { Vec::new() } else { model_subproof(old, leaves, true) }
}

/// SUBPROOF of RFC 6962 section 2.1.2.
fn model_subproof(old: usize, leaves: &[Digest], whole: bool) -> Vec<Digest> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![model_root(leaves)] };
    }
    let k = model_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    if old <= k {
        [model_subproof(old, left, whole), vec![model_root(right)]].concat()
    } else {
        [model_subproof(old - k, right, false), vec![model_root(left)]].concat()
    }
}

fn model_split(count: usize) -> usize {
    let mut k = 1;
    while k * 2 < count {
        k *= 2;
    }
    k
}

fn leaves(count: usize) -> Vec<Digest> {
    (0..count).map(|n| leaf_hash(format!("entry {n}").as_bytes())).collect()
}

/// A log grown in batches of these sizes, checked after each of them.
fn grown(leaves: &[Digest], batches: &[usize]) -> MemoryTiles {
    let mut tiles = MemoryTiles::default();
    let mut done = 0;
    let rest = leaves.len() - batches.iter().sum::<usize>().min(leaves.len());
    for batch in batches.iter().copied().chain([rest]) {
        let end = (done + batch).min(leaves.len());
        let growth = grow(done as u64, &leaves[done..end], &tiles).unwrap();
        assert_eq!(growth.size, end as u64);
        assert_eq!(growth.root, model_root(&leaves[..end]));
        tiles.extend(growth.tiles);
        done = end;
    }
    tiles
}

/// A source that hands out only the tiles it was asked for beforehand, cut to their width.
struct Only<'a>(&'a MemoryTiles, BTreeSet<TileId>);

impl TileSource for Only<'_> {
    type Error = TileId;

    fn tile(&self, id: TileId) -> Result<Vec<Digest>, TileId> {
        if !self.1.contains(&id) {
            return Err(id);
        }
        let mut hashes = self.0.tile(id).unwrap();
        hashes.truncate(usize::from(id.width()));
        Ok(hashes)
    }
}

#[test]
fn the_published_roots_come_out() {
    let vectors = include_str!("../../../tests/vectors/ledger/rfc6962.json");
    let vectors: Vec<serde_json::Value> = serde_json::from_str(vectors).unwrap();
    assert_eq!(vectors.len(), 9);
    let (mut leaves, mut frontier) = (Vec::new(), Frontier::default());
    for case in vectors {
        let root = Digest::from_hex(case["root"].as_str().unwrap()).unwrap();
        assert_eq!(grow(0, &leaves, &MemoryTiles::default()).unwrap().root, root);
        assert_eq!(frontier.root(), root);
        if let Some(hex) = case["next_leaf"].as_str() {
            let leaf = leaf_hash(&bytes_of(hex));
            leaves.push(leaf);
            frontier.push(leaf);
        }
    }
    assert_eq!(leaves.len(), 8);
}

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|c| c.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

#[test]
fn seventy_thousand_leaves_reach_the_third_level_of_tiles() {
    let leaves = leaves(70_000);
    let tiles = grown(&leaves, &[1, 65_534, 1, 1, 255]);
    let root = model_root(&leaves);
    assert_eq!(root_at(70_000, &tiles), Ok(root));
    assert_eq!(root_at(65_536, &tiles), Ok(model_root(&leaves[..65_536])));
    assert_eq!(tiles.tile(TileId::new(2, 0, 1).unwrap()).unwrap().len(), 1);
    for index in [0, 255, 256, 65_535, 65_536, 69_999] {
        let proof = inclusion_proof(index as u64, 70_000, &tiles).unwrap();
        assert_eq!(proof, model_path(index, &leaves));
        assert_eq!(verify_inclusion(&leaves[index], index as u64, 70_000, &proof, &root), Ok(()));
    }
    for old in [1, 256, 65_535, 65_536, 65_537, 69_888] {
        let proof = consistency_proof(old as u64, 70_000, &tiles).unwrap();
        assert_eq!(proof, model_consistency(old, &leaves));
    }
}

#[test]
fn growth_writes_each_changed_tile_once_and_no_other() {
    let leaves = leaves(600);
    let mut tiles = MemoryTiles::default();
    tiles.extend(grow(0, &leaves[..255], &tiles).unwrap().tiles);
    let written = |growth: kaname_ledger_core::Growth| -> Vec<String> {
        growth.tiles.iter().map(|tile| tile.id().path()).collect()
    };
    let full = grow(255, &leaves[255..256], &tiles).unwrap();
    tiles.extend(full.tiles.clone());
    assert_eq!(written(full), ["tile/0/000", "tile/1/000.p/1"]);
    let next = grow(256, &leaves[256..257], &tiles).unwrap();
    tiles.extend(next.tiles.clone());
    assert_eq!(written(next), ["tile/0/001.p/1"]);
    let both = grow(257, &leaves[257..], &tiles).unwrap();
    assert_eq!(written(both), ["tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"]);
    assert_eq!(written(grow(0, &[], &tiles).unwrap()), Vec::<String>::new());
}

#[test]
fn a_source_with_too_few_hashes_is_named() {
    let leaves = leaves(300);
    let empty = MemoryTiles::default();
    let id = TileId::new(0, 1, 44).unwrap();
    assert_eq!(grow(300, &leaves[..1], &empty).unwrap_err(), TreeError::TileTooShort { id });
    assert!(matches!(root_at(300, &empty), Err(TreeError::TileTooShort { .. })));
    let refusing = Only(&empty, BTreeSet::new());
    assert_eq!(grow(300, &leaves[..1], &refusing).unwrap_err(), TreeError::Source(id));
}

#[test]
fn impossible_sizes_are_named() {
    let tiles = MemoryTiles::default();
    let leaf = leaf_hash(b"");
    assert_eq!(
        inclusion_proof(3, 3, &tiles),
        Err(TreeError::IndexOutOfRange { index: 3, size: 3 })
    );
    assert_eq!(consistency_proof(4, 3, &tiles), Err(TreeError::SizesReversed { old: 4, new: 3 }));
    assert_eq!(root_at(MAX_TREE_SIZE + 1, &tiles), Err(TreeError::TooLarge));
    assert_eq!(grow(MAX_TREE_SIZE, &[leaf], &tiles).unwrap_err(), TreeError::TooLarge);
    assert_eq!(grow(u64::MAX, &[leaf], &tiles).unwrap_err(), TreeError::TooLarge);
    assert_eq!(verify_inclusion(&leaf, 1, 1, &[], &leaf), Err(ProofError::IndexOutOfRange));
    assert_eq!(verify_inclusion(&leaf, 0, u64::MAX, &[], &leaf), Err(ProofError::TooLarge));
    let head = |size, root| TreeHead { size, root };
    let (old, new) = (head(4, leaf), head(3, leaf));
    assert_eq!(verify_consistency(&old, &new, &[]), Err(ProofError::SizesReversed));
    let huge = head(u64::MAX, leaf);
    assert_eq!(verify_consistency(&old, &huge, &[]), Err(ProofError::TooLarge));
}

#[test]
fn the_empty_and_the_same_tree_need_no_hashes() {
    let (a, b) = (leaf_hash(b"a"), leaf_hash(b"b"));
    let head = |size, root| TreeHead { size, root };
    let check =
        |old: TreeHead, new: TreeHead, proof: &[Digest]| verify_consistency(&old, &new, proof);
    assert_eq!(check(head(0, empty_root()), head(5, a), &[]), Ok(()));
    assert_eq!(check(head(0, empty_root()), head(5, a), &[a]), Err(ProofError::PathLength));
    assert_eq!(check(head(0, b), head(5, a), &[]), Err(ProofError::OldRootMismatch));
    assert_eq!(check(head(5, a), head(5, a), &[]), Ok(()));
    assert_eq!(check(head(5, a), head(5, b), &[]), Err(ProofError::RootMismatch));
    assert_eq!(check(head(5, a), head(5, a), &[a]), Err(ProofError::PathLength));
}

#[test]
fn planning_for_any_size_never_panics_and_stays_small() {
    for size in [0, 1, 255, 256, 70_000, MAX_TREE_SIZE, u64::MAX] {
        assert!(tiles_for_root(size).len() <= 8);
        assert!(tiles_for_root(size).iter().all(|id| !id.is_full()));
        for place in [0, 1, 256, size / 3, size.saturating_sub(1), size, u64::MAX] {
            assert!(tiles_for_inclusion(place, size).len() <= 16);
            assert!(tiles_for_consistency(place, size).len() <= 16);
        }
    }
}

fn flipped(digest: &Digest, place: usize) -> Digest {
    let mut bytes = *digest.as_bytes();
    bytes[place % Digest::LEN] ^= 1 << (place % 8);
    Digest::from_bytes(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn batches_do_not_matter(
        size in 0usize..600,
        batches in prop::collection::vec(0usize..300, 0..8),
    ) {
        let leaves = leaves(size);
        let tiles = grown(&leaves, &batches);
        let at_once = grown(&leaves, &[]);
        let mut frontier = Frontier::default();
        for (count, leaf) in leaves.iter().enumerate() {
            if count % 37 == 0 {
                prop_assert_eq!(root_at(count as u64, &tiles), Ok(frontier.root()));
            }
            frontier.push(*leaf);
        }
        let size = size as u64;
        prop_assert_eq!(frontier.size(), size);
        prop_assert_eq!(root_at(size, &tiles), Ok(frontier.root()));
        for index in 0..3 {
            for level in 0..2 {
                if let Some(id) = TileId::in_tree(level, index, size) {
                    prop_assert_eq!(tiles.tile(id), at_once.tile(id));
                    prop_assert_eq!(tiles.tile(id).unwrap().len(), usize::from(id.width()));
                }
            }
        }
    }

    #[test]
    fn growth_reads_only_the_announced_tiles(old in 0usize..600, added in 0usize..300) {
        let leaves = leaves(old + added);
        let tiles = grown(&leaves, &[old]);
        let only = Only(&tiles, tiles_for_root(old as u64));
        let growth = grow(old as u64, &leaves[old..], &only);
        prop_assert_eq!(growth.unwrap().root, model_root(&leaves));
    }

    #[test]
    fn inclusion_proofs_are_those_of_the_definition(size in 1usize..600, place: usize) {
        let leaves = leaves(size);
        let index = place % size;
        let tiles = grown(&leaves, &[]);
        let (index_64, size_64) = (index as u64, size as u64);
        let only = Only(&tiles, tiles_for_inclusion(index_64, size_64));
        let proof = inclusion_proof(index_64, size_64, &only).unwrap();
        prop_assert_eq!(&proof, &model_path(index, &leaves));
        let root = model_root(&leaves);
        prop_assert_eq!(verify_inclusion(&leaves[index], index_64, size_64, &proof, &root), Ok(()));
    }

    #[test]
    fn consistency_proofs_are_those_of_the_definition(new in 1usize..600, place: usize) {
        let leaves = leaves(new);
        let old = place % (new + 1);
        let tiles = grown(&leaves, &[]);
        let (old_64, new_64) = (old as u64, new as u64);
        let only = Only(&tiles, tiles_for_consistency(old_64, new_64));
        let proof = consistency_proof(old_64, new_64, &only).unwrap();
        prop_assert_eq!(&proof, &model_consistency(old, &leaves));
        let old_head = TreeHead { size: old_64, root: model_root(&leaves[..old]) };
        let new_head = TreeHead { size: new_64, root: model_root(&leaves) };
        prop_assert_eq!(verify_consistency(&old_head, &new_head, &proof), Ok(()));
    }

    #[test]
    fn every_changed_byte_of_an_inclusion_is_refused(size in 1usize..300, place: usize) {
        let leaves = leaves(size);
        let index = place % size;
        let proof = model_path(index, &leaves);
        let (leaf, root) = (leaves[index], model_root(&leaves));
        let check = |leaf: &Digest, index: usize, proof: &[Digest], root: &Digest| {
            verify_inclusion(leaf, index as u64, size as u64, proof, root)
        };
        for byte in 0..Digest::LEN {
            prop_assert!(check(&flipped(&leaf, byte), index, &proof, &root).is_err());
            prop_assert!(check(&leaf, index, &proof, &flipped(&root, byte)).is_err());
            for step in 0..proof.len() {
                let mut bad = proof.clone();
                bad[step] = flipped(&bad[step], byte);
                prop_assert_eq!(check(&leaf, index, &bad, &root), Err(ProofError::RootMismatch));
            }
        }
        let longer = [proof.clone(), vec![root]].concat();
        prop_assert_eq!(check(&leaf, index, &longer, &root), Err(ProofError::PathLength));
        if let Some((_, shorter)) = proof.split_last() {
            prop_assert_eq!(check(&leaf, index, shorter, &root), Err(ProofError::PathLength));
        }
        for other in (0..size).filter(|other| *other != index) {
            prop_assert!(check(&leaf, other, &proof, &root).is_err());
        }
    }

    #[test]
    fn every_changed_byte_of_a_consistency_is_refused(new in 2usize..300, place: usize) {
        let leaves = leaves(new);
        let old = 1 + place % (new - 1);
        let proof = model_consistency(old, &leaves);
        let (old_root, new_root) = (model_root(&leaves[..old]), model_root(&leaves));
        let check = |old_root: Digest, new_root: Digest, proof: &[Digest]| {
            let old = TreeHead { size: old as u64, root: old_root };
            verify_consistency(&old, &TreeHead { size: new as u64, root: new_root }, proof)
        };
        prop_assert_eq!(check(old_root, new_root, &proof), Ok(()));
        for byte in 0..Digest::LEN {
            prop_assert!(check(flipped(&old_root, byte), new_root, &proof).is_err());
            prop_assert!(check(old_root, flipped(&new_root, byte), &proof).is_err());
            for step in 0..proof.len() {
                let mut bad = proof.clone();
                bad[step] = flipped(&bad[step], byte);
                prop_assert!(check(old_root, new_root, &bad).is_err());
            }
        }
        let longer = [proof.clone(), vec![new_root]].concat();
        prop_assert_eq!(check(old_root, new_root, &longer), Err(ProofError::PathLength));
        let (_, shorter) = proof.split_last().unwrap();
        prop_assert_eq!(check(old_root, new_root, shorter), Err(ProofError::PathLength));
    }
}
