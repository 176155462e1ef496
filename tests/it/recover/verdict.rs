//! The commands that a drill runs after its verdict.

use super::story::Story;
use crate::support::Run;

/// Notes what it is told, and fails if it is told to.
const NOTIFY: &str = r#"#!/bin/sh
cd "$(dirname "$0")"
printf '%s\n%s\n%s\n' "$1 $ASOF_EXIT_CODE" "$ASOF_SUMMARY" "$(grep -c '"type":"recovery"' "$ASOF_REPORT")" >> told
[ ! -e no-network ]
"#;

async fn story() -> Story {
    let story = Story::new().await;
    story.scene.lab().create_bucket("scratch");
    story.write("notify", NOTIFY);
    let on = |verdict: &str| format!("on-{verdict} = [\"sh\", \"./notify\", \"{verdict}\"]\n");
    let hooks = [on("success"), on("failure")].concat();
    story.write("recovery.toml", &format!("{}[drill]\n{hooks}", story.file("s3://scratch/drills", "")));
    story
}

async fn drill(story: &Story) -> Run {
    story.asof("drill", &["--at", &story.at().to_string()]).await
}

/// The verdict and the exit code that the command was told last, the summary, and the number of reports in the file.
fn told(story: &Story) -> [String; 3] {
    let told = story.read("told");
    let lines: Vec<_> = told.lines().map(str::to_owned).collect();
    std::fs::remove_file(story.path("told")).ok();
    lines.try_into().unwrap_or_else(|lines| panic!("told once: {lines:?}"))
}

#[tokio::test]
async fn people_are_told_of_each_verdict_with_the_report() {
    let story = story().await;
    drill(&story).await.expect_code(0);
    let [verdict, summary, reports] = told(&story);
    assert_eq!((verdict.as_str(), reports.as_str()), ("success 0", "1"), "{summary}");
    assert!(summary.starts_with("asof drill recovery.toml PASSED: target time "), "{summary}");

    story.write("keys", "kept/0000\nnever/was\n");
    drill(&story).await.expect_code(4);
    let [verdict, summary, reports] = told(&story);
    assert_eq!((verdict.as_str(), reports.as_str()), ("failure 4", "1"), "{summary}");
    assert!(summary.starts_with("asof drill recovery.toml FAILED: 1 finding; target time "), "{summary}");

    story.write("fail-restore", "");
    drill(&story).await.expect_code(1);
    let [verdict, summary, reports] = told(&story);
    assert_eq!((verdict.as_str(), reports.as_str()), ("failure 1", "1"), "{summary}");
    assert!(summary.contains("FAILED: database orders: request restore: "), "{summary}");
}

#[tokio::test]
async fn people_are_told_of_a_drill_that_does_not_even_begin() {
    let story = story().await;
    story.write("fail-window", "");
    drill(&story).await.expect_code(1);
    let [verdict, summary, reports] = told(&story);
    assert_eq!((verdict.as_str(), reports.as_str()), ("failure 1", ""), "{summary}");
    assert!(summary.starts_with("asof drill recovery.toml FAILED: "), "{summary}");
    story.asof("drill", &["--at", "tomorrow"]).await.expect_code(2);
    assert_eq!(told(&story)[0], "failure 2");
}

#[tokio::test]
async fn a_message_that_cannot_be_sent_is_reported_and_never_turns_a_failure_into_a_success() {
    let story = story().await;
    story.write("no-network", "");
    let run = drill(&story).await.expect_code(1);
    assert!(run.stderr.contains("the on-success command of the drill (sh) failed"), "{run}");
    assert_eq!(told(&story)[0], "success 0");
    story.write("keys", "kept/0000\nnever/was\n");
    let run = drill(&story).await.expect_code(4);
    assert!(run.stderr.contains("the on-failure command of the drill (sh) failed"), "{run}");
    assert_eq!(told(&story)[0], "failure 4");
}

/// It is not wrong usage that nothing was changed by: the drill has run.
#[tokio::test]
async fn a_command_that_does_not_exist_is_an_error_of_the_drill() {
    let story = story().await;
    let file = story.read("recovery.toml").replace("[\"sh\", \"./notify\", \"success\"]", "[\"./missing\"]");
    story.write("recovery.toml", &file);
    let run = drill(&story).await.expect_code(1);
    assert!(run.stderr.contains("the on-success command of the drill"), "{run}");
}

/// Nothing that the metrics cannot tell is announced as a success.
#[tokio::test]
async fn a_success_without_metrics_is_a_failure() {
    let story = story().await;
    std::fs::create_dir(story.path("textfiles")).unwrap();
    let keys = story.read("recovery.toml").replace("keys\" }", "keys; rm -r textfiles\" }");
    story.write("recovery.toml", &keys);
    let at = story.at().to_string();
    let metrics = story.path("textfiles/asof.prom");
    let run =
        story.asof("drill", &["--at", &at, "--metrics", metrics.to_str().unwrap()]).await.expect_code(1);
    assert_eq!(told(&story)[0], "failure 1", "{run}");
}

#[tokio::test]
async fn people_are_told_of_copies_that_cannot_be_torn_down() {
    let story = story().await;
    story.write("fail-teardown", "");
    drill(&story).await.expect_code(1);
    let [verdict, summary, _] = told(&story);
    assert_eq!(verdict, "failure 1");
    assert!(summary.contains("1 copy is left behind"), "{summary}");

    // The next drill cannot begin, and says so, also in its metrics.
    let metrics = story.path("asof.prom");
    let at = story.at().to_string();
    let run =
        story.asof("drill", &["--at", &at, "--metrics", metrics.to_str().unwrap()]).await.expect_code(1);
    let [_, summary, reports] = told(&story);
    assert!(summary.contains("copies of the one before could not be torn down"), "{run}");
    assert_eq!(reports, "");
    let values = story.read("asof.prom");
    assert!(
        values.lines().any(|line| line.starts_with("asof_drill_copies_left{") && line.ends_with(" 1")),
        "{values}"
    );
}

/// The command of an interrupted drill is not interrupted with it.
#[tokio::test]
async fn people_are_told_of_a_drill_that_is_interrupted() {
    let story = story().await;
    story.write("sleep-restore", "2");
    let (begun, at) = (story.path("calls"), story.at().to_string());
    let arguments = story.arguments("drill", &["--at", &at]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let strike = move |process: u32| {
        let restores = || std::fs::read_to_string(&begun).unwrap_or_default().contains("restore ");
        let started = std::time::Instant::now();
        while !restores() && started.elapsed().as_secs() < 20 {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let sent = std::process::Command::new("kill").args(["-TERM", &process.to_string()]).status();
        assert!(sent.unwrap().success());
    };
    story.scene.subject.asof_and(&arguments, strike).await.expect_code(130);
    let [verdict, summary, _] = told(&story);
    assert_eq!(verdict, "failure 130");
    assert!(summary.contains("FAILED: interrupted; ") && !summary.contains("RTO"), "{summary}");
}
