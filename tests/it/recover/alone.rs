//! One process at a time works on a recovery file, a bucket and the target of a database.

use std::time::{Duration, Instant};

use super::story::Story;
use crate::faults::scene::BUCKET;
use crate::support::{Moment, Run};

/// Runs `other` while a recovery is at its quiesce hook. Returns both outcomes.
async fn beside(story: &Story, other: &[String]) -> (Run, Run) {
    let at = story.at().to_string();
    let recover = story.arguments("recover", &["--at", &at, "--yes"]);
    during(story, (&recover, "quiesce"), other).await
}

/// Runs `other` while `first` is at this call.
async fn during(story: &Story, (first, call): (&[String], &str), other: &[String]) -> (Run, Run) {
    story.write(&format!("sleep-{call}"), "4");
    let asof = async |arguments: &[String]| {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        story.scene.subject.asof(&arguments).await
    };
    let second = async {
        let began = Instant::now();
        while story.calls(call) == 0 && began.elapsed() < Duration::from_secs(30) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        asof(other).await
    };
    tokio::join!(asof(first), second)
}

fn assert_names_the_first(story: &Story, refused: &Run, what: &str) {
    assert_names(story, refused, ("recovery", what));
}

fn assert_names(story: &Story, refused: &Run, (command, what): (&str, &str)) {
    let id = story.newest().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
    let at = story.at().to_string().replace('T', " ").replace('Z', " UTC");
    for told in
        [&format!("another process is working on {what}"), &format!("the {command} {id} to {at} (PID ")]
    {
        assert!(refused.stderr.contains(told), "{told} in {refused}");
    }
}

#[tokio::test]
async fn two_times_of_one_file_are_not_recovered_side_by_side() {
    let story = Story::new().await;
    let other = Moment(story.at().0 + 1).to_string();
    let arguments = story.arguments("recover", &["--at", &other, "--yes"]);
    let (first, second) = beside(&story, &arguments).await;
    first.expect_code(0);
    assert_names_the_first(&story, &second.expect_code(5), "the recovery file ");
    assert_eq!((story.calls("quiesce"), story.calls("restore")), (1, 1));
    story.assert_recovered("alone");
}

#[tokio::test]
async fn a_bucket_under_recovery_is_changed_by_nothing_else() {
    let url = format!("s3://{BUCKET}");
    for words in [["restore", &*url], ["restore", "s3://scene/new/"]] {
        let story = Story::new().await;
        let at = story.at().to_string();
        let arguments =
            [&words[..], &["--at", &at, "--yes", "--allow-mass-delete", "--format", "json"]].concat();
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let (first, second) = beside(&story, &arguments).await;
        first.expect_code(0);
        assert_names_the_first(&story, &second.expect_code(5), words[1]);
        story.assert_recovered("alone");
    }
}

#[tokio::test]
async fn a_mark_is_not_taken_in_the_midst_of_a_recovery() {
    let story = Story::new().await;
    let (first, second) = beside(&story, &story.arguments("mark", &["--name", "m"])).await;
    first.expect_code(0);
    assert_names_the_first(&story, &second.expect_code(5), "the recovery file ");
    assert_eq!((story.calls("quiesce"), story.calls("resume")), (1, 1), "the mark ran no hook");
}

/// A second file that restores a database into the same place.
#[tokio::test]
async fn two_files_do_not_restore_one_database_side_by_side() {
    let story = Story::new().await;
    let other = story.read("recovery.toml").replace(&format!("s3://{BUCKET}"), "s3://other-bucket");
    story.write("other.toml", &other);
    let path = story.path("other.toml");
    let at = story.at().to_string();
    let arguments = ["recover", path.to_str().unwrap(), "--at", &at, "--yes"].map(ToOwned::to_owned);
    let (first, second) = beside(&story, &arguments).await;
    first.expect_code(0);
    assert_names_the_first(&story, &second.expect_code(5), "the database restored");
}

/// Returns a story for drills, and the arguments of a drill with this file, whose database has this target.
async fn drills() -> (Story, impl Fn(&Story, &str, &str, &str) -> Vec<String>) {
    let story = Story::new().await;
    story.scene.lab().create_bucket("scratch");
    let typed = |story: &Story, command: &str, file: &str, target: &str| {
        let text = story.file("s3://scratch/drills", "").replace("\"restored\"", &format!("\"{target}\""));
        story.write(file, &text);
        let (path, at) = (story.path(file), story.at().to_string());
        let typed = [command, path.to_str().unwrap(), "--at", &at, "--format", "json"];
        let yes = (command == "recover").then_some("--yes");
        typed.into_iter().chain(yes).map(ToOwned::to_owned).collect()
    };
    (story, typed)
}

#[tokio::test]
async fn a_drill_is_alone_with_its_file_and_the_places_of_its_databases() {
    for (command, file, what) in [
        ("drill", "one.toml", "the recovery file "),
        ("drill", "other.toml", "the database restored"),
        ("recover", "other.toml", "s3://scratch/drills"),
    ] {
        let (story, typed) = drills().await;
        let other = typed(&story, command, file, "restored");
        let first = typed(&story, "drill", "one.toml", "restored");
        let (first, second) = during(&story, (&first, "restore"), &other).await;
        first.expect_code(0);
        assert_names(&story, &second.expect_code(5), ("drill", what));
        assert_eq!(story.calls("restore"), 1, "{command} {file}");
    }
}

#[tokio::test]
async fn a_database_under_recovery_is_not_drilled_into() {
    let (story, typed) = drills().await;
    let drill = typed(&story, "drill", "other.toml", "restored");
    let (first, second) = beside(&story, &drill).await;
    first.expect_code(0);
    assert_names_the_first(&story, &second.expect_code(5), "the database restored");
    story.assert_recovered("beside a drill");
}

/// Each drill has a folder of its own.
#[tokio::test]
async fn two_drills_share_a_scratch_bucket() {
    let (story, typed) = drills().await;
    let other = typed(&story, "drill", "other.toml", "restored-too");
    let first = typed(&story, "drill", "one.toml", "restored");
    let (first, second) = during(&story, (&first, "restore"), &other).await;
    first.expect_code(0);
    second.expect_code(0);
    assert_eq!(story.calls("restore"), 2);
}
