//! Answers by quotation: which passages answer a question, or that none does.

pub(crate) mod evidence;
mod kind;
pub(crate) mod quotation;
pub(crate) mod rank;
pub(crate) mod verify;
