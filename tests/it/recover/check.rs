//! A database's own check: a drill without references proves something about the rows, too.

use super::story::{Story, report, states};

async fn story(target: &str) -> Story {
    let story = Story::new().await;
    let file = story.file(target, &story.hooks(&["quiesce", "after-database", "resume"]));
    let check = format!(
        "check = {{ shell = \"'{}' check && echo $ASOF_DATABASE $ASOF_ENDPOINT > '{}'\" }}\n[references]",
        story.path("db").display(),
        story.path("checked").display()
    );
    story.write("recovery.toml", &file.replace("[references]", &check));
    story
}

fn found(run: &crate::support::Run) -> (u64, String) {
    let report = report(run);
    let steps = report["steps"].as_array().unwrap();
    let check = steps.iter().find(|step| step["step"] == "database orders: check").unwrap();
    (
        check["counts"]["failed_checks"].as_u64().unwrap(),
        check["note"].as_str().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn a_check_that_passes_is_a_step_after_the_hook_for_the_database() {
    let story = story("in-place").await;
    let run = story.recover().await.expect_code(0);
    assert_eq!(found(&run), (0, String::new()), "{run}");
    let order = story.order();
    let at = |call: &str| order.iter().position(|other| other == call).unwrap();
    assert!(at("after-database") < at("check") && at("check") < at("resume"), "{order:?}");
    let target = format!("orders file://{}", story.path("restored").display());
    assert_eq!(story.read("checked").trim(), target);
}

/// It is a finding: the other steps are executed, and the exit code shows it.
#[tokio::test]
async fn a_check_that_fails_is_a_finding() {
    let story = story("in-place").await;
    story.write("fail-check", "");
    let run = story.recover().await.expect_code(4);
    let (failed, note) = found(&run);
    assert!(failed == 1 && note.contains("the check command of the database orders"), "{run}");
    assert!(states(&report(&run)).iter().all(|state| state.starts_with("done ")), "{run}");
    assert_eq!(story.calls("resume"), 1);
    story.assert_recovered("though its check failed");
}

#[tokio::test]
async fn a_drill_whose_check_fails_has_found_something_and_leaves_nothing() {
    let story = story("s3://scratch/copies").await;
    story.scene.subject.client.create_bucket().bucket("scratch").send().await.unwrap();
    story.write("fail-check", "");
    let at = story.at().to_string();
    let run = story.asof("drill", &["--at", &at]).await.expect_code(4);
    assert_eq!(found(&run).0, 1, "{run}");
    assert!(!story.path("restored").exists(), "{run}");
}
