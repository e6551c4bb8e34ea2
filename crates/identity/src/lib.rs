//! Who is who: accounts, sessions, API keys, institutions, departments, teams and roles.
//!
//! Invariants: a [`kaname_kernel::Principal`] is made here alone; every row belongs to one
//! institution and every look-up names it; no password, token or key is stored in the clear or
//! written to a log; whoever is not signed in cannot tell whether an account exists.
//! What this does not stop: whoever holds the unlocked computer of a signed-in person, or can
//! write the database. Every verb checks who asks; handlers only translate.

mod access;
mod attempt;
mod change_departments;
mod change_password;
mod change_user;
mod config;
mod console;
mod create_key;
mod create_user;
mod error;
mod field;
mod found_institution;
mod hasher;
mod http;
mod identity;
mod import_users;
mod institutions;
mod list_departments;
mod list_keys;
mod list_users;
mod model;
mod open_session;
mod password;
mod principal_of;
mod reset_password;
mod revoke_key;
mod same_site;
mod set_up;
mod sign_in;
mod sign_out;
mod signed_in;
mod store;
mod token;

pub use self::{
    access::{Access, Route, require_person, require_role, require_scope},
    change_departments::{
        Naming, change_department, change_team, create_department, create_team, delete_department,
        delete_team,
    },
    change_password::change_password,
    change_user::{UserChange, change_user},
    config::Config,
    console::console_principal,
    create_key::{DAYS_MAX, NewKey, create_key},
    create_user::{CreatedUser, NewUser, create_user},
    error::{Error, RefusalError},
    field::{FieldError, KEY_LENGTH_MAX, NAME_LENGTH_MAX},
    found_institution::{DEFAULT_KEY, NewInstitution, found_institution},
    http::{ROUTES, router},
    identity::Identity,
    import_users::{Imported, LineFault, ROWS_MAX, import_users},
    institutions::{Status, find_institution, status},
    list_departments::{has_department, list_departments, list_teams},
    list_keys::list_keys,
    list_users::{find_user, find_user_by_name, list_users},
    model::{Department, Institution, Key, Listed, Session, Team, User},
    password::{Password, PasswordError},
    principal_of::principal_of,
    reset_password::reset_password,
    revoke_key::revoke_key,
    set_up::{SetUp, set_up, start_set_up},
    sign_in::{Opened, SignIn, sign_in},
    sign_out::{sign_out, sign_out_everywhere},
    signed_in::{COOKIE, CSRF_HEADER, ConsoleCaller, SignedIn},
    token::Token,
};
