//! Removing the directories of runs.

use std::fs;
use std::path::Path;

use super::{Run, runs_dir};
use crate::error::Result;
use crate::limits;
use crate::state::dir::{cannot, is_locked, lock, names};

/// The prefix of a directory that is being removed: half of a run must not be taken for one.
const REMOVED: &str = ".removed-";

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
