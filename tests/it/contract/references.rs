//! Rows and their objects: dangling references, and late uploads that are healed.

use crate::support::{Subject, text};

pub(crate) async fn late_upload_is_brought_back(subject: Subject) {
    let bucket = subject.bucket().await;
    bucket.put("docs/kept", "kept").await;
    bucket.put("docs/gone", "gone").await;
    subject.moment().await;
    bucket.delete("docs/gone").await;
    let at = subject.moment().await;
    bucket.put("docs/late", "late").await;
    let (at, url) = (at.to_string(), bucket.url(""));
    let rows = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(rows.path(), "docs/late\ndocs/never\ndocs/kept\ndocs/gone\n").unwrap();
    let keys_from = rows.path().to_str().unwrap();
    let asked = ["references", &url, "--at", &at, "--keys-from", keys_from, "--format", "json"];

    let restored = subject.asof(&["restore", &url, "--at", &at, "--yes"]).await.expect_code(0);
    assert_eq!(bucket.live_keys().await, ["docs/kept"], "{restored}");
    let found = subject.asof(&asked).await.expect_code(4);
    let told: Vec<_> = found.of_type("dangling");
    let told: Vec<_> = told.iter().map(|line| (text(line, "key"), text(line, "existed"))).collect();
    assert_eq!(told, [("docs/gone", "before"), ("docs/late", "after"), ("docs/never", "never")], "{found}");

    subject.asof(&[&asked[..], &["--heal", "1h", "--yes"]].concat()).await.expect_code(4);
    bucket
        .assert_holds(&[("docs/kept", Some("kept")), ("docs/late", Some("late")), ("docs/gone", None)])
        .await;
    std::fs::write(rows.path(), "docs/late\ndocs/kept\n").unwrap();
    subject.asof(&[&asked[..], &["--against", &url]].concat()).await.expect_code(0);
}
