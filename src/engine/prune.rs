//! Removing runs that nobody needs any more.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::run::{Run, RunStatus, names, runs_dir};
use super::store::{cannot, is_locked, lock};
use crate::apply::journal::RunState;
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
pub fn removable<'a>(
    runs: &'a [RunStatus],
    needed: &BTreeSet<String>,
    before: Instant,
) -> Vec<&'a RunStatus> {
    let all: BTreeSet<&str> = runs.iter().map(|run| run.id.as_str()).collect();
    let mut removed = BTreeSet::new();
    let mut found = Vec::new();
    for run in runs {
        let Some(manifest) = &run.manifest else { continue };
        let is_done = !run.running && !run.damaged && run.state.as_ref().is_some_and(RunState::is_done);
        let stays = |undone: &str| all.contains(undone) && !removed.contains(undone);
        let is_needed = needed.contains(&run.id)
            || manifest.undoes.as_ref().is_some_and(|undone| needed.contains(undone));
        if is_done && !is_needed && manifest.began < before && !manifest.undoes.as_deref().is_some_and(stays)
        {
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
mod tests;
