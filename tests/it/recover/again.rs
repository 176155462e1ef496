//! A recovery that is run again after other events: completed steps are checked before they count as done.

use std::time::{Duration, Instant};

use asof::lab::Put;

use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;
use crate::support::Moment;

impl Story {
    /// The application runs: it overwrites one key, deletes one and creates one.
    fn write_as_application(&self) {
        let lab = self.scene.lab();
        lab.put(BUCKET, "over/0001", Put::of("application")).unwrap();
        lab.put(BUCKET, "application/0000", Put::of("application")).unwrap();
        lab.delete(BUCKET, "kept/0000").unwrap();
    }

    /// The database fails after the bucket was restored.
    async fn fail_at_the_database(&self) {
        self.write("broken", "");
        self.recover().await.expect_code(3);
        std::fs::remove_file(self.path("broken")).unwrap();
    }

    fn assert_bucket_restored(&self, what: &str) {
        self.scene.assert_restored(what);
    }
}

/// The operator gives up, and later runs the same command: the run was undone, which the journal does not show.
#[tokio::test]
async fn a_recovery_whose_run_was_undone_is_closed_and_never_done() {
    let story = Story::new().await;
    story.fail_at_the_database().await;
    let run = story.scene.runs().remove(0);
    story.scene.on_run("undo", &run, &["--yes"]).await.expect_code(0);
    story.write_as_application();
    let (versions, calls) = (story.scene.versions(), story.calls("quiesce"));
    let refused = story.recover().await.expect_code(5);
    for told in [
        "cannot resume the recovery ",
        &format!("its run {run} of s3://{BUCKET} was undone by run "),
        "the same command starts a new one",
        " --abort",
        "the application may still be quiesced",
    ] {
        assert!(refused.stderr.contains(told), "{told} in {refused}");
    }
    assert_eq!((story.scene.versions(), story.calls("quiesce")), (versions, calls), "{refused}");
    // The database of the closed one is not the new one's.
    story.recover().await.expect_code(5);
    std::fs::remove_file(story.path("restored")).unwrap();
    let run = story.recover().await.expect_code(0);
    assert!(!run.stderr.contains("resuming the"), "{run}");
    story.assert_bucket_restored("by a new recovery");
}

/// Without an undo, too: the application was started by hand, and wrote.
#[tokio::test]
async fn a_bucket_that_was_written_to_is_restored_again_with_the_application_quiesced() {
    let story = Story::new().await;
    story.fail_at_the_database().await;
    story.write_as_application();
    let run = story.recover().await.expect_code(0);
    assert!(
        run.stderr.contains(&format!("bucket s3://{BUCKET}: restore: 3 keys were changed since it was")),
        "{run}"
    );
    assert_eq!((story.calls("quiesce"), story.calls("resume"), story.calls("restore")), (2, 1, 1), "{run}");
    assert_eq!(report(&run)["ending"], "done");
    story.assert_bucket_restored("restored again");
}

/// The plan of a resumed run does not include later writes.
#[tokio::test]
async fn what_was_written_beside_an_unfinished_run_is_restored_too() {
    let story = Story::new().await;
    let rule = asof::lab::Rule::on(
        asof::lab::Operation::CopyObject,
        asof::lab::Fault::AccessDenied,
        asof::lab::When::Always,
    );
    story.scene.strike(rule);
    story.recover().await.expect_code(3);
    story.scene.lab().faults().clear();
    story.scene.lab().put(BUCKET, "application/0000", Put::of("application")).unwrap();
    story.scene.lab().delete(BUCKET, "kept/0000").unwrap();
    story.recover().await.expect_code(0);
    assert_eq!(story.calls("quiesce"), 2, "nobody knows whether the application was started meanwhile");
    story.assert_bucket_restored("by two runs");
}

/// An application that was resumed may have written: its writes are neither rewound nor reported as restored.
#[tokio::test]
async fn writes_after_the_resume_hook_was_started_are_findings() {
    let story = Story::new().await;
    story.write("fail-resume", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-resume")).unwrap();
    story.write_as_application();
    let versions = story.scene.versions();
    let run = story.recover().await.expect_code(4);
    let told = report(&run);
    assert_eq!(told["ending"], "inconsistent", "{told:#}");
    assert_eq!(told["findings"][0]["finding"], "written", "{told:#}");
    assert!(
        told["findings"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("3 keys were changed since it was restored, and left unchanged"),
        "{told:#}"
    );
    assert_eq!((story.scene.versions(), story.calls("quiesce"), story.calls("resume")), (versions, 1, 2));
}

/// A database that was removed is restored again, with all steps that depend on it.
#[tokio::test]
async fn a_database_that_is_gone_is_restored_again() {
    let story = Story::new().await;
    story.write("fail-keys", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-keys")).unwrap();
    std::fs::remove_file(story.path("restored")).unwrap();
    let run = story.recover().await.expect_code(0);
    assert!(run.stderr.contains("request restore: the restored database no longer exists"), "{run}");
    assert_eq!((story.read("made").lines().count(), story.calls("after-database")), (2, 2), "{run}");
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 1), "{run}");
    story.assert_bucket_restored("with another database");
}

/// A recovery to another time is not begun beside an unfinished one that has changed something; it closes one that has
/// not.
#[tokio::test]
async fn another_time_waits_until_the_first_is_resumed_or_aborted() {
    let story = Story::new().await;
    story.fail_at_the_database().await;
    let other = Moment(story.at().0 + 1).to_string();
    let refused = story.asof("recover", &["--at", &other, "--yes"]).await.expect_code(5);
    let resume = format!(" --at {}", story.at());
    for told in [" is unfinished", "resume it: asof recover ", &resume, "abort it: asof recover "] {
        assert!(refused.stderr.contains(told), "{told} in {refused}");
    }
    assert_eq!((story.calls("quiesce"), story.calls("restore")), (1, 1), "{refused}");
    story.recover().await.expect_code(0);
    story.assert_recovered("resumed");
}

/// T1 fails, the bucket is restored to T2 by hand, then T1 is recovered again.
#[tokio::test]
async fn a_recovery_whose_bucket_was_restored_to_another_time_is_closed() {
    let story = Story::new().await;
    story.fail_at_the_database().await;
    let now = story.scene.subject.moment().await.to_string();
    story.write_as_application();
    story.scene.subject.moment().await;
    let url = format!("s3://{BUCKET}");
    let restore = ["restore", &url, "--at", &now, "--yes", "--format", "json"];
    story.scene.subject.asof(&restore).await.expect_code(0);
    let refused = story.recover().await.expect_code(5);
    assert!(refused.stderr.contains(&format!(" has changed s3://{BUCKET} since")), "{refused}");
}

/// The changes of a run with an unreadable manifest are unknown: it may have overtaken the recovery, which would rewind
/// it.
#[tokio::test]
async fn a_run_whose_manifest_cannot_be_read_stops_the_recovery_that_it_may_have_overtaken() {
    let story = Story::new().await;
    story.fail_at_the_database().await;
    let now = story.scene.subject.moment().await.to_string();
    story.write_as_application();
    story.scene.subject.moment().await;
    let url = format!("s3://{BUCKET}");
    let restore = ["restore", &url, "--at", &now, "--yes", "--format", "json"];
    story.scene.subject.asof(&restore).await.expect_code(0);
    let run = story.scene.runs().remove(1);
    let manifest = story.scene.subject.runs_dir().join(&run).join("run.json");
    let written = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, written.replace("\"format\": 1", "\"format\": 99")).unwrap();
    let versions = story.scene.versions();
    let refused = story.recover().await.expect_code(5);
    assert!(refused.stderr.contains(&format!("run {run} ")), "{refused}");
    assert_eq!(story.scene.versions(), versions, "{refused}");
    std::fs::write(&manifest, written).unwrap();
    let refused = story.recover().await.expect_code(5);
    assert!(refused.stderr.contains(&format!("run {run} has changed s3://{BUCKET} since")), "{refused}");
}

/// T1 fails, T2 is recovered from another machine with its own state, then T1 is recovered again.
#[tokio::test]
async fn a_bucket_at_another_time_is_never_called_done() {
    let story = Story::new().await;
    story.fail_at_the_database().await;
    story.write_as_application();
    let later = story.scene.subject.moment().await.to_string();
    story.write_as_application();
    let file = story.read("recovery.toml");
    story.write("recovery.toml", &file.replace("target = \"restored\"", "target = \"other\""));
    story.write("window", "@0 -");
    let state = story.path("another machine");
    let there = ["--at", &later, "--yes", "--state-dir", state.to_str().unwrap()];
    story.write("keys", "over/0001\n");
    story.asof("recover", &there).await.expect_code(0);
    story.write("recovery.toml", &file);
    let run = story.recover().await.expect_code(0);
    assert_eq!(report(&run)["ending"], "done");
    story.assert_bucket_restored("to the first time, as the database is");
}

/// The quiesce hook did not stop every writer: the application is not resumed on top of that.
#[tokio::test]
async fn a_last_look_finds_what_was_written_while_the_recovery_ran() {
    let story = Story::new().await;
    story.write("sleep-keys", "3");
    let writer = async {
        let began = Instant::now();
        while story.calls("keys") == 0 && began.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        story.scene.lab().put(BUCKET, "application/0000", Put::of("application")).unwrap();
    };
    let (run, ()) = tokio::join!(story.recover(), writer);
    let run = run.expect_code(3);
    let told = report(&run);
    assert_eq!(told["ending"], "failed", "{told:#}");
    assert!(states(&told).contains(&format!("failed bucket s3://{BUCKET}: restore")), "{told:#}");
    for words in
        ["checking every bucket", "1 key was changed since it was restored", "after fixing this, resume it"]
    {
        assert!(run.stderr.contains(words), "{words} in {run}");
    }
    assert_eq!(story.calls("resume"), 0, "{run}");
    std::fs::remove_file(story.path("sleep-keys")).unwrap();
    story.recover().await.expect_code(0);
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (2, 1));
    story.assert_bucket_restored("in the end");
}

/// Without a resume hook "done" is said after the same look.
#[tokio::test]
async fn a_last_look_is_taken_without_a_resume_hook_too() {
    let story = Story::new().await;
    story.write("recovery.toml", &story.file("in-place", &story.hooks(&["quiesce"])));
    story.write("sleep-keys", "3");
    let writer = async {
        let began = Instant::now();
        while story.calls("keys") == 0 && began.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::fs::write(story.path("restored"), "another\n").unwrap();
    };
    let (run, ()) = tokio::join!(story.recover(), writer);
    let run = run.expect_code(3);
    assert_eq!(report(&run)["ending"], "failed", "{run}");
    assert!(run.stderr.contains("another database has taken its place: tagged another"), "{run}");
}

/// No application wrote it: the recovery was told to leave it as it is.
#[tokio::test]
async fn a_key_in_doubt_that_was_skipped_is_no_write_when_the_recovery_is_resumed() {
    let story = Story::new().await;
    let lab = story.scene.lab();
    let cold = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("cold") };
    lab.put(BUCKET, "cold", cold).unwrap();
    story.write("keys", "kept/0000\n");
    let at = story.scene.subject.moment().await.to_string();
    for key in ["cold", "kept/0000"] {
        lab.put(BUCKET, key, Put::of("later")).unwrap();
    }
    let path = story.path("recovery.toml");
    let arguments =
        ["recover", path.to_str().unwrap(), "--at", &at, "--yes", "--doubtful", "skip", "--format", "json"];
    story.write("broken", "");
    story.scene.subject.asof(&arguments).await.expect_code(3);
    std::fs::remove_file(story.path("broken")).unwrap();
    let run = story.scene.subject.asof(&arguments).await.expect_code(0);
    assert!(!run.stderr.contains("were changed since"), "{run}");
    assert!(!run.stderr.contains("was changed since"), "{run}");
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 1), "{run}");
    assert_eq!(lab.versions(BUCKET, "kept/0000").len(), 3, "{run}");
    assert_eq!(lab.versions(BUCKET, "cold").len(), 2, "{run}");
}
