//! Keys that must be escaped somewhere on the way.

use crate::deviations::Behaviour;
use crate::support::{Bucket, Moment, Subject};

const ODD: [&str; 24] = [
    "a b",
    "a+b",
    "a%",
    "a%20b",
    "a%2Fb",
    "a?b=c",
    "a#b",
    "a&b",
    "a=b;c",
    "a\"b'c",
    "a<b>c",
    "a&amp;b",
    "ä/ö ü",
    "日本/語.txt",
    "emoji 🦀",
    "e\u{301}",
    "../up",
    "down/../../up",
    "./here",
    "a//b",
    "trailing/",
    "trailing space ",
    "tab\there",
    "-rf *",
];

/// Overwrites half of the keys after T and removes the others; all of them existed before.
async fn incident(subject: &Subject, keys: &[&str]) -> (Bucket, Moment) {
    let bucket = subject.bucket().await;
    for key in keys {
        bucket.put(key, &format!("then {key}")).await;
    }
    let at = subject.moment().await;
    for (number, key) in keys.iter().enumerate() {
        if number % 2 == 0 {
            bucket.put(key, "now").await;
        } else {
            bucket.delete(key).await;
        }
    }
    (bucket, at)
}

async fn restores(subject: &Subject, keys: &[&str]) {
    let (bucket, at) = incident(subject, keys).await;
    let diff = subject.diff(&bucket.url(""), at).await;
    let mut expected = keys.to_vec();
    expected.sort_unstable_by_key(|key| key.as_bytes());
    let found: Vec<_> = diff.changes().into_iter().map(|(key, _)| key).collect();
    assert_eq!(found, expected, "{diff}");
    let restored = subject.restore_and_verify(&bucket.url(""), at).await;
    assert_eq!(restored.count("copied"), keys.len() as u64, "{restored}");
    for key in keys {
        assert_eq!(bucket.get(key).await, Some(format!("then {key}")), "body of {key:?}");
    }
}

/// Creates the keys after T, so that the restore has to delete them.
async fn deletes(subject: &Subject, keys: &[&str]) {
    let bucket = subject.bucket().await;
    bucket.put("kept", "kept").await;
    let at = subject.moment().await;
    for key in keys {
        bucket.put(key, "new").await;
    }
    let restored = subject.restore_and_verify(&bucket.url(""), at).await;
    assert_eq!(restored.count("deleted"), keys.len() as u64, "{restored}");
    for key in keys {
        assert_eq!(bucket.get(key).await, None, "{key:?} is still there");
    }
    assert_eq!(bucket.get("kept").await.as_deref(), Some("kept"));
}

pub(crate) async fn odd_keys_are_restored(subject: Subject) {
    restores(&subject, &ODD).await;
}

pub(crate) async fn odd_keys_are_deleted(subject: Subject) {
    deletes(&subject, &ODD).await;
}

async fn both(subject: &Subject, keys: &[&str]) {
    restores(subject, keys).await;
    deletes(subject, keys).await;
}

pub(crate) async fn line_feed(subject: Subject) {
    if subject.holds(Behaviour::LineFeed) {
        both(&subject, &["new\nline", "tail\n"]).await;
    }
}

pub(crate) async fn carriage_return(subject: Subject) {
    if subject.holds(Behaviour::CarriageReturn) {
        both(&subject, &["cr\rx", "crlf\r\nx"]).await;
    }
}

pub(crate) async fn control_character(subject: Subject) {
    if subject.holds(Behaviour::ControlCharacter) {
        both(&subject, &["ctl\u{1}x", "esc\u{1b}[31mred", "plain"]).await;
    }
}
