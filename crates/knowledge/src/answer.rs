//! Answers by quotation: which passages answer a question, or that none does.

pub mod evidence;
pub mod quotation;
pub mod rank;
pub mod verify;
