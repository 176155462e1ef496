//! Buckets that cannot be restored, and invalid arguments: refused, with nothing written.

use crate::deviations::Behaviour;
use crate::support::Subject;

const LONG_AGO: &str = "2026-01-01T00:00:00Z";

pub(crate) async fn never_versioned_is_refused(subject: Subject) {
    let bucket = subject.plain_bucket().await;
    bucket.put("a", "1").await;
    let at = subject.moment().await;
    bucket.put("a", "2").await;
    let before = bucket.entries().await;
    let refused = subject.restore(&bucket.url(""), at).await.expect_code(5);
    assert!(refused.stderr.contains(&bucket.name) && refused.stderr.contains("version"), "{refused}");
    assert_eq!(bucket.entries().await, before);
}

pub(crate) async fn suspended_is_refused(subject: Subject) {
    let bucket = subject.bucket().await;
    bucket.put("a", "1").await;
    let at = subject.moment().await;
    bucket.put("a", "2").await;
    bucket.suspend().await;
    let before = bucket.entries().await;
    let refused = subject.restore(&bucket.url(""), at).await.expect_code(5);
    assert!(refused.stderr.contains(&bucket.name) && refused.stderr.contains("suspended"), "{refused}");
    assert_eq!(bucket.entries().await, before);
}

pub(crate) async fn missing_is_named(subject: Subject) {
    let failed = subject.asof(&["diff", "s3://no-such-bucket-at-all", "--at", LONG_AGO]).await.expect_code(1);
    assert!(failed.stderr.contains("no-such-bucket-at-all"), "{failed}");
    assert_eq!(failed.stdout, "", "{failed}");
}

pub(crate) async fn wrong_secret_is_denied(subject: Subject) {
    if !subject.holds(Behaviour::Signatures) {
        return;
    }
    let bucket = subject.bucket().await;
    bucket.put("a", "1").await;
    let arguments = ["diff", &bucket.url(""), "--at", "1s", "--format", "json"];
    let denied = subject.asof_as("not-the-secret", &arguments).await.expect_code(1);
    assert!(denied.stderr.contains(&bucket.name), "{denied}");
    let words = ["SignatureDoesNotMatch", "denied", "credentials"];
    assert!(words.iter().any(|word| denied.stderr.contains(word)), "{denied}");
}

pub(crate) async fn bad_times_are_wrong_usage(subject: Subject) {
    let bucket = subject.bucket().await;
    let location = bucket.url("");
    for time in ["2099-01-01T00:00:00Z", "2026-01-01T00:00:00", "yesterday", "2026-13-01T00:00:00Z", ""] {
        let refused = subject.asof(&["diff", &location, "--at", time]).await.expect_code(2);
        assert!(!refused.stderr.is_empty() && refused.stdout.is_empty(), "{refused}");
    }
    subject.asof(&["diff", &location]).await.expect_code(2);
    subject.asof(&["diff", "not-a-location", "--at", LONG_AGO]).await.expect_code(2);
}

/// Without a terminal and without `--yes`, asof cannot prompt.
pub(crate) async fn restore_asks_first(subject: Subject) {
    let bucket = subject.bucket().await;
    bucket.put("a", "1").await;
    let at = subject.moment().await;
    bucket.put("a", "2").await;
    let before = bucket.entries().await;
    subject.asof(&["restore", &bucket.url(""), "--at", &at.to_string()]).await.expect_code(2);
    assert_eq!(bucket.entries().await, before);
}
