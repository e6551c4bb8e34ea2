//! Signed notes: a text, an empty line, and one line for each signature.
//!
//! Signatures by keys that the reader does not know are ignored; every signature that claims to be
//! by a known key must verify, and at least one must be there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::key::{SigningKey, VerifyingKey, is_key_name};

/// The largest note that is read at all.
pub const MAX_NOTE_BYTES: usize = 1 << 20;
/// The most signature lines that a note may have.
pub const MAX_SIGNATURES: usize = 100;
const SIGNATURE_START: &str = "— ";
const SEPARATOR: &str = "\n\n";

/// Why a note was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// More than [`MAX_NOTE_BYTES`].
    #[error("the note is too large")]
    TooLarge,
    /// Not UTF-8.
    #[error("the note is not UTF-8")]
    NotUtf8,
    /// A character below U+0020 other than the line feed.
    #[error("the note has a control character")]
    ControlCharacter,
    /// There is no empty line between the text and the signatures, or no text before it.
    #[error("the note has no empty line after its text")]
    NoSeparator,
    /// A signature line is not a dash, a name and base64, each line ended by a line feed.
    #[error("signature line {line} is malformed")]
    SignatureLine {
        /// Counted from one.
        line: usize,
    },
    /// More than [`MAX_SIGNATURES`].
    #[error("the note has too many signatures")]
    TooManySignatures,
    /// A signature that names a known key does not verify.
    #[error("the signature of {key_name} does not verify")]
    BadSignature {
        /// The name of the key.
        key_name: String,
    },
    /// No known key signed.
    #[error("no known key has signed the note")]
    Unsigned,
}

impl NoteError {
    /// The stable name of the failed check, the same in every verifier.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "note-too-large",
            Self::NotUtf8 => "note-not-utf8",
            Self::ControlCharacter => "note-control-character",
            Self::NoSeparator => "note-no-separator",
            Self::SignatureLine { .. } => "note-signature-line",
            Self::TooManySignatures => "note-too-many-signatures",
            Self::BadSignature { .. } => "bad-signature",
            Self::Unsigned => "unsigned",
        }
    }
}

/// One signature line, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    key_hash: [u8; 4],
    signature: Vec<u8>,
}

impl NoteSignature {
    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn claims(&self, key: &VerifyingKey) -> bool {
        self.name == key.name() && self.key_hash == key.hash()
    }
}

/// A note whose form is right and whose signatures nobody has checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

impl Note {
    /// Reads a note strictly.
    ///
    /// # Source
    /// C2SP signed-note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > MAX_NOTE_BYTES {
            return Err(NoteError::TooLarge);
        }
        let note = str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        if note.chars().any(|c| c < ' ' && c != '\n') {
            return Err(NoteError::ControlCharacter);
        }
        let (text, lines) = note.rsplit_once(SEPARATOR).ok_or(NoteError::NoSeparator)?;
        if text.is_empty() {
            return Err(NoteError::NoSeparator);
        }
        Ok(Self { text: format!("{text}\n"), signatures: parse_signatures(lines)? })
    }

    /// Checks the signatures against the known keys and hands out the text.
    pub fn verify(&self, known: &[&VerifyingKey]) -> Result<&str, NoteError> {
        let mut signed = false;
        for signature in &self.signatures {
            for key in known.iter().filter(|key| signature.claims(key)) {
                if !key.has_signed(self.text.as_bytes(), &signature.signature) {
                    return Err(NoteError::BadSignature { key_name: signature.name.clone() });
                }
                signed = true;
            }
        }
        if signed { Ok(&self.text) } else { Err(NoteError::Unsigned) }
    }

    /// The signature lines, in their order.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

fn parse_signatures(lines: &str) -> Result<Vec<NoteSignature>, NoteError> {
    let Some(lines) = lines.strip_suffix('\n') else {
        return Err(NoteError::SignatureLine { line: lines.split('\n').count() });
    };
    if lines.split('\n').count() > MAX_SIGNATURES {
        return Err(NoteError::TooManySignatures);
    }
    let parsed = lines
        .split('\n')
        .zip(1..)
        .map(|(text, line)| parse_signature(text).ok_or(NoteError::SignatureLine { line }));
    parsed.collect()
}

fn parse_signature(line: &str) -> Option<NoteSignature> {
    let (name, encoded) = line.strip_prefix(SIGNATURE_START)?.split_once(' ')?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (key_hash, signature) = bytes.split_first_chunk::<4>()?;
    let well_formed = is_key_name(name) && !signature.is_empty();
    well_formed.then(|| NoteSignature {
        name: name.to_owned(),
        key_hash: *key_hash,
        signature: signature.to_vec(),
    })
}

/// Signs a text with every key, in their order.
///
/// The text ends with a line feed, is not that alone, and has no control character besides.
pub fn sign_note(text: &str, keys: &[&SigningKey]) -> Result<String, NoteError> {
    let mut note = format!("{text}\n");
    for key in keys {
        let hash = key.verifying_key().hash();
        let signature = key.sign(text.as_bytes());
        let encoded = STANDARD.encode([hash.as_slice(), &signature].concat());
        note.extend([SIGNATURE_START, key.name(), " ", &encoded, "\n"]);
    }
    let read_back = Note::parse(note.as_bytes())?;
    if read_back.text == text { Ok(note) } else { Err(NoteError::NoSeparator) }
}
