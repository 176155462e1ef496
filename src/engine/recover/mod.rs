//! Carrying a recovery out: the steps that can be taken are taken side by side, each noted in the journal before and after,
//! until nothing is left or nothing more can be done.

mod abort;
mod bucket;
mod check;
mod deadline;
mod environment;
mod errand;
mod hooks;
mod kept;
mod look;
mod mark;
mod overtaken;
mod quiesced;
mod step;
mod swap;
mod teardown;

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

pub(crate) use abort::{Aborted, abort, is_abortable, needed_runs, plan_abort};
pub(crate) use bucket::{BucketPart, Terms};
pub(crate) use deadline::carry_on_by;
pub(crate) use kept::keep_sources;
pub(crate) use mark::mark;
pub(crate) use overtaken::overtaken;
pub(crate) use step::StepContext;
pub(crate) use teardown::tear_down;

pub(crate) use crate::recover::Overtaker;
pub(crate) use crate::state::{Claim, Glimpse, MarksFile, Quiesced, Recovery, Unreadable};

use look::{look_again, look_last};

use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Ending, Event, Purpose, RecoveryState, Running, Status, Step, StepResult};

/// How a recovery was carried out.
#[derive(Debug)]
pub(crate) struct RecoveryOutcome {
    /// How it ended.
    pub ending: Ending,
    /// The application was stopped, or a part of it may have been, and has not been let go on.
    pub stands_still: bool,
    /// The resume hook was run to its end by this process.
    pub resumed: bool,
    /// The application, where an earlier process had run the resume hook to its end.
    pub running: Option<Running>,
    /// What went wrong outside the steps: the journal cannot be written, or the resume hook failed after a quiesce hook that
    /// failed.
    pub trouble: Option<Error>,
}

/// Takes every step that is left. A step that fails ends nothing but what waits for it: what was asked of a database goes
/// on there anyway. When asked to stop, no step is begun, and those under way end as soon as they can; the same when the
/// journal cannot be written.
///
/// What an earlier process did is looked at before anything else, and everything once more before the application is resumed
/// or "done" is said: what no longer holds is no success. Of a recovery that has ended nothing is left but that look.
pub(crate) async fn execute(recovery: &Recovery, parts: &StepContext<'_>) -> RecoveryOutcome {
    let before = recovery.state();
    let (mut trouble, looked) = match take_all(recovery, parts).await {
        Ok(looked) => (None, looked),
        Err(e) if e.kind() == ErrorKind::Interrupted => (None, Looked::default()),
        Err(e) => (Some(e), Looked::default()),
    };
    let Looked { whole: looked, running } = looked;
    let state = recovery.state();
    let quiesce = state.status(Step::Quiesce);
    // Over what was changed, the application does not go on before everything is restored.
    let unsure = quiesce == Some(&Status::Begun) && trouble.is_some();
    let mut let_go = false;
    if !state.has_changed_what_is_in_use() && (unsure || matches!(quiesce, Some(Status::Failed(_)))) {
        // It may have stopped a part of the application.
        match parts.let_go(recovery).await {
            Ok(resumed) => let_go = resumed,
            Err(e) => {
                (parts.on)(&Event::Failed(Step::Resume, &e.to_string()));
                trouble.get_or_insert(e.hint("let the application go on by hand"));
            }
        }
    }
    let stands_still = state.may_be_quiesced() && !let_go;
    if state.is_done() && looked && !state.is_ended() && recovery.manifest().purpose == Purpose::Recover {
        trouble = recovery.end().err();
    }
    let stopped = parts.cancel.is_stopped() && trouble.is_none();
    let ending = match Ending::of(&state, stopped, parts.has_found_writes()) {
        // That it has ended is not on disk.
        Ending::Done | Ending::Inconsistent if trouble.is_some() => Ending::Failed,
        Ending::Done | Ending::Inconsistent if !looked && stopped => Ending::Interrupted,
        Ending::Done | Ending::Inconsistent if !looked => Ending::Failed,
        ending => ending,
    };
    let resumed = let_go || resumed_between(&before, &recovery.state());
    RecoveryOutcome { ending, stands_still, resumed, running, trouble }
}

fn resumed_between(before: &RecoveryState, after: &RecoveryState) -> bool {
    after.status(Step::Resume) == Some(&Status::Done)
        && after.times(Step::Resume) != before.times(Step::Resume)
}

/// What came of the looks.
#[derive(Debug, Default)]
struct Looked {
    /// Everything was looked at in the end, or had been before the resume hook was begun.
    whole: bool,
    /// The application, where an earlier process had run the resume hook to its end.
    running: Option<Running>,
}

/// Takes the steps that are left.
async fn take_all(recovery: &Recovery, parts: &StepContext<'_>) -> Result<Looked> {
    let mut running = None;
    if recovery.is_taken_up() {
        running = look_again(recovery, parts).await?;
        if recovery.state().is_ended() {
            return Ok(Looked { whole: true, running });
        }
        recovery.resumed()?;
    }
    let shape = recovery.state().shape().cloned().unwrap_or_default();
    take_steps(recovery, parts, |step| !shape.lets_go(step)).await?;
    let state = recovery.state();
    if !state.is_done_but_for_resume() {
        return Ok(Looked { whole: false, running });
    }
    if !state.is_resume_begun() && recovery.manifest().purpose == Purpose::Recover {
        (parts.on)(&Event::LastLook);
        if !look_last(recovery, parts).await? {
            return Ok(Looked { whole: false, running });
        }
    }
    take_steps(recovery, parts, |step| shape.lets_go(step)).await?;
    Ok(Looked { whole: true, running })
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
                noted = recovery.begin(step);
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

/// Tells and notes what came of a step.
fn note(recovery: &Recovery, parts: &StepContext<'_>, step: Step, result: Result<StepResult>) -> Result<()> {
    match result {
        Ok(result) => {
            recovery.done(step, result)?;
            (parts.on)(&Event::Done(step));
            Ok(())
        }
        // It is begun, and will be begun again.
        Err(e) if e.kind() == ErrorKind::Interrupted => Ok(()),
        Err(e) => {
            let why = e.in_one_line();
            (parts.on)(&Event::Failed(step, &why));
            recovery.failed(step, why)
        }
    }
}
