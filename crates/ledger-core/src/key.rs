//! The keys that sign checkpoints: Ed25519 with a name, and their text form, the vkey.
//!
//! Makes no randomness: a signing key comes from a seed that the caller drew.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;

use crate::digest::sha256;

/// The byte that marks an Ed25519 key in a vkey and in a key hash.
const ED25519: u8 = 0x01;

/// Why a key was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The name is empty, or has white space or a plus sign.
    #[error("a key's name is not empty and has no white space or plus sign")]
    Name,
    /// The text is not `name+hash+key`.
    #[error("a vkey is a name, eight hexadecimal digits and a base64 key, joined by plus signs")]
    Form,
    /// The key is of another kind than Ed25519.
    #[error("only Ed25519 keys are supported")]
    Algorithm,
    /// The bytes are no point of the curve, or one of small order.
    #[error("not a usable Ed25519 public key")]
    Point,
    /// The hash within the vkey belongs to another name or key.
    #[error("the vkey's hash does not belong to its name and key")]
    Hash,
}

impl KeyError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Name => "key-name",
            Self::Form => "key-form",
            Self::Algorithm => "key-algorithm",
            Self::Point => "key-point",
            Self::Hash => "key-hash",
        }
    }
}

/// Whether a name may stand in a signature line.
pub(crate) fn is_key_name(name: &str) -> bool {
    let forbidden = |c: char| c == '+' || c.is_whitespace();
    !name.is_empty() && !name.contains(forbidden)
}

/// The four bytes by which a signature line names its key.
fn key_hash(name: &str, public: &[u8; 32]) -> [u8; 4] {
    let digest = sha256(&[name.as_bytes(), b"\n", &[ED25519], public]);
    let [a, b, c, d, ..] = *digest.as_bytes();
    [a, b, c, d]
}

/// A key that signs in the name of a log.
pub struct SigningKey {
    name: String,
    key: ed25519_dalek::SigningKey,
}

impl SigningKey {
    /// Makes the key of this name from 32 secret, unpredictable bytes.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        Ok(Self { name: name.to_owned(), key: ed25519_dalek::SigningKey::from_bytes(seed) })
    }

    /// The name in every signature line; for a log, its origin.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        let key = self.key.verifying_key();
        let hash = key_hash(&self.name, key.as_bytes());
        VerifyingKey { name: self.name.clone(), hash, key }
    }

    /// Signs the bytes.
    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A key that checks signatures made in the name of a log.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    hash: [u8; 4],
    key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    /// The name in every signature line.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The four bytes by which a signature line names this key.
    pub const fn hash(&self) -> [u8; 4] {
        self.hash
    }

    /// The 32 bytes of the public key.
    pub fn public_bytes(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The text form: `name+hash+base64(0x01 || key)`.
    ///
    /// # Source
    /// C2SP signed-note, verifier keys.
    pub fn to_vkey(&self) -> String {
        let hash = u32::from_be_bytes(self.hash);
        let key = STANDARD.encode([&[ED25519], self.key.as_bytes().as_slice()].concat());
        format!("{}+{hash:08x}+{key}", self.name)
    }

    /// Reads the text form; its hash must belong to its name and key.
    pub fn from_vkey(vkey: &str) -> Result<Self, KeyError> {
        let (name, rest) = vkey.split_once('+').ok_or(KeyError::Form)?;
        let (hash_hex, key_base64) = rest.split_once('+').ok_or(KeyError::Form)?;
        if !is_key_name(name) {
            return Err(KeyError::Name);
        }
        let bytes = STANDARD.decode(key_base64).map_err(|_| KeyError::Form)?;
        let Some((&ED25519, public)) = bytes.split_first() else {
            return Err(if bytes.is_empty() { KeyError::Form } else { KeyError::Algorithm });
        };
        let public = <[u8; 32]>::try_from(public).map_err(|_| KeyError::Form)?;
        let hash = key_hash(name, &public);
        if hash_hex.len() != 8 || !hash_hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(KeyError::Form);
        }
        if hash_hex != format!("{:08x}", u32::from_be_bytes(hash)) {
            return Err(KeyError::Hash);
        }
        let key = ed25519_dalek::VerifyingKey::from_bytes(&public).map_err(|_| KeyError::Point)?;
        if key.is_weak() {
            return Err(KeyError::Point);
        }
        Ok(Self { name: name.to_owned(), hash, key })
    }

    /// Whether this key signed the bytes; weak keys and odd encodings never count.
    pub(crate) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(signature);
        signature.is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.to_vkey())
    }
}
