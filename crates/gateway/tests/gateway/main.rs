//! The gateway from outside: real databases, a real server that misbehaves, the router.
#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up must stop")]

mod batches;
mod budgets;
mod cache;
mod call_hours;
mod chat;
mod continuity;
mod drill_checks;
mod embeddings;
mod endpoints;
mod fault_matrix;
mod faults;
mod health;
mod hedging;
mod misuse;
mod rerank;
mod routes;
mod sessions;
mod support;
mod telemetry;
mod traffic;
mod workspace_route;
