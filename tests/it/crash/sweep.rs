//! A restore killed at any point and resumed ends like an uninterrupted one, and does nothing twice.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use futures::{StreamExt as _, stream};

use super::cut::{Cut, newest, records};
use super::{block_on, slow_down, variable};
use crate::faults::scene::{IN_PARTS, Scene};
use crate::servers::say;
use crate::support::Run;

/// Keys of each kind.
const SIZE: usize = 3;

/// The number of concurrent cases; they mostly wait.
const SIDE_BY_SIDE: usize = 6;

/// Cuts at random that CI has time for.
const CUTS: u64 = 60;

/// The default seed of the random cuts.
const SEED: u64 = 20_261_117;

const REMOVE_MARKERS: &[&str] = &["--undelete", "remove-marker"];

/// One process is killed, and perhaps some of those that go on.
#[derive(Debug, Clone)]
struct Case {
    seed: u64,
    cut: Cut,
    concurrency: &'static str,
    lanes: &'static str,
    options: &'static [&'static str],
    /// The number of times that the resume is interrupted too.
    again: u64,
    /// True if the power fails too: records not yet synced are lost from the journal.
    power_cut: bool,
}

impl Case {
    fn of(cut: Cut) -> Self {
        Self { seed: 0, cut, concurrency: "1", lanes: "1", options: &[], again: 0, power_cut: false }
    }

    fn random(seed: u64) -> Self {
        let rng = &mut Rng::with_seed(seed);
        Self {
            seed,
            cut: requests(25..50, rng),
            concurrency: rng.choice(["1", "2", "8"]).unwrap(),
            lanes: rng.choice(["1", "3", "8"]).unwrap(),
            options: if rng.bool() { REMOVE_MARKERS } else { &[] },
            again: rng.u64(0..3),
            power_cut: rng.bool(),
        }
    }

    /// Plays it; whether the first process was killed before its end.
    async fn play(&self) -> bool {
        let what = format!("{self:?}");
        let scene = Scene::new(SIZE).await;
        slow_down(&scene, Duration::from_millis(10));
        let order = ["--concurrency", self.concurrency, "--lanes", self.lanes];
        let options = [self.options, &IN_PARTS, &order].concat();
        let killed = scene.restore_with_and(&options, self.cut.arm(&scene)).await;
        let cut_off = killed.code().is_none();
        if self.power_cut
            && let Some(run) = newest(&scene.subject.runs_dir())
        {
            forget(&run, self.seed);
        }
        let rng = &mut Rng::with_seed(self.seed);
        for _ in 0..self.again {
            if let Some(run) = scene.runs().pop() {
                let arguments = ["resume", &run, "--format", "json", "--concurrency", self.concurrency];
                scene.subject.asof_and(&arguments, requests(1..30, rng).arm(&scene)).await;
            }
        }
        if cut_off {
            scene.lab().faults().clear();
            let last = finish(&scene, &options, &what).await;
            scene.assert_honest(&last, &what);
        } else {
            scene.assert_honest(&killed, &what);
        }
        scene.assert_restored(&what);
        scene.assert_grown_by(1, &what);
        cut_off
    }
}

/// A moment at random: a restore sends some thirty requests before the first that writes, and some twenty from there on;
/// going on, as many as there is left to look at and to do.
fn requests(range: Range<u64>, rng: &mut Rng) -> Cut {
    Cut::Requests(rng.u64(range), Duration::from_micros(rng.u64(0..12_000)))
}

/// Resumes the run, or begins another if there is none.
async fn finish(scene: &Scene, options: &[&str], what: &str) -> Run {
    let start_over = async || scene.run("restore", &[&["--yes"], options].concat()).await;
    let before = scene.versions();
    let Some(run) = scene.runs().pop() else { return start_over().await };
    let resumed = scene.on_run("resume", &run, &[]).await;
    if resumed.code() != Some(2) {
        return resumed;
    }
    assert!(resumed.stderr.contains("it changed nothing"), "{what}: {resumed}");
    assert_eq!(scene.versions(), before, "{what}: {resumed}");
    scene.assert_grown_by(0, what);
    start_over().await
}

/// Cuts a journal somewhere behind its last intent: only that far it was on the disk for certain.
fn forget(run: &Path, seed: u64) {
    let path = run.join("journal");
    let Ok(journal) = std::fs::read_to_string(&path) else { return };
    let Some(intent) = journal.rfind("\"taken\"") else { return };
    let certain = intent + journal[intent..].find('\n').unwrap() + 1;
    let kept = Rng::with_seed(seed).usize(certain..=journal.len());
    std::fs::write(&path, &journal.as_bytes()[..kept]).unwrap();
}

/// Returns the number of cases that were interrupted before their end.
async fn play(cases: Vec<Case>) -> usize {
    let played = stream::iter(cases).map(|case| async move { case.play().await });
    let cut_off: Vec<bool> = played.buffer_unordered(SIDE_BY_SIDE).collect().await;
    cut_off.into_iter().filter(|cut_off| *cut_off).count()
}

/// Returns the number of records in the journal of an undisturbed restore, and the number of its requests that write.
async fn undisturbed() -> (usize, u64) {
    let scene = Scene::new(SIZE).await;
    scene.lab().requests().reset();
    scene.run("restore", &[&["--yes"], &IN_PARTS[..]].concat()).await.expect_code(0);
    let writes = super::WRITES.map(|operation| scene.lab().requests().of(operation)).iter().sum();
    (records(&newest(&scene.subject.runs_dir()).unwrap()), writes)
}

#[test]
fn cut_off_by_each_request_that_writes() {
    block_on(async {
        let (_, writes) = undisturbed().await;
        let cases: Vec<_> = (1..=writes).map(|n| Case::of(Cut::Write(n))).collect();
        let (count, cut_off) = (cases.len(), play(cases).await);
        assert_eq!(cut_off, count, "killed before the end");
        // Keys restored by removing markers are changed in batches.
        let some = || (1..=writes).step_by(3).map(|n| Case::of(Cut::Write(n)));
        play(some().map(|case| Case { options: REMOVE_MARKERS, ..case }).collect()).await;
        play(some().map(|case| Case { lanes: "4", ..case }).collect()).await;
    });
}

#[test]
fn cut_off_after_each_record_of_the_journal() {
    block_on(async {
        let (records, _) = undisturbed().await;
        let files = ["lock", "run.json", "plan", "journal"].map(Cut::File);
        let cases: Vec<_> = (1..=records).map(Cut::Record).chain(files).map(Case::of).collect();
        let (count, cut_off) = (cases.len(), play(cases).await);
        say(&format!("crash sweep: {cut_off} of {count} runs cut off after a record"));
        assert!(cut_off * 4 > count * 3, "only {cut_off} of {count} were killed before their end");
    });
}

#[test]
fn cut_off_at_any_moment() {
    let (seed, cuts) = (variable("ASOF_CRASH_SEED", SEED), variable("ASOF_CRASH_CUTS", CUTS));
    say(&format!("crash sweep: ASOF_CRASH_SEED={seed} ASOF_CRASH_CUTS={cuts}"));
    block_on(async {
        let cut_off = play((0..cuts).map(|n| Case::random(seed.wrapping_add(n))).collect()).await;
        say(&format!("crash sweep: {cut_off} of {cuts} runs cut off at random"));
        assert!(cut_off as u64 * 2 > cuts, "only {cut_off} of {cuts} were killed before their end");
    });
}

/// The files that can be on disk after a run is killed before its first change.
#[test]
fn a_run_that_has_not_begun() {
    let steps: &[(&[&str], bool)] = &[
        (&[], false),
        (&["lock"], false),
        (&["lock", "run.json"], false),
        (&["lock", "run.json", "plan"], true),
        (&["lock", "run.json", "plan", "journal"], true),
    ];
    block_on(async {
        for (files, goes_on) in steps {
            let what = format!("{files:?}");
            let scene = Scene::new(SIZE).await;
            // The first request that writes finds out about conditions, and changes nothing; no other is under way.
            scene.restore_with_and(&["--concurrency", "1"], Cut::Write(1).arm(&scene)).await.expect_killed();
            scene.lab().faults().clear();
            let run = newest(&scene.subject.runs_dir()).unwrap();
            for file in ["lock", "run.json", "plan", "journal"] {
                if !files.contains(&file) {
                    std::fs::remove_file(run.join(file)).unwrap();
                } else if file == "journal" {
                    std::fs::write(run.join(file), "6171b3c3 {\"type\":\"star").unwrap();
                }
            }
            let resumed = scene.on_run("resume", &scene.runs()[0], &[]).await;
            if *goes_on {
                scene.assert_honest(&resumed.expect_code(0), &what);
            } else {
                scene.assert_grown_by(0, &what);
                let told = "was stopped before its plan was written; it changed nothing";
                assert!(resumed.expect_code(2).stderr.contains(told), "{what}");
                let undone = scene.on_run("undo", &scene.runs()[0], &["--yes"]).await.expect_code(2);
                assert!(undone.stderr.contains(told), "{what}: {undone}");
                assert_eq!(scene.runs().len(), 1, "{what}: an undo was begun");
            }
        }
    });
}

#[test]
fn a_run_that_is_done_is_left_alone() {
    block_on(async {
        let scene = Scene::new(SIZE).await;
        scene.restore().await.expect_code(0);
        let (run, versions) = (scene.runs().remove(0), scene.versions());
        scene.lab().requests().reset();
        let resumed = scene.on_run("resume", &run, &[]).await.expect_code(0);
        scene.assert_honest(&resumed, "done");
        assert_eq!(scene.versions(), versions, "{resumed}");
        let writes: u64 = super::WRITES.map(|operation| scene.lab().requests().of(operation)).iter().sum();
        assert_eq!(writes, 0, "{resumed}");
    });
}
