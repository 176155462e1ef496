//! Begins a run and applies it, from the start or from where it was killed.

use std::path::Path;

use super::bucket::{BucketState, bucket_state, require_room, require_versioning};
use super::options::ApplyOptions;
use super::superseded::{Look, check_bases};
use super::uploads::{abandon_noted, noted};
use crate::apply::{Applied, Copies, Item, Outcome, Place, PoolOptions, apply, count_failure};
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::error::{ErrorKind, Result};
use crate::model::{LaneOrder, Versioning};
use crate::plan::file::{Header, PlanFile, Seen, Writer};
use crate::plan::{Action, Change, Sums};
use crate::recover::{Conclusion, RESTORE, Resource, UNDO};
use crate::s3::Client;
use crate::state::{Begun, ChangeProgress, Claim, Copying, Run, RunManifest, RunState};

pub(super) struct NewPlan<'a, C> {
    pub(super) header: Header,
    /// The changes to make, in key order.
    pub(super) changes: C,
    pub(super) sums: &'a Sums,
    pub(super) seen: Seen,
}

/// The result of executing a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Executed {
    /// True if every change was processed; false if a stop left some undone.
    pub finished: bool,
    /// True if the server ignores conditional writes, so that keys were only checked just before each change.
    pub unguarded: bool,
    /// True if overwritten objects are kept as noncurrent versions, so that the run can be undone.
    pub undoable: bool,
}

impl Executed {
    /// `Done` only if every change was made: none is left, failed or was skipped, and none superseded a write.
    pub(crate) fn conclusion(self, counters: &Counters) -> Conclusion {
        let left = [&counters.failed, &counters.conflicts, &counters.archived, &counters.superseded];
        Conclusion::of_restore(self.finished, left.iter().map(|left| left.get()).sum())
    }
}

impl Run {
    /// Begins a run: stores its manifest and writes its plan.
    pub(super) fn begin(
        state_dir: &Path,
        manifest: RunManifest,
        plan: NewPlan<'_, impl Iterator<Item = Result<Change>>>,
    ) -> Result<Self> {
        let NewPlan { header, changes, sums, seen } = plan;
        let run = Self::create(state_dir, manifest)?;
        let save = || {
            let mut plan = Writer::create(&run.plan(), &header)?;
            for change in changes {
                plan.push(&change?)?;
            }
            plan.finish(sums, seen)
        };
        match save() {
            Ok(()) => Ok(run),
            Err(e) => {
                run.discard()?;
                Err(e)
            }
        }
    }

    /// Claims the bucket, so that no recovery changes it during this run, and the run does not start during a recovery.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) if another process is working on the bucket.
    pub fn claim(&self) -> Result<Claim> {
        let manifest = self.manifest();
        let command = if manifest.undoes.is_some() { UNDO } else { RESTORE };
        let bucket = Resource::bucket(manifest.server.asked(), manifest.changed());
        let state_dir = self.state_dir();
        let mut claim = match &manifest.shard {
            None => Claim::take(state_dir, command, vec![bucket])?,
            Some(shard) => Claim::work(state_dir, &shard.set, vec![bucket])?,
        };
        claim.tell(state_dir, self.id(), Some(manifest.at))?;
        Ok(claim)
    }

    /// Applies the rest of the plan and passes each change with its outcome to `on`. Changes already made are counted,
    /// not repeated; those that may have been made are checked first. The caller must hold a [`Claim`] on the bucket.
    pub async fn execute(
        &self,
        client: &Client,
        options: ApplyOptions,
        cancel: &Cancel,
        mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
    ) -> Result<Executed> {
        let plan = PlanFile::open(&self.plan())?;
        let manifest = self.manifest();
        let there = require_kept(client, manifest, &plan.sums, options).await?;
        client.find(&manifest.location.bucket).await?;
        let ApplyOptions { concurrency, on_conflict, lanes } = options;
        let mut manner = PoolOptions { concurrency, on_conflict, copies: Copies::default() };
        let changes = plan.changes.len();
        let lanes = lanes.unwrap_or_else(|| LaneOrder::default_lanes(changes)).min(plan.most_lanes());
        let now = client.clock().now().whole_second();
        let Some(journal) = cancel.until(self.open_journal(Begun { changes, lanes }, now)).await else {
            return Ok(Executed { finished: false, unguarded: false, undoable: false });
        };
        let mut journal = journal?;
        // Only the owner of the run aborts its uploads.
        if plan.sums.to_copy().keys > 0 {
            abandon_noted(client, self).await?;
            manner.copies = copies(client, self).await?;
        }
        let (before, counters) = (journal.state().clone(), client.counters());
        let lanes = before.order().lanes();
        tracing::info!(run = self.id(), bucket = manifest.changed().bucket, changes, lanes, "applying");
        counters.planned.add(changes);
        counters.lanes.set(lanes);
        let items = plan.in_lanes(before.order())?.filter_map(|change| match change {
            Ok((n, change)) => left(&before, counters, n, change).map(Ok),
            Err(e) => Some(Err(e)),
        });
        let overtaken = |change: &Change, outcome: &Outcome| {
            if let Outcome::Failed(e) = outcome
                && e.kind() == ErrorKind::Overtaken
            {
                uncount(counters, change, e.kind());
            }
            on(change, outcome)
        };
        let applied =
            apply(client, &Place::of(manifest), &manner, items, &mut journal, cancel, overtaken).await?;
        let Applied { mut finished, unguarded } = applied;
        if finished && there.versioning == Versioning::Enabled {
            let look = Look { on_conflict, unheard: false };
            let told = |change: &Change, outcome: &Outcome| {
                if let Outcome::Failed(e) = outcome {
                    uncount(counters, change, e.kind());
                }
                on(change, outcome)
            };
            finished = check_bases(client, self, plan.changes, look, &mut journal, cancel, told).await?;
            counters.superseded.add(journal.state().tally().superseded);
        } else if finished {
            finished = cancel.until(journal.checked()).await.transpose()?.is_some();
        }
        Ok(Executed { finished, unguarded, undoable: is_undoable(client, manifest).await })
    }

    /// Counts the changes of a run that is done, as [`execute`](Self::execute) would. Returns the counts of its plan.
    pub(crate) fn count_done(&self, counters: &Counters) -> Result<Sums> {
        let PlanFile { changes, sums, .. } = self.open_plan()?;
        let state = self.read_state()?;
        for change in changes {
            let (n, change) = change?;
            drop(left(&state, counters, n, change));
        }
        counters.superseded.add(state.tally().superseded);
        Ok(sums)
    }
}

/// Returns true if overwritten objects are kept. Another target may have been changed meanwhile; in place, the run
/// requires versioning.
async fn is_undoable(client: &Client, manifest: &RunManifest) -> bool {
    let Some(to) = &manifest.to else { return true };
    bucket_state(client, &to.bucket).await.is_ok_and(|there| there.versioning == Versioning::Enabled)
}

/// Reverts the counts of a change that was counted as made and is not there.
fn uncount(counters: &Counters, change: &Change, reason: ErrorKind) {
    if change.action == Action::Delete {
        counters.deleted.sub(1);
    } else {
        counters.copied.sub(1);
        counters.bytes_copied.sub(change.bytes());
    }
    count_failure(counters, reason);
}

/// Returns the state of the bucket to be changed. Refuses if anything would be lost for good: a run may be resumed long
/// after it began, and versioning may have been suspended since.
async fn require_kept(
    client: &Client,
    manifest: &RunManifest,
    sums: &Sums,
    options: ApplyOptions,
) -> Result<BucketState> {
    let bucket = &manifest.changed().bucket;
    let state = bucket_state(client, bucket).await?;
    match &manifest.to {
        None => require_versioning(bucket, state)?,
        Some(to) => require_room(to, state, sums, options.on_conflict)?,
    }
    Ok(state)
}

/// Returns the copy settings of the run, from its manifest and the bucket's settings.
async fn copies(client: &Client, run: &Run) -> Result<Copies> {
    let manifest = run.manifest();
    let Copying { locks, no_head, thaw, multipart_threshold } = manifest.copying;
    let bucket = &manifest.changed().bucket;
    Ok(Copies {
        // A website redirect without effect need not be looked for.
        heads: !no_head || client.is_website(bucket).await?,
        acls: client.has_acls(bucket).await?,
        locks,
        thaw,
        multipart_threshold,
        uploads: noted(run)?,
    })
}

/// Returns the change if it is not finished; otherwise counts it.
fn left(before: &RunState, counters: &Counters, n: u64, change: Change) -> Option<Item> {
    match before.progress(n) {
        ChangeProgress::Untouched => return Some(Item::new(n, change)),
        ChangeProgress::Open => return Some(Item { open: true, ..Item::new(n, change) }),
        ChangeProgress::Copied => {
            counters.copied.add(1);
            counters.bytes_copied.add(change.bytes());
        }
        ChangeProgress::Deleted => counters.deleted.add(1),
        ChangeProgress::MarkersRemoved => counters.markers_removed.add(1),
        ChangeProgress::Skipped => counters.skipped.add(1),
    }
    None
}
