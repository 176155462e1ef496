//! Removes the directories of runs.

use std::fs;
use std::path::Path;

use super::{Run, runs_dir};
use crate::error::Result;
use crate::limits;
use crate::state::dir::{cannot, is_locked, lock, names};

/// The prefix of a directory being removed, so that a partly removed run is not taken for a run.
const REMOVED: &str = ".removed-";

impl Run {
    /// Removes a run. Fails if a process is working on it.
    pub fn remove(state_dir: &Path, id: &str) -> Result<()> {
        let runs = runs_dir(state_dir);
        let dir = runs.join(id);
        let _lock = lock(&dir, &format!("run {id}"))?;
        let hidden = runs.join(format!("{REMOVED}{id}"));
        fs::rename(&dir, &hidden).map_err(|e| cannot(&dir, "remove", &e))?;
        fs::remove_dir_all(&hidden).map_err(|e| cannot(&hidden, "remove", &e))
    }

    /// Removes the directories of runs that were killed before their manifest was written, and so have changed nothing,
    /// and of runs whose removal was interrupted. Returns the IDs of the former.
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

/// Returns true if a directory has not changed for so long that no process is about to write to it.
fn is_left(dir: &Path) -> bool {
    let changed = fs::metadata(dir).and_then(|dir| dir.modified());
    changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > limits::UNWRITTEN_RUN))
}
