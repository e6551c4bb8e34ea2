//! The tree over the tiles: its root, its growth, and the nodes that proofs are made of.
//!
//! Everything here is a function of a tree size and the tiles that a [`TileSource`] hands over.
//! A caller whose storage is asynchronous asks first which tiles a task needs (`tiles_for_*`),
//! fetches them into [`crate::MemoryTiles`], and then calls.

use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::ops::Range;

use crate::digest::{Digest, empty_root, node_hash};
use crate::tile::{TILE_HEIGHT, TILE_WIDTH, Tile, TileId, TileSource};

/// The largest tree: what a signed 64-bit column can count.
pub const MAX_TREE_SIZE: u64 = i64::MAX as u64;

/// Why a root, a proof or a growth could not be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E> {
    /// The source failed.
    #[error("a tile could not be read")]
    Source(#[source] E),
    /// The source gave fewer hashes than the tree has at this place.
    #[error("{id} is shorter than the tree needs")]
    TileTooShort {
        /// The tile asked for.
        id: TileId,
    },
    /// The leaf is not in the tree.
    #[error("leaf {index} is not in a tree of {size}")]
    IndexOutOfRange {
        /// The leaf asked for.
        index: u64,
        /// The size of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old} leaves cannot be a beginning of one of {new}")]
    SizesReversed {
        /// The size said to be older.
        old: u64,
        /// The size said to be newer.
        new: u64,
    },
    /// The tree would be larger than [`MAX_TREE_SIZE`].
    #[error("the tree is too large")]
    TooLarge,
}

/// What a batch of new leaves changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Growth {
    /// The size of the tree with the new leaves.
    pub size: u64,
    /// Its root.
    pub root: Digest,
    /// The tiles to write, every level, each once in its final state, from the leaves upwards.
    pub tiles: Vec<Tile>,
}

/// Adds leaves to a tree of `old_size`. Reads only the tiles that [`tiles_for_root`] names.
pub fn grow<S: TileSource>(
    old_size: u64,
    leaves: &[Digest],
    source: &S,
) -> Result<Growth, TreeError<S::Error>> {
    let added = u64::try_from(leaves.len()).map_err(|_| TreeError::TooLarge)?;
    let size = old_size.checked_add(added).filter(|size| *size <= MAX_TREE_SIZE);
    let size = size.ok_or(TreeError::TooLarge)?;
    let mut tiles = Vec::new();
    let mut rising = leaves.to_vec();
    for level in 0..TILE_HEIGHT {
        if rising.is_empty() {
            break;
        }
        let written = grow_level(level, old_size, rising, source)?;
        rising = written.iter().filter(|tile| tile.id.is_full()).map(root_of_full).collect();
        tiles.extend(written);
    }
    let root = Reader::over(size, source, &tiles).range(0..size)?;
    Ok(Growth { size, root, tiles })
}

/// The tiles of one level that change when `rising` hashes are added to it.
fn grow_level<S: TileSource>(
    level: u8,
    old_size: u64,
    rising: Vec<Digest>,
    source: &S,
) -> Result<Vec<Tile>, TreeError<S::Error>> {
    let before = old_size >> (u32::from(level) * u32::from(TILE_HEIGHT));
    let first_index = before / u64::from(TILE_WIDTH);
    let mut hashes = match TileId::in_tree(level, first_index, old_size) {
        Some(id) => fetch(source, id)?,
        None => Vec::new(),
    };
    hashes.extend(rising);
    let tile = |(index, chunk): (u64, &[Digest])| {
        // A chunk has between 1 and 256 hashes, so that its length always fits.
        let width = u16::try_from(chunk.len()).unwrap_or(TILE_WIDTH);
        let id = TileId::new(level, index, width).map_err(|_| TreeError::TooLarge)?;
        Ok(Tile { id, hashes: chunk.to_vec() })
    };
    (first_index..).zip(hashes.chunks(usize::from(TILE_WIDTH))).map(tile).collect()
}

fn root_of_full(tile: &Tile) -> Digest {
    perfect_root(tile.hashes.clone())
}

/// The root over a power of two of hashes.
fn perfect_root(mut hashes: Vec<Digest>) -> Digest {
    while hashes.len() > 1 {
        let (pairs, _) = hashes.as_chunks::<2>();
        hashes = pairs.iter().map(|[left, right]| node_hash(left, right)).collect();
    }
    hashes.first().copied().unwrap_or_else(empty_root)
}

fn fetch<S: TileSource>(source: &S, id: TileId) -> Result<Vec<Digest>, TreeError<S::Error>> {
    let mut hashes = source.tile(id).map_err(TreeError::Source)?;
    if hashes.len() < usize::from(id.width()) {
        return Err(TreeError::TileTooShort { id });
    }
    hashes.truncate(usize::from(id.width()));
    Ok(hashes)
}

/// The root of the first `size` leaves.
pub fn root_at<S: TileSource>(size: u64, source: &S) -> Result<Digest, TreeError<S::Error>> {
    if size > MAX_TREE_SIZE {
        return Err(TreeError::TooLarge);
    }
    Reader::over(size, source, &[]).range(0..size)
}

/// The tiles that [`root_at`] and [`grow`] read: the partial ones on the right edge, if any.
pub fn tiles_for_root(size: u64) -> BTreeSet<TileId> {
    tiles_for(iter::once(0..size), size)
}

/// The tiles that hold the nodes of these ranges.
pub(crate) fn tiles_for(
    ranges: impl IntoIterator<Item = Range<u64>>,
    size: u64,
) -> BTreeSet<TileId> {
    ranges.into_iter().flat_map(perfect_nodes).filter_map(|node| node.tile(size)).collect()
}

/// A complete subtree: the node at `height` above the leaves, `index` from the left.
#[derive(Debug, Clone, Copy)]
struct Node {
    height: u32,
    index: u64,
}

impl Node {
    fn tile(self, size: u64) -> Option<TileId> {
        let level = u8::try_from(self.height / u32::from(TILE_HEIGHT)).ok()?;
        let index = (self.index << self.height_in_tile()) / u64::from(TILE_WIDTH);
        TileId::in_tree(level, index, size)
    }

    fn height_in_tile(self) -> u32 {
        self.height % u32::from(TILE_HEIGHT)
    }

    /// The places of the node's hashes within its tile.
    fn places(self) -> Range<usize> {
        let tile_mask = u64::from(TILE_WIDTH) - 1;
        let start = (self.index << self.height_in_tile()) & tile_mask;
        let start = usize::try_from(start).unwrap_or_default();
        start..start + (1 << self.height_in_tile())
    }
}

/// The complete subtrees that make up a range whose start is aligned, from left to right.
fn perfect_nodes(range: Range<u64>) -> impl Iterator<Item = Node> {
    let count = range.end.saturating_sub(range.start);
    let mut start = range.start;
    (0..u64::BITS).rev().filter(move |height| (count >> height) & 1 == 1).map(move |height| {
        let node = Node { height, index: start >> height };
        start += 1 << height;
        node
    })
}

/// Reads nodes of a tree of one size, fetching each tile once.
#[derive(Debug)]
pub(crate) struct Reader<'a, S> {
    size: u64,
    source: &'a S,
    tiles: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl<'a, S: TileSource> Reader<'a, S> {
    /// Reads from `fresh` first, then from the source.
    pub(crate) fn over(size: u64, source: &'a S, fresh: &[Tile]) -> Self {
        let keep = |tile: &Tile| ((tile.id.level(), tile.id.index()), tile.hashes.clone());
        Self { size, source, tiles: fresh.iter().map(keep).collect() }
    }

    /// The root over an aligned range of leaves.
    pub(crate) fn range(&mut self, range: Range<u64>) -> Result<Digest, TreeError<S::Error>> {
        let nodes: Vec<Node> = perfect_nodes(range).collect();
        let mut root = None;
        for node in nodes.into_iter().rev() {
            let left = self.node(node)?;
            root = Some(root.map_or(left, |right| node_hash(&left, &right)));
        }
        Ok(root.unwrap_or_else(empty_root))
    }

    fn node(&mut self, node: Node) -> Result<Digest, TreeError<S::Error>> {
        let id = node.tile(self.size).ok_or(TreeError::TooLarge)?;
        let key = (id.level(), id.index());
        if !self.tiles.contains_key(&key) {
            self.tiles.insert(key, fetch(self.source, id)?);
        }
        let hashes = self.tiles.get(&key).and_then(|hashes| hashes.get(node.places()));
        hashes.map(|h| perfect_root(h.to_vec())).ok_or(TreeError::TileTooShort { id })
    }
}

/// The right edge of a growing tree: enough to compute its root, in memory that grows with log n.
///
/// For a full replay, where every entry passes by once.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Digest>,
}

impl Frontier {
    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Digest) {
        let mut node = leaf;
        for _ in 0..self.size.trailing_ones() {
            node = self.peaks.pop().map_or(node, |left| node_hash(&left, &node));
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// How many leaves were added.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the leaves so far.
    pub fn root(&self) -> Digest {
        let peaks = self.peaks.iter().rev().copied();
        peaks.reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
    }
}
