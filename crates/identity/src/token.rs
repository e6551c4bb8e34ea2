//! Random tokens: how they are made, written, hashed and compared.
//!
//! A token has 256 random bits, so that a plain SHA-256 is enough to store it safely; nothing can
//! be guessed from the hash. Each use has a hash of its own kind.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use kaname_platform::Platform;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// Letters and digits that nobody mixes up: 32, so that each carries five bits.
const CLEAR_LETTERS: [char; 32] = [
    'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v',
    'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9', '0',
];

/// A secret that is shown to its holder once and stored as a hash. Never printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A fresh token of 256 bits.
    pub(crate) fn new(platform: &Platform) -> Self {
        Self(encode(&platform.random::<32>()))
    }

    /// A token that somebody sent.
    pub(crate) fn sent(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The token itself, for its holder alone.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it, for the use `purpose`.
    pub(crate) fn hash(&self, purpose: &str) -> Vec<u8> {
        let mut hasher = Sha256::new();
        hasher.update(b"kaname/identity/");
        hasher.update(purpose.as_bytes());
        hasher.update([0]);
        hasher.update(self.0.as_bytes());
        hasher.finalize().to_vec()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Bytes as text for addresses and headers.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whether two byte strings are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// `length` letters that a person can read out: five bits each.
pub(crate) fn letters<const N: usize>(platform: &Platform) -> String {
    platform
        .random::<N>()
        .iter()
        .filter_map(|byte| CLEAR_LETTERS.get(usize::from(byte & 31)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_token_hashes_apart_for_each_use() {
        let token = Token::sent("abc");
        assert_ne!(token.hash("session"), token.hash("key"));
        assert_eq!(token.hash("session"), Token::sent("abc").hash("session"));
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn the_letters_are_all_different() {
        let mut letters = CLEAR_LETTERS.to_vec();
        letters.sort_unstable();
        letters.dedup();
        assert_eq!(letters.len(), 32);
    }
}
