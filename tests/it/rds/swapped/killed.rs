//! Killed at each request of the swap, then run again or aborted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use asof::lab::{Late, When};
use futures::{StreamExt as _, stream};

use super::{HOOKS, HOOKS_THAT_FAIL, Kind, Scene, rds};
use crate::crash::{block_on, kill};
use crate::support::Run;

/// Questions of a swap, from the first request to rename something; and those before it that find out what to rename.
const QUESTIONS: u64 = 12;
/// The number of concurrent cases; they mostly wait.
const SIDE_BY_SIDE: usize = 4;

/// The command after the kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Again,
    Abort,
}

impl Scene {
    /// Runs it, and kills it just before the n-th question after the first request to rename is answered.
    pub(super) async fn killed_at(&self, nth: u64) -> Run {
        self.killed_after(1, nth, Late::default()).await
    }

    /// The same after one of the requests to rename, from which on RDS is late to tell of it.
    async fn killed_after(&self, request: u64, nth: u64, late: Late) -> Run {
        let process = Arc::new(AtomicU32::new(0));
        let (asked, faults) = (Arc::clone(&process), rds(&self.databases).faults());
        let lab = rds(&self.databases).handle();
        rds(&self.databases).faults().before(self.renames(), When::Nth(request), move || {
            lab.rename_late(late);
            let asked = Arc::clone(&asked);
            let kill = move || kill(asked.load(Ordering::SeqCst));
            if nth == 0 { kill() } else { faults.before_any(When::Nth(nth), kill) }
        });
        let (path, at) = (self.databases.path(), self.databases.at().to_string());
        let arguments = ["recover", path.to_str().unwrap(), "--at", &at, "--yes", "--format", "json"];
        let noted = move |id| process.store(id, Ordering::SeqCst);
        self.databases.subject.asof_and(&arguments, noted).await
    }
}

async fn play(kind: Kind, nth: u64, then: Then) -> bool {
    let scene = Scene::with(kind, HOOKS).await;
    let at = scene.databases.at();
    let run = scene.killed_at(nth).await;
    let killed = run.code().is_none();
    let what = format!("{kind:?} killed at {nth}, then {then:?}: {run}");
    if !killed {
        assert_eq!(run.code(), Some(0), "{what}");
        scene.assert_swapped(at, &what).await;
        return false;
    }
    match then {
        Then::Again => {
            let again = scene.databases.recover(at).await.expect_code(0);
            scene.assert_swapped(at, &format!("{what}\n{again}")).await;
        }
        Then::Abort => {
            let aborted = scene.abort(&[]).await.expect_code(0);
            assert!(aborted.stderr.contains("rename the restored database"), "{what}\n{aborted}");
            scene.assert_untouched(at, &format!("{what}\n{aborted}")).await;
        }
    }
    let calls = scene.calls();
    assert!(calls.contains("resume"), "{what}: {calls}");
    killed
}

fn killed_everywhere(kind: Kind, then: Then) {
    block_on(async {
        let played = stream::iter(0..=QUESTIONS).map(|nth| play(kind, nth, then));
        let killed: Vec<_> = played.buffer_unordered(SIDE_BY_SIDE).collect().await;
        let killed = killed.into_iter().filter(|killed| *killed).count();
        assert!(killed >= 12, "{kind:?}, then {then:?}: killed only {killed} times");
    });
}

#[test]
fn an_instance_whose_swap_is_killed_anywhere_is_swapped_by_the_same_command() {
    killed_everywhere(Kind::Instance, Then::Again);
}

#[test]
fn a_cluster_whose_swap_is_killed_anywhere_is_swapped_by_the_same_command() {
    killed_everywhere(Kind::Cluster, Then::Again);
}

#[test]
fn an_instance_whose_swap_is_killed_anywhere_has_its_name_back_after_an_abort() {
    killed_everywhere(Kind::Instance, Then::Abort);
}

#[test]
fn a_cluster_whose_swap_is_killed_anywhere_has_its_name_back_after_an_abort() {
    killed_everywhere(Kind::Cluster, Then::Abort);
}

/// Killed when RDS has accepted this request to rename and shows the old name for a while. An abort does not take that for
/// the end of it.
async fn aborted_while_renaming(kind: Kind, request: u64, late: Late) {
    let scene = Scene::with(kind, HOOKS).await;
    let at = scene.databases.at();
    let run = scene.killed_after(request, 1, late).await.expect_killed();
    rds(&scene.databases).handle().rename_late(Late::default());
    let aborted = scene.abort(&[]).await.expect_code(0);
    // A request that was accepted is applied by now.
    for _ in 0..30 {
        scene.there("src").await;
    }
    let what = format!("{kind:?}, request {request}, {late:?}: {run}\n{aborted}");
    scene.assert_untouched(at, &what).await;
}

fn aborted_late(request: u64) {
    const UNTOLD: Late = Late { untold: 5, pending: 0 };
    const PENDING: Late = Late { untold: 0, pending: 5 };
    block_on(async {
        futures::join!(
            aborted_while_renaming(Kind::Instance, request, UNTOLD),
            aborted_while_renaming(Kind::Instance, request, PENDING),
            aborted_while_renaming(Kind::Cluster, request, UNTOLD),
            aborted_while_renaming(Kind::Cluster, request, PENDING),
        );
    });
}

#[test]
fn a_source_that_is_renamed_late_has_its_name_back_after_an_abort() {
    aborted_late(1);
}

/// The resume hook fails after the swap: the same command finishes it, or an abort undoes it, is killed and run again.
#[test]
fn an_abort_that_is_killed_anywhere_is_finished_by_the_same_command() {
    block_on(async {
        let played = stream::iter((0..=QUESTIONS).step_by(3)).map(async |nth| {
            let scene = Scene::with(Kind::Instance, HOOKS_THAT_FAIL).await;
            let at = scene.databases.at();
            let run = scene.databases.recover(at).await.expect_code(3);
            scene.assert_swapped(at, &run.to_string()).await;
            scene.write(HOOKS);
            let process = Arc::new(AtomicU32::new(0));
            let asked = Arc::clone(&process);
            let kill = move || kill(asked.load(Ordering::SeqCst));
            rds(&scene.databases).faults().before_any(When::Nth(nth + 1), kill);
            let path = scene.databases.path();
            let arguments =
                ["recover", path.to_str().unwrap(), "--abort", "--yes", "--after-resume", "--format", "json"];
            let noted = move |id| process.store(id, Ordering::SeqCst);
            let run = scene.databases.subject.asof_and(&arguments, noted).await;
            assert_eq!(run.code(), None, "{nth}: it was not killed: {run}");
            let aborted = scene.abort(&["--after-resume"]).await.expect_code(0);
            scene.assert_untouched(at, &format!("{nth}: {run}\n{aborted}")).await;
        });
        played.buffer_unordered(SIDE_BY_SIDE).collect::<Vec<_>>().await;
    });
}
