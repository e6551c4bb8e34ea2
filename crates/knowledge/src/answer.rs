//! Answers by quotation: which passages answer a question, or that none does.

pub(crate) mod evidence;
pub(crate) mod quotation;
pub(crate) mod rank;
pub(crate) mod verify;
