//! Reading the past: `ls` and `cat`.

use super::order::{Step, within_one_second};
use crate::deviations::Behaviour;
use crate::support::{Moment, Run, Subject, text};

use Step::{Delete, Put};

async fn listed(subject: &Subject, url: &str, at: Moment, more: &[&str]) -> Vec<String> {
    let at = at.to_string();
    let list = [&["ls", url, "--at", &at, "--format", "json"], more].concat();
    let list = subject.asof(&list).await.expect_code(0);
    let lines = list.json();
    let names = lines.iter().filter_map(|line| match text(line, "type") {
        "object" => Some(text(line, "key").to_owned()),
        "folder" => Some(text(line, "prefix").to_owned()),
        _ => None,
    });
    names.collect()
}

async fn cat(subject: &Subject, url: &str, at: Moment, more: &[&str]) -> Run {
    let at = at.to_string();
    subject.asof(&[&["cat", url, "--at", &at], more].concat()).await
}

pub(crate) async fn folders_and_keys_are_listed_as_they_were(subject: Subject) {
    let bucket = subject.bucket().await;
    for key in ["deleted/1", "deleted/2", "kept/1", "kept/deep/2", "mixed/1", "mixed/2", "top", "zero"] {
        bucket.put(key, key).await;
    }
    // A put and its delete within one second are the subject of the test below.
    subject.moment().await;
    for key in ["deleted/1", "deleted/2", "mixed/1", "zero"] {
        bucket.delete(key).await;
    }
    let at = subject.moment().await;
    for key in ["deleted/3", "later/1", "zero"] {
        bucket.put(key, "later").await;
    }
    for key in ["kept/1", "kept/deep/2", "top"] {
        bucket.delete(key).await;
    }
    let all = ["kept/1", "kept/deep/2", "mixed/2", "top"];
    assert_eq!(listed(&subject, &bucket.url(""), at, &[]).await, ["kept/", "mixed/", "top"]);
    assert_eq!(listed(&subject, &bucket.url("kept/"), at, &[]).await, ["kept/deep/", "kept/1"]);
    assert_eq!(listed(&subject, &bucket.url(""), at, &["--recursive"]).await, all);
    for (key, code) in [("deleted/", 1), ("later/", 1), ("kept", 0)] {
        let time = at.to_string();
        subject.asof(&["ls", &bucket.url(key), "--at", &time]).await.expect_code(code);
    }
}

pub(crate) async fn bytes_of_one_second_are_read(subject: Subject) {
    if !subject.holds(Behaviour::DocumentOrder) {
        return;
    }
    let bucket = subject.bucket().await;
    let alive = within_one_second(&bucket, "alive", &[Put("1"), Delete, Put("back again")]).await;
    let removed = within_one_second(&bucket, "removed", &[Put("1"), Put("2"), Delete]).await;
    let at = subject.moment().await;
    bucket.delete(&alive).await;
    bucket.put(&removed, "later").await;
    // The keys of attempts that went over the border of a second are in the bucket too.
    assert_eq!(listed(&subject, &bucket.url("alive-"), at, &[]).await.last(), Some(&alive));
    subject.asof(&["ls", &bucket.url("removed-"), "--at", &at.to_string()]).await.expect_code(1);
    assert_eq!(cat(&subject, &bucket.url(&alive), at, &[]).await.expect_code(0).stdout, "back again");
    let range = cat(&subject, &bucket.url(&alive), at, &["--range", "bytes=5-6"]).await;
    if subject.holds(Behaviour::VersionRanges) {
        assert_eq!(range.expect_code(0).stdout, "ag");
    } else {
        assert_eq!(range.expect_code(1).stdout, "", "other bytes than were asked for");
    }
    let absent = cat(&subject, &bucket.url(&removed), at, &[]).await.expect_code(1);
    assert_eq!(absent.stdout, "", "{absent}");
}
