//! Listing a large bucket: the real binary as a process, against the wall in this one.
//!
//! Prints what `asof diff` costs: processor time a version (user and system, the whole process), requests against the
//! least possible, wall time against pages × latency ÷ requests in flight, peak memory. Processor time and memory are
//! the kernel's counts of the process. Arguments choose sections: `cpu`, `sdk`, `memory`, `shapes`, `throttle`;
//! none means all. `--test` runs each with a small bucket.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark"
)]

use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use asof::lab::{Shape, Wall, WallOptions};
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};

const AT: &str = "2026-01-01T00:00:00Z";
const PAGE: u64 = 1000;

fn main() {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let small = arguments.iter().any(|a| a == "--test");
    let chosen = |name: &str| {
        let named: Vec<_> = arguments.iter().filter(|a| !a.starts_with('-')).collect();
        named.is_empty() || named.iter().any(|a| *a == name)
    };
    let scale = if small { 1000 } else { 1 };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let bench = Bench { runtime, scale };
    for (name, section) in [
        ("cpu", Bench::cpu as fn(&Bench)),
        ("sdk", Bench::sdk),
        ("memory", Bench::memory),
        ("shapes", Bench::shapes),
        ("throttle", Bench::throttle),
    ] {
        if chosen(name) {
            section(&bench);
        }
    }
}

struct Bench {
    runtime: tokio::runtime::Runtime,
    /// What sizes are divided by.
    scale: u64,
}

/// What one run of the binary cost.
struct Cost {
    cpu: Duration,
    elapsed: Duration,
    peak_kib: u64,
    summary: serde_json::Value,
}

impl Cost {
    fn versions(&self) -> u64 {
        self.summary["versions"].as_u64().unwrap()
    }

    fn us_a_version(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.versions() as f64
    }
}

impl Bench {
    fn wall(&self, options: WallOptions) -> Wall {
        self.runtime.block_on(Wall::start(options)).unwrap()
    }

    /// Runs `asof diff` and reads the summary, which is the last line that it prints.
    fn diff(wall: &Wall, more: &[&str]) -> Cost {
        wall.reset_stats();
        let (began, cpu) = (Instant::now(), children_cpu());
        let mut child = Command::new(env!("CARGO_BIN_EXE_asof"))
            .args(["diff", &format!("s3://{}", wall.bucket()), "--at", AT, "--format", "json"])
            .args(["--endpoint-url", &wall.url(), "--region", "us-east-1", "--list-concurrency", "64"])
            .args(more)
            .env_clear()
            .envs([
                ("AWS_ACCESS_KEY_ID", "wall"),
                ("AWS_SECRET_ACCESS_KEY", "wall"),
                ("AWS_EC2_METADATA_DISABLED", "true"),
            ])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let id = child.id();
        let peak = std::thread::spawn(move || peak_kib(id));
        let mut out = child.stdout.take().unwrap();
        let (mut tail, mut buffer) = (Vec::new(), vec![0; 1 << 16]);
        loop {
            let n = out.read(&mut buffer).unwrap();
            if n == 0 {
                break;
            }
            tail.extend_from_slice(buffer.get(..n).unwrap());
            let spare = tail.len().saturating_sub(1 << 16);
            tail.drain(..spare);
        }
        assert!(child.wait().unwrap().success());
        let last = String::from_utf8_lossy(&tail);
        let summary = serde_json::from_str(last.trim_end().lines().next_back().unwrap()).unwrap();
        Cost {
            cpu: children_cpu().saturating_sub(cpu),
            elapsed: began.elapsed(),
            peak_kib: peak.join().unwrap(),
            summary,
        }
    }

    fn cpu(&self) {
        println!("\ndiff over 2 million versions, none changed");
        let wall = self.wall(WallOptions {
            keys: 1_000_000 / self.scale,
            versions_per_key: 2,
            ..WallOptions::default()
        });
        for run in 1..=3 {
            let cost = Self::diff(&wall, &[]);
            println!(
                "  run {run}: {:.3} us of CPU a version, {} versions, {} requests, {:.1} s",
                cost.us_a_version(),
                cost.versions(),
                wall.stats().listings,
                cost.elapsed.as_secs_f64()
            );
        }
    }

    fn sdk(&self) {
        println!("\nthe same pages through the SDK, in this process");
        let wall = self.wall(WallOptions {
            keys: 1_000_000 / self.scale,
            versions_per_key: 2,
            ..WallOptions::default()
        });
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .endpoint_url(wall.url())
            .credentials_provider(Credentials::new("wall", "wall", None, None, "bench"))
            .force_path_style(true)
            .build();
        let client = aws_sdk_s3::Client::from_conf(config);
        // On a thread of its own: the wall's is not counted.
        let (versions, cpu) = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let before = thread_cpu();
            let versions = runtime.block_on(async {
                let (mut versions, mut key, mut version) = (0, None, None);
                loop {
                    let call = client.list_object_versions().bucket("wall");
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
        let ours = Self::diff(&wall, &[]).us_a_version();
        println!(
            "  SDK {theirs:.2} us of CPU a version; asof diff on the same bucket {ours:.3}; ratio {:.1}",
            theirs / ours
        );
    }

    fn memory(&self) {
        println!("\npeak memory, every tenth key changed, JSON to a pipe");
        for millions in [1, 10] {
            let keys = millions * 1_000_000 / self.scale;
            let wall = self.wall(WallOptions { keys, changed_every: Some(10), ..WallOptions::default() });
            let cost = Self::diff(&wall, &[]);
            println!(
                "  {} versions: {:.1} MiB, {:.3} us of CPU a version, {:.1} s",
                cost.versions(),
                cost.peak_kib as f64 / 1024.0,
                cost.us_a_version(),
                cost.elapsed.as_secs_f64()
            );
        }
    }

    fn shapes(&self) {
        println!("\n2 million versions, 50 ms a page, 64 in flight");
        println!("  {:<12} {:>8} {:>9} {:>8} {:>9}", "shape", "wall s", "x ideal", "requests", "x least");
        let latency = Duration::from_millis(50);
        for shape in Shape::ALL {
            let keys = 1_000_000 / self.scale;
            let options = WallOptions { keys, versions_per_key: 2, shape, latency, ..WallOptions::default() };
            let wall = self.wall(options);
            let cost = Self::diff(&wall, &[]);
            let least = cost.versions().div_ceil(PAGE);
            let ideal = latency.as_secs_f64() * (least as f64 / 64.0).max(1.0);
            let (elapsed, listings) = (cost.elapsed.as_secs_f64(), wall.stats().listings);
            println!(
                "  {:<12} {elapsed:>8.2} {:>9.2} {listings:>8} {:>9.2}",
                shape.name(),
                elapsed / ideal,
                listings as f64 / least as f64
            );
        }
    }

    fn throttle(&self) {
        println!("\na server that refuses more than 200 requests a second, 50 ms a page");
        let wall = self.wall(WallOptions {
            keys: 2_000_000 / self.scale,
            latency: Duration::from_millis(50),
            throttle_above: Some(200),
            ..WallOptions::default()
        });
        let cost = Self::diff(&wall, &[]);
        let stats = wall.stats();
        let served = (stats.listings - stats.throttled) as f64 / cost.elapsed.as_secs_f64();
        println!(
            "  {served:.0} a second served, {} refused, {:.1} s",
            stats.throttled,
            cost.elapsed.as_secs_f64()
        );
    }
}

/// The processor time of all children that have ended, in the kernel's ticks of 10 ms.
fn children_cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).unwrap().parse::<u64>().unwrap();
    Duration::from_millis((ticks(13) + ticks(14)) * 10)
}

/// The processor time of this thread.
fn thread_cpu() -> Duration {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(counted.split_whitespace().next().unwrap().parse().unwrap())
}

/// The most memory that a process has had resident, watched until it ends.
fn peak_kib(process: u32) -> u64 {
    let mut peak = 0;
    while let Ok(status) = std::fs::read_to_string(format!("/proc/{process}/status")) {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let Some(kib) = line.and_then(|line| line.split_whitespace().next()).and_then(|n| n.parse().ok())
        else {
            break;
        };
        peak = kib;
        std::thread::sleep(Duration::from_millis(10));
    }
    peak
}
