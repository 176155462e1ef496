//! State in a bucket: runs that are killed, frozen, taken over, and resumed from another machine.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use asof::lab::{Fault, Operation, Options, Quirks, Rule, When};
use futures::{StreamExt as _, stream};

use super::cut::Cut;
use super::{WRITES, block_on, slow_down};
use crate::faults::scene::{IN_PARTS, Scene};
use crate::servers::Server;
use crate::support::{Run, Subject};

/// The bucket with the state.
pub(super) const STATE: &str = "state";

/// Keys of each kind.
pub(super) const SIZE: usize = 3;

pub(super) const OPTIONS: [&str; 2] = ["--state-dir", "s3://state/asof"];

/// The number of concurrent cases; they mostly wait.
const SIDE_BY_SIDE: usize = 6;

pub(super) async fn scene(size: usize) -> Scene {
    with(size, Quirks { short_pages: Some(20), ..Quirks::default() }).await
}

pub(super) async fn with(size: usize, quirks: Quirks) -> Scene {
    let scene = Scene::with(size, quirks).await;
    scene.lab().create_bucket(STATE);
    scene
}

pub(super) async fn restore(scene: &Scene, more: &[&str]) -> Run {
    scene.run("restore", &[&["--yes"], &OPTIONS[..], more].concat()).await
}

/// A command about a run, from a machine that has seen nothing of it.
pub(super) async fn elsewhere(scene: &Scene, command: &str, run: &str, more: &[&str]) -> Run {
    on(&scene.subject.again(), command, run, more).await
}

async fn on(machine: &Subject, command: &str, run: &str, more: &[&str]) -> Run {
    machine.asof(&[&[command, run, "--format", "json"], &OPTIONS[..], more].concat()).await
}

pub(super) async fn runs(scene: &Scene) -> Run {
    let machine = scene.subject.again();
    machine.asof(&[&["runs", "--json"], &OPTIONS[..]].concat()).await.expect_code(0)
}

/// The keys of the state that contain `part`.
pub(super) fn objects(scene: &Scene, part: &str) -> Vec<String> {
    scene.lab().live(STATE).into_keys().filter(|key| key.contains(part)).collect()
}

#[test]
fn a_run_is_seen_and_undone_from_another_machine() {
    block_on(async {
        let scene = scene(20).await;
        let restored = restore(&scene, &IN_PARTS).await.expect_code(0);
        scene.assert_honest(&restored, "restored");
        assert!(!scene.subject.runs_dir().exists(), "a run in a directory");
        assert_eq!(objects(&scene, "probe/"), Vec::<String>::new());

        let listed = runs(&scene).await.of_type("run");
        let run = restored.summary()["run"].as_str().unwrap().to_owned();
        assert_eq!(
            (listed.len(), &listed[0]["run"], &listed[0]["state"]),
            (1, &run.clone().into(), &"done".into())
        );
        let shown = elsewhere(&scene, "show", &run, &[]).await.expect_code(0);
        assert_eq!(shown.of_type("change").len() as u64, scene.planned());
        let again = elsewhere(&scene, "resume", &run, &[]).await.expect_code(0);
        scene.assert_honest(&again, "resumed");

        elsewhere(&scene, "undo", "latest", &["--yes"]).await.expect_code(0);
        scene.assert_undone("undone elsewhere");
        let listed = runs(&scene).await.of_type("run");
        assert_eq!(listed[1]["undoes"], *run);
        assert_eq!(listed[0]["undone_by"], listed[1]["run"], "{listed:?}");
    });
}

/// Kills a run at its n-th write, including writes of its state, and resumes it from elsewhere.
async fn killed_by(n: u64, options: &[&str]) -> bool {
    let what = format!("killed by write {n} with {options:?}");
    let scene = scene(SIZE).await;
    slow_down(&scene, Duration::from_millis(10));
    let options = [&IN_PARTS, options, &OPTIONS].concat();
    let killed = scene.restore_with_and(&options, Cut::WriteOrState(n).arm(&scene)).await;
    let cut_off = killed.code().is_none();
    scene.lab().faults().clear();
    if cut_off {
        let last = match runs(&scene).await.of_type("run").pop() {
            Some(run) => elsewhere(&scene, "resume", run["run"].as_str().unwrap(), &[]).await,
            None => scene.run("restore", &[&["--yes"], &options[..]].concat()).await,
        };
        scene.assert_honest(&last, &what);
    } else {
        scene.assert_honest(&killed, &what);
    }
    scene.assert_restored(&what);
    scene.assert_grown_by(1, &what);
    cut_off
}

#[test]
fn cut_off_by_each_write_of_the_state_and_of_the_bucket() {
    block_on(async {
        let scene = scene(SIZE).await;
        scene.lab().requests().reset();
        restore(&scene, &[&["--concurrency", "2"], &IN_PARTS[..]].concat()).await.expect_code(0);
        let requests = scene.lab().requests();
        let writes: u64 = WRITES.iter().chain(&[Operation::PutObject]).map(|write| requests.of(*write)).sum();
        for options in [&["--concurrency", "1"][..], &["--concurrency", "2", "--lanes", "4"]] {
            let played = stream::iter(1..=writes).map(|n| killed_by(n, options));
            let cut_off: Vec<bool> = played.buffer_unordered(SIDE_BY_SIDE).collect().await;
            let cut_off = cut_off.into_iter().filter(|cut_off| *cut_off).count() as u64;
            // The requests of a delete of parts, and so their number, depend on time.
            assert!(cut_off * 10 >= writes * 9, "{cut_off} of {writes} were killed");
        }
    });
}

/// A restore stopped by SIGSTOP: it has announced changes, and may wake up at any time.
struct Frozen {
    process: u32,
    restored: tokio::task::JoinHandle<Run>,
}

impl Frozen {
    /// Starts a restore, and freezes it after its first intent and this many copies. Faults end then.
    async fn after(scene: &Arc<Scene>, concurrency: &'static str, copies: u64) -> Self {
        let pid = Arc::new(OnceLock::new());
        let (restored, told) = (Arc::clone(scene), Arc::clone(&pid));
        let restored = tokio::spawn(async move {
            let options = [&OPTIONS[..], &["--concurrency", concurrency]].concat();
            restored.restore_with_and(&options, move |process| told.set(process).unwrap()).await
        });
        while objects(scene, "journal/").len() < 2
            || scene.lab().requests().of(Operation::CopyObject) < copies
        {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let process = *pid.get().unwrap();
        signal(process, "STOP");
        // Requests that were sent are carried out.
        tokio::time::sleep(Duration::from_millis(200)).await;
        scene.lab().faults().clear();
        Self { process, restored }
    }

    async fn thaw(self) -> Run {
        signal(self.process, "CONT");
        self.restored.await.unwrap()
    }
}

/// Freezes a worker in the middle, lets another one finish the run, and wakes the first one up.
#[test]
fn a_frozen_worker_that_was_overtaken_stops() {
    block_on(async {
        let scene = Arc::new(scene(600).await);
        slow_down(&scene, Duration::from_millis(20));
        let frozen = Frozen::after(&scene, "8", 50).await;
        let run = runs(&scene).await.of_type("run").remove(0);
        assert_eq!(run["state"], "unfinished", "{run}");
        let id = run["run"].as_str().unwrap();
        let finished = elsewhere(&scene, "resume", id, &[]).await.expect_code(0);
        scene.assert_honest(&finished, "the worker that took over");
        let before = scene.versions();

        let stopped = frozen.thaw().await.expect_code(3);
        assert!(stopped.stderr.contains("another worker has taken over run"), "{stopped}");
        scene.assert_restored("after the frozen worker has stopped");
        scene.assert_grown_by(1, "two workers");
        assert_eq!(scene.versions(), before, "the frozen worker has written");
        assert_eq!(runs(&scene).await.of_type("run")[0]["state"], "done");
    });
}

/// On a server that ignores conditions, the changes that a frozen worker was about to send are made twice: it says which.
#[test]
fn what_an_overtaken_worker_has_changed_is_reported() {
    block_on(async {
        let quirks = Quirks { ignores_conditions: true, ..Quirks::default() };
        let scene = Arc::new(Scene::with(30, quirks).await);
        let state = Server::with_options("lab", Options::default()).await;
        state.lab.as_ref().unwrap().create_bucket(STATE);
        scene.subject.profile("backup", &state);
        let options = [&OPTIONS[..], &["--state-profile", "backup"]].concat();
        // A worker looks at a key just before it changes it.
        let late = Fault::Delay(Duration::from_millis(400));
        scene.lab().faults().push(Rule::on(Operation::HeadObject, late, When::Always));

        let pid = Arc::new(OnceLock::new());
        let (restored, told) = (Arc::clone(&scene), Arc::clone(&pid));
        let more = options.clone();
        let frozen = tokio::spawn(async move {
            let options = [&more[..], &["--concurrency", "8"]].concat();
            restored.restore_with_and(&options, move |process| told.set(process).unwrap()).await
        });
        while scene.lab().requests().of(Operation::CopyObject) < 20 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let process = *pid.get().unwrap();
        signal(process, "STOP");
        tokio::time::sleep(Duration::from_millis(600)).await;
        scene.lab().faults().clear();
        let resume = [&["resume", "latest", "--format", "json"], &options[..]].concat();
        scene.subject.asof(&resume).await.expect_code(0);
        signal(process, "CONT");
        let stopped = frozen.await.unwrap().expect_code(3);
        let reported: std::collections::BTreeSet<_> =
            stopped.of_type("failure").iter().map(|line| line["key"].as_str().unwrap().to_owned()).collect();
        let twice = scene.changed_more_than_once();
        assert!(!twice.is_empty(), "nothing was changed twice");
        assert!(twice.is_subset(&reported), "{twice:?} were changed twice, and told were {reported:?}");
        scene.assert_restored("by two workers");
        scene.assert_grown_by(2, "two workers without conditions");
    });
}

pub(super) fn signal(process: u32, signal: &str) {
    let status =
        std::process::Command::new("kill").args([format!("-{signal}"), process.to_string()]).status();
    assert!(status.unwrap().success());
}

/// The worker of a run may be alive, or wake up again: its announced changes could still change keys after an undo.
#[test]
fn a_run_that_may_be_executed_elsewhere_is_not_undone() {
    block_on(async {
        let scene = Arc::new(scene(60).await);
        slow_down(&scene, Duration::from_millis(50));
        let frozen = Frozen::after(&scene, "1", 3).await;
        let refused = elsewhere(&scene, "undo", "latest", &["--yes"]).await.expect_code(5);
        assert!(refused.stderr.contains("was stopped in the middle of"), "{refused}");
        let stopped = frozen.thaw().await.expect_code(3);
        assert!(stopped.stderr.contains("another worker has taken over run"), "{stopped}");
        elsewhere(&scene, "resume", "latest", &[]).await.expect_code(0);
        scene.assert_restored("resumed");
        elsewhere(&scene, "undo", "latest", &["--yes"]).await.expect_code(0);
        scene.assert_undone("undone");
    });
}

/// A worker that has announced nothing yet is stopped by an undo.
#[test]
fn an_undo_takes_a_run_over_that_has_announced_nothing() {
    block_on(async {
        let scene = scene(SIZE).await;
        // A busy machine takes its time to kill a process.
        let late = Fault::Delay(Duration::from_millis(500));
        scene.lab().faults().push(Rule::on(Operation::PutObject, late, When::Always));
        scene
            .restore_with_and(&OPTIONS, Cut::StateAfter("journal/0000000001").arm(&scene))
            .await
            .expect_killed();
        scene.lab().faults().clear();
        let undone = elsewhere(&scene, "undo", "latest", &["--yes"]).await.expect_code(0);
        assert!(undone.stderr.contains("nothing to undo"), "{undone}");
        assert_eq!(objects(&scene, "journal/").len(), 2, "the undo has not taken the run over");
        scene.assert_grown_by(0, "undone");
    });
}

#[test]
fn state_among_the_keys_of_the_run_is_refused() {
    block_on(async {
        let scene = scene(SIZE).await;
        for state in ["s3://scene/asof", "s3://scene"] {
            let refused = scene.run("restore", &["--yes", "--state-dir", state]).await.expect_code(5);
            assert!(refused.stderr.contains("state cannot be kept in"), "{refused}");
        }
        let to = ["--yes", "--to", "s3://state/asof/copy"];
        let refused = scene.run("restore", &[&to[..], &OPTIONS].concat()).await.expect_code(5);
        assert!(refused.stderr.contains("state cannot be kept in"), "{refused}");
        scene.assert_grown_by(0, "refused");
        assert_eq!(objects(&scene, ""), Vec::<String>::new());
    });
}

/// A million changes may cost 2,500 writes of the state.
#[test]
fn the_state_is_written_once_for_many_changes() {
    block_on(async {
        let scene = scene(1500).await;
        scene.lab().requests().reset();
        restore(&scene, &[]).await.expect_code(0);
        let writes = scene.lab().requests().of(Operation::PutObject);
        // The probe, the plan, the manifest, the report, the first and the last record.
        let once = 16 + 6;
        assert!(
            writes <= once + scene.planned() * 2500 / 1_000_000,
            "{writes} for {} changes",
            scene.planned()
        );
        scene.assert_restored("with few writes");
    });
}

#[test]
fn wrong_places_of_state_are_usage_errors() {
    block_on(async {
        let scene = scene(SIZE).await;
        let missing =
            scene.run("restore", &["--yes", "--state-dir", "s3://nowhere/asof"]).await.expect_code(1);
        assert!(missing.stderr.contains("nowhere"), "{missing}");
        let unknown = elsewhere(&scene, "resume", "20261117T143005Z-0000", &[]).await.expect_code(2);
        assert!(
            unknown.stderr.contains("there is no run 20261117T143005Z-0000 in s3://state/asof/"),
            "{unknown}"
        );
        scene.run("restore", &["--yes", "--state-dir", "s3://"]).await.expect_code(2);
        scene.run("restore", &["--yes", "--state-profile", "backup"]).await.expect_code(2);
        let marks = scene.subject.asof(&[&["mark", "--list"], &OPTIONS[..]].concat()).await.expect_code(2);
        assert!(marks.stderr.contains("needs a state directory"), "{marks}");
        let prune = [&["runs", "--prune", "1d", "--yes"], &OPTIONS[..]].concat();
        scene.subject.asof(&prune).await.expect_code(2);
        scene.assert_grown_by(0, "wrong places");
    });
}
