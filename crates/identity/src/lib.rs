//! Who is who: accounts, sessions, API keys, institutions, departments, teams and roles.
//!
//! Invariants: a [`kaname_kernel::Principal`] is made here alone; every row belongs to one
//! institution and every look-up names it; no password, token or key is stored in the clear or
//! written to a log; whoever is not signed in cannot tell whether an account exists.
//!
//! What this does not stop: whoever holds the unlocked computer of a signed-in person, or can
//! write the database.

mod access;
mod config;
mod error;
mod field;
mod hasher;
mod identity;
mod model;
mod password;
mod same_site;
mod signed_in;
mod store;
mod token;

pub mod create_key;
pub mod import_users;

pub use self::{
    access::{Access, Route, require_person, require_role, require_scope},
    config::Config,
    error::{Error, RefusalError},
    field::{FieldError, KEY_LENGTH_MAX, NAME_LENGTH_MAX},
    identity::Identity,
    model::{Department, Institution, Key, Listed, Session, Team, User},
    password::{Password, PasswordError},
    signed_in::{COOKIE, CSRF_HEADER, SignedIn},
    token::Token,
};
