//! Checks the results of a recovery: first of all when it is resumed, and once more before the application is resumed
//! or success is reported.

use super::step::StepContext;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Version;
use crate::plan::Change;
use crate::plan::file::{ByKey, PlanFile};
use crate::recover::{
    Event, Finding, Held, InUse, Record, RecoveryState, Running, Seen, Status, Step, quiesces_again,
    what_holds,
};
use crate::state::{Ending, Recovery, Results, Run, RunManifest};

/// Checks every step that an earlier process has done. A step that no longer holds is recorded, and repeated; if the
/// recovery has ended, or the application may have been resumed, it is an error instead. Returns the application if it
/// was resumed.
pub(super) async fn look_again(recovery: &Recovery, parts: &StepContext<'_>) -> Result<Option<Running>> {
    let Found { lapsed, running } = look(recovery, parts).await?;
    let again: Vec<_> = lapsed.iter().map(|(step, _)| *step).collect();
    let why = "the application may have been started since".to_owned();
    let quiesce = quiesces_again(&recovery.state(), &again).then_some((Step::Quiesce, why));
    quiesce.into_iter().chain(lapsed).try_for_each(|(step, why)| note(recovery, parts, step, why))?;
    Ok(running)
}

/// Checks everything before the application is resumed or success is reported. Returns whether it holds. A step that
/// does not is recorded as failed, since something is writing that the quiesce hook did not stop.
pub(super) async fn look_last(recovery: &Recovery, parts: &StepContext<'_>) -> Result<bool> {
    let lapsed = look(recovery, parts).await?.lapsed;
    let holds = lapsed.is_empty();
    lapsed.into_iter().try_for_each(|(step, why)| note(recovery, parts, step, why))?;
    Ok(holds)
}

fn note(recovery: &Recovery, parts: &StepContext<'_>, step: Step, why: String) -> Result<()> {
    (parts.on)(&Event::Lapsed(step, &why));
    recovery.note(|at| Record::Lapsed { step, at, why })
}

struct Found {
    /// The steps that no longer hold, and why.
    lapsed: Vec<(Step, String)>,
    /// The application, if the resume hook has finished.
    running: Option<Running>,
}

/// Checks every done step.
///
/// | keys were changed, and | |
/// |---|---|
/// | the resume hook had finished | only reported: the application may change them |
/// | the resume hook was begun but did not finish, or the recovery has ended without one | a finding |
/// | neither | the bucket's step does not hold |
async fn look(recovery: &Recovery, parts: &StepContext<'_>) -> Result<Found> {
    let state = recovery.state();
    let seen = see(recovery, parts, &state).await?;
    let resumed = state.may_have_been_cut_over() || state.is_ended();
    let mut running = state.resumed_at().map(|since| Running { since, keys_changed: 0 });
    let mut lapsed = Vec::new();
    for (step, seen) in &seen {
        let used = match step {
            _ if resumed => InUse::Written,
            Step::Start(n) | Step::Wait(n) | Step::Settle(n) | Step::Swap(n) => state.in_use(*n),
            _ => InUse::No,
        };
        match what_holds(seen, used) {
            Held::Holds => {}
            Held::TakeAgain(why) => lapsed.push((*step, why)),
            Held::Refuse(why) => return Err(refused(recovery, used, &why)),
            Held::Written(why) => {
                if let (Some(running), Seen::Bucket(keys)) = (&mut running, seen) {
                    running.keys_changed += keys;
                } else if let Step::Bucket(n) = step {
                    let part = parts.bucket(*n)?;
                    parts.find(Finding::written(part.target.elsewhere().unwrap_or(&part.location), why));
                }
            }
        }
    }
    Ok(Found { lapsed, running })
}

fn refused(recovery: &Recovery, used: InUse, why: &str) -> Error {
    let (id, ended) = (recovery.id(), recovery.state().ended_at());
    let message = match (ended, used) {
        (Some(at), _) => {
            format!("the recovery {id} finished at {} but is no longer in place: {why}", at.human())
        }
        (None, InUse::Named) => {
            format!("cannot resume the recovery {id}: {why}, and its source may have been renamed")
        }
        (None, _) => {
            format!("cannot resume the recovery {id}: {why}, and the application may have been resumed")
        }
    };
    let refused = Error::new(ErrorKind::Refused, message);
    if ended.is_none() && used == InUse::Named {
        return refused
            .hint("nothing was changed; abort the recovery, which renames the source back, and start over");
    }
    let refused = refused.hint(
        "nothing was changed; if the application uses the current state, keep it and compare the bucket with asof verify",
    );
    // A finished recovery cannot be aborted, and blocks no other.
    if ended.is_some() { refused } else { refused.hint("if not, abort the recovery and start over") }
}

/// Looks at the outcomes of the done steps of databases and buckets.
async fn see(
    recovery: &Recovery,
    parts: &StepContext<'_>,
    state: &RecoveryState,
) -> Result<Vec<(Step, Seen)>> {
    let mut seen = Vec::new();
    let done = |step: Step| state.status(step) == Some(&Status::Done);
    for (n, database) in parts.databases.iter().enumerate() {
        // During a swap a name identifies no database; the step itself finds out, and waits.
        let swap = state.swap(n);
        if swap.is_some() && !done(Step::Swap(n)) {
            continue;
        }
        if let Some(swap) = swap {
            seen.push((Step::Swap(n), Seen::Swapped(database.unswapped(swap).await?)));
        }
        let furthest = [Step::Settle(n), Step::Wait(n), Step::Start(n)].into_iter().find(|step| done(*step));
        let Some(step) = furthest else { continue };
        let found = if database.can_tell() {
            Seen::Database(database.noun(), database.find(&recovery.errand_of(n)).await?)
        } else {
            Seen::Untold
        };
        // A missing database must be requested again, not only settled.
        let step = if matches!(what_holds(&found, InUse::No), Held::Holds) { step } else { Step::Start(n) };
        seen.push((step, found));
    }
    for n in 0..parts.buckets.len() {
        if done(Step::Bucket(n)) {
            seen.push((Step::Bucket(n), Seen::Bucket(parts.differences(recovery, n).await?)));
        }
    }
    Ok(seen)
}

impl StepContext<'_> {
    /// The number of selected keys of a bucket that are neither as they were at T nor as this recovery left them. The
    /// latter matters since an unverifiable copy, or a healed upload, would otherwise count as a write.
    pub(super) async fn differences(&self, recovery: &Recovery, n: usize) -> Result<u64> {
        let part = self.bucket(n)?;
        let at = self.file.buckets_at(recovery.manifest().at);
        let prepared = part.prepare(at, &self.terms, self.cancel).await?;
        let (mut left, mut differences) = (None, 0);
        for change in prepared.changes {
            let change = change?;
            if !self.terms.options.wants(&change) {
                continue;
            }
            let left = match &mut left {
                Some(left) => left,
                // Usually there are no differences, and no runs need to be read.
                none => none.insert(self.runs_of(recovery, n)?),
            };
            differences += u64::from(!is_left(left, &change)?);
        }
        Ok(differences)
    }

    /// The runs that this recovery began for a bucket, and later runs that restored late uploads.
    fn runs_of(&self, recovery: &Recovery, n: usize) -> Result<Vec<Left>> {
        let part = self.bucket(n)?;
        let place = part.target.elsewhere().unwrap_or(&part.location);
        let (state, manifest) = (recovery.state(), recovery.manifest());
        let is_ours = |id: &str| state.all_runs().iter().any(|(bucket, run)| *bucket == n && run == id);
        let runs = Run::begun(&self.terms.state_dir)?;
        let runs = runs.into_iter().filter(|(id, run)| {
            let healed =
                |run: &RunManifest| run.heals && run.began >= manifest.began && run.changed().overlaps(place);
            // Omitting an unreadable run can only count more keys as written, never fewer.
            is_ours(id) || run.as_ref().is_ok_and(healed)
        });
        runs.map(|(id, _)| Left::open(&self.terms.state_dir, &id)).collect()
    }
}

/// The results of a run, in key order.
struct Left {
    changes: ByKey,
    results: Results,
}

impl Left {
    fn open(state_dir: &std::path::Path, id: &str) -> Result<Self> {
        let plan = Run::plan_of(state_dir, id);
        let changes = PlanFile::open(&plan)?.changes.by_key();
        Ok(Self { changes, results: Run::results_of(state_dir, id)? })
    }

    /// Returns true if the run has put this version on this key. Keys must be queried in order.
    fn has_put(&mut self, key: &str, version: &Version) -> Result<bool> {
        let Some((n, _)) = self.changes.get(key)? else { return Ok(false) };
        Ok(match self.results.get(n)? {
            Some(Ending::Copied { version_id: Some(id), .. }) => id == version.version_id,
            Some(Ending::Copied { version_id: None, etag: Some(etag), .. }) => etag == version.etag,
            _ => false,
        })
    }
}

/// Returns true if one of these runs left a changed key in its present state.
fn is_left(left: &mut [Left], change: &Change) -> Result<bool> {
    let Some(now) = &change.now else { return Ok(false) };
    for run in left {
        if run.has_put(&change.key, now)? {
            return Ok(true);
        }
    }
    Ok(false)
}
