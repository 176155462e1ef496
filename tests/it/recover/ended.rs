//! A recovery that is killed right before or after it records its end, and the same command again: it reports success
//! only after another check, and leaves the application's later writes alone.

use asof::lab::Put;
use serde_json::Value;

use super::story::{Story, report};
use crate::faults::scene::BUCKET;
use crate::support::{Moment, Run};

/// The time of the kill.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Cut {
    /// Before the end was recorded.
    Before,
    /// After that, before the report was kept.
    After,
}

impl Story {
    /// Executes the recovery, and leaves the files that a kill at this point leaves on disk.
    async fn cut_at_its_end(&self, cut: Cut) {
        self.recover().await.expect_code(0);
        let recovery = self.newest().unwrap();
        std::fs::remove_file(recovery.join("report.json")).unwrap();
        if cut == Cut::Before {
            let journal = recovery.join("journal");
            let records = std::fs::read_to_string(&journal).unwrap();
            let ended = records.trim_end().rfind('\n').unwrap() + 1;
            assert!(records[ended..].contains("\"ended\""), "{records}");
            std::fs::write(&journal, &records[..ended]).unwrap();
        }
    }

    fn application_writes(&self) {
        let lab = self.scene.lab();
        lab.put(BUCKET, "over/0001", Put::of("application")).unwrap();
        lab.put(BUCKET, "application/0000", Put::of("application")).unwrap();
    }

    /// Each hook and each command that changes something was called once.
    fn assert_nothing_again(&self, what: &str) {
        let calls = ["quiesce", "restore", "after-database", "resume"].map(|call| self.calls(call));
        assert_eq!((calls, self.read("made").lines().count()), ([1; 4], 1), "{what}");
    }
}

fn assert_told_as_ended(run: &Run) {
    for told in ["already finished at ", "this command changes nothing", "to recover to this time again"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
}

#[tokio::test]
async fn what_holds_is_called_done_by_the_same_command() {
    for cut in [Cut::Before, Cut::After] {
        let story = Story::new().await;
        story.cut_at_its_end(cut).await;
        let versions = story.scene.versions();
        let run = story.recover().await.expect_code(0);
        let told = report(&run);
        assert_eq!(
            (&told["ending"], &told["running"]["keys_changed"]),
            (&"done".into(), &0.into()),
            "{told:#}"
        );
        assert!(told["ended"].is_string() && told["running"]["since"].is_string(), "{told:#}");
        assert_eq!(story.scene.versions(), versions, "{cut:?}: {run}");
        story.assert_nothing_again(&format!("{cut:?}: {run}"));
        story.assert_recovered(&format!("{cut:?}"));
        assert!(story.newest().unwrap().join("report.json").exists());
        assert_eq!(run.stderr.contains("already finished"), cut == Cut::After, "{run}");
        // Its databases occupy the targets of a new recovery: every attempt reports this.
        let again = story.recover().await.expect_code(0);
        assert_told_as_ended(&again);
        assert_eq!(std::fs::read_dir(story.recoveries()).unwrap().count(), 1, "{again}");
    }
}

#[tokio::test]
async fn what_the_application_has_written_since_is_told_and_left() {
    for cut in [Cut::Before, Cut::After] {
        let story = Story::new().await;
        story.cut_at_its_end(cut).await;
        story.application_writes();
        let versions = story.scene.versions();
        let run = story.recover().await.expect_code(0);
        let told = report(&run);
        assert_eq!(
            (&told["ending"], &told["running"]["keys_changed"]),
            (&"done".into(), &2.into()),
            "{told:#}"
        );
        assert_eq!(told["findings"], Value::Array(Vec::new()), "{told:#}");
        assert_eq!(story.scene.versions(), versions, "{cut:?}: {run}");
        story.assert_nothing_again(&format!("{cut:?}: {run}"));
        let at = story.at().to_string();
        let path = story.path("recovery.toml");
        let typed = ["recover", path.to_str().unwrap(), "--at", &at, "--yes"];
        let table = story.scene.subject.asof(&typed).await.expect_code(0);
        let words = [
            "the application has been running since ",
            "2 keys were changed since and left unchanged",
            "\ndone; recovery time ",
        ];
        for words in words {
            assert!(table.stdout.contains(words), "{words} in {table}");
        }
    }
}

#[tokio::test]
async fn what_does_not_hold_any_more_is_not_called_done() {
    for cut in [Cut::Before, Cut::After] {
        let story = Story::new().await;
        story.cut_at_its_end(cut).await;
        std::fs::remove_file(story.path("restored")).unwrap();
        story.application_writes();
        let versions = story.scene.versions();
        let run = story.recover().await.expect_code(3);
        assert_ne!(report(&run)["ending"], "done", "{run}");
        for told in ["the restored database no longer exists", "nothing was changed", "asof verify"] {
            assert!(run.stderr.contains(told), "{told} in {run}");
        }
        assert_eq!(story.scene.versions(), versions, "{cut:?}: {run}");
        story.assert_nothing_again(&format!("{cut:?}: {run}"));
        if cut == Cut::After {
            assert_told_as_ended(&run);
            // It was reported, and the target is free.
            let start_over = story.recover().await.expect_code(0);
            assert_eq!(std::fs::read_dir(story.recoveries()).unwrap().count(), 2, "{start_over}");
        }
    }
}

/// Without a resume hook it is unknown whether the application runs.
#[tokio::test]
async fn without_a_resume_hook_what_was_written_since_is_a_finding() {
    for cut in [Cut::Before, Cut::After] {
        let story = Story::new().await;
        story.write("recovery.toml", &story.file("in-place", &story.hooks(&["quiesce"])));
        story.cut_at_its_end(cut).await;
        story.application_writes();
        let versions = story.scene.versions();
        let run = story.recover().await.expect_code(4);
        assert_eq!(report(&run)["findings"][0]["finding"], "written", "{run}");
        assert_eq!(story.scene.versions(), versions, "{cut:?}: {run}");
    }
}

/// After a recovery of buckets alone was reported as done, the same command begins another.
#[tokio::test]
async fn once_it_was_told_another_one_is_begun_where_there_is_room() {
    let story = Story::new().await;
    let alone = format!("[[bucket]]\nsource = \"s3://{BUCKET}\"\ntarget = \"in-place\"\n");
    story.write("recovery.toml", &alone);
    story.cut_at_its_end(Cut::After).await;
    let told = story.recover().await.expect_code(0);
    assert_told_as_ended(&told);
    story.application_writes();
    let run = story.recover().await.expect_code(0);
    assert!(!run.stderr.contains("already finished"), "{run}");
    story.scene.assert_restored("once more");
    assert_eq!(std::fs::read_dir(story.recoveries()).unwrap().count(), 2);
}

/// Another time, other targets, an undo since: all are other commands.
#[tokio::test]
async fn only_the_same_command_is_told() {
    let story = Story::new().await;
    story.cut_at_its_end(Cut::After).await;
    let other = Moment(story.at().0 - 1).to_string();
    let run = story.asof("recover", &["--at", &other, "--yes"]).await.expect_code(5);
    assert!(!run.stderr.contains("already finished"), "{run}");
    let run = story.scene.runs().remove(0);
    story.scene.on_run("undo", &run, &["--yes"]).await.expect_code(0);
    let run = story.recover().await.expect_code(5);
    assert!(!run.stderr.contains("already finished"), "{run}");
}
