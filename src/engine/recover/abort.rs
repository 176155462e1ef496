//! Aborting a recovery: its runs are undone, its databases removed, the application resumed, the journal closed. Killed
//! anywhere, the same command finishes it.

use std::path::Path;

use super::step::Parts;
use super::store::{Glimpse, Recovery};
use crate::apply::{Applied, Outcome};
use crate::db::Found;
use crate::engine::bucket::{require_keeping, require_removable, standing};
use crate::engine::restore::carry_out;
use crate::engine::run::{Order, Run};
use crate::engine::superseded::{CarriedRun, find_superseded};
use crate::engine::undo::plan_undo;
use crate::engine::uploads::abandon_noted;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Change, Undelete};
use crate::recover::{AbortPart, RecoveryFile, State, abort_parts};

/// What became of a part of an abort.
#[derive(Debug)]
pub enum Aborted {
    /// It is done; in words, where there is more to say.
    Done(Option<String>),
    /// It cannot be done, and is not asof's to do: why.
    Left(String),
    /// It failed, and has to be tried again.
    Failed(Error),
}

/// What aborting a recovery takes now.
pub fn plan_abort(state_dir: &Path, recovery: &Glimpse, file: &RecoveryFile) -> Result<Vec<AbortPart>> {
    let finished: Vec<_> = Run::list(state_dir)?
        .into_iter()
        .filter(|run| run.state.as_ref().is_some_and(crate::apply::journal::State::is_done))
        .filter_map(|run| Some((run.order?.undoes?, run.id)))
        .collect();
    let undone_by = |run: &str| finished.iter().find(|(undone, _)| undone == run).map(|(_, by)| by.clone());
    Ok(abort_parts(&recovery.state, undone_by, file.hooks.resume.is_some()))
}

/// Aborts a recovery; tells `on` what became of each part. Whether nothing is left to try again: then it is closed.
pub async fn abort(
    recovery: &Recovery,
    parts: &Parts<'_>,
    plan: &[AbortPart],
    mut on: impl FnMut(&AbortPart, &Aborted),
) -> Result<bool> {
    if !recovery.state().is_aborting() {
        recovery.aborting()?;
    }
    let mut finished = true;
    for part in plan {
        // An application is not resumed over a bucket that is half undone.
        if parts.cancel.is_stopped() || (!finished && *part == AbortPart::Resume) {
            finished = false;
            continue;
        }
        let aborted = match parts.abort_part(recovery, part).await {
            Ok(aborted) => aborted,
            Err(e) => Aborted::Failed(e),
        };
        finished = finished && !matches!(aborted, Aborted::Failed(_));
        on(part, &aborted);
    }
    if finished {
        recovery.aborted()?;
    }
    Ok(finished)
}

impl Parts<'_> {
    async fn abort_part(&self, recovery: &Recovery, part: &AbortPart) -> Result<Aborted> {
        match part {
            AbortPart::Undo { bucket, run } => self.undo(recovery, *bucket, run).await,
            AbortPart::Undone { by, .. } => Ok(Aborted::Done(Some(format!("by the run {by}")))),
            AbortPart::Left { .. } => Ok(Aborted::Left("something newer has changed its bucket".to_owned())),
            AbortPart::Remove { database } => self.remove(recovery, *database).await,
            AbortPart::Resume => self.run_resume_hook(recovery).await.map(|()| Aborted::Done(None)),
        }
    }

    /// Undoes a run, by the run that an earlier process began for that, or by a new one.
    async fn undo(&self, recovery: &Recovery, n: usize, id: &str) -> Result<Aborted> {
        let part = self.bucket(n)?;
        let (state_dir, now) = (self.terms.state_dir, self.terms.now);
        let begun = match recovery.state().undone_by(id) {
            Some(by) => Some(Run::open(state_dir, by)?),
            None => self.begin_undo(recovery, n, id).await?,
        };
        let Some((run, order)) = begun else {
            return Ok(Aborted::Done(Some("it has changed nothing".to_owned())));
        };
        let counters = part.client.counters();
        let before = (counters.conflicts.get(), counters.failed.get());
        let mut first = None;
        let on = |change: &Change, outcome: &Outcome| {
            if let Outcome::Failed(e) = outcome {
                first.get_or_insert_with(|| format!("{}: {e}", crate::model::printable(&change.key)));
            }
            Ok(())
        };
        let manner = self.terms.manner.clone();
        let Applied { finished, .. } =
            carry_out(&part.client, (&run, &order), manner, now, self.cancel, on).await?;
        if !finished {
            return Err(Error::new(ErrorKind::Interrupted, format!("interrupted in the run {}", run.id())));
        }
        let (conflicts, failed) = (counters.conflicts.get() - before.0, counters.failed.get() - before.1);
        if failed > 0 {
            let first = first.map(|first| format!(" ({first})")).unwrap_or_default();
            let message = format!("{failed} keys could not be changed{first}, in the run {}", run.id());
            return Err(Error::new(ErrorKind::Local, message));
        }
        let left = match conflicts {
            0 => String::new(),
            1 => "; 1 key was changed since, and left as it is".to_owned(),
            keys => format!("; {keys} keys were changed since, and left as they are"),
        };
        Ok(Aborted::Done(Some(format!("by the run {}{left}", run.id()))))
    }

    async fn begin_undo(&self, recovery: &Recovery, n: usize, id: &str) -> Result<Option<(Run, Order)>> {
        let part = self.bucket(n)?;
        let (client, now) = (&part.client, self.terms.now);
        let (done, order) = match Run::open(self.terms.state_dir, id) {
            // It was killed before its plan was whole.
            Err(e) if e.kind() == ErrorKind::Usage && Run::exists(self.terms.state_dir, id) => {
                return Ok(None);
            }
            opened => opened?,
        };
        let bucket = &order.changed().bucket;
        client.find(bucket).await?;
        abandon_noted(client, &done.uploads()).await?;
        require_keeping(bucket, standing(client, bucket).await?)?;
        find_superseded(client, CarriedRun { run: &done, order: &order }, now, self.cancel).await?;
        let undelete = match require_removable(client, bucket).await {
            Ok(()) => Undelete::RemoveMarker,
            Err(e) if e.kind() == ErrorKind::Refused => Undelete::Copy,
            Err(e) => return Err(e),
        };
        let back = order.undo(id, part.server.clone(), now);
        let undo = Run::create(self.terms.state_dir, &back)?;
        match plan_undo((&done, &order), (&undo, &back), undelete, now) {
            Ok(sums) if sums.changes() > 0 => {
                recovery.undoing(id, undo.id())?;
                Ok(Some((undo, back)))
            }
            planned => {
                undo.discard()?;
                planned.map(|_| None)
            }
        }
    }

    /// Removes a database that carries the recovery's tag.
    async fn remove(&self, recovery: &Recovery, n: usize) -> Result<Aborted> {
        let (database, errand) = (self.database(n)?, recovery.errand_of(n));
        if let Found::Foreign(what) = database.find(&errand).await? {
            return Ok(Aborted::Left(format!("what stands there is not this recovery's: {what}")));
        }
        match database.teardown(&errand).await {
            Ok(()) => Ok(Aborted::Done(None)),
            // It has no teardown command: there is nothing to try again.
            Err(e) if e.kind() == ErrorKind::Usage => Ok(Aborted::Left(e.in_one_line())),
            Err(e) => Err(e),
        }
    }
}

/// Whether there is something to abort: it is not ended, or was overtaken and has asked for a database.
pub fn is_abortable(state: &State) -> bool {
    let asked = state.shape().is_some_and(|shape| (0..shape.databases).any(|n| state.was_asked_for(n)));
    state.shape().is_some()
        && !state.is_ended()
        && (state.overtaken().is_none() || asked || state.may_be_quiesced())
}
