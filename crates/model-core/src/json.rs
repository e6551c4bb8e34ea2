//! JSON that reads the same for every reader: a strict scanner, a tree that keeps spellings, splices.
//!
//! What two readers could take for two things is refused: a key twice in one object, text that is
//! not UTF-8, half of a surrogate pair, anything after the value. Numbers keep their spelling and
//! objects their order, so that what is only carried along is never altered.

mod body;
mod error;
mod reader;
mod splice;
mod tree;
mod write;

pub use body::{Body, Member};
pub use error::{JsonError, JsonFault};
pub use reader::Limits;
pub use splice::{Splice, SpliceError};
pub use tree::{Json, Members, Number};
