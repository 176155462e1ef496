//! Aborting a recovery: its runs are undone, its databases removed, the application resumed, the journal closed. Killed
//! anywhere, the same command finishes it.

use std::collections::BTreeSet;
use std::path::Path;

use super::step::StepContext;
use crate::apply::Outcome;
use crate::db::Found;
use crate::engine::bucket::require_removable;
use crate::engine::undo::{PreparedUndo, Undo};
use crate::engine::uploads::abandon_noted;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Change, Undelete};
use crate::recover::{self, AbortPart, DatabaseKind, RecoveryFile, abort_parts};
use crate::state::{Glimpse, Recovery, Run, RunState};

/// What became of a part of an abort.
#[derive(Debug)]
pub(crate) enum Aborted {
    /// It is done; in words, where there is more to say.
    Done(Option<String>),
    /// It cannot be done, and is not asof's to do: why.
    Left(String),
    /// It cannot be undone, nor known to be: why, and what to do. The application is not resumed over it.
    NotUndone(String),
    /// It failed, and has to be tried again.
    Failed(Error),
}

/// What aborting a recovery takes now.
pub(crate) fn plan_abort(
    state_dir: &Path,
    recovery: &Glimpse,
    file: &RecoveryFile,
) -> Result<Vec<AbortPart>> {
    let finished: Vec<_> = Run::list(state_dir)?
        .into_iter()
        .filter(|run| run.state.as_ref().is_some_and(RunState::is_done))
        .filter_map(|run| Some((run.manifest?.undoes?, run.id)))
        .collect();
    let undone_by = |run: &str| finished.iter().find(|(undone, _)| undone == run).map(|(_, by)| by.clone());
    let stays = |n: usize| file.databases.get(n).is_some_and(DatabaseKind::is_restored_in_place);
    Ok(abort_parts(&recovery.state, undone_by, stays, file.hooks.resume.is_some()))
}

/// The runs that an abort of a recovery would undo, and those that undo them. What cannot be read may need any.
pub(crate) fn needed_runs(state_dir: &Path) -> Result<BTreeSet<String>> {
    let open = Recovery::list(state_dir)?.into_iter().filter(|recovery| is_abortable(&recovery.state));
    let runs = open.flat_map(|Glimpse { state, .. }| {
        let own = state.all_runs().iter().map(|(_, run)| run);
        let all = own.flat_map(|run| std::iter::once(run.as_str()).chain(state.undone_by(run)));
        all.map(str::to_owned).collect::<Vec<_>>()
    });
    Ok(runs.collect())
}

/// Aborts a recovery; tells `on` what became of each part. Whether nothing is left to try again: then it is closed.
///
/// | a part before the resume hook | the resume hook | closed |
/// |---|---|---|
/// | failed, or was not begun | is not run | no |
/// | names that are not given back | is not run, and nothing after them is begun: buckets would be undone beside a database that is still at T | no |
/// | is not undone for good | is not run: that is for whoever has looked | yes |
/// | any other | is run | yes, unless it fails |
pub(crate) async fn abort(
    recovery: &Recovery,
    parts: &StepContext<'_>,
    plan: &[AbortPart],
    mut on: impl FnMut(&AbortPart, &Aborted),
) -> Result<bool> {
    if !recovery.state().is_aborting() {
        recovery.aborting()?;
    }
    let (mut finished, mut undone) = (true, true);
    for part in plan {
        // An application is not resumed over a bucket that is half undone.
        if parts.cancel.is_stopped() || (!finished && *part == AbortPart::Resume) {
            finished = false;
            continue;
        }
        let aborted = if !undone && *part == AbortPart::Resume {
            Aborted::NotUndone(NOT_RESUMED.to_owned())
        } else {
            parts.abort_part(recovery, part).await.unwrap_or_else(Aborted::Failed)
        };
        undone = undone && !matches!(aborted, Aborted::NotUndone(_));
        finished = finished && !matches!(aborted, Aborted::Failed(_));
        on(part, &aborted);
        if matches!((part, &aborted), (AbortPart::SwapBack { .. }, Aborted::Failed(_))) {
            break;
        }
    }
    if finished {
        recovery.aborted()?;
    }
    Ok(finished)
}

impl StepContext<'_> {
    async fn abort_part(&self, recovery: &Recovery, part: &AbortPart) -> Result<Aborted> {
        match part {
            AbortPart::Undo { bucket, run } => self.undo(recovery, *bucket, run).await,
            AbortPart::Undone { by, .. } => Ok(Aborted::Done(Some(format!("by the run {by}")))),
            AbortPart::Left { .. } => Ok(Aborted::Left("something newer has changed its bucket".to_owned())),
            AbortPart::SwapBack { database } => self.swap_back(recovery, *database).await,
            AbortPart::LeftSwapped { .. } => Ok(Aborted::Left("something newer may use it".to_owned())),
            AbortPart::Remove { database } => self.remove(recovery, *database).await,
            AbortPart::Resume => self.run_resume_hook(recovery).await.map(|()| Aborted::Done(None)),
            AbortPart::Stays { .. } => Ok(Aborted::NotUndone(IN_PLACE.to_owned())),
        }
    }

    /// Undoes a run, by the run that an earlier process began for that, or by a new one.
    async fn undo(&self, recovery: &Recovery, n: usize, id: &str) -> Result<Aborted> {
        let part = self.bucket(n)?;
        let state_dir = &self.terms.state_dir;
        if !Run::exists(state_dir, id) {
            return Ok(Aborted::NotUndone(format!("the run is gone; {GONE}")));
        }
        let begun = match recovery.state().undone_by(id) {
            // Each change of an undo is conditional on what it takes back: one whose run is gone is begun anew.
            Some(by) if Run::exists(state_dir, by) => Some(Run::open(state_dir, by)?),
            _ => self.begin_undo(recovery, n, id).await?,
        };
        let Some(run) = begun else {
            return Ok(Aborted::Done(Some("it has changed nothing".to_owned())));
        };
        let mut first = None;
        let on = |change: &Change, outcome: &Outcome| {
            if let Outcome::Failed(e) = outcome {
                first.get_or_insert_with(|| format!("{}: {e}", crate::model::printable(&change.key)));
            }
            Ok(())
        };
        if !run.execute(&part.client, self.terms.options.apply, self.cancel, on).await?.finished {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted in the run {}", run.id())));
        }
        undone(run.id(), &run.read_state()?, first)
    }

    async fn begin_undo(&self, recovery: &Recovery, n: usize, id: &str) -> Result<Option<Run>> {
        let part = self.bucket(n)?;
        let (client, state_dir) = (&part.client, &self.terms.state_dir);
        // Only this tells that it was killed before its plan was whole: what cannot be read may have changed anything.
        if Run::has_changed_nothing(state_dir, id) {
            return Ok(None);
        }
        let done = Run::open(state_dir, id)?;
        client.find(&done.manifest().changed().bucket).await?;
        abandon_noted(client, &done).await?;
        let undelete = match require_removable(client, &done.manifest().changed().bucket).await {
            Ok(()) => Undelete::RemoveMarker,
            Err(e) if e.kind() == ErrorKind::Refused => Undelete::Copy,
            Err(e) => return Err(e),
        };
        let undo = Undo { done: &done, server: part.server.clone(), undelete };
        let Some(PreparedUndo { run, .. }) = undo.prepare(client, self.cancel).await? else {
            return Ok(None);
        };
        recovery.undoing(id, run.id())?;
        Ok(Some(run))
    }

    /// Removes a database that carries the recovery's tag.
    async fn remove(&self, recovery: &Recovery, n: usize) -> Result<Aborted> {
        let (database, errand) = (self.database(n)?, recovery.errand_of(n));
        if let Some(swap) = &errand.swap {
            let message = format!("it is not removed while {} may not have its name back", swap.source.from);
            return Err(Error::new(ErrorKind::Refused, message));
        }
        if let Found::Foreign(what) = database.find(&errand).await? {
            return Ok(Aborted::Left(format!("what stands there is not this recovery's: {what}")));
        }
        match database.teardown(&errand).await {
            Ok(()) => Ok(Aborted::Done(None)),
            // It has no teardown command: there is nothing to try again.
            Err(e) if e.kind() == ErrorKind::Usage => Ok(Aborted::Left(e.in_one_line())),
            // It is another's, or protected by one, or that is not known.
            Err(e) if e.kind() == ErrorKind::Refused => Err(e),
            Err(e) => Err(match database.by_hand() {
                Some(how) => e.hint(format!("to remove it by hand: {how}")),
                None => e,
            }),
        }
    }
}

/// What to do about a bucket whose run is gone.
const GONE: &str =
    "what it changed is not known; compare the bucket with asof verify, and resume the application by hand";

/// What became of an undo, by what its run's journal says of every change, whichever process made it.
///
/// | changes of the undo | |
/// |---|---|
/// | some were not taken or not looked at, or failed | failed: it is tried again |
/// | some lie in an archive | failed: they have to be thawed first |
/// | some were changed since by somebody else | done: these are left |
/// | all others | done |
fn undone(run: &str, state: &RunState, first: Option<String>) -> Result<Aborted> {
    let tally = state.tally();
    let failed = |message: String| Error::new(ErrorKind::Local, message);
    if tally.failed > 0 {
        let first = first.map(|first| format!(" ({first})")).unwrap_or_default();
        return Err(failed(format!("{} keys could not be changed{first}, in the run {run}", tally.failed)));
    }
    if tally.archived > 0 {
        let keys = match tally.archived {
            1 => "1 key is not undone: its version lies".to_owned(),
            keys => format!("{keys} keys are not undone: their versions lie"),
        };
        return Err(failed(format!("{keys} in an archive, in the run {run}")).hint(format!(
            "to ask for them: asof resume {run} --thaw bulk; once they have thawed, abort again"
        )));
    }
    if tally.done() + tally.conflicts < state.changes() || !state.is_checked() {
        return Err(failed(format!("the run {run} is not complete")));
    }
    let left = match tally.conflicts {
        0 => String::new(),
        1 => "; 1 key was changed since, and left as it is".to_owned(),
        keys => format!("; {keys} keys were changed since, and left as they are"),
    };
    Ok(Aborted::Done(Some(format!("by the run {run}{left}"))))
}

/// What to do about a database that was restored over itself.
const IN_PLACE: &str = "it was restored in place, and asof cannot take that back: bring it to the present by its own means, \
                        or recover bucket and database to the same time again";

/// Why the application is not resumed, and what to do.
const NOT_RESUMED: &str = "not everything is undone: see to that first, then resume the application by hand";

/// Whether there is something to abort: it is not ended, or was overtaken and has asked for a database.
pub(crate) fn is_abortable(state: &recover::RecoveryState) -> bool {
    let asked = state.shape().is_some_and(|shape| (0..shape.databases).any(|n| state.was_asked_for(n)));
    state.shape().is_some()
        && !state.is_ended()
        && (state.overtaken().is_none() || asked || state.may_be_quiesced())
}
