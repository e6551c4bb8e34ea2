//! The HTTP toolkit: problems, extractors that explain themselves, the layers around every route.

mod extract;
mod layers;
mod problem;
mod words;

pub use self::{
    extract::{Body, DEFAULT_LIMIT, Id, MAX_LIMIT, Page, Params, not_found},
    layers::{LayerConfig, around},
    problem::{Fault, Problem, respond},
    words::{list_of, one_of},
};
