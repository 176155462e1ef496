//! Detects later changes to a recovery's results: by another recovery, another run or an undo. This reads only the
//! state directory; other writers are found by comparing the bucket.

use std::path::Path;

use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Overtaker, Resource};
use crate::state::{Glimpse, Recovery, Run, RunManifest, Worked};

/// The facts about a run that decide whether another has overtaken it.
#[derive(Debug, Clone, Copy)]
struct BucketRun<'a> {
    id: &'a str,
    manifest: &'a RunManifest,
    worked: Option<Worked>,
}

/// Returns what has overtaken a recovery that is to be resumed, if anything.
pub(crate) fn overtaken(state_dir: &Path, recovery: &Glimpse) -> Result<Option<Overtaker>> {
    if let Some(id) = Recovery::later_of_same(state_dir, recovery)? {
        let why = format!("the later recovery {id} changed the same places");
        return Ok(Some(Overtaker::Recovery(why)));
    }
    let state = &recovery.state;
    let runs = Run::begun(state_dir)?;
    for (n, own) in state.all_runs() {
        if state.run(*n) != Some(own) {
            continue;
        }
        let Some((_, Ok(manifest))) = runs.iter().find(|(id, _)| id == own) else { continue };
        let own = BucketRun { id: own, manifest, worked: Run::worked(state_dir, own) };
        let is_ours = |id: &str| state.all_runs().iter().any(|(_, run)| run == id);
        for (id, manifest) in runs.iter().filter(|(id, _)| !is_ours(id)) {
            let worked = Run::worked(state_dir, id);
            match manifest {
                Ok(manifest) => {
                    if let Some(why) = by_run(own, BucketRun { id, manifest, worked }) {
                        return Ok(Some(Overtaker::Run(why)));
                    }
                }
                Err(_) if is_earlier(worked, own) => {}
                Err(e) => return Err(untold(id, own, e)),
            }
        }
    }
    Ok(None)
}

/// Returns true if a run had finished its work before `own` ended, so that `own` saw its changes.
fn is_earlier(worked: Option<Worked>, own: BucketRun<'_>) -> bool {
    matches!((own.worked, worked), (Some(own), Some(other)) if other.until <= own.until)
}

/// The error about a run that may or may not have overtaken `own`.
fn untold(id: &str, own: BucketRun<'_>, e: &Error) -> Error {
    let place = own.manifest.changed();
    let message = format!("cannot tell whether run {id} has changed {place} since the run {}: {e}", own.id);
    Error::new(ErrorKind::Refused, message).hint(format!(
        "nothing was changed; if the run {id} has not changed {place}, move its directory out of the state directory"
    ))
}

/// Returns why a run has overtaken the run that restored a bucket, if it has:
///
/// | the other run | changes keys of the same location | worked after it | overtakes |
/// |---|---|---|---|
/// | undoes it | | | yes |
/// | restores late uploads | | | no: it belongs to the same target time |
/// | restores to the same T | | | no: comparing the bucket shows whether its state is right |
/// | any other | no | | no |
/// | any other | yes | no | no: the run saw its changes |
/// | any other | yes | yes, or unknown | yes |
///
/// An unreadable run that worked after it, or at an unknown time, is an error: see [`untold`].
fn by_run(own: BucketRun<'_>, other: BucketRun<'_>) -> Option<String> {
    let changed = own.manifest.changed();
    if other.manifest.undoes.as_deref() == Some(own.id) {
        return Some(format!("its run {} of {changed} was undone by run {}", own.id, other.id));
    }
    let resource = |manifest: &RunManifest| Resource::bucket(manifest.server.asked(), manifest.changed());
    let same_time = other.manifest.undoes.is_none() && other.manifest.at == own.manifest.at;
    if other.manifest.heals || same_time || !resource(own.manifest).meets(&resource(other.manifest)) {
        return None;
    }
    (!is_earlier(other.worked, own)).then(|| format!("run {} has changed {changed} since", other.id))
}

#[cfg(test)]
mod tests;
