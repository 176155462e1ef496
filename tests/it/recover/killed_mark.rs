//! A mark that is killed between its hooks: the next command reports that the application may still be quiesced.

use std::time::{Duration, Instant};

use super::story::Story;

/// A story whose mark was killed while the application was quiesced.
async fn killed() -> Story {
    let story = Story::new().await;
    let dump = format!("[mark]\ndump = [\"{}\", \"dump\"]\n", story.path("db").display());
    story.write("recovery.toml", &format!("{}{dump}", story.read("recovery.toml")));
    story.write("sleep-dump", "20");
    let arguments = story.arguments("mark", &["--name", "killed"]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let calls = story.path("calls");
    let kill = move |process: u32| {
        let began = Instant::now();
        let dumps = || std::fs::read_to_string(&calls).unwrap_or_default().contains("dump ");
        while !dumps() && began.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(20));
        }
        crate::crash::kill(process);
    };
    story.scene.subject.asof_and(&arguments, kill).await.expect_killed();
    std::fs::remove_file(story.path("sleep-dump")).unwrap();
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 0));
    story
}

const TOLD: &str = "the mark killed, begun ";

#[tokio::test]
async fn the_next_mark_runs_the_resume_hook_first() {
    let story = killed().await;
    story.write("fail-resume", "");
    let failed = story.asof("mark", &["--name", "next"]).await.expect_code(1);
    assert!(failed.stderr.contains(TOLD) && failed.stderr.contains("resume it by hand"), "{failed}");
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 1), "{failed}");
    std::fs::remove_file(story.path("fail-resume")).unwrap();
    let run = story.asof("mark", &["--name", "next"]).await.expect_code(0);
    for told in [TOLD, "the application may still be quiesced; running the resume hook first"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    let calls: Vec<_> = story
        .read("calls")
        .lines()
        .filter_map(|call| call.split(' ').next().map(ToOwned::to_owned))
        .collect();
    assert_eq!(calls[calls.len() - 4..], ["resume", "quiesce", "dump", "resume"]);
    let after = story.asof("mark", &["--name", "after"]).await.expect_code(0);
    assert!(!after.stderr.contains("may still be quiesced"), "{after}");
}

#[tokio::test]
async fn a_recovery_says_so_and_resumes_at_its_end() {
    let story = killed().await;
    let at = story.at().to_string();
    let preview = story.asof("recover", &["--at", &at, "--dry-run"]).await.expect_code(0);
    assert!(
        preview.stderr.contains(TOLD) && preview.stderr.contains("resume it now: asof mark "),
        "{preview}"
    );
    let run = story.recover().await.expect_code(0);
    assert!(run.stderr.contains(TOLD), "{run}");
    let mark = story.asof("mark", &["--name", "after"]).await.expect_code(0);
    assert!(!mark.stderr.contains("may still be quiesced"), "{mark}");
}

/// A mark that ends without a kill, even with an error, has resumed the application.
#[tokio::test]
async fn a_mark_that_fails_has_resumed() {
    let story = Story::new().await;
    story.write("fail-quiesce", "");
    story.asof("mark", &["--name", "failed"]).await.expect_code(1);
    std::fs::remove_file(story.path("fail-quiesce")).unwrap();
    let next = story.asof("mark", &["--name", "next"]).await.expect_code(0);
    assert!(!next.stderr.contains("may still be quiesced"), "{next}");
}
