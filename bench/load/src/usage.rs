//! What processes have used so far, from the kernel's own accounting.

use std::{fs, time::Duration};

/// Processor time of `pids` and all their descendants, over all threads that still live.
pub(crate) fn cpu(pids: &[u32]) -> Duration {
    family(pids).into_iter().map(of_process).sum()
}

/// Resident memory of `pids` and all their descendants, in KiB.
pub(crate) fn resident_kib(pids: &[u32]) -> u64 {
    let of = |pid: u32| {
        let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    family(pids).into_iter().filter_map(of).sum()
}

fn of_process(pid: u32) -> Duration {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else { return Duration::ZERO };
    let of = |thread: fs::DirEntry| {
        // Nanoseconds on a processor; `stat` would count in hundredths of a second.
        let text = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    };
    Duration::from_nanos(threads.flatten().filter_map(of).sum())
}

fn family(pids: &[u32]) -> Vec<u32> {
    let mut all = pids.to_vec();
    let mut place = 0;
    while let Some(pid) = all.get(place).copied() {
        let children = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for thread in children {
            let text = fs::read_to_string(thread.path().join("children")).unwrap_or_default();
            all.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        place += 1;
    }
    all
}
