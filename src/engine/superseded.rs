//! The last look at a run's changes: whether each is there, and lies on what it was meant to lie on.
//!
//! A condition on a write sees an ETag, which a rewrite with equal bytes keeps; and an answer is only what a server says.
//! So when all changes are made, the histories of their keys are read: by one listing of the keys where they lie side by
//! side. What that finds is noted in the journal, where `undo` finds it. The histories are complete as long as nobody
//! deletes versions by their ids; a run that is killed before this look is given it by `resume` or `undo`.

use tokio::task::JoinSet;

use super::bucket::standing;
use super::run::{Order, Run};
use crate::apply::journal::{Buried, Ending, Journal, Results};
use crate::apply::{Base, BaseReader, OnConflict, Outcome};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::{HistoryReader, Keyed, Want, read_histories};
use crate::model::{Entry, Instant, Versioning, printable};
use crate::plan::Change;
use crate::plan::file::{Changes, PlanFile};
use crate::s3::Client;

/// A run that was carried out.
#[derive(Debug, Clone, Copy)]
pub struct CarriedRun<'a> {
    /// The run.
    pub run: &'a Run,
    /// What it was told.
    pub order: &'a Order,
}

/// A change that put something on its key, and the history that is read for it.
#[derive(Debug, Clone)]
struct Made {
    n: u64,
    change: Change,
    ending: Ending,
    base: BaseReader,
}

impl HistoryReader for Made {
    fn push(&mut self, entry: &Entry<'_>, order_lost: bool) -> Want {
        self.base.push(entry, order_lost)
    }

    fn is_settled(&self) -> bool {
        self.base.is_settled()
    }
}

/// Looks for what a finished run superseded, if that was not done yet, so that an undo brings it back.
pub async fn find_superseded(
    client: &Client,
    of: CarriedRun<'_>,
    now: Instant,
    cancel: &Cancel,
) -> Result<()> {
    if !of.run.has_begun()
        || standing(client, &of.order.changed().bucket).await?.versioning != Versioning::Enabled
    {
        return Ok(());
    }
    let changes = PlanFile::open(&of.run.plan())?.changes.len();
    let mut journal = of.run.open_journal(changes, now)?;
    if check_bases(client, of, OnConflict::Skip, &mut journal, cancel, |_, _| Ok(())).await? {
        Ok(())
    } else {
        Err(Error::interrupted())
    }
}

/// Compares what a run has made with the histories of its keys, and hands what is not as it should be to `on`. Whether it
/// came to the end before it was cancelled.
pub(super) async fn check_bases(
    client: &Client,
    of: CarriedRun<'_>,
    on_conflict: OnConflict,
    journal: &mut Journal,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<bool> {
    if journal.state().is_checked() {
        return Ok(true);
    }
    let place = of.order.place();
    let mut made = MadeChanges {
        results: Results::read(&of.run.journal())?.0,
        changes: PlanFile::open(&of.run.plan())?.changes,
    };
    let mut reading: JoinSet<Result<Vec<Keyed<Made>>>> = JoinSet::new();
    loop {
        while reading.len() < limits::HISTORY_BATCHES && !cancel.is_stopped() {
            let batch = made.next_batch()?;
            if batch.is_empty() {
                break;
            }
            let (client, place) = (client.clone(), place.clone());
            let keyed = |made: Made| Keyed { key: place.relocation.there(&made.change.key), reader: made };
            let batch: Vec<_> = batch.into_iter().map(keyed).collect();
            reading.spawn(async move { read_histories(&client, &place.bucket, batch).await });
        }
        let read = tokio::select! {
            read = reading.join_next() => read,
            () = cancel.stopped() => return Ok(false),
        };
        let Some(read) = read else { break };
        let read = read.map_err(|e| Error::new(ErrorKind::Local, "a listing task failed").because(e))??;
        for Keyed { reader, .. } in read {
            settle(client, reader, on_conflict, journal, &mut on)?;
        }
    }
    journal.checked()?;
    Ok(true)
}

/// The changes of a run that put something on their keys.
struct MadeChanges {
    results: Results,
    changes: Changes,
}

impl MadeChanges {
    fn next_batch(&mut self) -> Result<Vec<Made>> {
        let mut batch = Vec::new();
        while batch.len() < limits::HISTORY_BATCH
            && let Some(change) = self.changes.next()
        {
            let (n, change) = change?;
            if let Some(ending) = self.results.get(n)?
                && let Some(base) = BaseReader::new(&change, &ending)
            {
                batch.push(Made { n, change, ending, base });
            }
        }
        Ok(batch)
    }
}

/// Notes what was found of one change.
fn settle(
    client: &Client,
    made: Made,
    on_conflict: OnConflict,
    journal: &mut Journal,
    on: &mut impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<()> {
    let Made { n, change, ending, base } = made;
    match base.finish() {
        Base::AsPlanned => Ok(()),
        Base::Superseded(version) => {
            // Who wants others' writes overwritten is not told of each.
            if on_conflict == OnConflict::Overwrite {
                return journal.end([(n, ending.lying_on(Buried { version, superseded: false }))]);
            }
            let outcome = Outcome::Superseded { made: ending, version };
            journal.end([(n, outcome.ending(None))])?;
            on(&change, &outcome)
        }
        Base::NotThere => {
            let outcome = Outcome::Failed(not_there(&change, &ending));
            journal.end([(n, outcome.ending(None))])?;
            let counters = client.counters();
            match ending {
                Ending::Copied { .. } => {
                    counters.copied.sub(1);
                    counters.bytes_copied.sub(change.bytes());
                }
                _ => counters.deleted.sub(1),
            }
            counters.failed.add(1);
            on(&change, &outcome)
        }
    }
}

fn not_there(change: &Change, ending: &Ending) -> Error {
    let what = match ending {
        Ending::Copied { version_id: Some(id), .. } => format!("the copied version {}", printable(id)),
        Ending::Deleted { version_id: Some(id), .. } => format!("the delete marker {}", printable(id)),
        Ending::Copied { .. } => "the copied version".to_owned(),
        _ => "the delete marker".to_owned(),
    };
    let message =
        format!("{what} of {} is not in the bucket: removed since, or never made", printable(&change.key));
    Error::new(ErrorKind::Local, message)
}
