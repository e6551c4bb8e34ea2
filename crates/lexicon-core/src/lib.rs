//! Japanese words for search: from text to the terms that an index keeps and a question asks for.
//!
//! One path serves documents and questions, so that both meet on the same spelling: [`fold`] evens out
//! characters, the dictionary cuts words, `term` turns words into terms with offsets into the original text.
//! Knows nothing of documents, scores or storage. No input panics; offsets always lie on character borders.

pub mod fold;
mod lexicon;
mod number;
mod question;
mod spelling;
pub mod tantivy;
mod term;
mod thesaurus;
mod word;

#[cfg(test)]
mod models;

pub use lexicon::{Lexicon, LexiconError};
pub use question::{Asks, Question};
pub use term::{Mode, Term, TermKind};
pub use thesaurus::Instead;
pub use word::PartOfSpeech;
