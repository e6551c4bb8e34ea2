//! A SHA-256 digest, and the two hash functions that build a Merkle tree.
//!
//! A leaf and an inner node start with different bytes, so that no entry can pass for a node.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

const LEAF_PREFIX: [u8; 1] = [0x00];
const NODE_PREFIX: [u8; 1] = [0x01];

/// Thirty-two bytes of SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; Self::LEN]);

/// Text or bytes that are not a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a digest of 32 bytes in its canonical spelling")]
pub struct ParseDigestError;

impl Digest {
    /// The length in bytes.
    pub const LEN: usize = 32;

    /// Takes the bytes as they are.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Takes exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, ParseDigestError> {
        <[u8; Self::LEN]>::try_from(bytes).map(Self).map_err(|_| ParseDigestError)
    }

    /// Standard base64 with padding, 44 characters.
    pub fn to_base64(&self) -> String {
        STANDARD.encode(self.0)
    }

    /// Reads what [`Digest::to_base64`] writes, and no other spelling of it.
    pub fn from_base64(text: &str) -> Result<Self, ParseDigestError> {
        let bytes = STANDARD.decode(text).map_err(|_| ParseDigestError)?;
        Self::from_slice(&bytes)
    }

    /// Lower-case hexadecimal, 64 characters.
    pub fn to_hex(&self) -> String {
        self.to_string()
    }

    /// Reads what [`Digest::to_hex`] writes; capitals are refused.
    pub fn from_hex(text: &str) -> Result<Self, ParseDigestError> {
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        let mut bytes = [0; Self::LEN];
        if !rest.is_empty() || pairs.len() != Self::LEN {
            return Err(ParseDigestError);
        }
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = hex_value(*high)? << 4 | hex_value(*low)?;
        }
        Ok(Self(bytes))
    }
}

fn hex_value(digit: u8) -> Result<u8, ParseDigestError> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        b'a'..=b'f' => Ok(digit - b'a' + 10),
        _ => Err(ParseDigestError),
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// The hash of an entry as a leaf: SHA-256 over 0x00 and the entry.
///
/// # Source
/// RFC 6962 section 2.1, RFC 9162 section 2.1.1.
pub fn leaf_hash(entry: &[u8]) -> Digest {
    sha256(&[&LEAF_PREFIX, entry])
}

/// The hash of an inner node: SHA-256 over 0x01, the left and the right child.
///
/// # Source
/// RFC 6962 section 2.1, RFC 9162 section 2.1.1.
pub fn node_hash(left: &Digest, right: &Digest) -> Digest {
    let mut block = [0; 1 + 2 * Digest::LEN];
    let (prefix, children) = block.split_at_mut(NODE_PREFIX.len());
    let (first, second) = children.split_at_mut(Digest::LEN);
    prefix.copy_from_slice(&NODE_PREFIX);
    first.copy_from_slice(&left.0);
    second.copy_from_slice(&right.0);
    Digest(Sha256::digest(block).into())
}

/// The root of a tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Digest {
    sha256(&[])
}

/// SHA-256 over the parts, one after the other.
pub(crate) fn sha256(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Digest(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_empty_root_is_the_hash_of_nothing() {
        assert_eq!(
            empty_root().to_hex(),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }

    #[test]
    fn both_spellings_come_back() {
        let digest = leaf_hash(b"");
        assert_eq!(Digest::from_hex(&digest.to_hex()), Ok(digest));
        assert_eq!(Digest::from_base64(&digest.to_base64()), Ok(digest));
    }

    #[test]
    fn other_spellings_are_refused() {
        let digest = leaf_hash(b"");
        let hex = digest.to_hex();
        let base64 = digest.to_base64();
        assert_eq!(Digest::from_hex(&hex.to_uppercase()), Err(ParseDigestError));
        assert_eq!(Digest::from_hex(&format!("{hex}00")), Err(ParseDigestError));
        assert_eq!(Digest::from_hex(&format!("{hex}0")), Err(ParseDigestError));
        assert_eq!(Digest::from_base64(base64.trim_end_matches('=')), Err(ParseDigestError));
        assert_eq!(Digest::from_base64(&format!("{base64}\n")), Err(ParseDigestError));
    }

    #[test]
    fn an_entry_that_looks_like_a_node_hashes_differently() {
        let (left, right) = (leaf_hash(b"l"), leaf_hash(b"r"));
        let entry = [left.as_bytes().as_slice(), right.as_bytes()].concat();
        assert_ne!(leaf_hash(&entry), node_hash(&left, &right));
    }
}
