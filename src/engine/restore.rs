//! Carrying a run out, from its beginning or from where it was killed.

use super::bucket::{Standing, require_keeping, require_room, standing};
use super::run::{Copying, Order, Run};
use super::superseded::{CarriedRun, Look, check_bases};
use super::uploads::{abandon_noted, noted};
use crate::apply::journal::{Progress, State};
use crate::apply::{Applied, Copies, Item, Manner, OnConflict, Outcome, apply};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::event::Counters;
use crate::model::{Instant, Versioning};
use crate::plan::file::PlanFile;
use crate::plan::{Action, Change, Sums};
use crate::s3::Client;

/// Carries out what is left of a run's plan, and hands each change with its outcome to `on`. What was done before is
/// counted, but not done again; what may have been is looked at first.
pub async fn carry_out(
    client: &Client,
    (run, order): (&Run, &Order),
    mut manner: Manner,
    now: Instant,
    cancel: &Cancel,
    mut on: impl FnMut(&Change, &Outcome) -> Result<()>,
) -> Result<Applied> {
    let PlanFile { changes, sums, .. } = PlanFile::open(&run.plan())?;
    let there = require_kept(client, order, (&sums, manner.on_conflict)).await?;
    client.find(&order.location.bucket).await?;
    if sums.to_copy().keys > 0 {
        abandon_noted(client, &run.uploads()).await?;
        manner.copies = copies(client, (run, order)).await?;
    }
    let mut journal = run.open_journal(changes.len(), now)?;
    let counters = client.counters();
    counters.planned.add(changes.len());
    let before = journal.state().clone();
    let items = changes.filter_map(|change| match change {
        Ok((n, change)) => left(&before, counters, n, change).map(Ok),
        Err(e) => Some(Err(e)),
    });
    let mut applied = apply(client, &order.place(), &manner, items, &mut journal, cancel, &mut on).await?;
    if applied.finished && there.versioning == Versioning::Enabled {
        let of = CarriedRun { run, order };
        let look = Look { on_conflict: manner.on_conflict, unheard: false };
        let told = |change: &Change, outcome: &Outcome| {
            if matches!(outcome, Outcome::Failed(_)) {
                uncount(counters, change);
            }
            on(change, outcome)
        };
        applied.finished = check_bases(client, of, look, &mut journal, cancel, told).await?;
        counters.superseded.add(journal.state().tally().superseded);
    } else if applied.finished {
        journal.checked()?;
    }
    Ok(applied)
}

/// A change that was counted as made, and is not there.
fn uncount(counters: &Counters, change: &Change) {
    if change.action == Action::Delete {
        counters.deleted.sub(1);
    } else {
        counters.copied.sub(1);
        counters.bytes_copied.sub(change.bytes());
    }
    counters.failed.add(1);
}

/// How the bucket stands that is changed. Refuses what would be lost for good. A run may be resumed long after it was begun:
/// versioning may have been suspended since.
async fn require_kept(client: &Client, order: &Order, of: (&Sums, OnConflict)) -> Result<Standing> {
    let bucket = &order.changed().bucket;
    let standing = standing(client, bucket).await?;
    match &order.to {
        None => require_keeping(bucket, standing)?,
        to => require_room(to.as_ref(), standing, of)?,
    }
    Ok(standing)
}

/// How the run copies, by what it was told and what its bucket is set to.
async fn copies(client: &Client, (run, order): (&Run, &Order)) -> Result<Copies> {
    let Copying { locks, no_head, thaw, multipart_threshold } = order.copying;
    let bucket = &order.changed().bucket;
    Ok(Copies {
        // A redirect that has no effect need not be looked for.
        heads: !no_head || client.is_website(bucket).await?,
        acls: client.has_acls(bucket).await?,
        locks,
        thaw,
        multipart_threshold,
        uploads: noted(&run.uploads())?,
    })
}

/// A change that something is left to do of; one that is done is counted.
fn left(before: &State, counters: &Counters, n: u64, change: Change) -> Option<Item> {
    match before.progress(n) {
        Progress::Untouched => return Some(Item::new(n, change)),
        Progress::Open => return Some(Item { open: true, ..Item::new(n, change) }),
        Progress::Copied => {
            counters.copied.add(1);
            counters.bytes_copied.add(change.bytes());
        }
        Progress::Deleted => counters.deleted.add(1),
        Progress::Uncovered => counters.uncovered.add(1),
        Progress::Skipped => counters.skipped.add(1),
    }
    None
}
