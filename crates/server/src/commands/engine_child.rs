//! `kaname engine-child`: a model in a process of its own, started by the server.

use std::process::ExitCode;

/// Serves one model over standard input and output until the parent goes away.
pub(crate) fn run() -> ExitCode {
    match kaname_engine::run_child(std::io::stdin(), std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
