//! The load and the upstream for `bench/gateway`: one client for every target, one mock behind all.
//!
//! Knows nothing of Kaname: every target is an address that speaks Chat Completions.

mod calls;
mod mock;
mod patterns;
mod usage;

use std::io::{Read as _, Write as _};

use anyhow::Context as _;
use clap::{Parser, Subcommand};

/// Measures chat gateways against one another on this machine.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answers every chat call at once, as a stream where it is asked for one.
    Mock(mock::Mock),
    /// Runs the plan that stands on standard input and prints what was measured, as JSON.
    Run,
}

fn main() -> anyhow::Result<()> {
    // One thread each: what is measured gets the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match Arguments::parse().command {
        Command::Mock(mock) => runtime.block_on(mock.serve()),
        Command::Run => {
            let mut plan = String::new();
            std::io::stdin().read_to_string(&mut plan)?;
            let plan: patterns::Plan = serde_json::from_str(&plan).context("the plan")?;
            let found = runtime.block_on(plan.run())?;
            let text = serde_json::to_string_pretty(&found)?;
            Ok(std::io::stdout().write_all(text.as_bytes())?)
        }
    }
}
