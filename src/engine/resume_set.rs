//! Applies what is left of a plan set, one shard after another, as its workers would: with the same guards, and beside
//! workers that are still busy.
//!
//! | the shard | what is done |
//! |---|---|
//! | is applied | nothing |
//! | was interrupted, or left keys behind | it is resumed |
//! | has not begun | it is begun |
//! | is being applied by a worker, was undone, or its files cannot be read | it is left alone, and the error told |

use std::sync::Arc;
use std::time::{Duration, Instant as Clock};

use super::execute::Executed;
use super::set_place::SavedSet;
use super::shards::{SetProgress, ShardRuns, ShardState, ShardStatus};
use super::work::{Guards, ReadyShard, ShardWorker, TakenShard, Work};
use crate::apply::Outcome;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::error::{Error, ErrorKind, Result};
use crate::plan::{Change, Plausibility, Sums};
use crate::s3::Client;
use crate::state::Run;

/// A plan set of which the rest is to be applied.
#[derive(Debug)]
pub struct ResumeSet<'a> {
    set: &'a SavedSet,
    worker: ShardWorker<'a>,
    before: SetProgress,
}

/// The events of resuming a plan set.
#[derive(Debug)]
pub enum SetEvent<'e> {
    /// The run of a shard begins, or is resumed.
    Begins {
        /// The shard.
        shard: &'e ReadyShard,
        /// Count what it does.
        counters: &'e Arc<Counters>,
    },
    /// A change was processed.
    Outcome {
        /// The change.
        change: &'e Change,
        /// Its outcome.
        outcome: &'e Outcome,
    },
    /// The run of a shard ended.
    Ended(EndedShard<'e>),
    /// The shard, after that.
    Shard(&'e ShardStatus),
    /// Nothing was done about a shard, for this reason.
    LeftAlone {
        /// The index of the shard.
        index: u32,
        /// The cause.
        why: &'e Error,
    },
}

/// A shard whose run ended.
#[derive(Debug)]
pub struct EndedShard<'e> {
    /// The run.
    pub run: &'e Run,
    /// The sums of its plan.
    pub sums: &'e Sums,
    /// The counts of its changes.
    pub counters: &'e Counters,
    /// The outcome of the run.
    pub executed: Executed,
    /// The duration of the run.
    pub elapsed: Duration,
}

/// The result of resuming a plan set.
#[derive(Debug)]
pub struct ResumedSet {
    /// The progress of the set, as far as its shards were reached.
    pub progress: SetProgress,
    /// True if every shard was reached and every run finished; false if a stop left some.
    pub finished: bool,
    /// True if the server ignores conditional writes, so that keys were only checked just before each change.
    pub unguarded: bool,
    /// The kinds of the errors about shards that were left alone.
    pub left_alone: Vec<ErrorKind>,
}

impl<'a> ResumeSet<'a> {
    /// Finds out what is left. Changes nothing.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a set with a missing or exchanged shard; [`Refused`](ErrorKind::Refused) if a shard
    /// has not begun, and the options do not allow the set's uncertain keys.
    pub async fn new(set: &'a SavedSet, worker: ShardWorker<'a>) -> Result<Self> {
        set.require_plans().await?;
        let mut before = SetProgress::default();
        ShardRuns::read(set, worker.home).await?.for_each(|shard| before.add(&shard));
        if before.shards(ShardState::NotBegun) > 0 {
            Guards { options: worker.options, allow_mass_delete: true }.require(set)?;
        }
        Ok(Self { set, worker, before })
    }

    /// The number of shards that would begin: the changes of the others were confirmed before.
    pub fn begins(&self) -> u32 {
        self.before.shards(ShardState::NotBegun)
    }

    /// The plausibility of the whole restore.
    pub fn plausibility(&self) -> Plausibility {
        self.worker.options.plausibility(self.set.sums(), self.set.manifest.plan.at)
    }

    /// Applies the rest; the deletes of [`plausibility`](Self::plausibility) are confirmed.
    pub async fn execute(
        self,
        client: &Client,
        cancel: &Cancel,
        mut on: impl FnMut(SetEvent<'_>) -> Result<()>,
    ) -> Result<ResumedSet> {
        let Self { set, worker, .. } = self;
        let worker = ShardWorker { allow_mass_delete: true, ..worker };
        let (progress, left_alone) = (SetProgress::default(), Vec::new());
        let mut resumed = ResumedSet { progress, finished: true, unguarded: false, left_alone };
        let mut runs = ShardRuns::read(set, worker.home).await?;
        while let Some(mut status) = runs.next() {
            if cancel.is_stopped() {
                resumed.finished = false;
                break;
            }
            let index = status.index;
            if status.state != ShardState::Applied {
                let step = Step { work: Work::new(set, index)?, worker: &worker };
                match step.apply(client, cancel, &mut on).await {
                    Ok(Some(executed)) => {
                        resumed.finished &= executed.finished;
                        resumed.unguarded |= executed.unguarded;
                        status = runs.status(index);
                        on(SetEvent::Shard(&status))?;
                    }
                    Ok(None) => {}
                    Err(e) if e.kind() == ErrorKind::Interrupted => resumed.finished = false,
                    Err(why) if is_about_shard(&why) => {
                        on(SetEvent::LeftAlone { index, why: &why })?;
                        resumed.left_alone.push(why.kind());
                    }
                    Err(e) => return Err(e),
                }
            }
            resumed.progress.add(&status);
        }
        Ok(resumed)
    }
}

/// Returns true if an error is about one shard: the others can be applied nevertheless.
fn is_about_shard(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::Refused | ErrorKind::Corrupt | ErrorKind::Usage | ErrorKind::Overtaken)
}

/// A shard to apply.
struct Step<'a> {
    work: Work<'a>,
    worker: &'a ShardWorker<'a>,
}

impl Step<'_> {
    /// Applies the shard; `None` if it has nothing to change.
    async fn apply(
        self,
        client: &Client,
        cancel: &Cancel,
        on: &mut impl FnMut(SetEvent<'_>) -> Result<()>,
    ) -> Result<Option<Executed>> {
        let Self { work, worker } = self;
        let counters = Arc::new(Counters::default());
        let client = client.counting(&counters);
        let TakenShard::Ready(shard) = work.take_up(&client, worker.clone(), cancel).await? else {
            return Ok(None);
        };
        let ReadyShard { run, sums, .. } = &*shard;
        let _alone = run.claim()?;
        on(SetEvent::Begins { shard: &shard, counters: &counters })?;
        let apply = worker.options.apply;
        let began = Clock::now();
        let outcome = |change: &Change, outcome: &Outcome| on(SetEvent::Outcome { change, outcome });
        let executed = run.execute(&client, apply, cancel, outcome).await?;
        on(SetEvent::Ended(EndedShard {
            run,
            sums,
            counters: &counters,
            executed,
            elapsed: began.elapsed(),
        }))?;
        run.store_report(cancel).await?;
        Ok(Some(executed))
    }
}
