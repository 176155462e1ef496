//! A write that no condition detects, while a recovery restores its bucket: it is reported, and undo restores it.

use asof::lab::{Operation, Put, When};

use super::story::{Story, report};
use crate::faults::scene::BUCKET;

const KEY: &str = "over/0002";

/// If-Match sees an `ETag`, and equal bytes have an equal one.
#[tokio::test]
async fn a_superseded_write_is_a_finding() {
    let story = Story::new().await;
    let lab = std::sync::Arc::clone(story.scene.lab_again());
    let (wrote, written) = std::sync::mpsc::channel();
    story.scene.lab().faults().before(Operation::CopyObject, When::Nth(2), move || {
        let same = Put::of(lab.live(BUCKET)[KEY].content.body.clone());
        wrote.send(lab.put(BUCKET, KEY, same).unwrap()).unwrap();
    });
    let more = ["--at", &story.at().to_string(), "--yes", "--concurrency", "1"];
    let run = story.asof("recover", &more).await.expect_code(4);
    let version = written.recv().unwrap();
    let report = report(&run);
    assert_eq!(report["ending"], "inconsistent", "{run}");
    let findings = report["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{run}");
    assert_eq!(
        (findings[0]["key"].as_str(), findings[0]["finding"].as_str()),
        (Some(KEY), Some("superseded"))
    );
    assert!(findings[0].to_string().contains(&version), "{version} in {run}");
}
