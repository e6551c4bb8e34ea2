//! The binary `kaname`.

mod config;
mod data_dir;

fn main() {}
