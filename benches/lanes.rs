//! Restoring from several places of the key order at once: the real binary as a process, against a bucket of the lab whose
//! partitions accept 300 writes per second each and throttle the rest.
//!
//! Prints writes per second from the first to the last, without those that idle partitions accept at once, and their share
//! of what all partitions together accept. Arguments choose sections: `copies`, `deletes`, `uneven`; none means all.
//! `--test` runs each with a small bucket.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod process;
mod sections;

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use asof::lab::{Fault, Lab, Operation, Options, Partitions, Put, Rule, When};
use process::Cost;
use sections::Sections;

const AT: &str = "2026-01-01T00:00:00Z";
const BUCKET: &str = "prod-uploads";
const LATENCY: Duration = Duration::from_millis(30);
const LIMIT: u32 = 300;
const WRITES: [Operation; 2] = [Operation::CopyObject, Operation::DeleteObjects];

/// One restore.
#[derive(Clone, Copy)]
struct Case {
    partitions: usize,
    lanes: usize,
    /// The number of seconds needed if every partition accepts writes all the time.
    seconds: usize,
    since: Since,
    bounds: Bounds,
}

/// The event that a restore reverses.
#[derive(Clone, Copy, PartialEq)]
enum Since {
    Overwritten,
    Created,
}

/// The keys at which partitions begin.
#[derive(Clone, Copy)]
enum Bounds {
    Even,
    /// The first partition has twice as many keys as each other.
    Uneven,
}

fn main() {
    let sections = Sections::read();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let play = |partitions, lanes, since, bounds| {
        let seconds = if sections.small {
            2
        } else if lanes == 1 {
            80 / partitions
        } else {
            30
        };
        show(&runtime, Case { partitions, lanes, seconds, since, bounds });
    };
    if sections.chosen("copies") {
        println!(
            "\noverwritten keys with --no-head, {LIMIT} writes per second and partition, {LATENCY:?} each"
        );
        for (partitions, lanes) in [(4, 1), (4, 4), (4, 16), (8, 1), (8, 8), (8, 16), (6, 16)] {
            play(partitions, lanes, Since::Overwritten, Bounds::Even);
        }
    }
    if sections.chosen("deletes") {
        println!("\nthe same with created keys, deleted by the thousand");
        for (partitions, lanes) in [(4, 1), (4, 16), (8, 16)] {
            play(partitions, lanes, Since::Created, Bounds::Even);
        }
    }
    if sections.chosen("uneven") {
        println!("\noverwritten keys, the first partition with twice as many as each other");
        play(4, 16, Since::Overwritten, Bounds::Uneven);
    }
}

/// A lab with the keys of a case.
fn lab(runtime: &tokio::runtime::Runtime, case: Case) -> (Lab, usize) {
    let lab = runtime.block_on(Lab::start(Options::default())).unwrap();
    let time = |text| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
    assert!(lab.create_bucket(BUCKET));
    let keys = case.seconds * case.partitions * LIMIT as usize;
    let put =
        |body: &'static str| (0..keys).for_each(|n| drop(lab.put(BUCKET, &key(n), Put::of(body)).unwrap()));
    lab.clock().set(time("2025-12-01T00:00:00Z"));
    if case.since == Since::Overwritten {
        put("good");
    }
    // So that the past state is not empty.
    lab.put(BUCKET, "kept", Put::of("good")).unwrap();
    lab.clock().set(time("2026-01-02T00:00:00Z"));
    // Of another size, so that the listing alone tells that it is another object.
    put("bad");
    let first = |partition: usize| match case.bounds {
        Bounds::Even => keys * partition / case.partitions,
        Bounds::Uneven => keys * (partition + 1) / (case.partitions + 1),
    };
    let bounds = (1..case.partitions).map(|partition| key(first(partition))).collect();
    assert!(lab.partition(BUCKET, Partitions { bounds, writes_per_second: LIMIT }));
    for operation in WRITES {
        lab.faults().push(Rule::on(operation, Fault::Delay(LATENCY), When::Always));
    }
    (lab, keys)
}

fn key(n: usize) -> String {
    format!("k/{n:07}")
}

fn show(runtime: &tokio::runtime::Runtime, case: Case) {
    let (lab, keys) = lab(runtime, case);
    let writes = Arc::new(Mutex::new(Vec::new()));
    for operation in WRITES {
        let writes = Arc::clone(&writes);
        lab.faults().before(operation, When::Always, move || writes.lock().unwrap().push(Instant::now()));
    }
    let cost = restore(&lab, case);
    let done = cost.summary["copied"].as_u64().unwrap() + cost.summary["deleted"].as_u64().unwrap();
    assert_eq!(done, keys as u64, "{}", cost.summary);
    let writes = writes.lock().unwrap();
    let took = *writes.last().unwrap() - *writes.first().unwrap();
    let limit = f64::from(LIMIT) * case.partitions as f64;
    let rate = (keys as f64 - limit) / took.as_secs_f64();
    println!(
        "  {} partitions, {:2} lanes: {rate:5.0} keys/s, {:.2} of the limit; {} requests, {} keys throttled; {:.0} s in all, {:.0} us of CPU a key, {:.1} MiB at most",
        case.partitions,
        case.lanes,
        rate / limit,
        writes.len(),
        lab.throttled(BUCKET),
        cost.elapsed.as_secs_f64(),
        cost.cpu.as_secs_f64() * 1e6 / keys as f64,
        cost.peak_kib as f64 / 1024.0
    );
}

fn restore(lab: &Lab, case: Case) -> Cost {
    let (bucket, state) = (format!("s3://{BUCKET}"), tempfile::tempdir().unwrap());
    let (lanes, state) = (case.lanes.to_string(), state.path().to_string_lossy().into_owned());
    let words =
        ["restore", &bucket, "--at", AT, "--yes", "--allow-mass-delete", "--no-head", "--rate", "100000/s"];
    let words = [&words[..], &["--lanes", &lanes, "--state-dir", &state]].concat();
    let credentials = lab.credentials();
    process::asof(&words, (&lab.url(), &credentials.access_key, &credentials.secret_key))
}
