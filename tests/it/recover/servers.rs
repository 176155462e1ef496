//! A server is identified by its address, whether that was typed or set in the environment.

use std::time::{Duration, Instant};

use asof::lab::Put;

use super::story::Story;
use crate::faults::scene::BUCKET;
use crate::support::Run;

impl Story {
    /// `asof recover FILE --at T --yes` with the server's address in the environment.
    async fn recover_by_environment(&self) -> Run {
        let arguments = self.arguments("recover", &["--at", &self.at().to_string(), "--yes"]);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        self.scene.subject.asof_by_environment(&arguments).await
    }

    /// `asof recover FILE --at T --yes` with this story's file and state, asking another one's server.
    async fn recover_on(&self, other: &Story) -> Run {
        let (at, runs) = (self.at().to_string(), self.scene.subject.runs_dir());
        let state = runs.parent().unwrap().to_str().unwrap();
        let arguments = self.arguments("recover", &["--at", &at, "--yes", "--state-dir", state]);
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        other.scene.subject.asof(&arguments).await
    }
}

/// T1 fails, the bucket is restored to T2 with the address typed, then T1 is recovered again as before.
#[tokio::test]
async fn a_run_overtakes_a_recovery_that_found_the_same_server_in_the_environment() {
    let story = Story::new().await;
    story.write("broken", "");
    story.recover_by_environment().await.expect_code(3);
    std::fs::remove_file(story.path("broken")).unwrap();
    let subject = &story.scene.subject;
    let now = subject.moment().await.to_string();
    story.scene.lab().put(BUCKET, "over/0001", Put::of("application")).unwrap();
    subject.moment().await;
    let url = format!("s3://{BUCKET}");
    subject.asof(&["restore", &url, "--at", &now, "--yes", "--format", "json"]).await.expect_code(0);
    let versions = story.scene.versions();
    let refused = story.recover_by_environment().await.expect_code(5);
    assert!(refused.stderr.contains(&format!(" has changed {url} since")), "{refused}");
    assert_eq!(story.scene.versions(), versions, "{refused}");
}

#[tokio::test]
async fn a_bucket_under_recovery_is_claimed_on_its_server_however_that_is_named() {
    let story = Story::new().await;
    story.write("sleep-quiesce", "4");
    let second = async {
        let began = Instant::now();
        while story.calls("quiesce") == 0 && began.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let (url, at) = (format!("s3://{BUCKET}"), story.at().to_string());
        story.scene.subject.asof_by_environment(&["restore", &url, "--at", &at, "--yes"]).await
    };
    let (first, second) = tokio::join!(story.recover(), second);
    first.expect_code(0);
    let second = second.expect_code(5);
    assert!(second.stderr.contains("another process is working on"), "{second}");
    story.assert_recovered("alone");
}

/// A bucket of the same name on another server is another bucket: it is not changed, and not reported as done.
#[tokio::test]
async fn a_recovery_is_not_resumed_on_another_server() {
    let story = Story::new().await;
    story.write("broken", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("broken")).unwrap();
    let other = Story::new().await;
    let versions = other.scene.versions();
    let refused = story.recover_on(&other).await.expect_code(2);
    assert!(refused.stderr.contains("it was started on another server"), "{refused}");
    assert_eq!(other.scene.versions(), versions, "{refused}");
    story.recover().await.expect_code(0);
    let again = story.recover_on(&other).await;
    assert!(again.code() != Some(0) || other.scene.versions() != versions, "done, but not there: {again}");
}
