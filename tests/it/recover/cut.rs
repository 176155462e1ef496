//! A recovery that is killed after each record of its journal, and run again: one database, one state of the bucket, each
//! hook once, or twice if it was interrupted; the quiesce hook also if the bucket was not restored yet.

use std::time::{Duration, Instant};

use futures::{StreamExt as _, stream};

use super::story::{Story, newest};
use crate::support::Run;

/// The number of concurrent cases; they mostly wait.
const SIDE_BY_SIDE: usize = 4;
/// Longest that a process is watched; by then it has ended.
const PATIENCE: Duration = Duration::from_secs(30);
const HOOKS: [&str; 3] = ["quiesce", "after-database", "resume"];

/// The time at which the application is quiesced.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Quiesced {
    Early,
    Late,
    /// Early, and there are stores.
    WithStores,
}

impl Quiesced {
    async fn story(self) -> Story {
        let story = Story::new().await;
        match self {
            Self::Early => {}
            Self::Late => story.quiesce_late(),
            Self::WithStores => {
                story.add_stores(&[
                    ("index", "order = \"after-buckets\""),
                    ("last", "order = \"after-references\""),
                ]);
            }
        }
        story
    }
}

pub(crate) fn records(recovery: &std::path::Path) -> Vec<serde_json::Value> {
    let journal = std::fs::read_to_string(recovery.join("journal")).unwrap_or_default();
    let whole = journal.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    whole.filter_map(|line| serde_json::from_str(line.get(9..)?).ok()).collect()
}

/// Plays it with a kill after `n` records; whether it was killed before its end.
async fn play(n: usize, quiesced: Quiesced) -> bool {
    let story = quiesced.story().await;
    // There is time to kill it during each.
    for step in ["quiesce", "restore", "after-database", "keys", "resume"] {
        story.write(&format!("sleep-{step}"), "0.1");
    }
    let killed = killed_after(&story, n).await;
    let records = records(&story.newest().unwrap());
    let cut_off = killed.code().is_none() && records.iter().all(|record| record["type"] != "ended");
    let begun = |hook: &str| {
        let of = |kind: &str| records.iter().any(|r| r["type"] == kind && r["step"] == hook);
        of("begun") && !of("done")
    };
    // The application may have been started while the bucket was not restored yet.
    let restored = records.iter().any(|r| r["type"] == "done" && r["step"]["bucket"] == 0);
    let again = |hook: &str| begun(hook) || (hook == "quiesce" && !restored);
    let most: Vec<_> = HOOKS.iter().map(|hook| 1 + usize::from(cut_off && again(hook))).collect();
    if cut_off {
        story.recover().await.expect_code(0);
    }
    let what = format!("quiesced {quiesced:?}, killed after {n} records: {killed}");
    story.assert_recovered(&what);
    let stores: &[&str] = if quiesced == Quiesced::WithStores { &["index", "last"] } else { &[] };
    for store in stores {
        assert_eq!(story.restored(store), format!("{store} then"), "{what}");
    }
    for (hook, most) in HOOKS.iter().zip(most) {
        let calls = story.calls(hook);
        assert!(calls >= 1 && calls <= most, "{what}: {hook} was called {calls} times, at most {most}");
    }
    assert_eq!(std::fs::read_dir(story.recoveries()).unwrap().count(), 1, "{what}: recoveries");
    cut_off
}

async fn killed_after(story: &Story, n: usize) -> Run {
    let (recoveries, at) = (story.recoveries(), story.at().to_string());
    let arguments = story.arguments("recover", &["--at", &at, "--yes", "--concurrency", "1"]);
    let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
    let kill = move |process: u32| {
        let began = Instant::now();
        let dir = || newest(&recoveries);
        while began.elapsed() < PATIENCE
            && !dir().is_some_and(|dir| records(&dir).len() >= n || dir.join("report.json").exists())
        {
            std::thread::sleep(Duration::from_micros(300));
        }
        crate::crash::kill(process);
    };
    story.scene.subject.asof_and(&arguments, kill).await
}

#[test]
fn killed_after_each_record_and_run_again() {
    cut_everywhere(Quiesced::Early);
}

#[test]
fn killed_after_each_record_of_one_that_quiesces_late_and_run_again() {
    cut_everywhere(Quiesced::Late);
}

#[test]
fn killed_after_each_record_of_one_with_stores_and_run_again() {
    cut_everywhere(Quiesced::WithStores);
}

fn cut_everywhere(quiesced: Quiesced) {
    crate::crash::block_on(async {
        let story = quiesced.story().await;
        story.recover().await.expect_code(0);
        let records = records(&story.newest().unwrap()).len();
        assert!(records > 15, "{records} records");
        let played = stream::iter(1..=records).map(|n| play(n, quiesced));
        let cut_off: Vec<bool> = played.buffer_unordered(SIDE_BY_SIDE).collect().await;
        let cut_off = cut_off.into_iter().filter(|cut_off| *cut_off).count();
        crate::servers::say(&format!("recover: {cut_off} of {records} cut off after a record"));
        assert!(cut_off * 4 > records * 3, "only {cut_off} of {records} were killed before their end");
    });
}
