//! The binary `kaname`: one program that serves, works and is administered.

mod after_set_up;
mod app;
mod assets;
mod backup;
mod cli;
mod commands;
mod config;
mod console;
mod data_dir;
mod door;
mod health;
mod models;
mod openapi;
mod serve;
mod tls;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    // The engine's child parses untrusted model files: it must never open the data folder.
    if matches!(cli.command, cli::Command::EngineChild) {
        return commands::engine_child::run();
    }
    commands::run(cli)
}
