//! Restores many keys: the real binary as a process, against the lab in this process, which answers after 30 ms.
//!
//! Section `restores` prints wall time compared with requests × latency ÷ concurrent requests, CPU time per request
//! (user and system, the whole process), requests per key, and peak memory; section `sdk` the CPU time of a copy, beside
//! the SDK's. Without arguments, both run. `--test` runs each with a small bucket.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

mod process;
mod sdk;
mod sections;

use std::time::Duration;

use asof::lab::{Fault, Lab, Operation, Options, Put, Rule, When};
use futures::StreamExt;
use process::Cost;
use sections::Sections;
use tokio::runtime::Runtime;

const AT: &str = "2026-01-01T00:00:00Z";
const BUCKET: &str = "prod-uploads";
const LATENCY: Duration = Duration::from_millis(30);
/// The concurrent requests of asof and of the SDK, where they are compared.
const CONCURRENCY: usize = 256;
/// The keys restored by one of the concurrent requests.
const KEYS_EACH: usize = 400;

fn main() {
    let sections = Sections::read();
    let each = if sections.small { 1 } else { KEYS_EACH };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    if sections.chosen("restores") {
        println!("\n{each} keys for each of the requests in flight, {LATENCY:?} a request");
        println!(
            "\n| restored | requests in flight | wall time ÷ ideal | processor time per request | HEADs per key | write requests per key | peak memory |"
        );
        println!("|---|---|---|---|---|---|---|");
        for concurrency in [64, 256] {
            for restored in [Restored::Overwritten, Restored::WithoutHead, Restored::Deleted] {
                restored.show(&runtime, concurrency, concurrency * each);
            }
        }
    }
    if sections.chosen("sdk") {
        let keys = CONCURRENCY * each;
        println!("\n{keys} copies through the SDK alone, and by asof with --no-head, in turn");
        println!("\n| run | SDK, µs of CPU a copy | asof, µs of CPU a copy | ratio |\n|---|---|---|---|");
        for run in 1..=3 {
            let sdk = sdk_copies(&runtime, keys);
            let (asof, _) = Restored::WithoutHead.measure(&runtime, CONCURRENCY, keys);
            let [sdk, asof] = [sdk, asof.cpu].map(|cpu| cpu.as_secs_f64() * 1e6 / keys as f64);
            println!("| {run} | {sdk:.0} | {asof:.0} | {:.2} |", asof / sdk);
        }
    }
}

/// The keys that are restored, and how.
#[derive(Clone, Copy)]
enum Restored {
    Overwritten,
    WithoutHead,
    Deleted,
}

impl Restored {
    fn measure(self, runtime: &Runtime, concurrency: usize, keys: usize) -> (Cost, Lab) {
        let lab = lab(runtime, keys, |lab, key| match self {
            // Of a different size, so that the listing alone shows a different object.
            Self::Overwritten | Self::WithoutHead => drop(lab.put(BUCKET, key, Put::of("bad"))),
            Self::Deleted => drop(lab.delete(BUCKET, key)),
        });
        let more: &[&str] = match self {
            Self::Overwritten => &[],
            Self::WithoutHead => &["--no-head"],
            Self::Deleted => &["--undelete", "remove-marker"],
        };
        (restore(&lab, concurrency, more), lab)
    }

    fn show(self, runtime: &Runtime, concurrency: usize, keys: usize) {
        let (cost, lab) = self.measure(runtime, concurrency, keys);
        let done =
            cost.summary["copied"].as_u64().unwrap() + cost.summary["markers_removed"].as_u64().unwrap();
        assert_eq!(done, keys as u64, "{}", cost.summary);
        let [heads, copies, deletes] =
            [Operation::HeadObject, Operation::CopyObject, Operation::DeleteObjects]
                .map(|operation| lab.requests().of(operation) as f64);
        let sent = heads + copies + deletes;
        let ideal = LATENCY.as_secs_f64() * sent / concurrency as f64;
        let what = match self {
            Self::Overwritten => "overwritten keys",
            Self::WithoutHead => "the same with `--no-head`",
            Self::Deleted => "deleted keys with `--undelete remove-marker`",
        };
        println!(
            "| {what} | {concurrency} | {:.2} | {:.0} µs | {:.2} | {:.3} | {:.0} MiB |",
            cost.elapsed.as_secs_f64() / ideal,
            cost.cpu.as_secs_f64() * 1e6 / sent,
            heads / keys as f64,
            cost.summary["write_requests"].as_f64().unwrap() / keys as f64,
            cost.peak_kib as f64 / 1024.0
        );
    }
}

/// Creates a lab with this many keys, each of which `since` changes after T.
fn lab(runtime: &Runtime, keys: usize, since: impl Fn(&Lab, &str)) -> Lab {
    let lab = runtime.block_on(Lab::start(Options::default())).unwrap();
    let time = |text| chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis();
    assert!(lab.create_bucket(BUCKET));
    lab.clock().set(time("2025-12-01T00:00:00Z"));
    for n in 0..keys {
        lab.put(BUCKET, &format!("k/{n:06}"), Put::of(format!("good {n}"))).unwrap();
    }
    lab.clock().set(time("2026-01-02T00:00:00Z"));
    for n in 0..keys {
        since(&lab, &format!("k/{n:06}"));
    }
    for operation in [Operation::HeadObject, Operation::CopyObject, Operation::DeleteObjects] {
        lab.faults().push(Rule::on(operation, Fault::Delay(LATENCY), When::Always));
    }
    lab
}

/// Copies each key to another one through the SDK, and returns the CPU time of the thread that does it.
fn sdk_copies(runtime: &Runtime, keys: usize) -> Duration {
    let lab = lab(runtime, keys, |_, _| {});
    let credentials = lab.credentials();
    let client = sdk::client((&lab.url(), &credentials.access_key, &credentials.secret_key));
    let ((), cpu) = sdk::measure(move || async move {
        let copies = (0..keys).map(|n| {
            let (client, key) = (&client, format!("k/{n:06}"));
            async move {
                let source = format!("{BUCKET}/{key}");
                let key = format!("copies/{n:06}");
                client.copy_object().bucket(BUCKET).key(key).copy_source(source).send().await.unwrap();
            }
        });
        futures::stream::iter(copies).buffer_unordered(CONCURRENCY).for_each(|()| async {}).await;
    });
    cpu
}

fn restore(lab: &Lab, concurrency: usize, more: &[&str]) -> Cost {
    lab.requests().reset();
    let (bucket, state) = (format!("s3://{BUCKET}"), tempfile::tempdir().unwrap());
    let (concurrency, state) = (concurrency.to_string(), state.path().to_string_lossy().into_owned());
    let words =
        ["restore", &bucket, "--at", AT, "--yes", "--rate", "100000/s", "--concurrency", &concurrency];
    let words = [&words[..], &["--state-dir", &state], more].concat();
    let credentials = lab.credentials();
    process::asof(&words, (&lab.url(), &credentials.access_key, &credentials.secret_key))
}
