//! Sorts keys on disk: time, CPU time and peak memory, with keys in order, shuffled, and with random names.
//!
//! The argument is a number of millions of keys, by default 5. `taskset -c 0` shows the gain from several CPUs. Peak
//! memory is that of the process, so each order of keys is sorted by a process of its own. `--test` sorts a few keys.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::process::Command;
use std::time::Instant;

use asof::spill::Sorter;

const ORDERS: [&str; 3] = ["ordered", "shuffled", "random"];

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let number = arguments.iter().find_map(|a| a.parse::<u64>().ok());
    if let Some(order) = ORDERS.iter().find(|order| arguments.iter().any(|a| a == *order)) {
        return sort(order, number.unwrap());
    }
    let test = arguments.iter().any(|a| a == "--test");
    let keys = if test { 5000 } else { number.unwrap_or(5) * 1_000_000 };
    for order in ORDERS {
        let sorted = Command::new(std::env::current_exe().unwrap()).args([order, &keys.to_string()]).status();
        assert!(sorted.unwrap().success());
    }
}

fn sort(order: &str, keys: u64) {
    let mut random = fastrand::Rng::with_seed(5);
    let began = Instant::now();
    let mut sorter = Sorter::new().unwrap();
    for number in 0..keys {
        // A prime, so each number occurs once.
        let shuffled = number * 2_654_435_761 % keys;
        let key = match order {
            "ordered" => format!("images/photo-{number:012}.jpg"),
            "shuffled" => format!("images/photo-{shuffled:012}.jpg"),
            _ => format!("tenants/{:03}/uploads/{:032x}.jpg", shuffled % 500, random.u128(..)),
        };
        sorter.push(&key).unwrap();
    }
    let keys_on_disk = sorter.finish().unwrap();
    let (took, began) = (began.elapsed().as_secs_f64(), Instant::now());
    assert_eq!(keys_on_disk.len(), keys);
    let mut cursor = keys_on_disk.nth(0).unwrap();
    while cursor.key().is_some() {
        cursor.advance().unwrap();
    }
    let read = began.elapsed().as_secs_f64();
    let (all, first) = (cpu("/proc/self/stat"), cpu("/proc/thread-self/stat"));
    let peak = peak_kib() / 1024;
    println!(
        "{order:<9} {keys} keys: {took:.2} s, read in {read:.2} s; {all:.2} s of CPU, {first:.2} s of it in the first \
         thread; {peak} MiB at most"
    );
}

/// Returns the CPU time in seconds, user and system; the kernel counts in ticks of 10 ms. The first thread waits while
/// the others work, so on a busy machine its time plus an equal share of theirs is more meaningful than the wall time.
fn cpu(stat: &str) -> f64 {
    let stat = std::fs::read_to_string(stat).unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks = after_name.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    peak.trim().trim_end_matches(" kB").parse().unwrap()
}
