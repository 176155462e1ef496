//! Listings of computed buckets by the real binary.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use asof::lab::{Shape, SyntheticBucket, SyntheticOptions};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::schema::hold_to_schema;
use crate::support::{Run, binary, text};

/// The number of keys of a computed bucket.
pub(crate) const KEYS: u64 = 40_000;

/// A key of the shape [`Shape::Flat`].
pub(crate) fn key(n: u64) -> String {
    format!("images/photo-{n:012}.jpg")
}

/// The computed bucket, and the runtime that serves it.
pub(crate) struct Computed {
    _runtime: Runtime,
    pub(crate) bucket: SyntheticBucket,
}

impl Computed {
    pub(crate) fn start(options: SyntheticOptions) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let bucket = runtime.block_on(SyntheticBucket::start(options)).unwrap();
        Self { _runtime: runtime, bucket }
    }

    /// Runs asof with these words.
    pub(crate) fn asof(&self, words: &[&str]) -> Run {
        Run::of(&mut self.command(words))
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(words)
            .args(["--format", "json", "--endpoint-url", &self.bucket.url()])
            .args(["--region", "us-east-1", "--path-style"])
            .env_clear()
            .env("AWS_ACCESS_KEY_ID", "synthetic")
            .env("AWS_SECRET_ACCESS_KEY", "synthetic")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null());
        command
    }
}

/// The names of folders are asked for beside the pages, and within the same number of requests. The seven requests
/// for the bucket's settings are sent beside the first page, so a smaller number would not be seen.
#[test]
fn no_more_requests_are_in_flight_than_allowed() {
    let computed = Computed::start(SyntheticOptions {
        keys: 20_000,
        shape: Shape::Nested,
        latency: Duration::from_millis(10),
        ..SyntheticOptions::default()
    });
    for most in [8, 9, 11] {
        computed.bucket.reset_stats();
        let bucket = format!("s3://{}", computed.bucket.bucket());
        let most_words = most.to_string();
        let diff = ["diff", &bucket, "--at", "2026-01-01T00:00:00Z", "--list-concurrency", &most_words];
        computed.asof(&diff).expect_code(0);
        let stats = computed.bucket.stats();
        assert!(stats.most_in_flight <= most, "{stats:?} with {most}");
    }
}

fn flat(page_latency_jitter: u64) -> Computed {
    Computed::start(SyntheticOptions {
        keys: KEYS,
        shape: Shape::Flat,
        latency: Duration::from_millis(5),
        page_latency_jitter: Duration::from_millis(page_latency_jitter),
        ..SyntheticOptions::default()
    })
}

/// Ranges that are read at once end in any order.
#[test]
fn a_recursive_list_is_complete_and_in_key_order() {
    let computed = flat(30);
    let bucket = format!("s3://{}", computed.bucket.bucket());
    let list = ["ls", &bucket, "--recursive", "--at", "2026-01-01T00:00:00Z", "--list-concurrency", "16"];
    let run = computed.asof(&list).expect_code(0);
    let objects = run.of_type("object");
    let listed: Vec<_> = objects.iter().map(|line| text(line, "key")).collect();
    let keys: Vec<_> = (0..KEYS).map(key).collect();
    assert!(listed == keys, "{} keys", listed.len());
    assert!(computed.bucket.stats().most_in_flight > 4, "{:?}", computed.bucket.stats());
}

/// A reader that has seen enough closes the pipe; the rest is not listed.
#[test]
fn a_recursive_list_begins_before_everything_is_listed() {
    let computed = flat(0);
    let bucket = format!("s3://{}", computed.bucket.bucket());
    let list = ["ls", &bucket, "--recursive", "--at", "2026-01-01T00:00:00Z", "--list-concurrency", "4"];
    let mut asof = computed.command(&list).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(asof.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let first: Value = serde_json::from_str(&first).unwrap();
    assert_eq!((&first["schema"], text(&first, "key")), (&1.into(), &*key(0)));
    asof.wait().unwrap();
    let stats = computed.bucket.stats();
    assert!(stats.entries < KEYS / 2, "{stats:?}");
}

#[test]
fn progress_is_a_line_of_json_a_second() {
    let computed = flat(60);
    let bucket = format!("s3://{}", computed.bucket.bucket());
    let diff =
        ["diff", &bucket, "--at", "2026-01-01T00:00:00Z", "--list-concurrency", "1", "--progress", "json"];
    let run = computed.asof(&diff).expect_code(0);
    let lines: Vec<Value> = run.stderr.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(!lines.is_empty(), "{run}");
    for line in &lines {
        hold_to_schema(line);
        assert_eq!((text(line, "type"), text(line, "phase")), ("progress", "listing"), "{run}");
    }
    assert!(lines.is_sorted_by_key(|line| line["versions"].as_u64()), "{run}");
}
