//! The worker pool: takes changes in their order, keeps as many requests under way as the server bears, notes in the
//! journal what is about to be done and what became of it, and reports each change once.

use tokio::task::JoinSet;

use super::batch::{Batches, Item, Work};
use super::copy::Copies;
use super::journal::Journal;
use super::outcome::Outcome;
use super::place::Place;
use super::worker::{OnConflict, Worker};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::plan::Change;
use crate::s3::Client;

/// How changes are carried out.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Requests under way at once, at most.
    pub concurrency: usize,
    /// What is done about keys that somebody changed since the plan.
    pub on_conflict: OnConflict,
    /// How versions are copied.
    pub copies: Copies,
}

/// How it went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Applied {
    /// Every change was taken; none was left because of a stop.
    pub finished: bool,
    /// The server does not honour conditions, so keys were only looked at just before they were changed.
    pub unguarded: bool,
}

/// Carries out changes, and hands each with its outcome to `on`. Stops taking new ones when cancelled, or when the
/// journal cannot be written, and finishes those under way.
pub async fn apply(
    client: &Client,
    place: &Place,
    manner: &Manner,
    items: impl Iterator<Item = Result<Item>>,
    journal: &mut Journal,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<Applied> {
    let worker = Worker::new(client, place, manner);
    let mut works = Batches::new(items).fuse();
    let mut running: JoinSet<Vec<(Item, Outcome)>> = JoinSet::new();
    let (mut ended, mut finished, mut taken) = (Ok(()), false, 0);
    loop {
        while ended.is_ok()
            && !finished
            && !cancel.is_stopped()
            && running.len() < worker.strained().window()
            && taken < limits::CHANGES_IN_FLIGHT
        {
            match next(&mut works, journal) {
                Ok(Some(work)) => {
                    taken += work.len();
                    drop(running.spawn(worker.clone().perform(work)));
                }
                Ok(None) => finished = true,
                Err(e) => ended = Err(e),
            }
        }
        let Some(settled) = running.join_next().await else { break };
        let noted = settled
            .map_err(|e| Error::new(ErrorKind::Local, "a task of the restore failed").because(e))
            .and_then(|settled| {
                taken -= settled.len();
                note(client, &settled, journal, &mut on)
            });
        ended = ended.and(noted);
    }
    // What an error has cut short is not left to be paid for.
    let abandoned = manner.copies.uploads.abandon(client).await;
    ended.and(journal.sync()).and(abandoned)?;
    Ok(Applied { finished, unguarded: worker.is_unguarded() })
}

/// The next piece of work, announced in the journal.
fn next(works: &mut impl Iterator<Item = Result<Work>>, journal: &mut Journal) -> Result<Option<Work>> {
    let Some(work) = works.next().transpose()? else { return Ok(None) };
    journal.take(work.upto())?;
    Ok(Some(work))
}

fn note(
    client: &Client,
    settled: &[(Item, Outcome)],
    journal: &mut Journal,
    on: &mut impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<()> {
    journal.end(settled.iter().map(|(item, outcome)| (item.n, outcome.ending(item.over.clone()))))?;
    for (item, outcome) in settled {
        outcome.count(client.counters(), &item.change);
        on(&item.change, outcome)?;
    }
    Ok(())
}
