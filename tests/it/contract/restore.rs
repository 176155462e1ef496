//! The usual sequence: diff, restore, verify, diff again.

use crate::support::{Bucket, Moment, Subject};

/// A small bucket with one key of each kind of change, and the time between before and after.
async fn incident(subject: &Subject) -> (Bucket, Moment) {
    let bucket = subject.bucket().await;
    bucket.put("docs/kept", "kept 1").await;
    bucket.put("docs/overwritten", "overwritten 1").await;
    bucket.put("docs/overwritten-twice", "twice 1").await;
    bucket.put("docs/removed", "removed 1").await;
    bucket.put("docs/removed-then-new", "gone and back 1").await;
    bucket.put("docs/gone-before", "gone before 1").await;
    bucket.put("docs/gone-before-new-after", "gone before 1").await;
    // In a second of its own: not every server can tell the order within one.
    subject.moment().await;
    bucket.delete("docs/gone-before").await;
    bucket.delete("docs/gone-before-new-after").await;
    let at = subject.moment().await;
    bucket.put("docs/overwritten", "overwritten 2").await;
    bucket.put("docs/overwritten-twice", "twice 2").await;
    bucket.put("docs/overwritten-twice", "twice 3").await;
    bucket.delete("docs/removed").await;
    bucket.delete("docs/removed-then-new").await;
    bucket.put("docs/removed-then-new", "gone and back 2").await;
    bucket.put("docs/gone-before-new-after", "new 2").await;
    bucket.put("docs/new", "new 1").await;
    (bucket, at)
}

const CHANGES: [(&str, &str); 6] = [
    ("docs/gone-before-new-after", "delete"),
    ("docs/new", "delete"),
    ("docs/overwritten", "revert"),
    ("docs/overwritten-twice", "revert"),
    ("docs/removed", "undelete"),
    ("docs/removed-then-new", "revert"),
];

/// The contents that a reader got at T.
const THEN: [(&str, Option<&str>); 8] = [
    ("docs/kept", Some("kept 1")),
    ("docs/overwritten", Some("overwritten 1")),
    ("docs/overwritten-twice", Some("twice 1")),
    ("docs/removed", Some("removed 1")),
    ("docs/removed-then-new", Some("gone and back 1")),
    ("docs/gone-before", None),
    ("docs/gone-before-new-after", None),
    ("docs/new", None),
];

fn owned(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    changes.iter().map(|(key, change)| ((*key).to_owned(), (*change).to_owned())).collect()
}

pub(crate) async fn diff_names_every_change_and_changes_nothing(subject: Subject) {
    let (bucket, at) = incident(&subject).await;
    let before = bucket.entries().await;
    let diff = subject.diff(&bucket.url(""), at).await;

    assert_eq!(diff.changes(), owned(&CHANGES), "{diff}");
    for (count, expected) in
        [("keys", 8), ("unchanged", 2), ("same_content", 0), ("reverts", 3), ("undeletes", 1), ("deletes", 2)]
    {
        assert_eq!(diff.count(count), expected, "{count} in {diff}");
    }
    assert_eq!(diff.count("versions"), before.len() as u64, "{diff}");
    assert_eq!(diff.count("doubtful"), 0, "{diff}");

    let revert = diff.change("docs/overwritten");
    assert_eq!((&revert["now"]["size"], &revert["then"]["size"]), (&13.into(), &13.into()), "{revert}");
    assert_ne!(revert["now"]["version_id"], revert["then"]["version_id"], "{revert}");
    assert!(diff.change("docs/removed")["now"].is_null(), "{diff}");
    assert!(diff.change("docs/new")["then"].is_null(), "{diff}");
    assert_eq!(bucket.entries().await, before, "diff has written to the bucket");

    let location = bucket.url("");
    let at = at.to_string();
    let told = subject.asof(&["diff", &location, "--at", &at, "--format", "json", "--exit-code"]).await;
    told.expect_code(4);
}

pub(crate) async fn in_place(subject: Subject) {
    let (bucket, at) = incident(&subject).await;
    let before = bucket.entries().await;
    let restored = subject.restore_and_verify(&bucket.url(""), at).await;

    assert_eq!((restored.count("copied"), restored.count("deleted")), (4, 2), "{restored}");
    bucket.assert_holds(&THEN).await;
    let after = bucket.entries().await;
    assert_eq!(after.len(), before.len() + 6, "one entry more for each change, and none less");
    for entry in before {
        assert!(
            after.iter().any(|e| e.version_id == entry.version_id && e.key == entry.key),
            "{entry:?} is gone"
        );
    }
}

pub(crate) async fn again_changes_nothing(subject: Subject) {
    let (bucket, at) = incident(&subject).await;
    subject.restore_and_verify(&bucket.url(""), at).await;
    let before = bucket.entries().await;
    let again = subject.restore(&bucket.url(""), at).await.expect_code(0);
    assert_eq!((again.count("copied"), again.count("deleted")), (0, 0), "{again}");
    assert_eq!(bucket.entries().await, before);
}

pub(crate) async fn into_another_bucket(subject: Subject) {
    let (bucket, at) = incident(&subject).await;
    let other = subject.bucket().await;
    let before = bucket.entries().await;
    let (from, to, at) = (bucket.url(""), other.url("restored/"), at.to_string());

    let restore = ["restore", &from, "--at", &at, "--to", &to, "--yes", "--format", "json"];
    let restored = subject.asof(&restore).await.expect_code(0);
    assert_eq!(restored.count("copied"), 5, "{restored}");
    let expected = THEN.map(|(key, body)| (format!("restored/{key}"), body));
    let expected: Vec<_> = expected.iter().map(|(key, body)| (key.as_str(), *body)).collect();
    other.assert_holds(&expected).await;
    assert_eq!(bucket.entries().await, before, "the source has been written to");

    let verify = ["verify", &from, "--at", &at, "--against", &to, "--format", "json"];
    let verified = subject.asof(&verify).await.expect_code(0);
    assert_eq!((verified.count("matched"), verified.count("mismatched")), (5, 0), "{verified}");

    other.put("restored/docs/kept", "spoilt").await;
    other.delete("restored/docs/removed").await;
    other.put("restored/docs/surplus", "not of then").await;
    let verified = subject.asof(&verify).await.expect_code(4);
    let mut keys: Vec<_> =
        verified.of_type("mismatch").iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect();
    keys.sort();
    assert_eq!(keys, ["docs/kept", "docs/removed", "docs/surplus"], "{verified}");
}

pub(crate) async fn within_a_prefix(subject: Subject) {
    let (bucket, at) = incident(&subject).await;
    bucket.put("other/new", "stays").await;
    let restored = subject.restore_and_verify(&bucket.url("docs/"), at).await;
    assert_eq!((restored.count("copied"), restored.count("deleted")), (4, 2), "{restored}");
    bucket.assert_holds(&THEN).await;
    bucket.assert_holds(&[("other/new", Some("stays"))]).await;
}
