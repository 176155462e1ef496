//! Removing runs that nobody needs any more.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::run::{Glance, Run, names, runs_dir};
use super::store::{cannot, is_locked, lock};
use crate::apply::journal::State;
use crate::error::Result;
use crate::limits;
use crate::model::Instant;

/// What a directory is called while it is being removed: half of a run must not be taken for one.
const REMOVED: &str = ".removed-";

/// The runs, the oldest first as [`Run::list`] gives them, that can be removed.
///
/// | the run | removed |
/// |---|---|
/// | done and looked at, begun before `before` | yes |
/// | the same, and undoes a run that stays | no: that one would not be shown as undone |
/// | a recovery that is not ended has begun it, or it undoes such a run | no: an abort undoes the one, and goes by the other |
/// | begun later | no |
/// | running, interrupted, incomplete, not begun, damaged | no: it can be resumed, or has to be looked at |
///
/// `needed` names the runs of recoveries that are not ended.
pub fn removable<'a>(runs: &'a [Glance], needed: &BTreeSet<String>, before: Instant) -> Vec<&'a Glance> {
    let all: BTreeSet<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    let mut removed = BTreeSet::new();
    let mut found = Vec::new();
    for run in runs {
        let Some(order) = &run.order else { continue };
        let is_done = !run.running && !run.damaged && run.state.as_ref().is_some_and(State::is_done);
        let stays = |undone: &str| all.contains(undone) && !removed.contains(undone);
        let is_needed =
            needed.contains(&run.id) || order.undoes.as_ref().is_some_and(|undone| needed.contains(undone));
        if is_done && !is_needed && order.began < before && !order.undoes.as_deref().is_some_and(stays) {
            removed.insert(run.id.as_str());
            found.push(run);
        }
    }
    found
}

impl Run {
    /// Removes a run, unless a process works on it.
    pub fn remove(state_dir: &Path, id: &str) -> Result<()> {
        let runs = runs_dir(state_dir);
        let dir = runs.join(id);
        let _lock = lock(&dir, &format!("run {id}"))?;
        let hidden = runs.join(format!("{REMOVED}{id}"));
        fs::rename(&dir, &hidden).map_err(|e| cannot(&dir, "remove", &e))?;
        fs::remove_dir_all(&hidden).map_err(|e| cannot(&hidden, "remove", &e))
    }

    /// Removes directories of runs that were killed before they were written, and so have changed nothing, and what is left of
    /// runs whose removal was cut off. Gives the names of the former.
    pub fn remove_unwritten(state_dir: &Path) -> Result<Vec<String>> {
        let runs = runs_dir(state_dir);
        for entry in fs::read_dir(&runs).into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().starts_with(REMOVED) {
                fs::remove_dir_all(entry.path()).map_err(|e| cannot(&entry.path(), "remove", &e))?;
            }
        }
        let mut unwritten = Vec::new();
        for id in names(&runs)? {
            let dir = runs.join(&id);
            let is_empty = !dir.join("run.json").exists() && !dir.join("journal").exists();
            if is_empty && !is_locked(&dir) && is_left(&dir) {
                fs::remove_dir_all(&dir).map_err(|e| cannot(&dir, "remove", &e))?;
                unwritten.push(id);
            }
        }
        Ok(unwritten)
    }
}

/// Whether nothing has been put into a directory for so long that no process is about to.
fn is_left(dir: &Path) -> bool {
    let changed = fs::metadata(dir).and_then(|dir| dir.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > limits::UNWRITTEN_RUN))
}

#[cfg(test)]
mod tests {
    use super::super::run::{Order, Server};
    use super::*;
    use crate::apply::journal::{Ending, Record};

    /// A run of one change that was begun in this second.
    fn glance(id: &str, second: i64, undoes: Option<&str>, ending: Option<Ending>) -> Glance {
        let began = Instant::from_millis(second * 1000);
        let mut state = State::default();
        state.apply(&Record::Started { format: 1, at: began, changes: 1 }).unwrap();
        state.apply(&Record::Taken { upto: 1 }).unwrap();
        if let Some(ending) = ending {
            state.apply(&Record::Result { n: 0, ending }).unwrap();
            state.apply(&Record::Checked).unwrap();
        }
        let location = "s3://prod-uploads".parse().unwrap();
        let order = Order::restore(location, began, None, Server::default(), began);
        let order = Order { undoes: undoes.map(Into::into), ..order };
        Glance { id: id.into(), order: Some(order), state: Some(state), damaged: false, running: false }
    }

    #[test]
    fn the_table_holds() {
        let done = || Some(Ending::Skipped);
        let runs = [
            glance("1-done", 1, None, done()),
            glance("2-undo", 2, Some("1-done"), done()),
            glance("3-interrupted", 3, None, None),
            glance("4-undo", 4, Some("3-interrupted"), done()),
            glance("5-conflict", 5, None, Some(Ending::Conflict)),
            Glance { running: true, ..glance("6-running", 6, None, done()) },
            Glance { damaged: true, ..glance("7-damaged", 7, None, done()) },
            Glance { state: None, ..glance("8-planned", 8, None, None) },
            Glance { order: None, ..glance("9-unread", 9, None, done()) },
            glance("a-undo", 10, Some("gone"), done()),
            glance("b-late", 100, None, done()),
        ];
        let found: Vec<_> = removable(&runs, &BTreeSet::new(), Instant::from_millis(100_000))
            .iter()
            .map(|run| run.id.as_str())
            .collect();
        assert_eq!(found, ["1-done", "2-undo", "a-undo"]);
    }

    #[test]
    fn the_runs_of_an_open_recovery_are_kept() {
        let done = || Some(Ending::Skipped);
        let runs = [
            glance("1-done", 1, None, done()),
            glance("2-undo", 2, Some("1-done"), done()),
            glance("3-done", 3, None, done()),
            glance("4-undo", 4, Some("gone"), done()),
        ];
        for (needed, expected) in [
            ("1-done", vec!["3-done", "4-undo"]),
            ("2-undo", vec!["1-done", "3-done", "4-undo"]),
            ("gone", vec!["1-done", "2-undo", "3-done"]),
        ] {
            let needed = BTreeSet::from([needed.to_owned()]);
            let found = removable(&runs, &needed, Instant::from_millis(100_000));
            assert_eq!(found.iter().map(|run| run.id.as_str()).collect::<Vec<_>>(), expected, "{needed:?}");
        }
    }
}
