//! Parts of a recovery that an abort cannot or must not undo: it says so, and does not resume the application over
//! them.

use std::time::Duration;

use asof::lab::Put;

use super::story::Story;
use crate::faults::scene::BUCKET;

/// The one run of the recovery.
fn run_of(story: &Story) -> String {
    story.scene.runs().remove(0)
}

/// Nothing is reported as done, the application is still quiesced, and the same command resumes.
async fn assert_goes_on(story: &Story, what: &str) {
    assert_eq!(story.calls("resume"), 0, "{what}: the application is not resumed");
    assert_eq!(story.open().await[0]["state"], "aborting", "{what}");
}

#[tokio::test]
async fn an_abort_over_archived_versions_is_not_done_before_they_have_thawed() {
    let story = Story::new().await;
    let cold = Put { storage_class: Some("GLACIER".to_owned()), ..Put::of("cold") };
    story.scene.lab().put(BUCKET, "over/0000", cold).unwrap();
    story.fail_at_the_end().await;
    story.scene.lab().set_thaw(Duration::ZERO);
    let run = story.abort().await.expect_code(3);
    let undo = story.scene.runs().pop().unwrap();
    let told = format!("1 key was not undone: its version is archived, in run {undo}");
    assert!(run.stderr.contains(&told), "{told} in {run}");
    assert!(run.stderr.contains(&format!("asof resume {undo} --thaw bulk")), "{run}");
    assert_goes_on(&story, "archived").await;

    story.scene.on_run("resume", &undo, &["--thaw", "bulk"]).await;
    story.abort().await.expect_code(0);
    let live = story.scene.lab().live(BUCKET).remove("over/0000").unwrap();
    assert_eq!(live.content.body, "cold");
    assert_eq!((story.calls("resume"), story.open().await.len()), (1, 0));
}

#[tokio::test]
async fn an_abort_of_a_run_that_is_gone_is_not_said_to_be_done() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    std::fs::remove_dir_all(story.scene.subject.runs_dir().join(run_of(&story))).unwrap();
    let run = story.abort().await.expect_code(3);
    for told in ["the run is gone", "asof verify", "not everything was undone"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    // There is nothing to try again, so it is closed.
    assert_eq!((story.calls("resume"), story.calls("teardown"), story.open().await.len()), (0, 1, 0));
}

#[tokio::test]
async fn an_abort_of_a_run_that_cannot_be_read_is_not_taken_for_one_that_changed_nothing() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    let path = story.scene.subject.runs_dir().join(run_of(&story)).join("run.json");
    let order = std::fs::read_to_string(&path).unwrap();
    for wrong in [order.replacen("\"format\": 1", "\"format\": 99", 1), "{".to_owned()] {
        assert_ne!(wrong, order);
        std::fs::write(&path, wrong).unwrap();
        let run = story.abort().await.expect_code(3);
        assert!(!run.stderr.contains("it changed nothing"), "{run}");
        assert_goes_on(&story, "unreadable").await;
    }
    std::fs::write(&path, order).unwrap();
    story.abort().await.expect_code(0);
    story.scene.assert_undone("readable again");
}

#[tokio::test]
async fn runs_of_an_open_recovery_are_not_pruned() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    let run = run_of(&story);
    tokio::time::sleep(Duration::from_secs(3)).await;
    let prune = ["runs", "--prune", "1s", "--yes"];
    story.scene.subject.asof(&prune).await.expect_code(0);
    assert_eq!(story.scene.runs(), [run]);
    story.abort().await.expect_code(0);
    story.scene.assert_undone("after a prune");
    tokio::time::sleep(Duration::from_secs(3)).await;
    story.scene.subject.asof(&prune).await.expect_code(0);
    assert!(story.scene.runs().is_empty(), "it is closed, and its runs are needed no more");
}

/// One damaged byte must not make a recovery count as finished.
#[tokio::test]
async fn a_recovery_that_cannot_be_read_is_listed_and_in_the_way() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    let dir = story.newest().unwrap();
    let mut journal = std::fs::read(dir.join("journal")).unwrap();
    let last = journal.iter().rposition(|byte| *byte == b'{').unwrap();
    journal[last - 2] ^= 1;
    let whole = std::fs::read(dir.join("journal")).unwrap();
    journal.extend_from_slice(&last_line(&whole));
    std::fs::write(dir.join("journal"), &journal).unwrap();
    let runs = story.scene.runs();

    let listed = story.scene.subject.asof(&["recover", "--list"]).await.expect_code(5);
    assert!(listed.stderr.contains("unreadable: the recovery "), "{listed}");
    let known = format!("it has started the runs {}", runs[0]);
    for told in [&*dir.display().to_string(), &known, "requested 1 of its 1 databases"] {
        assert!(listed.stderr.contains(told), "{told} in {listed}");
    }
    assert!(
        !listed.stderr.contains("is finished") && !listed.stderr.contains("nothing was changed"),
        "{listed}"
    );

    story.write("other.toml", &story.read("recovery.toml"));
    let (path, at) = (story.path("other.toml"), story.at().to_string());
    let other = ["recover", path.to_str().unwrap(), "--at", &at, "--yes"];
    let other = story.scene.subject.asof(&other).await.expect_code(5);
    assert!(other.stderr.contains("cannot tell whether the recovery "), "{other}");
    story.scene.subject.asof(&["runs", "--prune", "0s", "--yes"]).await.expect_code(5);
    assert_eq!(story.scene.runs(), runs);
}

fn last_line(journal: &[u8]) -> Vec<u8> {
    journal.split_inclusive(|byte| *byte == b'\n').next_back().unwrap().to_vec()
}

/// Its rows stay at the target time; its teardown command would remove the database in use.
#[tokio::test]
async fn an_abort_leaves_a_database_that_was_restored_in_place() {
    let story = Story::new().await;
    let file = story.read("recovery.toml").replace("target = \"restored\"", "target = \"orders\"");
    story.write("recovery.toml", &file);
    story.fail_at_the_end().await;
    let preview = story.asof("recover", &["--abort", "--dry-run"]).await.expect_code(0);
    assert!(preview.stderr.contains("leave the database orders: it was restored in place"), "{preview}");
    let run = story.abort().await.expect_code(3);
    for told in ["it was restored in place, which asof cannot undo", "resume the application by hand"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert_eq!((story.calls("teardown"), story.calls("resume")), (0, 0), "{run}");
    assert!(story.path("orders").exists() && story.open().await.is_empty(), "{run}");
    story.scene.assert_undone("the bucket");
}

/// The application may have been cut over to the database that would be removed.
#[tokio::test]
async fn an_abort_after_the_resume_hook_was_started_is_refused_unless_it_is_asked_for() {
    let story = Story::new().await;
    story.write("fail-resume", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-resume")).unwrap();
    let versions = story.scene.versions();
    let preview = story.asof("recover", &["--abort", "--dry-run"]).await.expect_code(0);
    assert!(preview.stderr.contains("--after-resume"), "{preview}");
    let refused = story.abort().await.expect_code(5);
    assert!(
        refused.stderr.contains("may have been resumed") && refused.stderr.contains("--after-resume"),
        "{refused}"
    );
    assert!(story.path("restored").exists());
    assert_eq!((story.scene.versions(), story.calls("teardown")), (versions, 0));
    assert_eq!(story.open().await[0]["state"], "open");
    story.asof("recover", &["--abort", "--after-resume", "--yes"]).await.expect_code(0);
    assert!(!story.path("restored").exists() && story.open().await.is_empty());
    story.scene.assert_undone("after all");
}
