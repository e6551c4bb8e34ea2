//! Files of calls, and batches that make them one after another in the background.
//!
//! Every line is a call like any other: it passes the door by itself, in the name of whoever made
//! the batch and only while that person or key may still call. Files and batches belong to their
//! owner alone and go after the days that are configured. What a killed process was doing is told:
//! a line is run again only where that changes nothing.

mod change;
mod check;
mod error;
mod files;
mod finish;
mod line;
mod model;
mod run;
mod store;
mod sweep;

pub use self::{
    error::BatchError,
    model::{
        Batch, BatchFile, BatchState, CallPath, FilePurpose, LineFault, Moments, NewBatch, NewFile,
    },
};
pub(crate) use self::{
    files::{Content, UPLOADS_MAX},
    store::{actor_of, via_of},
};
