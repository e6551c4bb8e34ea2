//! The gateway from outside: real databases, a real server that misbehaves, the router.

mod chat;
mod embeddings;
mod endpoints;
mod faults;
mod support;
