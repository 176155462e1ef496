//! The worker pool: takes changes in order, keeps as many requests in flight as the server can handle, records in the
//! journal each change before and after it is made, and reports each change once.

use tokio::task::JoinSet;

use super::batch::{Batches, Item, Settled, Work};
use super::copy::Copies;
use super::outcome::Outcome;
use super::place::Place;
use super::worker::{OnConflict, Worker};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::plan::Change;
use crate::s3::Client;
use crate::state::RunJournal;

/// Options for applying changes.
#[derive(Debug, Clone)]
pub struct PoolOptions {
    /// The maximum number of concurrent requests.
    pub concurrency: usize,
    /// The action for keys that another client changed since the plan.
    pub on_conflict: OnConflict,
    /// Options for copying versions.
    pub copies: Copies,
}

/// The result of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Whether every change was taken; false if the run was stopped before.
    pub finished: bool,
    /// Whether the server ignores conditions, so that keys were only read just before they were changed.
    pub unguarded: bool,
}

/// Applies changes, and passes each with its outcome to `on`. Stops when cancelled, when the journal cannot be written,
/// or on an error that every other change would meet too: requests in flight finish, and no more are sent. Changes
/// announced but not started are recorded as left, so that resuming treats them as untouched.
pub async fn apply(
    client: &Client,
    place: &Place,
    manner: &PoolOptions,
    items: impl Iterator<Item = Result<Item>>,
    journal: &mut RunJournal,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<Applied> {
    let halt = Cancel::default();
    let worker = Worker::new(client, place, manner, &halt);
    let mut works = Batches::new(items);
    let mut running: JoinSet<Vec<Settled>> = JoinSet::new();
    let (mut ended, mut finished, mut taken) = (Ok(()), false, 0);
    let mut left = Left::default();
    loop {
        if ended.is_err() || cancel.is_stopped() {
            halt.stop();
        }
        while !finished
            && !halt.is_stopped()
            && running.len() < worker.pressure().window()
            && taken < limits::CHANGES_IN_FLIGHT
        {
            match next(&mut works, journal) {
                Ok(Some(work)) => {
                    taken += work.len();
                    drop(running.spawn(worker.clone().perform(work)));
                }
                Ok(None) => finished = true,
                Err(e) => {
                    ended = Err(e);
                    halt.stop();
                }
            }
        }
        let settled = tokio::select! {
            settled = running.join_next() => settled,
            () = cancel.stopped(), if !halt.is_stopped() => continue,
        };
        let Some(settled) = settled else { break };
        let noted = settled.map_err(Error::from).and_then(|settled| {
            taken -= settled.len();
            note(client, &left.sort_out(settled), journal, &mut on)
        });
        ended = ended.and(noted).and(left.why());
    }
    if !finished {
        ended = ended.and(left.off(works, journal.state().taken()));
    }
    let noted = journal.leave(std::mem::take(&mut left.unsent));
    // Uploads cut short by an error are aborted, so that they are not charged for.
    let abandoned = manner.copies.uploads.abandon(client).await;
    ended.and(noted).and(journal.sync()).and(abandoned)?;
    Ok(Applied { finished: !left.any, unguarded: worker.is_unguarded() })
}

/// Changes left because the run ends before them.
#[derive(Debug, Default)]
struct Left {
    any: bool,
    /// Changes without an applied request; the requests of the others may have been applied, and resuming reads their
    /// keys.
    unsent: Vec<u64>,
    /// The error that ended the run.
    error: Option<Error>,
}

impl Left {
    /// Removes left changes from the results of a task and returns the others.
    fn sort_out(&mut self, settled: Vec<Settled>) -> Vec<Settled> {
        let (left, settled): (Vec<_>, Vec<_>) =
            settled.into_iter().partition(|settled| settled.outcome.is_left());
        for Settled { item, outcome } in left {
            self.add(&item);
            if let Outcome::Failed(e) = outcome
                && e.kind() != ErrorKind::Interrupted
            {
                self.error.get_or_insert(e);
            }
        }
        settled
    }

    fn add(&mut self, item: &Item) {
        self.any = true;
        if !item.open {
            self.unsent.push(item.n);
        }
    }

    /// Returns the error that ended the run, if there is one.
    fn why(&mut self) -> Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }

    /// Records changes that were announced but not started: every change before `upto`.
    fn off(&mut self, works: Batches<impl Iterator<Item = Result<Item>>>, upto: u64) -> Result<()> {
        let (gathered, mut items) = works.rest();
        self.any |= !gathered.is_empty();
        gathered.iter().filter(|item| item.n < upto).for_each(|item| self.add(item));
        while let Some(item) = items.next().transpose()? {
            self.any = true;
            if item.n >= upto {
                break;
            }
            self.add(&item);
        }
        Ok(())
    }
}

/// Returns the next piece of work, announced in the journal.
fn next(works: &mut impl Iterator<Item = Result<Work>>, journal: &mut RunJournal) -> Result<Option<Work>> {
    let Some(work) = works.next().transpose()? else { return Ok(None) };
    journal.take(work.upto())?;
    Ok(Some(work))
}

fn note(
    client: &Client,
    settled: &[Settled],
    journal: &mut RunJournal,
    on: &mut impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<()> {
    let ending = |Settled { item, outcome }: &Settled| (item.n, outcome.ending(item.over.clone()));
    journal.end(settled.iter().map(ending))?;
    for Settled { item, outcome } in settled {
        tracing::debug!(key = %printable(&item.change.key), ?outcome, "settled");
        outcome.count(client.counters(), &item.change);
        on(&item.change, outcome)?;
    }
    Ok(())
}
