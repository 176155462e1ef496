//! The application runs while a database is restored beside its own, and is quiesced only for changes to resources in
//! use.

use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;

async fn late() -> Story {
    let story = Story::new().await;
    story.quiesce_late();
    story
}

#[tokio::test]
async fn the_application_runs_until_the_database_is_there() {
    let story = late().await;
    story.write("sleep-restore", "2");
    let run = story.recover().await.expect_code(0);
    assert_eq!(
        story.order(),
        ["window", "progress", "restore", "endpoint", "quiesce", "after-database", "keys", "resume"]
    );
    story.assert_recovered("late");
    let report = report(&run);
    let (downtime, whole) = (report["downtime_ms"].as_i64().unwrap(), report["elapsed_ms"].as_i64().unwrap());
    assert!(downtime > 0 && downtime + 2000 <= whole, "{downtime} of {whole} ms: {run}");
}

#[tokio::test]
async fn a_database_that_fails_stops_nothing() {
    let story = late().await;
    story.write("broken", "");
    let versions = story.scene.versions();
    let run = story.recover().await.expect_code(3);
    let told = report(&run);
    assert_eq!((told["ending"].as_str(), told.get("downtime_ms")), (Some("failed"), None), "{run}");
    assert!(states(&told).contains(&format!("not_begun bucket s3://{BUCKET}: restore")), "{run}");
    assert!(!run.stderr.contains("still"), "{run}");
    assert_eq!((story.calls("quiesce"), story.calls("resume"), story.scene.versions()), (0, 0, versions));
    std::fs::remove_file(story.path("broken")).unwrap();
    story.recover().await.expect_code(0);
    story.assert_recovered("once the database can be restored");
}

/// A database has been made by then: it is not said that nothing was changed.
#[tokio::test]
async fn a_quiesce_hook_that_fails_late_leaves_a_database() {
    let story = late().await;
    story.write("fail-quiesce", "");
    let versions = story.scene.versions();
    let run = story.recover().await.expect_code(3);
    assert_eq!(report(&run)["ending"], "failed", "{run}");
    assert!(!run.stderr.contains("nothing was changed"), "{run}");
    assert_eq!((story.calls("resume"), story.scene.versions()), (1, versions), "{run}");
    std::fs::remove_file(story.path("fail-quiesce")).unwrap();
    story.recover().await.expect_code(0);
    story.assert_recovered("once it can be quiesced");
}

/// It may restore in place.
#[tokio::test]
async fn a_command_without_a_target_of_its_own_waits_for_the_application() {
    let story = late().await;
    let file = story.read("recovery.toml").replace("source = \"orders\"\n", "");
    story.write("recovery.toml", &file);
    story.recover().await.expect_code(0);
    assert_eq!(story.order()[2..4], ["quiesce", "restore"]);
}

#[tokio::test]
async fn a_time_that_the_database_does_not_reach_yet_is_waited_for() {
    let story = late().await;
    let at = story.at().0;
    story.write("window", &format!("@0 @{}\n", at - 1));
    let refused = story.recover().await.expect_code(5);
    assert!(refused.stderr.contains("use recover --wait to wait for it"), "{refused}");
    // A database that is available at the third query.
    let window =
        format!("n=$(grep -c ^window calls); [ $n -lt 4 ] && echo @0 @{} || echo @0 @{}", at - 1, at + 5);
    let db = story.path("db");
    let db = db.display();
    let asked = format!("window = {{ shell = \"'{db}' window >/dev/null; {window}\" }}");
    let file = story.read("recovery.toml").replace(&format!("window = [\"{db}\", \"window\"]"), &asked);
    story.write("recovery.toml", &file);
    let run =
        story.asof("recover", &["--at", &story.at().to_string(), "--yes", "--wait"]).await.expect_code(0);
    assert!(run.stderr.contains("waiting until the database orders can be restored to"), "{run}");
    story.assert_recovered("waited for");
}
