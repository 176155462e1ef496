//! Carrying a recovery out: the steps that can be taken are taken side by side, each noted in the journal before and after,
//! until nothing is left or nothing more can be done.

mod bucket;
mod mark;
mod step;
mod store;
mod teardown;

use std::collections::BTreeSet;

use futures::StreamExt;
use futures::stream::FuturesUnordered;

pub use bucket::{BucketPart, Surveyed, Terms};
pub use mark::mark;
pub use step::Parts;
pub use store::Recovery;
pub use teardown::tear_down;

use crate::error::{ErrorKind, Result};
use crate::recover::{Ending, Event, Purpose, Status, Step};

/// Takes every step that is left. A step that fails ends nothing but what waits for it: what was asked of a database goes
/// on there anyway. When asked to stop, no step is begun, and those under way end as soon as they can.
pub async fn carry_on(recovery: &Recovery, parts: &Parts<'_>) -> Result<Ending> {
    let mut under_way = FuturesUnordered::new();
    let mut taken = BTreeSet::new();
    loop {
        let state = recovery.state();
        let ready = state.shape().map(|shape| shape.ready(&state)).unwrap_or_default();
        for step in ready {
            if !parts.cancel.is_stopped() && taken.insert(step) {
                recovery.begin(step)?;
                (parts.on)(&Event::Begun(step));
                under_way.push(async move { (step, parts.take(recovery, step).await) });
            }
        }
        let Some((step, result)) = under_way.next().await else { break };
        match result {
            Ok(result) => {
                recovery.done(step, result)?;
                (parts.on)(&Event::Done(step));
            }
            // It is begun, and will be begun again.
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => {
                let hints = e.hints().iter().map(|hint| format!("; {hint}"));
                let why = format!("{e}{}", hints.collect::<String>());
                (parts.on)(&Event::Failed(step, &why));
                recovery.failed(step, why)?;
            }
        }
    }
    let state = recovery.state();
    if matches!(state.status(Step::Quiesce), Some(Status::Failed(_))) {
        // It may have stopped a part of the application.
        parts.resume_after_failed_quiesce(recovery).await?;
    }
    if state.is_done() && recovery.told().purpose == Purpose::Recover {
        recovery.end()?;
    }
    Ok(Ending::of(&state, parts.cancel.is_stopped()))
}
