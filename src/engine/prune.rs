//! The selection of runs that are no longer needed.

use std::collections::BTreeSet;

use crate::model::Instant;
use crate::state::{RunState, RunStatus, Worker};

/// The runs that can be removed; `runs` must be sorted oldest first, as [`Run::list`](crate::state::Run::list) returns
/// them.
///
/// | the run | removed |
/// |---|---|
/// | is done and checked, and began before `before` | yes |
/// | the same, but it undoes a run that stays | no: that run would no longer be shown as undone |
/// | applied a shard, and was undone | no: another `asof work` would apply the shard again |
/// | was begun by an unfinished recovery, or undoes such a run | no: an abort undoes the former and relies on the latter |
/// | began later | no |
/// | is running, interrupted, incomplete, not begun or damaged | no: it can be resumed or must be inspected |
///
/// `needed` lists the runs of unfinished recoveries.
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
        let is_done =
            run.worker == Worker::None && !run.damaged && run.state.as_ref().is_some_and(RunState::is_done);
        let stays = |undone: &str| all.contains(undone) && !removed.contains(undone);
        let is_needed = needed.contains(&run.id)
            || manifest.undoes.as_ref().is_some_and(|undone| needed.contains(undone))
            || manifest.shard.is_some() && RunStatus::begun_undo(&run.id, runs).is_some();
        if is_done && !is_needed && manifest.began < before && !manifest.undoes.as_deref().is_some_and(stays)
        {
            removed.insert(run.id.as_str());
            found.push(run);
        }
    }
    found
}

#[cfg(test)]
mod tests;
