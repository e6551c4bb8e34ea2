//! Tiles: the tree cut into blocks of at most 256 hashes, eight levels of the tree high.
//!
//! A tile of level L holds hashes of tree level 8 * L. The names, paths and widths are those of
//! C2SP tlog-tiles, so that any reader of such logs can fetch ours.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use crate::digest::Digest;

/// How many hashes a full tile holds, and how many entries a full bundle.
pub const TILE_WIDTH: u16 = 256;
/// How many levels of the tree one tile spans.
pub const TILE_HEIGHT: u8 = 8;
const MAX_TILE_LEVEL: u8 = 63;

/// The name of one tile: where it stands, and how many hashes of it are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: u8,
    index: u64,
    width: u16,
}

/// A tile name that the format does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TileIdError {
    /// The path is not spelt as tlog-tiles spells it.
    #[error("not the path of a tile")]
    Path,
    /// The level is above 63.
    #[error("a tile's level is between 0 and 63")]
    Level,
    /// The width is zero or above 256.
    #[error("a tile holds between 1 and 256 hashes")]
    Width,
}

impl TileId {
    /// Names a tile of `width` hashes, 1 to 256.
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, TileIdError> {
        if level > MAX_TILE_LEVEL {
            return Err(TileIdError::Level);
        }
        if width == 0 || width > TILE_WIDTH {
            return Err(TileIdError::Width);
        }
        Ok(Self { level, index, width })
    }

    /// The tile at this place in a tree of `size` leaves, or none if that tree does not reach it.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT))?;
        let start = index.checked_mul(u64::from(TILE_WIDTH))?;
        let left = hashes.checked_sub(start)?.min(u64::from(TILE_WIDTH));
        Self::new(level, index, u16::try_from(left).ok()?).ok()
    }

    /// The level of the tile, counted from the leaves.
    pub const fn level(&self) -> u8 {
        self.level
    }

    /// The place of the tile within its level, counted from the left.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// How many hashes are meant, 1 to 256.
    pub const fn width(&self) -> u16 {
        self.width
    }

    /// Whether the tile is complete and will never change.
    pub const fn is_full(&self) -> bool {
        self.width == TILE_WIDTH
    }

    /// The path below the log's address, such as `tile/0/x001/234.p/5`.
    pub fn path(&self) -> String {
        self.to_string()
    }

    /// The path of the entry bundle that holds the entries of this tile's leaves.
    ///
    /// Meant for tiles of level 0; the level is not part of the path.
    pub fn entries_path(&self) -> String {
        format!("tile/entries/{}{}", SpelledIndex(self.index), SpelledWidth(self.width))
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, index, width } = *self;
        write!(f, "tile/{level}/{}{}", SpelledIndex(index), SpelledWidth(width))
    }
}

struct SpelledIndex(u64);
struct SpelledWidth(u16);

impl fmt::Display for SpelledIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups = vec![self.0 % 1000];
        let mut rest = self.0 / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            let (mark, end) = if place > 0 { ("x", "/") } else { ("", "") };
            write!(f, "{mark}{group:03}{end}")?;
        }
        Ok(())
    }
}

impl fmt::Display for SpelledWidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < TILE_WIDTH { write!(f, ".p/{}", self.0) } else { Ok(()) }
    }
}

impl FromStr for TileId {
    type Err = TileIdError;

    fn from_str(path: &str) -> Result<Self, TileIdError> {
        let (level, place) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(TileIdError::Path)?;
        let (index, width) = match place.split_once(".p/") {
            Some((index, width)) => (index, width.parse().map_err(|_| TileIdError::Path)?),
            None => (place, TILE_WIDTH),
        };
        let digits: String = index.split('/').map(|g| g.strip_prefix('x').unwrap_or(g)).collect();
        let level = level.parse().map_err(|_| TileIdError::Path)?;
        let index = digits.parse().map_err(|_| TileIdError::Path)?;
        let id = Self::new(level, index, width)?;
        // The spelling is unique: whatever does not come back the same was not it.
        if id.path() == path { Ok(id) } else { Err(TileIdError::Path) }
    }
}

/// One tile with its hashes, as many as its name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    pub(crate) id: TileId,
    pub(crate) hashes: Vec<Digest>,
}

impl Tile {
    /// The name of the tile.
    pub const fn id(&self) -> TileId {
        self.id
    }

    /// The hashes, from left to right.
    pub fn hashes(&self) -> &[Digest] {
        &self.hashes
    }

    /// The bytes that are stored and served: the hashes one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes.iter().flat_map(Digest::as_bytes).copied().collect()
    }
}

/// Reads the hashes of a stored tile; none if the bytes are not whole hashes, at most 256 of them.
pub fn parse_tile(bytes: &[u8]) -> Option<Vec<Digest>> {
    let (hashes, rest) = bytes.as_chunks::<{ Digest::LEN }>();
    let fits = rest.is_empty() && hashes.len() <= usize::from(TILE_WIDTH);
    fits.then(|| hashes.iter().copied().map(Digest::from_bytes).collect())
}

/// Where tiles are read from.
pub trait TileSource {
    /// Why a tile could not be read.
    type Error;

    /// The hashes of the tile at this place: at least as many as the name's width, from the left.
    ///
    /// A source may give a later, wider state of the same tile; what is too many is not used.
    fn tile(&self, id: TileId) -> Result<Vec<Digest>, Self::Error>;
}

/// Tiles held in memory, for instance those that were fetched for one proof.
#[derive(Debug, Clone, Default)]
pub struct MemoryTiles {
    tiles: BTreeMap<(u8, u64), Vec<Digest>>,
}

impl MemoryTiles {
    /// Keeps the hashes of one tile; a wider state replaces a narrower one.
    pub fn insert(&mut self, level: u8, index: u64, hashes: Vec<Digest>) {
        let kept = self.tiles.entry((level, index)).or_default();
        if hashes.len() >= kept.len() {
            *kept = hashes;
        }
    }

    /// Keeps every tile of a growth.
    pub fn extend(&mut self, tiles: impl IntoIterator<Item = Tile>) {
        for tile in tiles {
            self.insert(tile.id.level, tile.id.index, tile.hashes);
        }
    }
}

impl TileSource for MemoryTiles {
    type Error = Infallible;

    fn tile(&self, id: TileId) -> Result<Vec<Digest>, Infallible> {
        Ok(self.tiles.get(&(id.level, id.index)).cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn paths_are_those_of_the_format() {
        let path = |level, index, width| TileId::new(level, index, width).unwrap().path();
        assert_eq!(path(0, 0, 256), "tile/0/000");
        assert_eq!(path(0, 999, 1), "tile/0/999.p/1");
        assert_eq!(path(1, 1000, 255), "tile/1/x001/000.p/255");
        assert_eq!(path(2, 1_234_067, 256), "tile/2/x001/x234/067");
        let bundle = TileId::new(0, 1234, 5).unwrap().entries_path();
        assert_eq!(bundle, "tile/entries/x001/234.p/5");
    }

    #[test]
    fn other_spellings_of_a_path_are_refused() {
        let refused = [
            "",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/0000",
            "tile/00/000",
            "tile/0/x000/001",
            "tile/0/x001",
            "tile/0/001/000",
            "tile/0/000.p/",
            "tile/0/000.p/01",
            "tile/0/000.p/+1",
            "tile/+0/000",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/0x1",
            "tile/0/000.p/256",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
        ];
        for path in refused {
            assert_eq!(path.parse::<TileId>(), Err(TileIdError::Path), "{path}");
        }
        assert_eq!("tile/64/000".parse::<TileId>(), Err(TileIdError::Level));
        assert_eq!("tile/0/000.p/0".parse::<TileId>(), Err(TileIdError::Width));
        assert_eq!("tile/0/000.p/257".parse::<TileId>(), Err(TileIdError::Width));
    }

    #[test]
    fn a_tree_reaches_a_tile_only_with_at_least_one_hash() {
        let width = |level, index, size| TileId::in_tree(level, index, size).map(|id| id.width());
        assert_eq!(width(0, 0, 0), None);
        assert_eq!(width(0, 0, 5), Some(5));
        assert_eq!(width(0, 0, 256), Some(256));
        assert_eq!(width(0, 1, 256), None);
        assert_eq!(width(1, 0, 255), None);
        assert_eq!(width(1, 0, 70_000), Some(256));
        assert_eq!(width(1, 1, 70_000), Some(17));
        assert_eq!(width(2, 0, 70_000), Some(1));
        assert_eq!(width(63, 0, u64::MAX), None);
        assert_eq!(width(0, u64::MAX, u64::MAX), None);
    }

    proptest! {
        #[test]
        fn every_path_comes_back(level in 0u8..64, index: u64, width in 1u16..257) {
            let id = TileId::new(level, index, width).unwrap();
            prop_assert_eq!(id.path().parse(), Ok(id));
        }

        #[test]
        fn parsing_a_path_never_panics(text in "(tile/)?[0-9x/.p+é-]{0,24}") {
            if let Ok(id) = text.parse::<TileId>() {
                prop_assert_eq!(id.path(), text);
            }
        }
    }
}
