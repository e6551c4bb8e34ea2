//! Mutated inputs against everything in this crate that reads what others wrote: no panic, no endless
//! loop, no memory beyond what the input accounts for, and what must stay the same stays the same.
//!
//! `fuzz TARGET SEED SECONDS CORPUS [LAST]`: the same seed, corpus and number of runs give the same
//! inputs. Each is written to the file LAST before it is run, if one is named.
//! An input whose behaviour is new (which events, which error) joins the corpus and is mutated further.
#![expect(clippy::panic, reason = "a fault that is found must stop the run")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is a program for a terminal")]

mod mutate;
mod targets;

use std::{
    collections::HashSet,
    env, fs,
    io::Write as _,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use mutate::Mutator;
use targets::Target;

/// Most inputs that are kept.
const KEPT_MAX: usize = 4_096;
/// Longest input.
const INPUT_BYTES_MAX: usize = 16 << 10;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [name, seed, seconds, corpus, last @ ..] = arguments.as_slice() else {
        eprintln!("usage: fuzz TARGET SEED SECONDS CORPUS [LAST]; targets: {}", Target::names());
        return ExitCode::from(2);
    };
    let (Some(target), Ok(seed), Ok(seconds)) =
        (Target::named(name), seed.parse::<u64>(), seconds.parse::<u64>())
    else {
        eprintln!("unknown target, or a number that is none; targets: {}", Target::names());
        return ExitCode::from(2);
    };
    let seeds = match seeds(Path::new(corpus)) {
        Ok(seeds) => seeds,
        Err(error) => {
            eprintln!("{corpus}: {error}");
            return ExitCode::from(2);
        }
    };
    run(target, (seed, Duration::from_secs(seconds)), seeds, last.first());
    ExitCode::SUCCESS
}

/// Every file of the corpus, in the order of their names.
fn seeds(folder: &Path) -> std::io::Result<Vec<Vec<u8>>> {
    let mut paths: Vec<_> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    paths.iter().map(fs::read).collect()
}

fn run(
    target: Target,
    (seed, limit): (u64, Duration),
    mut inputs: Vec<Vec<u8>>,
    last: Option<&String>,
) {
    let began = Instant::now();
    let mut known: HashSet<u64> = inputs.iter().map(|input| target.run(input)).collect();
    let mut mutator = Mutator::new(seed);
    let (mut runs, mut bytes) = (0_u64, 0_u64);
    while began.elapsed() < limit {
        // The clock is asked seldom: it must not decide what is tried.
        for _ in 0..256 {
            let input = mutator.mutated(&inputs, INPUT_BYTES_MAX, target.is_framed());
            if let Some(last) = last {
                note(last, &input);
            }
            if known.insert(target.run(&input)) && inputs.len() < KEPT_MAX {
                inputs.push(input.clone());
            }
            runs += 1;
            bytes += u64::try_from(input.len()).unwrap_or_default();
        }
    }
    let took = began.elapsed();
    let each = u128::from(runs) * 1_000 / took.as_millis().max(1);
    println!(
        "{} seed={seed} runs={runs} per_second={each} bytes={bytes} kept={} behaviours={}",
        target.name(),
        inputs.len(),
        known.len()
    );
}

/// Leaves the input where it can be found after a crash or a kill.
fn note(path: &str, input: &[u8]) {
    let written = fs::File::create(path).and_then(|mut file| file.write_all(input));
    if let Err(error) = written {
        panic!("{path} cannot be written: {error}");
    }
}
