//! Knowledge: collections of documents, import, search, and answers that quote their source.
//!
//! Invariants: what a reader may not see is left out before anything is scored, and checked again
//! before anything is shown; the index may lag behind the records and never leads them, and can be
//! made again from them at any time; models are reached through `gateway` alone; an answer is
//! given out after its act is on disk. When the documents do not answer, that is what is said.

mod answer;
mod ask;
mod collections;
mod config;
mod digest;
mod documents;
mod error;
mod http;
mod import;
mod import_job;
mod index;
mod jobs;
mod knowledge;
mod model;
mod retrieve;
mod search;
mod store;
mod write;

pub use self::{
    ask::{Ask, AskEvent},
    collections::{CollectionChange, NewCollection},
    config::Config,
    digest::TextBlock,
    documents::{DocumentChange, DocumentText},
    error::Error,
    http::{ROUTES, router},
    import::{ImportOptions, Imported, NewFile},
    import_job::{ImportJob, KIND as IMPORT_JOB},
    knowledge::Knowledge,
    model::{Answer, AnswerMode, Citation, Collection, Document, DocumentState, FileFault, Hit},
    search::HITS_MAX,
};
