//! Executes a recovery: takes all ready steps concurrently and records each in the journal before and after, until
//! nothing is left or nothing more can be done.

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

use super::look::{look_again, look_last};
use super::step::StepContext;
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{
    Ending, Event, Purpose, Record, RecoveryOutcome, RecoveryState, Running, Status, Step, StepResult,
};
use crate::state::Recovery;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Checks the results of earlier processes.
    LookAgain,
    /// Takes the steps that do not release the application.
    Restore,
    /// Checks everything once more.
    LookLast,
    /// Takes the steps that release the application.
    LetGo,
    End {
        /// Everything was checked at the end, or before the resume hook was begun.
        looked: bool,
    },
}

/// The result of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// Earlier results were checked; the recovery may have ended.
    LookedAgain { ended: bool },
    /// Steps were taken, and some may be left. A last check is due unless the application may already be writing.
    Restored { whole: bool, unseen: bool },
    /// Everything was checked, and holds or not.
    LookedLast { holds: bool },
    /// The application was released, as far as the steps succeeded.
    LetGo,
}

impl Reached {
    /// The phase that follows.
    ///
    /// | reached | | next phase |
    /// |---|---|---|
    /// | looked again | the recovery has ended | end |
    /// | | it has not | restore |
    /// | restored | a step is left | end, with not everything checked |
    /// | | none is left, and a last check is due | look last |
    /// | | none is left | let go |
    /// | looked last | something does not hold | end, with not everything checked |
    /// | | everything holds | let go |
    /// | let go | | end |
    fn next(self) -> Phase {
        match self {
            Reached::LookedAgain { ended: false } => Phase::Restore,
            Reached::Restored { whole: false, .. } | Reached::LookedLast { holds: false } => {
                Phase::End { looked: false }
            }
            Reached::Restored { unseen: true, .. } => Phase::LookLast,
            Reached::Restored { unseen: false, .. } | Reached::LookedLast { holds: true } => Phase::LetGo,
            Reached::LookedAgain { ended: true } | Reached::LetGo => Phase::End { looked: true },
        }
    }
}

/// Takes all remaining steps. A failed step stops only the steps that wait for it: a requested database restore
/// continues on the server anyway. After a request to stop, or if the journal cannot be written, no step is begun, and
/// those in progress end as soon as they can.
///
/// Results of earlier processes are checked first, and everything is checked once more before the application is
/// resumed or success is reported. For a recovery that has ended, only that check is left.
pub(super) async fn execute(recovery: &Recovery, parts: &StepContext<'_>) -> RecoveryOutcome {
    let before = recovery.state();
    let mut running = None;
    let (mut trouble, looked) = match take_phases(recovery, parts, &mut running).await {
        Ok(looked) => (None, looked),
        Err(e) => (Some(e).filter(|e| e.kind() != ErrorKind::Interrupted), false),
    };
    let let_go = let_go(recovery, parts, &mut trouble).await;
    let state = recovery.state();
    let still_quiesced = state.may_be_quiesced() && !let_go;
    if state.is_done() && looked && !state.is_ended() && recovery.manifest().purpose == Purpose::Recover {
        trouble = recovery.note(|at| Record::Ended { at }).err();
    }
    let stopped = parts.cancel.is_stopped() && trouble.is_none();
    let ending = match Ending::of(&state, stopped, parts.has_found_writes()) {
        // The end is not recorded on disk.
        ending if ending.is_done() && trouble.is_some() => Ending::Failed,
        ending if ending.is_done() && !looked && stopped => Ending::Interrupted,
        ending if ending.is_done() && !looked => Ending::Failed,
        ending => ending,
    };
    let resumed = let_go || resumed_between(&before, &recovery.state());
    RecoveryOutcome { ending, still_quiesced, resumed, running, trouble }
}

/// Resumes the application after a quiesce hook that failed or whose outcome is unknown, since it may have stopped a
/// part of the application; but not while data in use is changed and not fully restored.
async fn let_go(recovery: &Recovery, parts: &StepContext<'_>, trouble: &mut Option<Error>) -> bool {
    let state = recovery.state();
    let is_due = match state.status(Step::Quiesce) {
        Some(Status::Failed(_)) => true,
        Some(Status::Begun) => trouble.is_some(),
        Some(Status::Done) | None => false,
    };
    if !is_due || state.has_changed_what_is_in_use() {
        return false;
    }
    parts.let_go(recovery).await.unwrap_or_else(|e| {
        (parts.on)(&Event::Failed(Step::Resume, &e.to_string()));
        trouble.get_or_insert(e.hint("resume the application by hand"));
        false
    })
}

fn resumed_between(before: &RecoveryState, after: &RecoveryState) -> bool {
    after.status(Step::Resume) == Some(&Status::Done)
        && after.times(Step::Resume) != before.times(Step::Resume)
}

/// Runs the phases. Returns whether everything was checked at the end; sets `running` if an earlier process has resumed
/// the application.
async fn take_phases(
    recovery: &Recovery,
    parts: &StepContext<'_>,
    running: &mut Option<Running>,
) -> Result<bool> {
    let shape = recovery.state().shape().cloned().unwrap_or_default();
    let mut phase = if recovery.is_taken_up() { Phase::LookAgain } else { Phase::Restore };
    loop {
        let reached = match phase {
            Phase::LookAgain => {
                *running = look_again(recovery, parts).await?;
                let ended = recovery.state().is_ended();
                if !ended {
                    recovery.note(|at| Record::Resumed { at })?;
                }
                Reached::LookedAgain { ended }
            }
            Phase::Restore => {
                take_steps(recovery, parts, |step| !shape.lets_go(step)).await?;
                let (state, purpose) = (recovery.state(), recovery.manifest().purpose);
                let unseen = purpose == Purpose::Recover && !state.is_resume_begun();
                Reached::Restored { whole: state.is_done_but_for_resume(), unseen }
            }
            Phase::LookLast => {
                (parts.on)(&Event::LastLook);
                Reached::LookedLast { holds: look_last(recovery, parts).await? }
            }
            Phase::LetGo => {
                take_steps(recovery, parts, |step| shape.lets_go(step)).await?;
                Reached::LetGo
            }
            Phase::End { looked } => return Ok(looked),
        };
        phase = reached.next();
    }
}

/// Takes the ready steps among `of`. Only a journal error is returned: no more steps may begin then, since they would
/// not be recorded.
async fn take_steps(recovery: &Recovery, parts: &StepContext<'_>, of: impl Fn(Step) -> bool) -> Result<()> {
    let mut under_way = FuturesUnordered::new();
    let mut taken = BTreeSet::new();
    let mut noted = Ok(());
    loop {
        let state = recovery.state();
        let ready = state.shape().map(|shape| shape.ready(&state)).unwrap_or_default();
        for step in ready.into_iter().filter(|step| of(*step)) {
            if noted.is_ok() && !parts.cancel.is_stopped() && taken.insert(step) {
                noted = recovery.note(|at| Record::Begun { step, at });
                if noted.is_ok() {
                    (parts.on)(&Event::Begun(step));
                    under_way.push(async move { (step, parts.take(recovery, step).await) });
                }
            }
        }
        if noted.is_err() {
            parts.cancel.stop();
        }
        let Some((step, result)) = under_way.next().await else { return noted };
        noted = noted.and(note(recovery, parts, step, result));
    }
}

fn note(recovery: &Recovery, parts: &StepContext<'_>, step: Step, result: Result<StepResult>) -> Result<()> {
    match result {
        Ok(result) => {
            recovery.note(|at| Record::Done { step, at, result })?;
            (parts.on)(&Event::Done(step));
            Ok(())
        }
        // The step stays begun, and is begun again on resume.
        Err(e) if e.kind() == ErrorKind::Interrupted => Ok(()),
        Err(e) => {
            let why = e.in_one_line();
            (parts.on)(&Event::Failed(step, &why));
            recovery.note(|at| Record::Failed { step, at, why })
        }
    }
}

#[cfg(test)]
mod tests;
