//! Marks: seconds in which the application stood still.

use std::time::{Duration, Instant};

use super::story::Story;

async fn story(more: &str) -> Story {
    let story = Story::new().await;
    let hooks = story.hooks(&["quiesce", "resume"]);
    let dump = story.path("db");
    let mark = format!("{hooks}[mark]\ndump = [\"{}\", \"dump\"]\n{more}", dump.display());
    story.write("recovery.toml", &story.file("in-place", &mark));
    story
}

#[tokio::test]
async fn a_mark_is_a_time_to_go_back_to() {
    let story = story("").await;
    let run = story.asof("mark", &["--name", "before-deploy"]).await.expect_code(0);
    assert_eq!(story.order(), ["quiesce", "dump", "resume"]);
    let mark = run.of_type("mark").remove(0);
    assert_eq!(mark["name"], "before-deploy");
    let marked = chrono::DateTime::parse_from_rfc3339(mark["at"].as_str().unwrap()).unwrap();
    let age = chrono::Utc::now().timestamp() - marked.timestamp();
    assert!((0..60).contains(&age), "{age} s ago, by the server's clock: {run}");
    let diff = ["diff", "s3://scene", "--at", "mark:before-deploy", "--format", "json"];
    let diff = story.scene.subject.asof(&diff).await.expect_code(0);
    assert_eq!(diff.summary()["at"], mark["at"]);
    let none = story.scene.subject.asof(&["diff", "s3://scene", "--at", "mark:other"]).await.expect_code(2);
    assert!(none.stderr.contains("there is no mark other in "), "{none}");
}

/// A mark that is made anew is another time, which the same words do not hide: the recovery to the old one is not gone on
/// with.
#[tokio::test]
async fn a_mark_that_is_made_anew_is_another_time() {
    let story = story("").await;
    let second = story.at().0;
    let marks = story.recoveries().with_file_name("marks");
    let mark = |second: i64| {
        let at = crate::support::Moment(second);
        let line = format!("{{\"name\":\"m\",\"at\":\"{at}\",\"file\":\"\"}}\n");
        std::fs::create_dir_all(marks.parent().unwrap()).unwrap();
        std::fs::write(&marks, line).unwrap();
    };
    mark(second - 1);
    story.write("fail-quiesce", "");
    let again = ["--at", "mark:m", "--yes"];
    story.asof("recover", &again).await.expect_code(1);
    let run = story.asof("recover", &again).await.expect_code(1);
    assert!(run.stderr.contains("going on with the recovery"), "{run}");
    std::fs::remove_file(story.path("fail-quiesce")).unwrap();
    mark(second);
    let run = story.asof("recover", &again).await.expect_code(0);
    assert!(!run.stderr.contains("going on with the recovery"), "{run}");
    story.assert_recovered("to the mark as it is now");
}

#[tokio::test]
async fn after_the_deadline_the_application_goes_on() {
    for slow in ["quiesce", "dump"] {
        let story = story("deadline = \"5m\"\n").await;
        story.write(&format!("sleep-{slow}"), "60");
        let began = Instant::now();
        let run = story.asof("mark", &["--deadline", "4s"]).await.expect_code(1);
        assert!(began.elapsed() < Duration::from_secs(30), "{:?}: {run}", began.elapsed());
        assert!(run.stderr.contains("after 4 s the application was let go on"), "{run}");
        assert_eq!(story.order().last().map(String::as_str), Some("resume"), "{slow}");
        let marks = story.recoveries().with_file_name("marks");
        assert_eq!(std::fs::read_to_string(marks).unwrap_or_default(), "");
    }
}

#[tokio::test]
async fn no_mark_is_made_if_a_hook_fails() {
    for failing in ["quiesce", "dump"] {
        let story = story("").await;
        story.write(&format!("fail-{failing}"), "");
        let run = story.asof("mark", &[]).await.expect_code(1);
        assert!(run.stderr.contains("failed: exit status: 7"), "{run}");
        assert_eq!(story.calls("resume"), 1, "{failing}");
    }
}
