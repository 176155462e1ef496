//! Applying a plan set with several workers: the real binary as processes, against the lab in this process.
//!
//! `workers` applies one shard with each of 1, 2, 4 and 8 workers at once, on a server that replies after 100 ms, so that
//! neither the workers nor the lab need the whole of two cores. Prints keys per second from the first copy to the last,
//! compared with as many times the rate of one worker, and the load of all processes. `memory` applies one shard of two
//! sizes; both print the peak memory of a worker and the size of its state. `state` applies a shard with the state in a
//! bucket, and prints its requests. Arguments select sections; none means all.
//! `--test` runs each with few keys.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod process;
mod sections;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use asof::lab::{Fault, Lab, Operation, Options, Put, Rule, When};
use process::Cost;
use sections::Sections;

const AT: &str = "2026-01-01T00:00:00Z";
const BUCKET: &str = "prod-uploads";
const STATE: &str = "prod-asof";
const LATENCY: Duration = Duration::from_millis(100);
/// Requests in flight of a worker that is compared with others: 160 keys per second.
const FEW: usize = 16;
/// The same of a worker whose memory is measured.
const MANY: usize = 128;
const WORKERS: [usize; 4] = [1, 2, 4, 8];

fn main() {
    let sections = Sections::read();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    if sections.chosen("workers") {
        let keys = if sections.small { 100 } else { 4800 };
        println!(
            "\ncargo bench --bench shards -- workers\n{keys} overwritten keys per shard with --no-head, {FEW} requests in flight per worker, {LATENCY:?} each"
        );
        let mut one = None;
        for workers in WORKERS {
            let lab = lab(&runtime, keys * workers);
            for operation in [Operation::CopyObject, Operation::DeleteObjects] {
                lab.faults().push(Rule::on(operation, Fault::Delay(LATENCY), When::Always));
            }
            let set = Set::of(lab, keys * workers, workers);
            let (rate, _) = set.show(FEW);
            println!("    {:.2} of linear", rate / workers as f64 / *one.get_or_insert(rate));
        }
    }
    if sections.chosen("memory") {
        println!("\ncargo bench --bench shards -- memory\none shard, {MANY} requests in flight");
        for keys in if sections.small { [100, 200] } else { [50_000, 500_000] } {
            let (_, costs) = Set::of(lab(&runtime, keys), keys, 1).show(MANY);
            let [Cost { cpu, elapsed, .. }] = &costs[..] else { unreachable!() };
            let (cpu, elapsed) = (cpu.as_secs_f64() * 1e6 / keys as f64, elapsed.as_secs_f64());
            println!("    {cpu:.0} us of CPU per key, {elapsed:.1} s");
        }
    }
    if sections.chosen("state") {
        let keys = if sections.small { 2000 } else { 100_000 };
        println!(
            "\ncargo bench --bench shards -- state\none shard, {MANY} requests in flight, state in a bucket"
        );
        let set = Set::of(lab(&runtime, keys), keys, 1);
        assert!(set.lab.create_bucket(STATE));
        let (requests, url) = (set.lab.requests(), format!("s3://{STATE}/asof"));
        requests.reset();
        let cost = set.work(Worker { shard: 0, concurrency: MANY, state: &url });
        let [puts, lists] = [Operation::PutObject, Operation::ListObjectVersions].map(|of| requests.of(of));
        let per_million = puts as f64 * 1e6 / keys as f64;
        let peak = cost.peak_kib as f64 / 1024.0;
        println!(
            "  {keys} keys: {puts} PUTs of state, {per_million:.0} per million; {lists} LISTs; {peak:.1} MiB at most"
        );
    }
}

/// A worker of a set.
#[derive(Clone, Copy)]
struct Worker<'a> {
    shard: usize,
    concurrency: usize,
    state: &'a str,
}

/// A lab with this many keys that were overwritten after T.
fn lab(runtime: &tokio::runtime::Runtime, keys: usize) -> Lab {
    let lab = runtime.block_on(Lab::start(Options::default())).unwrap();
    let time = |text| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
    assert!(lab.create_bucket(BUCKET));
    // Of another size, so that the listing alone tells that it is another object.
    for (second, body) in [("2025-12-01T00:00:00Z", "good"), ("2026-01-02T00:00:00Z", "bad")] {
        lab.clock().set(time(second));
        (0..keys).for_each(|n| drop(lab.put(BUCKET, &format!("k/{n:07}"), Put::of(body)).unwrap()));
    }
    lab
}

/// A plan set, and the state of its runs.
struct Set {
    lab: Lab,
    dir: tempfile::TempDir,
    keys: usize,
    workers: usize,
}

impl Set {
    /// Cuts the restore of a lab with `keys` changes into as many shards as there are workers.
    fn of(lab: Lab, keys: usize, workers: usize) -> Self {
        let set = Self { lab, dir: tempfile::tempdir().unwrap(), keys, workers };
        let (bucket, shards) = (format!("s3://{BUCKET}"), workers.to_string());
        set.asof(&["diff", &bucket, "--at", AT, "--out", &set.path("set"), "--shards", &shards]);
        set
    }

    fn path(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    fn asof(&self, words: &[&str]) -> Cost {
        let credentials = self.lab.credentials();
        process::asof(words, (&self.lab.url(), &credentials.access_key, &credentials.secret_key))
    }

    fn work(&self, Worker { shard, concurrency, state }: Worker<'_>) -> Cost {
        let (set, shard) = (self.path("set"), shard.to_string());
        let words = ["work", &set, "--shard", &shard, "--yes", "--no-head", "--state-dir", state];
        let concurrency = concurrency.to_string();
        self.asof(&[&words[..], &["--rate", "100000/s", "--concurrency", &concurrency]].concat())
    }

    /// Applies all shards at once, and returns the keys per second and the cost of each worker.
    fn show(&self, concurrency: usize) -> (f64, Vec<Cost>) {
        let copies = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&copies);
        let note = move || told.lock().unwrap().push(Instant::now());
        self.lab.faults().before(Operation::CopyObject, When::Always, note);
        let (began, before) = (Instant::now(), cpu());
        let state = &*self.path("state");
        let costs: Vec<_> = std::thread::scope(|scope| {
            let work = |shard| scope.spawn(move || self.work(Worker { shard, concurrency, state }));
            let workers: Vec<_> = (0..self.workers).map(work).collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        let load = cpu().saturating_sub(before).as_secs_f64() / began.elapsed().as_secs_f64();
        let done: u64 = costs.iter().map(|cost| cost.summary["copied"].as_u64().unwrap()).sum();
        assert_eq!(done, self.keys as u64);
        let copies = copies.lock().unwrap();
        let rate = copies.len() as f64 / (*copies.last().unwrap() - *copies.first().unwrap()).as_secs_f64();
        let peak = costs.iter().map(|cost| cost.peak_kib).max().unwrap() as f64 / 1024.0;
        let state = size(Path::new(state)) as f64 / done as f64;
        println!(
            "  {} workers, {} keys: {rate:5.0} keys/s, {load:.2} cores busy, {peak:.1} MiB at most per worker, {state:.0} bytes of state per key",
            self.workers, self.keys
        );
        (rate, costs)
    }
}

/// The CPU time of the workers and of the lab.
fn cpu() -> Duration {
    const OWN: usize = 11;
    process::cpu(process::CHILDREN) + process::cpu(OWN)
}

/// The bytes of all files below a directory.
fn size(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).unwrap().map(Result::unwrap);
    let size_of = |entry: std::fs::DirEntry| match entry.metadata().unwrap() {
        found if found.is_dir() => size(&entry.path()),
        found => found.len(),
    };
    entries.map(size_of).sum()
}
