//! Hooks that hang: each is killed at its deadline, and the state of the application is then unknown.

use super::story::{Story, report, states};

/// A story whose hooks are killed after a second, and one that sleeps.
async fn story(hanging: &str) -> Story {
    let story = Story::new().await;
    story.write("recovery.toml", &format!("{}deadline = \"1s\"\n", story.read("recovery.toml")));
    story.write(&format!("sleep-{hanging}"), "20");
    story
}

const KILLED: &str = "the resume hook was killed after 1s";
const UNKNOWN: &str = "it is unknown whether the application is running";

#[tokio::test]
async fn a_resume_hook_that_hangs_is_never_done() {
    let story = story("resume").await;
    let run = story.recover().await.expect_code(3);
    for told in [KILLED, UNKNOWN, "set deadline in [hooks]", "the application is still quiesced"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    let told = report(&run);
    assert_eq!(told["ending"], "failed", "{told:#}");
    assert!(states(&told).contains(&"failed resume hook".to_owned()), "{told:#}");
    assert_eq!(story.open().await.len(), 1);
    std::fs::remove_file(story.path("sleep-resume")).unwrap();
    story.recover().await.expect_code(0);
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 2));
    story.assert_recovered("resumed in the end");
}

#[tokio::test]
async fn a_quiesce_hook_that_hangs_changes_nothing() {
    let story = story("quiesce").await;
    let run = story.recover().await.expect_code(1);
    assert!(run.stderr.contains("the quiesce hook was killed after 1s"), "{run}");
    assert_eq!(report(&run)["ending"], "not_begun", "{run}");
    assert_eq!((story.calls("restore"), story.calls("resume")), (0, 1), "{run}");
}

#[tokio::test]
async fn a_resume_hook_that_hangs_after_a_failed_quiesce_hook_is_told() {
    let story = story("resume").await;
    story.write("fail-quiesce", "");
    let run = story.recover().await.expect_code(1);
    for told in [KILLED, "the application may still be quiesced"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert!(!run.stderr.contains("the resume hook has been run\n"), "{run}");
}

#[tokio::test]
async fn a_mark_whose_resume_hook_hangs_is_none_and_the_next_one_says_so() {
    let story = story("resume").await;
    for _ in 0..2 {
        let run = story.asof("mark", &["--name", "m"]).await.expect_code(1);
        assert!(run.stderr.contains(KILLED) && run.stderr.contains(UNKNOWN), "{run}");
    }
    let none = story.asof("mark", &["--list"]).await.expect_code(0);
    assert!(none.of_type("mark").is_empty(), "{none}");
    assert_eq!(story.calls("quiesce"), 1, "the second ran the resume hook of the first, and no more");
    std::fs::remove_file(story.path("sleep-resume")).unwrap();
    let run = story.asof("mark", &["--name", "m"]).await.expect_code(0);
    assert!(run.stderr.contains("the application may still be quiesced"), "{run}");
}

#[tokio::test]
async fn an_abort_whose_resume_hook_hangs_is_not_finished() {
    let story = story("resume").await;
    story.write("fail-keys", "");
    story.recover().await.expect_code(3);
    let run = story.asof("recover", &["--abort", "--yes"]).await.expect_code(3);
    for told in [KILLED, "not finished; after fixing this: asof recover "] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    std::fs::remove_file(story.path("sleep-resume")).unwrap();
    story.asof("recover", &["--abort", "--yes"]).await.expect_code(0);
    assert!(story.open().await.is_empty());
}
