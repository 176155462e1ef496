//! Which runs nobody needs any more.

use std::collections::BTreeSet;

use crate::model::Instant;
use crate::state::{RunState, RunStatus};

/// The runs, the oldest first as [`Run::list`](crate::state::Run::list) gives them, that can be removed.
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

#[cfg(test)]
mod tests;
