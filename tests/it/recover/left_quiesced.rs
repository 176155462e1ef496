//! An application that a recovery may have left quiesced: it is not forgotten, and not resumed on half-restored data.

use super::story::{Story, report};

/// A recovery that failed after its bucket was rewound, with the application quiesced.
async fn failed() -> Story {
    let story = Story::new().await;
    story.write("fail-keys", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-keys")).unwrap();
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 0));
    story
}

/// Its resume hook would let the application go on, and its second would be one of a half-restored state.
#[tokio::test]
async fn a_mark_in_the_midst_of_a_recovery_is_refused() {
    let story = failed().await;
    let mark = story.asof("mark", &["--name", "m"]).await.expect_code(5);
    for told in ["cannot make a mark: the recovery ", " --abort", "asof recover "] {
        assert!(mark.stderr.contains(told), "{told} in {mark}");
    }
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 0), "{mark}");
    story.recover().await.expect_code(0);
    story.asof("mark", &["--name", "m"]).await.expect_code(0);
}

/// After the undo, the application is quiesced all the same.
#[tokio::test]
async fn an_abort_resumes_what_an_undo_by_hand_has_left_quiesced() {
    let story = failed().await;
    let run = story.scene.runs().remove(0);
    story.scene.subject.asof(&["undo", &run, "--yes"]).await.expect_code(0);
    let refused = story.recover().await.expect_code(5);
    assert!(refused.stderr.contains("the application may still be quiesced"), "{refused}");
    assert_eq!(story.calls("resume"), 0, "{refused}");
    story.asof("recover", &["--abort", "--yes"]).await.expect_code(0);
    assert_eq!(story.calls("resume"), 1);
}

/// The second recovery has other hooks, or none.
#[tokio::test]
async fn a_quiesced_recovery_is_in_the_way_of_another_file() {
    let story = Story::new().await;
    story.write("broken", "");
    story.recover().await.expect_code(3);
    let other = story.file("in-place", "").replace("\"restored\"", "\"elsewhere\"");
    story.write("other.toml", &other);
    let path = story.path("other.toml");
    let at = story.at().to_string();
    let recover = ["recover", path.to_str().unwrap(), "--at", &at, "--yes"];
    let refused = story.scene.subject.asof(&recover).await.expect_code(5);
    assert!(refused.stderr.contains("is unfinished"), "{refused}");
    assert_eq!(story.calls("resume"), 0);
}

/// The database that is restored in place was requested by then.
#[tokio::test]
async fn a_second_quiesce_that_fails_over_a_database_in_place_resumes_nothing() {
    let story = Story::new().await;
    let file = story.read("recovery.toml").replace("source = \"orders\"\n", "");
    story.write("recovery.toml", &file);
    story.quiesce_late();
    story.write("broken", "");
    story.write("fail-keys", "");
    story.recover().await.expect_code(3);
    let resumed = story.calls("resume");
    story.write("fail-quiesce", "");
    let lab = story.scene.lab();
    lab.put(crate::faults::scene::BUCKET, "kept/0000", asof::lab::Put::of("a straggler")).unwrap();
    let run = story.recover().await.expect_code(3);
    assert_eq!(story.calls("resume"), resumed, "{run}");
    assert!(run.stderr.contains("the application"), "{run}");
}

/// Killed with its last word on its lips, it has run its resume hook before the mark was.
#[tokio::test]
async fn a_killed_mark_is_not_taken_for_resumed_by_an_earlier_resume() {
    let story = Story::new().await;
    story.recover().await.expect_code(0);
    let journal = story.newest().unwrap().join("journal");
    let records = std::fs::read_to_string(&journal).unwrap();
    let ended = records.trim_end().rfind('\n').unwrap() + 1;
    std::fs::write(&journal, &records[..ended]).unwrap();
    story.write("sleep-quiesce", "20");
    let arguments = story.arguments("mark", &["--name", "killed"]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let kill = |process: u32| {
        std::thread::sleep(std::time::Duration::from_secs(2));
        crate::support::kill(process);
    };
    story.scene.subject.asof_and(&arguments, kill).await.expect_killed();
    std::fs::remove_file(story.path("sleep-quiesce")).unwrap();
    assert_eq!(story.calls("quiesce"), 2);
    story.recover().await.expect_code(0);
    assert_eq!(story.calls("resume"), 2, "the mark's quiesce was forgotten");
}

/// A repeated restore would lose the application's writes to the restored database, and rewind its objects.
#[tokio::test]
async fn a_database_that_is_gone_after_the_resume_hook_was_started_is_not_restored_again() {
    let story = Story::new().await;
    story.write("fail-resume", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-resume")).unwrap();
    std::fs::remove_file(story.path("restored")).unwrap();
    story.scene.lab().put(crate::faults::scene::BUCKET, "kept/0000", asof::lab::Put::of("theirs")).unwrap();
    let versions = story.scene.versions();
    let run = story.recover().await;
    assert_ne!(run.code(), Some(0), "{run}");
    assert!(run.stderr.contains("the restored database no longer exists, and the application may"), "{run}");
    assert_eq!((story.calls("restore"), story.scene.versions()), (1, versions), "{run}");
    assert_ne!(report(&run)["ending"], "done", "{run}");
}

/// The journal says of which steps the recovery consists: the added hook would never be run.
#[tokio::test]
async fn a_hook_that_was_added_since_is_told() {
    let story = Story::new().await;
    let without = story.file("in-place", &story.hooks(&["quiesce"]));
    story.write("recovery.toml", &without);
    story.write("fail-keys", "");
    story.recover().await.expect_code(3);
    std::fs::remove_file(story.path("fail-keys")).unwrap();
    story.write("recovery.toml", &story.file("in-place", &story.hooks(&["quiesce", "resume"])));
    let refused = story.recover().await.expect_code(2);
    assert!(refused.stderr.contains("its file has a resume hook"), "{refused}");
    story.write("recovery.toml", &without);
    story.recover().await.expect_code(0);
}
