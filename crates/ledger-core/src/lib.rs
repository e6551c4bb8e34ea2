//! The act log as a Merkle tree: entries, tiles, proofs, signed checkpoints and receipts.
//!
//! Pure and synchronous: bytes and hashes in, bytes and hashes out. Storage is a [`TileSource`] that
//! the caller brings; the seed of a key and the salt of a commitment come from the caller too.
//! Forms follow RFC 9162 (hashing, proofs) and C2SP tlog-tiles, tlog-checkpoint and signed-note.
//! The exact bytes are written down in `docs/ledger/format.md`.

mod checkpoint;
mod digest;
mod entry;
pub mod json;
mod key;
mod note;
mod proof;
mod receipt;
mod tile;
mod tree;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use digest::{Digest, ParseDigestError, empty_root, leaf_hash, node_hash};
pub use entry::{ENTRY_SCHEMA, Entry, EntryError, MAX_ENTRY_BYTES, commitment};
pub use key::{KeyError, SigningKey, VerifyingKey};
pub use note::{MAX_NOTE_BYTES, MAX_SIGNATURES, Note, NoteError, NoteSignature, sign_note};
pub use proof::{
    ProofError, TreeHead, consistency_proof, encode_proof, inclusion_proof, parse_proof,
    tiles_for_consistency, tiles_for_inclusion, verify_consistency, verify_inclusion,
};
pub use receipt::{Disclosure, RECEIPT_SCHEMA, Receipt, ReceiptError, VerifiedReceipt};
pub use tile::{
    MemoryTiles, TILE_HEIGHT, TILE_WIDTH, Tile, TileId, TileIdError, TileSource, parse_tile,
};
pub use tree::{Frontier, Growth, MAX_TREE_SIZE, TreeError, grow, root_at, tiles_for_root};
