//! The final check of a run's changes: whether each exists, directly above the version that it was meant to replace.
//!
//! A conditional write compares ETags, which a rewrite with equal bytes keeps; and a server's answer may be wrong. So
//! after all changes are made, the histories of their keys are read, with one listing for adjacent keys. The results
//! are recorded in the journal, where `undo` finds them. The histories are complete unless someone deletes versions by
//! ID. If a run is killed before this check, `resume` or `undo` does it.

use tokio::task::JoinSet;

use super::bucket::bucket_state;
use crate::apply::{Base, BaseReader, Finding, OnConflict, Outcome, Place};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::{HistoryReader, Keyed, Want, read_histories};
use crate::model::{Entry, Instant, Versioning, printable};
use crate::plan::file::{Changes, PlanFile};
use crate::plan::{Action, Change};
use crate::s3::Client;
use crate::state::{ActiveJournal, Ending, Results, Run, RunState, Superseded};

/// The options of the final check.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    /// The policy for conflicts.
    pub(super) on_conflict: OnConflict,
    /// True to check changes that failed, or were begun with unknown outcome: they may have been made, and an undo
    /// treats them as made.
    pub(super) unheard: bool,
}

/// A change that wrote to its key, and the reader of the key's history.
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

/// Finds the writes that a finished run superseded, if that was not done yet, so that an undo restores them.
pub(super) async fn find_superseded(client: &Client, run: &Run, now: Instant, cancel: &Cancel) -> Result<()> {
    if !run.has_begun()
        || run.read_state()?.is_checked()
        || bucket_state(client, &run.manifest().changed().bucket).await?.versioning != Versioning::Enabled
    {
        return Ok(());
    }
    let changes = PlanFile::open(&run.plan())?.changes;
    let mut journal = run.reopen_journal(changes.len(), now).await?;
    let quietly = |_: &Change, _: &Outcome| Ok(());
    let look = Look { on_conflict: OnConflict::Skip, unheard: true };
    if check_bases(client, run, changes, look, &mut journal, cancel, quietly).await? {
        Ok(())
    } else {
        Err(Error::interrupted())
    }
}

/// Compares the changes of a run's plan, none of which were read yet, with the histories of their keys, and passes each
/// problem to `on`. Returns false if it was cancelled before the end.
pub(super) async fn check_bases(
    client: &Client,
    run: &Run,
    changes: Changes,
    look: Look,
    journal: &mut ActiveJournal,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<bool> {
    if journal.state().is_checked() {
        return Ok(true);
    }
    let place = Place::of(run.manifest());
    let mut made = MadeChanges { results: run.read_results()?.0, changes };
    let mut reading: JoinSet<Result<Vec<Keyed<Made>>>> = JoinSet::new();
    let mut exhausted = false;
    loop {
        while !exhausted && reading.len() < limits::HISTORY_BATCHES {
            let batch = made.next_batch(look, journal.state())?;
            exhausted = batch.is_empty();
            if exhausted {
                break;
            }
            let (client, place) = (client.clone(), place.clone());
            let keyed = |made: Made| Keyed { key: place.relocation.there(&made.change.key), reader: made };
            let batch: Vec<_> = batch.into_iter().map(keyed).collect();
            reading.spawn(async move { read_histories(&client, &place.bucket, batch).await });
        }
        // After a stop, the check is incomplete even if nothing is being read.
        let Some(read) = cancel.until(reading.join_next()).await else { return Ok(false) };
        let Some(read) = read else { break };
        for Keyed { reader, .. } in read?? {
            settle(reader, look, journal, &mut on).await?;
        }
    }
    cancel.until(journal.checked()).await.transpose().map(|checked| checked.is_some())
}

/// The changes of a run that wrote to their keys.
struct MadeChanges {
    results: Results,
    changes: Changes,
}

impl MadeChanges {
    fn next_batch(&mut self, look: Look, state: &RunState) -> Result<Vec<Made>> {
        let mut batch = Vec::new();
        while batch.len() < limits::HISTORY_BATCH
            && let Some(change) = self.changes.next()
        {
            let (n, change) = change?;
            let ending = self.results.heard(n, state)?;
            if let Some(ending) =
                ending.filter(|ending| look.unheard || !matches!(ending, Ending::Failed { .. }))
                && let Some(base) = BaseReader::new(&change, &ending)
            {
                batch.push(Made { n, change, ending, base });
            }
        }
        Ok(batch)
    }
}

/// Records the result of checking one change.
async fn settle(
    made: Made,
    look: Look,
    journal: &mut ActiveJournal,
    on: &mut impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<()> {
    let Made { n, change, ending, base } = made;
    let Finding { base, version_id } = base.finish();
    let etag = change.then.as_ref().map(|then| then.etag.clone());
    let named = match version_id {
        Some(id) => ending.clone().named(id, etag, change.action == Action::Delete),
        None => ending.clone(),
    };
    match base {
        Base::AsPlanned if named == ending => Ok(()),
        Base::AsPlanned => journal.end([(n, named)]).await,
        // With `--on-conflict overwrite`, and in an undo, superseded writes are not reported one by one.
        Base::Superseded(version) if look.on_conflict == OnConflict::Overwrite || look.unheard => {
            journal.end([(n, named.lying_on(Superseded { version, superseded: false }))]).await
        }
        Base::Superseded(version) => {
            let outcome = Outcome::Superseded { made: named, version };
            journal.end([(n, outcome.ending(None))]).await?;
            on(&change, &outcome)
        }
        // Its outcome was unknown, and it was not made.
        Base::NotThere if matches!(ending, Ending::Failed { .. }) => Ok(()),
        Base::NotThere => {
            let outcome = Outcome::Failed(not_there(&change, &ending));
            journal.end([(n, outcome.ending(None))]).await?;
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
        format!("{what} of {} is not in the bucket: removed since, or never created", printable(&change.key));
    Error::new(ErrorKind::Local, message)
}
