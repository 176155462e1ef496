//! Stores: restored, checked, torn down and aborted like databases, in their order.

use super::cut::records;
use super::story::{Story, report, states};
use crate::faults::scene::BUCKET;

const WINDOW: &str = "window = [\"./store\", \"window\"]";

#[tokio::test]
async fn a_store_is_restored_beside_bucket_and_database() {
    let story = Story::new().await;
    story.add_stores(&[("queue", &format!("{WINDOW}\ncheck = [\"./store\", \"check\"]"))]);
    let (file, at) = (story.path("recovery.toml"), story.at().to_string());
    let preview = ["recover", file.to_str().unwrap(), "--at", &at, "--dry-run"];
    let preview = story.scene.subject.asof(&preview).await.expect_code(0);
    let told = "store queue: restorable from 1970-01-01 00:00:00 UTC, latest time unknown";
    assert!(preview.stdout.contains(told), "{preview}");
    assert_eq!(story.store_calls("restore", "queue"), 0, "{preview}");
    let run = story.recover().await.expect_code(0);
    let states = states(&report(&run));
    for step in ["request restore", "wait until available", "apply settings", "check"] {
        assert!(states.contains(&format!("done store queue: {step}")), "{states:?}");
    }
    assert_eq!((story.restored("queue"), story.store_calls("restore", "queue")), ("queue then".into(), 1));
    story.assert_recovered("with a store");
    // The same command finds it in place.
    story.recover().await.expect_code(0);
    assert_eq!(story.store_calls("restore", "queue"), 1);
}

/// The journal contains the steps that were begun and done, with their times.
#[tokio::test]
async fn each_store_is_restored_in_its_order() {
    let story = Story::new().await;
    let orders = ["before-buckets", "with", "after-buckets", "after-references"];
    let orders = orders.map(|order| format!("order = \"{order}\""));
    let stores = ["first", "beside", "index", "last"];
    let stores: Vec<_> = stores.into_iter().zip(orders.iter().map(String::as_str)).collect();
    story.add_stores(&stores);
    story.recover().await.expect_code(0);
    story.assert_recovered("with stores in order");
    let records = records(&story.newest().unwrap());
    let place = |kind: &str, step: serde_json::Value| {
        let is = |record: &serde_json::Value| record["type"] == kind && record["step"] == step;
        records.iter().position(is).unwrap_or_else(|| panic!("no {kind} {step} in {records:#?}"))
    };
    let step = |name: &str, n: usize| serde_json::json!({ name: n });
    // The database has the number 0.
    assert!(place("done", step("settle", 1)) < place("begun", step("bucket", 0)));
    assert!(place("begun", step("start", 2)) < place("done", step("bucket", 0)));
    assert!(place("done", step("bucket", 0)) < place("begun", step("start", 3)));
    assert!(place("done", step("settle", 3)) < place("begun", "after-database".into()));
    assert!(place("done", "references".into()) < place("begun", step("start", 4)));
    assert!(place("done", step("settle", 4)) < place("begun", "resume".into()));
}

#[tokio::test]
async fn a_store_that_prints_nonsense_changes_nothing() {
    let story = Story::new().await;
    story.add_stores(&[("queue", WINDOW)]);
    let versions = story.scene.versions();
    for printed in ["soon", "", "@1 @2 @3", "\u{1b}[2Jgarbage"] {
        story.write("print-queue-window", printed);
        let run = story.recover().await.expect_code(1);
        assert!(run.stderr.contains("the window command of the store queue printed \""), "{run}");
        assert!(run.stderr.contains("it must print the earliest and the latest restorable time"), "{run}");
        assert!(!run.stderr.contains('\u{1b}'), "{run}");
    }
    story.write("print-queue-window", &"x".repeat(10 << 20));
    let run = story.recover().await.expect_code(1);
    assert!(run.stderr.contains("printed more than 65536 bytes"), "{run}");
    assert_eq!((story.calls("quiesce"), story.scene.versions()), (0, versions));
}

#[tokio::test]
async fn a_store_out_of_reach_is_refused() {
    let story = Story::new().await;
    story.add_stores(&[("queue", WINDOW)]);
    story.write("print-queue-window", &format!("@{} -", story.at().0 + 1));
    let run = story.recover().await.expect_code(5);
    assert!(run.stderr.contains("the store queue cannot be restored to "), "{run}");
    assert!(run.stderr.contains("nothing was changed"), "{run}");
    assert_eq!((story.calls("quiesce"), story.store_calls("restore", "queue")), (0, 0));
    let (file, at, place) = (story.path("recovery.toml"), story.at().to_string(), format!("s3://{BUCKET}"));
    let check = ["check", &place, "--at", &at, "--database", file.to_str().unwrap(), "--format", "json"];
    let run = story.scene.subject.asof(&check).await.expect_code(5);
    let checks = run.of_type("check");
    let check = checks.iter().find(|check| check["subject"] == "store").unwrap();
    assert_eq!((&check["verdict"], &check["name"]), (&"failed".into(), &"queue".into()), "{run}");
}

#[tokio::test]
async fn a_store_that_never_becomes_available_ends_at_the_deadline() {
    let story = Story::new().await;
    story.add_stores(&[("queue", "")]);
    story.write("stuck-queue", "");
    let at = story.at().to_string();
    let run = story.asof("recover", &["--at", &at, "--yes", "--deadline", "10s"]).await.expect_code(3);
    assert!(run.stderr.contains("cannot finish within the deadline of 10s"), "{run}");
    assert!(run.stderr.contains("not done: store queue: wait until available"), "{run}");
    std::fs::remove_file(story.path("stuck-queue")).unwrap();
    story.recover().await.expect_code(0);
    story.assert_recovered("once the store is available");
    assert_eq!((story.restored("queue"), story.store_calls("restore", "queue")), ("queue then".into(), 1));
}

#[tokio::test]
async fn an_abort_removes_a_store_unless_it_was_restored_in_place() {
    let story = Story::new().await;
    story.add_stores(&[("queue", ""), ("own", "")]);
    let file = story.read("recovery.toml").replace("target = \"restored-own\"\n", "");
    story.write("recovery.toml", &file);
    story.write("fail-after-database", "");
    story.recover().await.expect_code(3);
    assert!(story.path("restored-queue").exists() && story.path("restored-own").exists());
    let run = story.asof("recover", &["--abort", "--yes"]).await.expect_code(3);
    assert!(run.stderr.contains("remove the restored store queue restored-queue if it has the tag"), "{run}");
    assert!(run.stderr.contains("leave the store own: it was restored in place"), "{run}");
    assert!(!story.path("restored-queue").exists() && story.path("restored-own").exists(), "{run}");
}

#[tokio::test]
async fn a_drill_restores_a_store_and_leaves_nothing() {
    let story = Story::new().await;
    story.scene.lab().create_bucket("scratch");
    story.write("recovery.toml", &story.file("s3://scratch/drills", ""));
    story.add_stores(&[("queue", "order = \"after-references\"\ncheck = [\"./store\", \"check\"]")]);
    let at = story.at().to_string();
    let run = story.asof("drill", &["--at", &at]).await.expect_code(0);
    let states = states(&report(&run));
    assert!(states.contains(&"done store queue: check".to_owned()), "{states:?}");
    let is_gone = || !story.path("restored-queue").exists() && !story.path("restored").exists();
    assert!(is_gone() && story.store_calls("teardown", "queue") == 1, "{run}");
    // A failure of the store fails the drill, which leaves nothing either.
    story.write("fail-queue-restore", "");
    let run = story.asof("drill", &["--at", &at]).await.expect_code(1);
    assert!(is_gone() && run.stderr.contains("the restore command of the store queue"), "{run}");
    // Someone else's store is not touched.
    std::fs::remove_file(story.path("fail-queue-restore")).unwrap();
    story.write("restored-queue.tag", "other");
    story.write("restored-queue", "theirs");
    let run = story.asof("drill", &["--at", &at]).await.expect_code(5);
    assert!(run.stderr.contains("the store queue: the target name is already taken"), "{run}");
    assert_eq!(story.restored("queue"), "theirs");
    let file = story.read("recovery.toml");
    for (command, told) in [("progress", "has no progress command"), ("teardown", "has no teardown command")]
    {
        let line = format!("{command} = [\"./store\", \"{command}\"]\n");
        story.write("recovery.toml", &file.replace(&line, ""));
        let run = story.asof("drill", &["--at", &at]).await.expect_code(2);
        assert!(run.stderr.contains(&format!("the store queue {told}")), "{run}");
    }
}

#[tokio::test]
async fn a_store_that_does_not_fit_is_refused_with_its_line() {
    let story = Story::new().await;
    let written = story.read("recovery.toml");
    let one = |more: &str| format!("[[store]]\nname = \"a\"\n{more}\n");
    let restored = |more: &str| one(&format!("restore = [\"r\"]\n{more}"));
    for (more, told) in [
        (restored("").repeat(2), "two stores have the name a"),
        (restored("").replace("\"a\"", "\"orders\""), "the database orders and a store have the same name"),
        (restored("").replace("\"a\"", "\"Orders\""), "would both set ASOF_ENDPOINT_ORDERS for the hooks"),
        (restored("").replace("name = \"a\"", ""), "missing field `name`"),
        (restored("").replace("\"a\"", "\"\""), "has an empty name"),
        (restored("target = \"\""), "the store a has an empty target"),
        (one(""), "missing field `restore`"),
        (restored("snapshot = [\"s\"]"), "the store a has a snapshot command but no release command"),
        (restored("release = [\"s\"]"), "the store a has a release command but no snapshot command"),
        (
            restored("window = \"marks\""),
            "the store a can be restored to marks only but has no snapshot command",
        ),
        (restored("window = \"mark\""), "unknown window \"mark\": write \"marks\" or a command"),
        (restored("window = []"), "no program given"),
        (restored("order = \"first\""), "unknown variant `first`"),
        (restored("kind = \"command\""), "unknown field `kind`"),
    ] {
        story.write("recovery.toml", &format!("{written}{more}"));
        let run = story.recover().await.expect_code(2);
        assert!(
            run.stderr.contains(told) && run.stderr.contains("recovery.toml, line "),
            "{told}\n in {run}"
        );
    }
    assert_eq!(story.calls("window"), 0);
}
