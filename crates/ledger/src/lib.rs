//! The ledger (台帳の記録) as people see it: acts, receipts, signed heads, proofs, verification.
//!
//! Appending and sequencing live in `platform`; here the log is published, proven and shown.
//! Invariant: nothing here writes. Whoever may see that an act happened does not thereby see what
//! it said: content is disclosed to its own actor only.

mod error;
mod find_act;
mod http;
mod list_acts;
pub mod model;
mod receipt;
mod store;
mod verify;

pub use self::{
    error::Error,
    find_act::{FoundAct, find_act},
    http::{PUBLIC_ROUTES, ROUTES, public_router, router},
    list_acts::list_acts,
    receipt::receipt,
    verify::verify,
};
