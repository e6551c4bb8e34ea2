//! Japanese administrative text: where sentences end, what counts as the same word, how a document
//! falls into chunks, and what day a date in an era means.
//!
//! Pure and total: every function accepts any text and never panics. All offsets are bytes into the
//! text that was passed in and lie on character boundaries. Knows nothing of files, indexes or models.

mod calendar;
mod chunk;
mod fold;
mod normalise;
mod number;
mod sentence;
mod truncate;

pub use calendar::{find_dates, parse_date};
pub use chunk::{Block, BlockKind, Chunk, DEFAULT_MAX_CHARS, chunk};
pub use normalise::{Normalised, normalise};
pub use sentence::sentences;
pub use truncate::{excerpt, truncate_chars};
