//! The moments at which a process is killed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use asof::lab::{Operation, When};

use super::{WRITES, kill};
use crate::faults::scene::Scene;

/// The time at which a process is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// On arrival of its n-th request that writes; the server still executes it.
    Write(u64),
    /// The same, counting those of the state in a bucket too.
    WriteOrState(u64),
    /// Once the state in the bucket has an object whose name contains this.
    StateAfter(&'static str),
    /// Once the journal has this many records.
    Record(usize),
    /// Once the run has a file of this name.
    File(&'static str),
    /// A little after this many requests of any kind.
    Requests(u64, Duration),
}

/// Longest that a process is watched; by then it has ended.
const PATIENCE: Duration = Duration::from_secs(20);

impl Cut {
    /// Returns the function that kills the next process of this scene, given its process ID.
    pub(super) fn arm(self, scene: &Scene) -> impl FnOnce(u32) + Send + use<> {
        let pid = Arc::new(OnceLock::new());
        if let Cut::Write(n) | Cut::WriteOrState(n) = self {
            let count = Arc::new(AtomicU64::new(0));
            let state = matches!(self, Cut::WriteOrState(_)).then_some(Operation::PutObject);
            for operation in WRITES.into_iter().chain(state) {
                let (pid, count) = (Arc::clone(&pid), Arc::clone(&count));
                scene.lab().faults().before(operation, When::Always, move || {
                    if count.fetch_add(1, Ordering::SeqCst) + 1 == n {
                        pid.get().copied().map(kill).unwrap();
                    }
                });
            }
        }
        let (runs, requests, lab) =
            (scene.subject.runs_dir(), scene.lab().requests(), Arc::clone(scene.lab_again()));
        requests.reset();
        move |process| {
            pid.set(process).unwrap();
            let reached = || match self {
                Cut::Write(_) | Cut::WriteOrState(_) => true,
                Cut::StateAfter(part) => lab.live("state").keys().any(|key| key.contains(part)),
                Cut::Record(n) => newest(&runs).is_some_and(|run| records(&run) >= n),
                Cut::File(name) => newest(&runs).is_some_and(|run| run.join(name).exists()),
                Cut::Requests(n, _) => requests.total() >= n,
            };
            let began = Instant::now();
            let ended = || newest(&runs).is_some_and(|run| run.join("report.json").exists());
            while !reached() && !ended() && began.elapsed() < PATIENCE {
                if !matches!(self, Cut::File(_)) {
                    std::thread::sleep(Duration::from_micros(200));
                }
            }
            if let Cut::Requests(_, then) = self {
                std::thread::sleep(then);
            }
            if !matches!(self, Cut::Write(_) | Cut::WriteOrState(_)) {
                kill(process);
            }
        }
    }
}

/// The directory of the run that was begun last.
pub(super) fn newest(runs: &Path) -> Option<PathBuf> {
    let runs = std::fs::read_dir(runs).ok()?;
    runs.filter_map(|run| Some(run.ok()?.path())).max()
}

/// Whole lines of a run's journal.
pub(super) fn records(run: &Path) -> usize {
    let journal = std::fs::read(run.join("journal")).unwrap_or_default();
    journal.split(|byte| *byte == b'\n').count() - 1
}
