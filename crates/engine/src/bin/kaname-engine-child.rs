//! The child process alone, for the tests of this crate; in production the binary `kaname` takes its place.

use std::process::ExitCode;

fn main() -> ExitCode {
    match kaname_engine::run_child(std::io::stdin(), std::io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
