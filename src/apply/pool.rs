//! The worker pool: takes changes from the plan, keeps so many requests under way, reports each key once.

use futures::{StreamExt, stream};

use super::batch::Batches;
use super::change::perform;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::event::Counters;
use crate::model::{Location, Relocation};
use crate::plan::Change;
use crate::s3::Client;

/// Where changes are made.
#[derive(Debug, Clone)]
pub struct Place {
    /// The bucket whose past is restored.
    pub source_bucket: String,
    /// The bucket that is changed.
    pub bucket: String,
    /// How its keys are named there.
    pub relocation: Relocation,
}

impl Place {
    /// The bucket itself.
    pub fn in_place(bucket: &str) -> Self {
        Self {
            source_bucket: bucket.to_owned(),
            bucket: bucket.to_owned(),
            relocation: Relocation::default(),
        }
    }

    /// Another bucket or prefix.
    pub fn elsewhere(source: &Location, target: &Location) -> Self {
        Self {
            source_bucket: source.bucket.clone(),
            bucket: target.bucket.clone(),
            relocation: Relocation::new(source, target),
        }
    }
}

/// What became of one change.
#[derive(Debug)]
pub enum Outcome {
    /// The version was copied.
    Copied,
    /// The key got a delete marker.
    Deleted,
    /// The key held already what it should.
    Skipped,
    /// Somebody changed the key since the plan; it was left alone.
    Conflict,
    /// It could not be changed.
    Failed(Error),
}

/// Carries out changes, `concurrency` requests at a time, and hands each with its outcome to `on`. Stops taking new ones
/// when cancelled, and finishes those under way. Gives whether all were taken.
pub async fn apply(
    client: &Client,
    place: &Place,
    changes: impl Iterator<Item = Result<Change>>,
    concurrency: usize,
    cancel: &Cancel,
    on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<bool> {
    let works =
        Batches::new(changes).map(|work| async move { Ok::<_, Error>(perform(client, place, work?).await) });
    carry_out(client, works, concurrency, cancel, on).await
}

/// Carries out pieces of work, so many at a time, as [`apply`] says. An error of one ends the run.
pub(super) async fn carry_out(
    client: &Client,
    works: impl Iterator<Item = impl Future<Output = Result<Vec<(Change, Outcome)>>>>,
    concurrency: usize,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<bool> {
    let mut taken_all = true;
    let works = works.take_while(|_| {
        taken_all = !cancel.is_stopped();
        taken_all
    });
    let mut results = stream::iter(works).buffer_unordered(concurrency);
    while let Some(settled) = results.next().await {
        for (change, outcome) in settled? {
            count(client.counters(), &change, &outcome);
            on(&change, &outcome)?;
        }
    }
    drop(results);
    Ok(taken_all)
}

fn count(counters: &Counters, change: &Change, outcome: &Outcome) {
    match outcome {
        Outcome::Copied => {
            counters.copied.add(1);
            counters.bytes_copied.add(change.bytes());
        }
        Outcome::Deleted => counters.deleted.add(1),
        Outcome::Skipped => counters.skipped.add(1),
        Outcome::Conflict => counters.conflicts.add(1),
        Outcome::Failed(_) => counters.failed.add(1),
    }
}
