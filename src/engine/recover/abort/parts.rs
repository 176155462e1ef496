//! The actions of the parts of an abort.

use super::Aborted;
use crate::apply::Outcome;
use crate::db::Found;
use crate::engine::bucket::require_removable;
use crate::engine::recover::hooks::Hook;
use crate::engine::recover::step::StepContext;
use crate::engine::undo::{PreparedUndo, Undo};
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Change, Undelete};
use crate::recover::{AbortPart, Record};
use crate::state::Recovery;
use crate::state::Run;
use crate::state::RunState;

impl StepContext<'_> {
    /// Refuses to swap names back if the source that would get its own name is missing.
    pub(super) async fn require_swappable(&self, recovery: &Recovery, part: &AbortPart) -> Result<()> {
        let AbortPart::SwapBack { database } = part else { return Ok(()) };
        match recovery.state().swap(*database) {
            Some(swap) => self.database(*database)?.require_source(swap).await,
            None => Ok(()),
        }
    }

    pub(super) async fn abort_part(&self, recovery: &Recovery, part: &AbortPart) -> Result<Aborted> {
        match part {
            AbortPart::Undo { bucket, run } => self.undo(recovery, *bucket, run).await,
            AbortPart::Undone { by, .. } => Ok(Aborted::Done(Some(format!("by run {by}")))),
            AbortPart::Left { .. } => Ok(Aborted::Left("a newer run has changed its bucket".to_owned())),
            AbortPart::Lost { .. } => {
                Ok(Aborted::NotUndone(format!("its run is lost with the state directory; {GONE}")))
            }
            AbortPart::SwapBack { database } => self.swap_back(recovery, *database).await,
            AbortPart::LeftSwapped { .. } => Ok(Aborted::Left("a newer run may use it".to_owned())),
            AbortPart::Remove { database } => self.remove(recovery, *database).await,
            AbortPart::Resume => self.hook(recovery, Hook::Resume).await.map(|_| Aborted::Done(None)),
            AbortPart::Stays { .. } => Ok(Aborted::NotUndone(IN_PLACE.to_owned())),
        }
    }

    /// Undoes a run, with the undo run that an earlier process began or a new one.
    async fn undo(&self, recovery: &Recovery, n: usize, id: &str) -> Result<Aborted> {
        let part = self.bucket(n)?;
        let state_dir = &self.terms.state_dir;
        if !Run::exists(state_dir, id) {
            return Ok(Aborted::NotUndone(format!("the run is gone; {GONE}")));
        }
        let begun = match recovery.state().undone_by(id) {
            // Each change of an undo is conditional on the version it undoes, so a lost undo run can be begun again.
            Some(by) if Run::exists(state_dir, by) => Some(Run::open(state_dir, by)?),
            _ => self.begin_undo(recovery, n, id).await?,
        };
        let Some(run) = begun else {
            return Ok(Aborted::Done(Some("it changed nothing".to_owned())));
        };
        let mut first = None;
        let on = |change: &Change, outcome: &Outcome| {
            if let Outcome::Failed(e) = outcome {
                first.get_or_insert_with(|| format!("{}: {e}", crate::model::printable(&change.key)));
            }
            Ok(())
        };
        if !run.execute(&part.client, self.terms.options.apply, self.cancel, on).await?.finished {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted in run {}", run.id())));
        }
        undone(run.id(), &run.read_state()?, first)
    }

    async fn begin_undo(&self, recovery: &Recovery, n: usize, id: &str) -> Result<Option<Run>> {
        let part = self.bucket(n)?;
        let (client, state_dir) = (&part.client, &self.terms.state_dir);
        // Only this shows that the run was killed before its plan was complete; an unreadable run may have changed
        // anything.
        if Run::has_changed_nothing(state_dir, id) {
            return Ok(None);
        }
        let done = Run::open(state_dir, id)?;
        let undelete = match require_removable(client, &done.manifest().changed().bucket).await {
            Ok(()) => Undelete::RemoveMarker,
            Err(e) if e.kind() == ErrorKind::Refused => Undelete::Copy,
            Err(e) => return Err(e),
        };
        let undo = Undo { done: &done, server: part.server.clone(), undelete };
        let Some(PreparedUndo { run, .. }) = undo.prepare(client, self.cancel).await? else {
            return Ok(None);
        };
        recovery.note(|_| Record::Undoing { run: id.to_owned(), by: run.id().to_owned() })?;
        Ok(Some(run))
    }

    /// Swaps the names of a database and its source back. Recorded only once the source was seen under its own name.
    async fn swap_back(&self, recovery: &Recovery, n: usize) -> Result<Aborted> {
        if let Some(swap) = recovery.state().swap(n) {
            self.database(n)?.swap_back(swap).await?;
            recovery.note(|_| Record::SwappedBack { database: n })?;
        }
        Ok(Aborted::Done(None))
    }

    /// Removes a database that carries the recovery's tag.
    async fn remove(&self, recovery: &Recovery, n: usize) -> Result<Aborted> {
        let (database, restore_request) = (self.database(n)?, recovery.errand_of(n));
        if let Some(swap) = &restore_request.swap {
            let message = format!("it is not removed while {} may not have its name back", swap.source.from);
            return Err(Error::new(ErrorKind::Refused, message));
        }
        if let Found::Foreign(what) = database.find(&restore_request).await? {
            return Ok(Aborted::Left(format!("it belongs to something else: {what}")));
        }
        match database.teardown(&restore_request).await {
            Ok(()) => Ok(Aborted::Done(None)),
            // Without a teardown command there is nothing to try again.
            Err(e) if e.kind() == ErrorKind::Usage => Ok(Aborted::Left(e.in_one_line())),
            // It is someone else's, protected, or of unknown ownership.
            Err(e) if e.kind() == ErrorKind::Refused => Err(e),
            Err(e) => Err(match database.by_hand() {
                Some(how) => e.hint(format!("remove it by hand: {how}")),
                None => e,
            }),
        }
    }
}

/// The advice for a bucket whose run is gone.
const GONE: &str =
    "its changes are unknown; compare the bucket with asof verify, then resume the application by hand";

/// The result of an undo, from its run's journal, whichever processes made the changes.
///
/// | changes of the undo | |
/// |---|---|
/// | some were not made or not checked, or failed | failed: it is tried again |
/// | some are archived | failed: they must be thawed first |
/// | some keys were changed since by someone else | done: those keys are left |
/// | any other case | done |
fn undone(run: &str, state: &RunState, first: Option<String>) -> Result<Aborted> {
    let tally = state.tally();
    let failed = |message: String| Error::new(ErrorKind::Local, message);
    if tally.failed > 0 {
        let first = first.map(|first| format!(" ({first})")).unwrap_or_default();
        return Err(failed(format!("{} keys could not be changed{first}, in run {run}", tally.failed)));
    }
    if tally.archived > 0 {
        let keys = match tally.archived {
            1 => "1 key was not undone: its version is".to_owned(),
            keys => format!("{keys} keys were not undone: their versions are"),
        };
        return Err(failed(format!("{keys} archived, in run {run}"))
            .hint(format!("request them: asof resume {run} --thaw bulk; once thawed, abort again")));
    }
    if tally.done() + tally.conflicts < state.changes() || !state.is_checked() {
        return Err(failed(format!("run {run} is incomplete")));
    }
    let left = match tally.conflicts {
        0 => String::new(),
        1 => "; 1 key was changed since and left unchanged".to_owned(),
        keys => format!("; {keys} keys were changed since and left unchanged"),
    };
    Ok(Aborted::Done(Some(format!("by run {run}{left}"))))
}

/// The advice for a database that was restored in place.
const IN_PLACE: &str = "it was restored in place, which asof cannot undo: restore it with its own tools, or recover bucket and database to the same time again";
