//! `asof history`: the versions of one key.

use crate::support::{Subject, text};

pub(crate) async fn every_version_newest_first(subject: Subject) {
    let bucket = subject.bucket().await;
    let first = bucket.put("docs/a", "1").await.unwrap();
    let live = bucket.put("docs/a", "22").await.unwrap();
    bucket.put("docs/a.bak", "another key").await;
    let at = subject.moment().await;
    bucket.delete("docs/a").await;
    // A second of its own, so that a server that keeps versions and markers apart lists them right, too.
    subject.moment().await;
    let newest = bucket.put("docs/a", "333").await.unwrap();

    let (location, at) = (bucket.url("docs/a"), at.to_string());
    let history = subject.asof(&["history", &location, "--at", &at, "--format", "json"]).await.expect_code(0);
    let lines = history.json();
    let ids: Vec<_> = lines.iter().map(|line| text(line, "version_id")).collect();
    assert_eq!(ids.len(), 4, "{history}");
    assert_eq!(
        (text(&lines[1], "type"), &lines[1]["size"]),
        ("delete_marker", &serde_json::Value::Null),
        "{history}"
    );
    assert_eq!((ids[0], ids[2], ids[3]), (newest.as_str(), live.as_str(), first.as_str()), "{history}");
    let marked: Vec<_> = lines.iter().filter(|line| line["live_at"] == true).collect();
    assert_eq!(marked.len(), 1, "{history}");
    assert_eq!(text(marked[0], "version_id"), live, "{history}");
}
