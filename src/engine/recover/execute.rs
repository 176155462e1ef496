//! Executing a recovery: the steps that can be taken are taken side by side, each noted in the journal before and after, until
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
    /// What an earlier process did is looked at.
    LookAgain,
    /// The steps are taken that do not let the application go on.
    Restore,
    /// Everything is looked at once more.
    LookLast,
    /// The steps are taken that let the application go on.
    LetGo,
    End {
        /// Everything was looked at in the end, or had been before the resume hook was begun.
        looked: bool,
    },
}

/// What a phase has led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reached {
    /// What was done before was looked at; the recovery may have ended.
    LookedAgain { ended: bool },
    /// Steps were taken, and there may be some left. A last look is due, unless the application may write already.
    Restored { whole: bool, unseen: bool },
    /// Everything was looked at, and holds, or does not.
    LookedLast { holds: bool },
    /// The application was let go on, as far as the steps went.
    LetGo,
}

impl Reached {
    /// | reached | | the next phase |
    /// |---|---|---|
    /// | looked again | the recovery has ended | the end |
    /// | | it has not | restore |
    /// | restored | a step is left | the end, and not everything was looked at |
    /// | | none is, and a last look is due | look last |
    /// | | none is | let go |
    /// | looked last | something does not hold | the end, and not everything was looked at |
    /// | | everything holds | let go |
    /// | let go | | the end |
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

/// Takes every step that is left. A step that fails ends nothing but what waits for it: what was asked of a database goes
/// on there anyway. When asked to stop, no step is begun, and those under way end as soon as they can; the same when the
/// journal cannot be written.
///
/// What an earlier process did is looked at before anything else, and everything once more before the application is resumed
/// or "done" is said: what no longer holds is no success. Of a recovery that has ended nothing is left but that look.
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
        // That it has ended is not on disk.
        ending if ending.is_done() && trouble.is_some() => Ending::Failed,
        ending if ending.is_done() && !looked && stopped => Ending::Interrupted,
        ending if ending.is_done() && !looked => Ending::Failed,
        ending => ending,
    };
    let resumed = let_go || resumed_between(&before, &recovery.state());
    RecoveryOutcome { ending, still_quiesced, resumed, running, trouble }
}

/// Lets the application go on after a quiesce hook that failed, or of which that is not known: it may have stopped a part of
/// it. Not over what was changed before everything is restored.
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

/// Goes through the phases. Whether everything was looked at in the end; tells of an application that an earlier process has
/// resumed.
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

/// Takes the steps that can be taken, of these. An error is the journal's: then nothing can be begun any more, since nobody
/// would know of it.
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
        // It is begun, and will be begun again.
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
