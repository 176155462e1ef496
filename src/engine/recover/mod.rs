//! Carrying a recovery out: the steps that can be taken are taken side by side, each noted in the journal before and after,
//! until nothing is left or nothing more can be done.

mod bucket;
mod deadline;
mod mark;
mod step;
mod store;
mod teardown;

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

pub use bucket::{BucketPart, Surveyed, Terms};
pub use deadline::carry_on_by;
pub use mark::mark;
pub use step::Parts;
pub use store::Recovery;
pub use teardown::tear_down;

use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Ending, Event, Purpose, Status, Step, StepResult};

/// How a recovery was carried out.
#[derive(Debug)]
pub struct Carried {
    /// How it ended.
    pub ending: Ending,
    /// The application was stopped, or a part of it may have been, and has not been let go on.
    pub stands_still: bool,
    /// What went wrong outside the steps: the journal cannot be written, or the resume hook failed after a quiesce hook that
    /// failed.
    pub trouble: Option<Error>,
}

/// Takes every step that is left. A step that fails ends nothing but what waits for it: what was asked of a database goes
/// on there anyway. When asked to stop, no step is begun, and those under way end as soon as they can; the same when the
/// journal cannot be written.
pub async fn carry_on(recovery: &Recovery, parts: &Parts<'_>) -> Carried {
    let mut trouble = take_all(recovery, parts).await.err();
    let state = recovery.state();
    let (quiesce, resume) = (state.status(Step::Quiesce), state.status(Step::Resume));
    let stopped = matches!(quiesce, Some(Status::Begun | Status::Done));
    let mut stands_still = stopped && resume != Some(&Status::Done);
    // Nothing else was begun then.
    let unsure = quiesce == Some(&Status::Begun) && trouble.is_some();
    if unsure || matches!(quiesce, Some(Status::Failed(_))) {
        // It may have stopped a part of the application.
        let resumed = parts.resume_after_failed_quiesce(recovery).await;
        stands_still = resumed.is_err() || parts.file.hooks.resume.is_none();
        if let Err(e) = resumed {
            (parts.on)(&Event::Failed(Step::Resume, &e.to_string()));
            trouble.get_or_insert(e.hint("let the application go on by hand"));
        }
    }
    if state.is_done() && trouble.is_none() && recovery.told().purpose == Purpose::Recover {
        trouble = recovery.end().err();
    }
    let stopped = parts.cancel.is_stopped() && trouble.is_none();
    Carried { ending: Ending::of(&state, stopped), stands_still, trouble }
}

/// An error is the journal's: then nothing can be begun any more, since nobody would know of it.
async fn take_all(recovery: &Recovery, parts: &Parts<'_>) -> Result<()> {
    let mut under_way = FuturesUnordered::new();
    let mut taken = BTreeSet::new();
    let mut noted = Ok(());
    loop {
        let state = recovery.state();
        let ready = state.shape().map(|shape| shape.ready(&state)).unwrap_or_default();
        for step in ready {
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
fn note(recovery: &Recovery, parts: &Parts<'_>, step: Step, result: Result<StepResult>) -> Result<()> {
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
