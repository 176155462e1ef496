//! Lists a large bucket: the real binary as a process, against the synthetic bucket in this process.
//!
//! Prints the cost of `asof diff`: CPU time per version (user and system, the whole process), requests compared with
//! the minimum, wall time compared with pages × latency ÷ concurrent requests, peak memory. CPU time and memory are the
//! kernel's counts for the process. Arguments select sections: `cpu`, `curl`, `timeline`, `sdk`, `memory`, `shapes`,
//! `ramp`, `throttle`; none means all. `--test` runs each with a small bucket.

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

use std::process::Command;
use std::time::Duration;

use asof::lab::{Shape, SyntheticBucket, SyntheticOptions};

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
        ("curl", Bench::curl),
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

    /// The least that listing can cost: the same pages, thrown away.
    fn curl(&self) {
        println!("\ndiff beside curl, which fetches the same pages into /dev/null, in turn");
        println!("\n| keys, versions of each | curl, s of CPU | diff, s of CPU | ratio |\n|---|---|---|---|");
        for (shape, each) in [(Shape::Hex, 1), (Shape::Hex, 2), (Shape::Hex, 3), (Shape::LongPrefix, 2)] {
            let options = SyntheticOptions {
                keys: 2_000_000 / each / self.scale,
                versions_per_key: each,
                shape,
                ..SyntheticOptions::default()
            };
            let synthetic = self.synthetic(options);
            let pages = self.pages(&synthetic);
            let (mut curl, mut diff) = (0.0, 0.0);
            for _ in 0..3 {
                curl += pages.fetch().as_secs_f64() / 3.0;
                diff += Self::diff(&synthetic, &[]).cpu.as_secs_f64() / 3.0;
            }
            println!("| {}, {each} | {curl:.2} | {diff:.2} | {:.2} |", shape.name(), diff / curl);
        }
    }

    /// Lists the bucket once, one page after another.
    fn pages(&self, synthetic: &SyntheticBucket) -> Pages {
        let client = sdk::client((&synthetic.url(), "synthetic", "synthetic"));
        let mut pages = Pages { number: 0, config: Vec::new(), directory: tempfile::tempdir().unwrap() };
        let mut markers = Vec::new();
        self.runtime.block_on(async {
            loop {
                let url = format!("{}/{}?versions&max-keys={PAGE}", synthetic.url(), synthetic.bucket());
                let query = markers
                    .iter()
                    .map(|(name, value): &(&str, String)| format!("&{name}={}", encoded(value)));
                let url = url + &query.collect::<String>();
                pages.config.push(format!("url = \"{url}\"\noutput = \"/dev/null\"\n"));
                pages.number += 1;
                let mut call = client.list_object_versions().bucket(synthetic.bucket());
                for (name, value) in &markers {
                    call = match *name {
                        "key-marker" => call.key_marker(value),
                        _ => call.version_id_marker(value),
                    };
                }
                let page = call.send().await.unwrap();
                let (Some(key), Some(version)) = (page.next_key_marker, page.next_version_id_marker) else {
                    break;
                };
                markers = vec![("key-marker", key), ("version-id-marker", version)];
            }
        });
        pages
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
        let client = sdk::client((&synthetic.url(), "synthetic", "synthetic"));
        let (versions, cpu) = sdk::measure(move || async move {
            let (mut versions, mut key, mut version) = (0, None, None);
            loop {
                let call = client.list_object_versions().bucket("synthetic");
                let page = call.set_key_marker(key).set_version_id_marker(version).send().await.unwrap();
                versions += page.versions().len() + page.delete_markers().len();
                if page.is_truncated() != Some(true) {
                    break versions as u64;
                }
                (key, version) = (page.next_key_marker, page.next_version_id_marker);
            }
        });
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
        println!("\n| keys | wall time ÷ ideal | requests ÷ least |\n|---|---|---|");
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
            println!("| {} | {:.2} | {:.2} |", shape.name(), elapsed / ideal, listings as f64 / least as f64);
        }
    }

    /// The time until every request in flight is used shows best on buckets that take only a few seconds.
    fn ramp(&self) {
        println!("\n3 versions a key, 64 in flight: page latencies beyond the ideal time, requests ÷ least");
        for (keys, latency) in [("keys", 200), ("keys, 50 ms a page", 50)] {
            println!("\n| {keys} | 0.6 million versions | 1.2 million | 4.5 million |\n|---|---|---|---|");
            for shape in Shape::ALL.into_iter().filter(|shape| !matches!(shape, Shape::Ten | Shape::OneKey)) {
                let rows = [600, 1200, 4500].map(|thousands| {
                    self.ramp_of(SyntheticOptions {
                        keys: thousands * 1000 / 3 / self.scale,
                        versions_per_key: 3,
                        shape,
                        latency: Duration::from_millis(latency),
                        ..SyntheticOptions::default()
                    })
                });
                println!("| {} | {} |", shape.name(), rows.join(" | "));
            }
        }
    }

    fn ramp_of(&self, options: SyntheticOptions) -> String {
        let latency = options.latency.as_secs_f64();
        let synthetic = self.synthetic(options);
        let cost = Self::diff(&synthetic, &[]);
        let least = versions(&cost).div_ceil(PAGE) as f64;
        let beyond = cost.elapsed.as_secs_f64() / latency - least / 64.0;
        format!("{beyond:.1}, {:.2}", synthetic.stats().listings as f64 / least)
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

/// The pages of a listing, for curl.
struct Pages {
    number: u64,
    config: Vec<String>,
    directory: tempfile::TempDir,
}

impl Pages {
    /// Fetches all over one connection, and returns the CPU time of curl.
    fn fetch(&self) -> Duration {
        let file = self.directory.path().join("pages");
        std::fs::write(&file, self.config.concat()).unwrap();
        let before = process::cpu(process::CHILDREN);
        let status = Command::new("curl")
            .args(["--silent", "--fail", "--fail-early", "--config"])
            .arg(file)
            .status()
            .unwrap();
        assert!(status.success());
        process::cpu(process::CHILDREN).saturating_sub(before)
    }
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
