//! Lists a large bucket: the real binary as a process, against the synthetic bucket in this process.
//!
//! Prints the cost of `asof diff`: CPU time per version (user and system, the whole process), requests compared with
//! the minimum, wall time compared with pages × latency ÷ concurrent requests, peak memory. CPU time and memory are the
//! kernel's counts for the process. Arguments select sections: `cpu`, `timeline`, `sdk`, `memory`, `shapes`,
//! `ramp`, `throttle`; none means all. `--test` runs each with a small bucket.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark"
)]

mod process;
mod sections;

use std::time::Duration;

use asof::lab::{Shape, SyntheticBucket, SyntheticOptions};
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};

use process::Cost;
use sections::Sections;

const AT: &str = "2026-01-01T00:00:00Z";
const PAGE: u64 = 1000;

fn main() {
    let sections = Sections::read();
    let scale = if sections.small { 1000 } else { 1 };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let bench = Bench { runtime, scale };
    for (name, section) in [
        ("cpu", Bench::cpu as fn(&Bench)),
        ("timeline", Bench::timeline),
        ("sdk", Bench::sdk),
        ("memory", Bench::memory),
        ("shapes", Bench::shapes),
        ("ramp", Bench::ramp),
        ("throttle", Bench::throttle),
    ] {
        if sections.chosen(name) {
            section(&bench);
        }
    }
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    /// The divisor of all sizes.
    scale: u64,
}

fn versions(cost: &Cost) -> u64 {
    cost.summary["versions"].as_u64().unwrap()
}

fn us_a_version(cost: &Cost) -> f64 {
    cost.cpu.as_secs_f64() * 1e6 / versions(cost) as f64
}

impl Bench {
    fn synthetic(&self, options: SyntheticOptions) -> SyntheticBucket {
        self.runtime.block_on(SyntheticBucket::start(options)).unwrap()
    }

    /// Runs `asof diff`.
    fn diff(synthetic: &SyntheticBucket, more: &[&str]) -> Cost {
        Self::asof(synthetic, &[&["diff", "--at", AT], more].concat())
    }

    fn asof(synthetic: &SyntheticBucket, command: &[&str]) -> Cost {
        synthetic.reset_stats();
        let bucket = format!("s3://{}", synthetic.bucket());
        let words = [command, &[&bucket, "--list-concurrency", "64"]].concat();
        process::asof(&words, (&synthetic.url(), "synthetic", "synthetic"))
    }

    fn cpu(&self) {
        println!("\ndiff over 2 million versions, none changed");
        let synthetic = self.synthetic(SyntheticOptions {
            keys: 1_000_000 / self.scale,
            versions_per_key: 2,
            ..SyntheticOptions::default()
        });
        for run in 1..=3 {
            let cost = Self::diff(&synthetic, &[]);
            println!(
                "  run {run}: {:.3} us of CPU a version, {} versions, {} requests, {:.1} s",
                us_a_version(&cost),
                versions(&cost),
                synthetic.stats().listings,
                cost.elapsed.as_secs_f64()
            );
        }
    }

    fn timeline(&self) {
        println!("\ntimeline beside diff over 2 million versions, in turn");
        for (keys, changed_every) in [("none changed", None), ("every tenth key changed", Some(10))] {
            let synthetic = self.synthetic(SyntheticOptions {
                keys: 1_000_000 / self.scale,
                versions_per_key: 2,
                changed_every,
                ..SyntheticOptions::default()
            });
            for run in 1..=3 {
                let (diff, timeline) = (Self::diff(&synthetic, &[]), Self::asof(&synthetic, &["timeline"]));
                println!(
                    "  {keys}, run {run}: diff {:.3} us of CPU a version, {:.1} MiB; timeline {:.3} us, {:.1} MiB",
                    us_a_version(&diff),
                    diff.peak_kib as f64 / 1024.0,
                    us_a_version(&timeline),
                    timeline.peak_kib as f64 / 1024.0
                );
            }
        }
    }

    fn sdk(&self) {
        println!("\nthe same pages through the SDK, in this process");
        let synthetic = self.synthetic(SyntheticOptions {
            keys: 1_000_000 / self.scale,
            versions_per_key: 2,
            ..SyntheticOptions::default()
        });
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .endpoint_url(synthetic.url())
            .credentials_provider(Credentials::new("synthetic", "synthetic", None, None, "bench"))
            .force_path_style(true)
            .build();
        let client = aws_sdk_s3::Client::from_conf(config);
        // On a thread of its own, so that the synthetic bucket's CPU time is not counted.
        let (versions, cpu) = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let before = thread_cpu();
            let versions = runtime.block_on(async {
                let (mut versions, mut key, mut version) = (0, None, None);
                loop {
                    let call = client.list_object_versions().bucket("synthetic");
                    let page = call.set_key_marker(key).set_version_id_marker(version).send().await.unwrap();
                    versions += page.versions().len() + page.delete_markers().len();
                    if page.is_truncated() != Some(true) {
                        break;
                    }
                    (key, version) = (page.next_key_marker, page.next_version_id_marker);
                }
                versions as u64
            });
            (versions, thread_cpu().saturating_sub(before))
        })
        .join()
        .unwrap();
        let theirs = cpu.as_secs_f64() * 1e6 / versions as f64;
        let ours = us_a_version(&Self::diff(&synthetic, &[]));
        println!(
            "  SDK {theirs:.2} us of CPU a version; asof diff on the same bucket {ours:.3}; ratio {:.1}",
            theirs / ours
        );
    }

    fn memory(&self) {
        println!("\npeak memory, every tenth key changed, the plan to a file");
        let directory = tempfile::tempdir().unwrap();
        let plan = directory.path().join("plan");
        for millions in [1, 10] {
            let keys = millions * 1_000_000 / self.scale;
            let synthetic = self.synthetic(SyntheticOptions {
                keys,
                changed_every: Some(10),
                ..SyntheticOptions::default()
            });
            let cost = Self::diff(&synthetic, &["--out", plan.to_str().unwrap()]);
            println!(
                "  {} versions: {:.1} MiB, {:.3} us of CPU a version, {:.1} s",
                versions(&cost),
                cost.peak_kib as f64 / 1024.0,
                us_a_version(&cost),
                cost.elapsed.as_secs_f64()
            );
        }
    }

    fn shapes(&self) {
        println!("\n2 million versions, 50 ms a page, 64 in flight");
        println!("  {:<16} {:>8} {:>9} {:>8} {:>9}", "shape", "wall s", "x ideal", "requests", "x least");
        let latency = Duration::from_millis(50);
        for shape in Shape::ALL {
            let keys = 1_000_000 / self.scale;
            let options =
                SyntheticOptions { keys, versions_per_key: 2, shape, latency, ..SyntheticOptions::default() };
            let synthetic = self.synthetic(options);
            let cost = Self::diff(&synthetic, &[]);
            let least = versions(&cost).div_ceil(PAGE);
            let ideal = latency.as_secs_f64() * (least as f64 / 64.0).max(1.0);
            let (elapsed, listings) = (cost.elapsed.as_secs_f64(), synthetic.stats().listings);
            println!(
                "  {:<16} {elapsed:>8.2} {:>9.2} {listings:>8} {:>9.2}",
                shape.name(),
                elapsed / ideal,
                listings as f64 / least as f64
            );
        }
    }

    /// The time until every request in flight is used shows best on buckets that take only a few seconds.
    fn ramp(&self) {
        println!(
            "\n3 versions a key, 200 ms a page, 64 in flight: page latencies beyond the ideal time / requests x least"
        );
        let (latency, millions) = (Duration::from_millis(200), [0.6, 1.2, 4.5]);
        println!("  {:<16}{}", "shape", millions.map(|n| format!("{:>18}", format!("{n} million"))).concat());
        for shape in Shape::ALL.into_iter().filter(|shape| !matches!(shape, Shape::Ten | Shape::OneKey)) {
            let rows = millions.map(|millions| {
                let keys = (millions * 1e6 / 3.0) as u64 / self.scale;
                let options = SyntheticOptions {
                    keys,
                    versions_per_key: 3,
                    shape,
                    latency,
                    ..SyntheticOptions::default()
                };
                let synthetic = self.synthetic(options);
                let cost = Self::diff(&synthetic, &[]);
                let least = versions(&cost).div_ceil(PAGE);
                let beyond = cost.elapsed.as_secs_f64() / latency.as_secs_f64() - least as f64 / 64.0;
                format!("{beyond:>11.1} / {:.2}", synthetic.stats().listings as f64 / least as f64)
            });
            println!("  {:<16}{}", shape.name(), rows.concat());
        }
    }

    fn throttle(&self) {
        println!("\na server that refuses more than 200 requests a second, 50 ms a page");
        let synthetic = self.synthetic(SyntheticOptions {
            keys: 2_000_000 / self.scale,
            latency: Duration::from_millis(50),
            throttle_above: Some(200),
            ..SyntheticOptions::default()
        });
        let cost = Self::diff(&synthetic, &[]);
        let stats = synthetic.stats();
        let served = (stats.listings - stats.throttled) as f64 / cost.elapsed.as_secs_f64();
        println!(
            "  {served:.0} a second served, {} refused, {:.1} s",
            stats.throttled,
            cost.elapsed.as_secs_f64()
        );
    }
}

/// Returns the CPU time of this thread.
fn thread_cpu() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(counted.split_whitespace().next().unwrap().parse().unwrap())
}
