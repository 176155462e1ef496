//! Restores many keys: the real binary as a process, against the lab in this process, which answers after 30 ms.
//!
//! Prints wall time compared with requests × latency ÷ concurrent requests, CPU time per request (user and system, the
//! whole process), peak memory, and write requests. Arguments select sections: `reverts`, `no-head`, `sdk`, `uncover`;
//! none means all. `--test` runs each with a small bucket.

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

const AT: &str = "2026-01-01T00:00:00Z";
const BUCKET: &str = "prod-uploads";
const LATENCY: Duration = Duration::from_millis(30);
const CONCURRENCY: usize = 256;

fn main() {
    let sections = Sections::read();
    let keys = if sections.small { 200 } else { 100_000 };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    if sections.chosen("reverts") {
        println!("\nrestore of {keys} overwritten keys, {CONCURRENCY} requests in flight, {LATENCY:?} each");
        show(&revert(&runtime, keys, &[]), keys);
    }
    if sections.chosen("no-head") {
        println!("\nthe same with --no-head");
        show(&revert(&runtime, keys, &["--no-head"]), keys);
    }
    if sections.chosen("sdk") {
        println!(
            "\nCopyObject of {keys} keys in a loop, through the SDK alone; then asof with --no-head, in turn"
        );
        println!("\n| run | SDK, µs of CPU a copy | asof, µs of CPU a copy | ratio |\n|---|---|---|---|");
        for run in 1..=3 {
            let sdk = sdk_copies(&runtime, keys);
            let (asof, _) = revert(&runtime, keys, &["--no-head"]);
            let [sdk, asof] = [sdk, asof.cpu].map(|cpu| cpu.as_secs_f64() * 1e6 / keys as f64);
            println!("| {run} | {sdk:.0} | {asof:.0} | {:.2} |", asof / sdk);
        }
    }
    if sections.chosen("uncover") {
        println!("\nrestore of {keys} deleted keys with --undelete remove-marker");
        let lab = lab(&runtime, keys, |lab, key| drop(lab.delete(BUCKET, key)));
        let cost = restore(&lab, &["--undelete", "remove-marker"]);
        show(&(cost, lab), keys);
    }
}

/// Creates a lab with this many keys, each of which `since` changes after T.
fn lab(runtime: &tokio::runtime::Runtime, keys: usize, since: impl Fn(&Lab, &str)) -> Lab {
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

fn revert(runtime: &tokio::runtime::Runtime, keys: usize, more: &[&str]) -> (Cost, Lab) {
    // Of a different size, so that the listing alone shows a different object.
    let lab = lab(runtime, keys, |lab, key| drop(lab.put(BUCKET, key, Put::of("bad"))));
    (restore(&lab, more), lab)
}

/// Copies as many keys as `revert` does, and returns the CPU time of the thread that does it.
fn sdk_copies(runtime: &tokio::runtime::Runtime, keys: usize) -> Duration {
    let lab = lab(runtime, keys, |_, _| {});
    let credentials = lab.credentials();
    let client = sdk::client((&lab.url(), &credentials.access_key, &credentials.secret_key));
    let ((), cpu) = sdk::measure(move || async move {
        let copies = (0..keys).map(|n| {
            let (client, key) = (&client, format!("k/{n:06}"));
            async move {
                let source = format!("{BUCKET}/{key}");
                client.copy_object().bucket(BUCKET).key(key).copy_source(source).send().await.unwrap();
            }
        });
        futures::stream::iter(copies).buffer_unordered(CONCURRENCY).for_each(|()| async {}).await;
    });
    cpu
}

fn restore(lab: &Lab, more: &[&str]) -> Cost {
    lab.requests().reset();
    let (bucket, state) = (format!("s3://{BUCKET}"), tempfile::tempdir().unwrap());
    let (concurrency, state) = (CONCURRENCY.to_string(), state.path().to_string_lossy().into_owned());
    let words =
        ["restore", &bucket, "--at", AT, "--yes", "--rate", "100000/s", "--concurrency", &concurrency];
    let words = [&words[..], &["--state-dir", &state], more].concat();
    let credentials = lab.credentials();
    process::asof(&words, (&lab.url(), &credentials.access_key, &credentials.secret_key))
}

fn show((cost, lab): &(Cost, Lab), keys: usize) {
    let requests = lab.requests();
    let [heads, copies, deletes] = [Operation::HeadObject, Operation::CopyObject, Operation::DeleteObjects]
        .map(|operation| requests.of(operation));
    let sent = heads + copies + deletes;
    let least = LATENCY.as_secs_f64() * sent as f64 / CONCURRENCY as f64;
    let done = cost.summary["copied"].as_u64().unwrap() + cost.summary["markers_removed"].as_u64().unwrap();
    assert_eq!(done, keys as u64, "{}", cost.summary);
    println!(
        "  {copies} copies, {heads} HEADs, {deletes} delete requests; {:.1} s, {:.2} times requests x latency / {CONCURRENCY}",
        cost.elapsed.as_secs_f64(),
        cost.elapsed.as_secs_f64() / least
    );
    println!(
        "  {:.0} us of CPU a request, {} requests that write, {:.1} MiB at most",
        cost.cpu.as_secs_f64() * 1e6 / sent as f64,
        cost.summary["write_requests"],
        cost.peak_kib as f64 / 1024.0
    );
}
