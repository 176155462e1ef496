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
use crate::state::{ActiveJournal, RunState};

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
    /// True if every change was taken; false if the run was stopped before.
    pub finished: bool,
    /// True if the server ignores conditions, so that keys were only read just before they were changed.
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
    journal: &mut ActiveJournal,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<Applied> {
    let halt = Cancel::default();
    let worker = Worker::new(client, place, manner, &halt);
    let mut works = Batches::new(items, journal.state().order());
    let mut running: JoinSet<Vec<Settled>> = JoinSet::new();
    let (mut ended, mut finished, mut taken) = (Ok(()), false, 0);
    let (mut left, mut unstored) = (Left::default(), Unstored::default());
    loop {
        if ended.is_err() || cancel.is_stopped() {
            halt.stop();
        }
        while !finished
            && !halt.is_stopped()
            && running.len() < worker.pressure().window()
            && taken < limits::CHANGES_IN_FLIGHT
        {
            let next = tokio::select! {
                biased;
                next = next(&mut works, journal) => next,
                // The intent is being stored, and its work is left.
                () = cancel.stopped() => {
                    left.any = true;
                    break;
                }
            };
            unstored.add(Vec::new(), journal);
            match next {
                Ok(Some(work)) => {
                    taken += work.len();
                    // Boxed: the future has 15 KB, and tokio moves it several times.
                    drop(running.spawn(Box::pin(worker.clone().perform(work))));
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
        let noted = match settled {
            Ok(settled) => {
                taken -= settled.len();
                let settled = left.sort_out(settled);
                let noted = note(client, &settled, journal, &mut on).await;
                unstored.add(settled, journal);
                noted
            }
            Err(e) => Err(Error::from(e)),
        };
        ended = ended.and(noted).and(left.why());
    }
    if !finished {
        ended = ended.and(left.off(works, journal.state()));
    }
    let noted = journal.leave(std::mem::take(&mut left.unsent));
    // Uploads cut short by an error are aborted, so that they are not charged for.
    let abandoned = manner.copies.uploads.abandon(client).await;
    let stored = store(journal, cancel).await;
    let ended = ended.and(noted).and(stored).and(abandoned);
    if ended.as_ref().is_err_and(|e| e.kind() == ErrorKind::Overtaken) {
        unstored.report(on)?;
    }
    ended?;
    Ok(Applied { finished: !left.any, unguarded: worker.is_unguarded() })
}

/// Results that are not in the bucket with the state. The worker that takes over knows of these changes only that they were
/// announced, and on a server that ignores conditions both may make them.
#[derive(Debug, Default)]
struct Unstored(Vec<Settled>);

impl Unstored {
    /// Adds results that the journal has just got. A store takes all results before it.
    fn add(&mut self, settled: Vec<Settled>, journal: &ActiveJournal) {
        if journal.has_unsent() {
            self.0.extend(settled);
        } else {
            self.0.clear();
        }
    }

    /// Reports each key that was changed, after another worker has taken over.
    fn report(&self, mut on: impl FnMut(&Change, &Outcome) -> Result<()>) -> Result<()> {
        let made = |settled: &&Settled| {
            matches!(settled.outcome, Outcome::Copied(_) | Outcome::Deleted(_) | Outcome::MarkersRemoved)
        };
        self.0.iter().filter(made).try_for_each(|Settled { item, .. }| {
            let why = "changed by a worker that was overtaken before it could store the result";
            on(&item.change, &Outcome::Failed(Error::new(ErrorKind::Overtaken, why)))
        })
    }
}

/// Stores what the journal has. After a stop, it does not wait long: results that are not stored are found again by the one
/// who resumes the run.
async fn store(journal: &mut ActiveJournal, cancel: &Cancel) -> Result<()> {
    match cancel.grant(journal.sync()).await {
        None => Ok(()),
        Some(Err(e)) if cancel.is_stopped() && e.is_retryable() => Ok(()),
        Some(stored) => stored,
    }
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

    /// Records changes that were announced but not started.
    fn off(&mut self, works: Batches<impl Iterator<Item = Result<Item>>>, state: &RunState) -> Result<()> {
        let (gathered, mut items) = works.rest();
        self.any |= !gathered.is_empty();
        gathered.iter().filter(|item| state.is_taken(item.n)).for_each(|item| self.add(item));
        while let Some(item) = items.next().transpose()? {
            self.any = true;
            if !state.is_taken(item.n) {
                break;
            }
            self.add(&item);
        }
        Ok(())
    }
}

/// Returns the next piece of work, announced in the journal.
async fn next(
    works: &mut impl Iterator<Item = Result<Work>>,
    journal: &mut ActiveJournal,
) -> Result<Option<Work>> {
    let Some(work) = works.next().transpose()? else { return Ok(None) };
    journal.take(work.last()).await?;
    Ok(Some(work))
}

async fn note(
    client: &Client,
    settled: &[Settled],
    journal: &mut ActiveJournal,
    on: &mut impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<()> {
    let ending = |Settled { item, outcome }: &Settled| (item.n, outcome.ending(item.over.clone()));
    journal.end(settled.iter().map(ending)).await?;
    for Settled { item, outcome } in settled {
        tracing::debug!(key = %printable(&item.change.key), ?outcome, "settled");
        outcome.count(client.counters(), &item.change);
        on(&item.change, outcome)?;
    }
    Ok(())
}
