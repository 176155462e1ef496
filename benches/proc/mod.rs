//! The kernel's counts for a process.

use std::time::Duration;

/// Returns a CPU time of a process, user and system, in ticks of 10 ms; `field` is the place of the former in its
/// `stat`.
pub(crate) fn cpu(process: &str, field: usize) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).unwrap().parse::<u64>().unwrap();
    Duration::from_millis((ticks(field) + ticks(field + 1)) * 10)
}

/// Returns the peak resident memory of a process; `None` once it has exited.
pub(crate) fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
