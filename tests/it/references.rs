//! `asof references` on a bucket that is listed in many ranges, compared with a request for each key.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use asof::lab::{Shape, SyntheticOptions};
use serde_json::Value;

use crate::listing::{Computed, KEYS, key};
use crate::support::text;

/// Every third of the keys that were changed was created after the second: see [`asof::lab::ExpectedChanges`].
fn is_created(n: u64) -> bool {
    n % 10 == 9 && n / 10 % 3 == 2
}

fn is_named(n: u64) -> bool {
    !n.is_multiple_of(7)
}

/// Keys that are in no listing: before, between and after those of the bucket, and between its pages.
fn invented() -> BTreeSet<String> {
    let between = (0..KEYS).step_by(37).map(|n| key(n) + "x");
    between.chain(["a".into(), "images/photo-".into(), "zz".into(), "zzz".into()]).collect()
}

fn keys_of(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| text(line, "key")).collect()
}

#[test]
fn ranges_leave_no_key_out() {
    let latency = Duration::from_millis(5);
    let options = SyntheticOptions {
        keys: KEYS,
        shape: Shape::Flat,
        changed_every: Some(10),
        latency,
        page_latency_jitter: latency,
        ..SyntheticOptions::default()
    };
    let computed = Computed::start(options);

    let mut rows: Vec<_> = (0..KEYS).filter(|n| is_named(*n)).map(key).chain(invented()).collect();
    fastrand::Rng::with_seed(7).shuffle(&mut rows);
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut lines = String::new();
    for row in &rows {
        writeln!(lines, "{row}").unwrap();
    }
    std::fs::write(file.path(), lines).unwrap();

    let named = file.path().to_str().unwrap();
    let command = ["references", "s3://synthetic", "--at", "2026-01-01T00:00:00Z", "--orphans"];
    let run = computed.asof(&[&command[..], &["--keys-from", named, "--list-concurrency", "16"]].concat());
    let run = run.expect_code(4);
    let stats = computed.bucket.stats();
    assert!(stats.most_in_flight > 4, "{stats:?}");
    let late: BTreeSet<_> = (0..KEYS).filter(|n| is_named(*n) && is_created(*n)).map(key).collect();
    let dangling = run.of_type("dangling");
    let expected: BTreeSet<_> = late.union(&invented()).cloned().collect();
    assert_eq!(keys_of(&dangling), expected.iter().map(String::as_str).collect::<Vec<_>>());
    for line in &dangling {
        let existed = if late.contains(text(line, "key")) { "after" } else { "never" };
        assert_eq!(text(line, "existed"), existed, "{line}");
    }
    let orphans: Vec<_> = (0..KEYS).filter(|n| !is_named(*n) && !is_created(*n)).map(key).collect();
    assert_eq!(keys_of(&run.of_type("orphan")), orphans);
    let summary = &run.of_type("summary")[0];
    assert_eq!(summary["named"], rows.len());
    assert_eq!(summary["dangling"], expected.len());
}
