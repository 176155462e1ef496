//! Listings of computed buckets by the real binary.

use std::process::{Command, Stdio};
use std::time::Duration;

use asof::lab::{Shape, SyntheticBucket, SyntheticOptions};
use tokio::runtime::Runtime;

use crate::support::{Run, binary};

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
        Run::of(&mut command)
    }
}

/// The names of folders are asked for beside the pages, and within the same number of requests. The seven requests
/// for the bucket's settings come before the pages, so a smaller number would not be seen.
#[test]
fn no_more_requests_are_in_flight_than_allowed() {
    let computed = Computed::start(SyntheticOptions {
        keys: 20_000,
        shape: Shape::Nested,
        latency: Duration::from_millis(10),
        ..SyntheticOptions::default()
    });
    for most in [7, 8, 10] {
        computed.bucket.reset_stats();
        let bucket = format!("s3://{}", computed.bucket.bucket());
        let most_words = most.to_string();
        let diff = ["diff", &bucket, "--at", "2026-01-01T00:00:00Z", "--list-concurrency", &most_words];
        computed.asof(&diff).expect_code(0);
        let stats = computed.bucket.stats();
        assert!(stats.most_in_flight <= most, "{stats:?} with {most}");
    }
}
