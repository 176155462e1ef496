//! An aborted recovery: its changes are undone, wherever the abort is killed.

use std::time::{Duration, Instant};

use asof::lab::Put;
use futures::{StreamExt as _, stream};
use serde_json::Value;

use super::story::{Story, newest};
use crate::faults::scene::BUCKET;
use crate::support::Run;

/// Longest that a process is watched; by then it has ended.
const PATIENCE: Duration = Duration::from_secs(30);

impl Story {
    /// A recovery whose references' command failed: the bucket and the database are restored, the application is quiesced.
    pub(super) async fn fail_at_the_end(&self) {
        self.write("fail-keys", "");
        self.recover().await.expect_code(3);
        std::fs::remove_file(self.path("fail-keys")).unwrap();
    }

    pub(super) async fn abort(&self) -> Run {
        self.asof("recover", &["--abort", "--yes"]).await
    }

    pub(super) async fn open(&self) -> Vec<Value> {
        let listed = ["recover", "--list", "--format", "json"];
        self.scene.subject.asof(&listed).await.expect_code(0).of_type("open_recovery")
    }

    fn assert_aborted(&self, what: &str) {
        self.scene.assert_undone(what);
        assert!(!self.path("restored").exists(), "{what}: the database is removed");
        assert!(self.calls("resume") >= 1, "{what}: the application is resumed");
    }
}

fn parts(run: &Run) -> Vec<(String, String)> {
    let aborted = run.of_type("aborted_recovery").remove(0);
    let text = |part: &Value, name: &str| part[name].as_str().unwrap().to_owned();
    let parts = aborted["parts"].as_array().unwrap().iter();
    parts.map(|part| (text(part, "state"), text(part, "part"))).collect()
}

#[tokio::test]
async fn an_aborted_recovery_leaves_everything_as_it_was() {
    let story = Story::new().await;
    assert!(story.open().await.is_empty());
    story.write("fail-keys", "");
    let failed = story.recover().await.expect_code(3);
    for told in ["after fixing this, resume it: asof recover ", "or undo it: asof recover "] {
        assert!(failed.stderr.contains(told), "{told} in {failed}");
    }
    std::fs::remove_file(story.path("fail-keys")).unwrap();
    let open = story.open().await.remove(0);
    assert_eq!((&open["state"], &open["at"]), (&"open".into(), &story.at().to_string().into()), "{open:#}");
    assert_eq!((&open["done"], &open["steps"]), (&6.into(), &9.into()), "{open:#}");
    assert!(open["trouble"][0].as_str().unwrap().starts_with("references: "), "{open:#}");
    assert_eq!(open["runs"][0].as_str(), Some(&*story.scene.runs()[0]), "{open:#}");
    let table = story.scene.subject.asof(&["recover", "--list"]).await.expect_code(0);
    let heading = table.stdout.lines().next().unwrap().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(heading, "RECOVERY AGE TARGET TIME STATE STEPS FILE TROUBLE");

    let versions = story.scene.versions();
    let preview = story.asof("recover", &["--abort", "--dry-run"]).await.expect_code(0);
    let run = &story.scene.runs()[0];
    for told in [
        format!("undo run {run} of s3://{BUCKET}"),
        "remove the restored database orders restored if it has the tag ".to_owned(),
        "run the resume hook".to_owned(),
        "nothing was changed; abort it: asof recover ".to_owned(),
    ] {
        assert!(preview.stderr.contains(&told), "{told} in {preview}");
    }
    assert_eq!((story.scene.versions(), story.calls("resume")), (versions, 0), "{preview}");
    let nobody = story.asof("recover", &["--abort"]).await.expect_code(2);
    assert!(nobody.stderr.contains("there is no terminal to confirm on"), "{nobody}");

    let run = story.abort().await.expect_code(0);
    let states: Vec<_> = parts(&run).into_iter().map(|(state, _)| state).collect();
    assert_eq!(states, ["done", "done", "done"], "{run}");
    story.assert_aborted("aborted");
    assert_eq!((story.calls("resume"), story.calls("teardown")), (1, 1));
    assert!(story.open().await.is_empty());
    let none = story.abort().await.expect_code(2);
    assert!(none.stderr.contains("to abort") && none.stderr.contains("asof recover --list"), "{none}");
    // A database restored by commands carries no tags.
    assert!(!none.stderr.contains("--adopt"), "{none}");
    // The same command starts over.
    let again = story.recover().await.expect_code(0);
    assert!(!again.stderr.contains("resuming the"), "{again}");
    story.scene.assert_restored("recovered after all");
}

/// An abort leaves alone keys written by others since, and a database at the target that is not its own.
#[tokio::test]
async fn an_abort_leaves_what_is_not_its_own() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    story.scene.lab().put(BUCKET, "over/0001", Put::of("application")).unwrap();
    story.write("restored", "another\n");
    let run = story.abort().await.expect_code(0);
    let left = parts(&run).into_iter().filter(|(state, _)| state == "left").count();
    assert_eq!((left, &*story.read("restored")), (1, "another\n"), "{run}");
    for told in ["1 key was changed since and left unchanged", "it belongs to something else"] {
        assert!(run.stderr.contains(told), "{told} in {run}");
    }
    assert_eq!(story.calls("teardown"), 0);
    assert!(story.open().await.is_empty());
}

/// A hook that fails is tried again; until then the same recovery cannot be resumed.
#[tokio::test]
async fn an_abort_that_fails_is_finished_by_the_same_command() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    for failing in ["teardown", "resume"] {
        story.write(&format!("fail-{failing}"), "");
        let run = story.abort().await.expect_code(3);
        assert!(run.stderr.contains("not finished; after fixing this: asof recover "), "{run}");
        assert_eq!(story.open().await[0]["state"], "aborting");
        let refused = story.recover().await.expect_code(5);
        assert!(refused.stderr.contains("it is being aborted"), "{refused}");
        std::fs::remove_file(story.path(&format!("fail-{failing}"))).unwrap();
    }
    story.abort().await.expect_code(0);
    story.assert_aborted("in the end");
}

/// After an undo by hand only the database is left of it: the abort removes that, runs the resume hook, and changes no bucket.
#[tokio::test]
async fn an_overtaken_recovery_is_aborted_without_its_bucket() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    let run = story.scene.runs().remove(0);
    story.scene.on_run("undo", &run, &["--yes"]).await.expect_code(0);
    story.recover().await.expect_code(5);
    assert_eq!(story.open().await[0]["state"], "overtaken");
    story.scene.lab().put(BUCKET, "kept/0000", Put::of("application")).unwrap();
    let versions = story.scene.versions();
    story.abort().await.expect_code(0);
    assert_eq!((story.scene.versions(), story.calls("resume")), (versions, 1));
    assert!(!story.path("restored").exists());
    assert!(story.open().await.is_empty());
    // The place is free for a new one.
    story.recover().await.expect_code(0);
}

/// A healed late upload lies above a version of the restore: both are undone, the newer first.
#[tokio::test]
async fn an_abort_undoes_what_was_healed_too() {
    let story = Story::new().await;
    let file = story.read("recovery.toml").replace("[references]\n", "[references]\nheal = \"1h\"\n");
    story.write("recovery.toml", &file);
    story.write("keys", "kept/0000\nnew/0001\nnew/0002\n");
    story.scene.lab().put(BUCKET, "new/0001", Put::of("newest")).unwrap();
    let body = |key: &str| story.scene.lab().live(BUCKET).remove(key).unwrap().content.body;
    story.write("fail-resume", "");
    story.recover().await.expect_code(3);
    assert_eq!((body("new/0001"), story.scene.runs().len()), ("new new/0001".into(), 2));
    assert_eq!(story.open().await[0]["runs"].as_array().unwrap().len(), 2);
    std::fs::remove_file(story.path("fail-resume")).unwrap();
    let run = story.asof("recover", &["--abort", "--after-resume", "--yes"]).await.expect_code(0);
    assert!(!run.stderr.contains("changed since"), "{run}");
    assert_eq!(body("new/0001"), "newest", "{run}");
    story.scene.assert_undone_but_for(&["new/0001".to_owned()].into(), "what was healed");
}

/// An undo that was itself undone has left everything as the run did.
#[tokio::test]
async fn an_abort_does_not_take_an_undo_that_was_undone_for_one() {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    for _ in 0..2 {
        let newest = story.scene.runs().pop().unwrap();
        story.scene.on_run("undo", &newest, &["--yes"]).await.expect_code(0);
    }
    story.scene.assert_restored("the undo was undone");
    let runs = story.scene.subject.asof(&["runs", "--format", "json"]).await.expect_code(0).of_type("run");
    let undone_by = |n: usize| runs[n]["undone_by"].as_str().map(str::to_owned);
    let ids = story.scene.runs();
    let of = |id: &str| runs.iter().position(|run| run["run"] == id).unwrap();
    assert_eq!(undone_by(of(&ids[0])), None, "its undo was undone: {runs:#?}");
    assert_eq!(undone_by(of(&ids[1])).as_ref(), Some(&ids[2]), "{runs:#?}");
    let run = story.abort().await.expect_code(0);
    assert!(!run.stderr.contains("was undone by run"), "{run}");
    story.assert_aborted("undone, redone, aborted");
}

fn records(recovery: &std::path::Path) -> usize {
    let journal = std::fs::read(recovery.join("journal")).unwrap_or_default();
    journal.split_inclusive(|byte| *byte == b'\n').count()
}

/// Kills an abort this many records, and this long, after its start; returns true if it was killed before its end.
async fn play((more, pause): (usize, u64)) -> bool {
    let story = Story::new().await;
    story.fail_at_the_end().await;
    for step in ["teardown", "resume"] {
        story.write(&format!("sleep-{step}"), "0.1");
    }
    let (recoveries, before) = (story.recoveries(), records(&story.newest().unwrap()));
    let arguments = story.arguments("recover", &["--abort", "--yes", "--concurrency", "1"]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let kill = move |process: u32| {
        let began = Instant::now();
        let so_far = || newest(&recoveries).map_or(0, |dir| records(&dir));
        while began.elapsed() < PATIENCE && so_far() < before + more {
            std::thread::sleep(Duration::from_micros(300));
        }
        std::thread::sleep(Duration::from_millis(pause));
        crate::crash::kill(process);
    };
    let killed = story.scene.subject.asof_and(&arguments, kill).await;
    let cut_off = killed.code().is_none() && !story.open().await.is_empty();
    if cut_off {
        story.abort().await.expect_code(0);
    }
    let what = format!("killed {more} records and {pause} ms after it began: {killed}");
    story.assert_aborted(&what);
    assert!(story.open().await.is_empty(), "{what}");
    cut_off
}

#[test]
fn an_abort_that_is_killed_anywhere_is_finished_by_the_same_command() {
    crate::crash::block_on(async {
        let cases = (1..=3).flat_map(|more| [0, 10, 40, 120, 200].map(|pause| (more, pause)));
        let played = stream::iter(cases).map(play);
        let cut_off: Vec<bool> = played.buffer_unordered(4).collect().await;
        let cut_off = cut_off.into_iter().filter(|cut_off| *cut_off).count();
        crate::servers::say(&format!("abort: {cut_off} of 15 cut off"));
        assert!(cut_off >= 5, "only {cut_off} were killed before their end");
    });
}
