//! Batched changes: puts and removes delete markers.

use std::collections::HashMap;

use futures::{StreamExt, stream};

use super::batch::{Item, Settled};
use super::look::Seen;
use super::markers::MarkersReader;
use super::outcome::Outcome;
use super::worker::{OnConflict, Worker};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::{Keyed, read_histories};
use crate::retry::{RetryBudget, Sends, leaves_open};
use crate::s3::{DeleteKey, Deleted};
use crate::state::Superseded;

/// A change whose request failed.
#[derive(Debug)]
struct Failed {
    item: Item,
    error: Error,
}

/// The kind of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Delete,
    RemoveMarkers,
}

impl Worker {
    /// Puts delete markers.
    pub(super) async fn delete(self, items: Vec<Item>) -> Vec<Settled> {
        let mut items = items.into_iter();
        let Some(first) = items.next() else { return Vec::new() };
        // The first delete of a run detects whether the server honours conditions.
        let mut settled = vec![self.one(first, None).await];
        settled.extend(self.rounds(items.collect(), Doing::Delete).await);
        settled
    }

    /// Removes the delete markers above versions, after reading the keys' histories.
    pub(super) async fn remove_markers(self, items: Vec<Item>) -> Vec<Settled> {
        let keyed = |item: &Item| self.place().relocation.there(&item.change.key);
        let wanted =
            items.iter().map(|item| Keyed { key: keyed(item), reader: MarkersReader::new(&item.change) });
        let reading = read_histories(self.client(), &self.place().bucket, wanted.collect());
        let read = self.client().unless_halted(reading).await;
        let mut fit: HashMap<String, Result<()>> = match read {
            Ok(read) => read.into_iter().map(|of| (of.key, of.reader.finish(self.place()))).collect(),
            Err(e) => items.iter().map(|item| (keyed(item), Err(e.duplicate()))).collect(),
        };
        let (mut settled, mut removable) = (Vec::new(), Vec::new());
        for item in items {
            match fit.remove(&keyed(&item)).unwrap_or_else(|| Err(untold())) {
                Ok(()) => removable.push(item),
                Err(e) => settled.push(item.settled(Outcome::Failed(e))),
            }
        }
        settled.extend(self.rounds(removable, Doing::RemoveMarkers).await);
        settled
    }

    /// Sends keys in rounds; only keys with a transient error are sent again.
    async fn rounds(&self, mut left: Vec<Item>, doing: Doing) -> Vec<Settled> {
        let mut settled = Vec::with_capacity(left.len());
        let mut budget = RetryBudget::new(Sends::Write, left.first().map_or(0, |item| item.n));
        loop {
            // Before each round: no condition prevents a second marker on a key whose first reply was lost, nor
            // protects a write made since.
            if doing == Doing::Delete && self.delete_conditions() != Some(true) {
                let (seen, expected) = self.look_at_all(left).await;
                settled.extend(seen);
                left = expected;
            }
            if left.is_empty() {
                break;
            }
            let (mut passing, mut open) = (Vec::new(), Vec::new());
            for (item, result) in self.round(left, doing).await {
                match result {
                    Ok(outcome) => settled.push(item.settled(outcome)),
                    Err(e) => {
                        let item = Item { open: item.open || leaves_open(&e), ..item };
                        let list = if e.is_retryable() { &mut passing } else { &mut open };
                        list.push(Failed { item, error: e });
                    }
                }
            }
            settled.extend(self.one_by_one(open, false).await);
            let Some(Failed { error: e, .. }) = passing.first() else {
                self.pressure().answered();
                break;
            };
            if let Err(last) = budget.again(self.pressure(), e.duplicate()).await {
                if last.ends_the_run() {
                    let left = |failed: Failed| failed.item.settled(Outcome::Failed(last.duplicate()));
                    settled.extend(passing.into_iter().map(left));
                } else {
                    settled.extend(self.one_by_one(passing, true).await);
                }
                break;
            }
            left = passing.into_iter().map(|failed| failed.item).collect();
        }
        settled
    }

    /// Settles failed keys one by one, or only reads them if `at_last`.
    async fn one_by_one(&self, failed: Vec<Failed>, at_last: bool) -> Vec<Settled> {
        let settled = stream::iter(failed).map(|Failed { item, error }| async move {
            if at_last {
                let outcome = self.give_up(&item, error).await;
                item.settled(outcome)
            } else {
                self.one(item, Some(error)).await
            }
        });
        settled.buffer_unordered(limits::CONTENT_CHECKS).collect().await
    }

    /// Reads each key just before it is deleted, if conditions are not known to be honoured. Returns the settled items,
    /// and those that hold the expected version.
    async fn look_at_all(&self, items: Vec<Item>) -> (Vec<Settled>, Vec<Item>) {
        let seen = stream::iter(items).map(|item| async move {
            let seen = self.look(&item).await;
            (item, seen)
        });
        let mut seen = seen.buffer_unordered(limits::CONTENT_CHECKS);
        let (mut settled, mut expected) = (Vec::new(), Vec::new());
        while let Some((mut item, seen)) = seen.next().await {
            match seen {
                Ok(Seen::AsExpected) => expected.push(item),
                Ok(Seen::Other(version)) if self.on_conflict() == OnConflict::Overwrite => {
                    item.over = Some(Box::new(Superseded { version, superseded: false }));
                    expected.push(item);
                }
                Ok(Seen::Wanted(outcome)) if item.open => settled.push(item.settled(outcome)),
                Ok(Seen::Wanted(_)) => settled.push(item.settled(Outcome::Skipped)),
                Ok(Seen::Other(_)) => settled.push(item.settled(Outcome::Conflict)),
                Err(e) => settled.push(item.settled(Outcome::Failed(e))),
            }
        }
        (settled, expected)
    }

    /// Sends keys once.
    async fn round(&self, items: Vec<Item>, doing: Doing) -> Vec<(Item, Result<Outcome>)> {
        let sent = self.send_round(&items, doing).await;
        let sent = items.into_iter().zip(sent);
        match doing {
            Doing::Delete => sent
                .map(|(item, made)| {
                    let made = made.and_then(|made| made.into_iter().next().ok_or_else(untold));
                    (item, made.map(Outcome::Deleted))
                })
                .collect(),
            Doing::RemoveMarkers => {
                let looks = stream::iter(sent).map(|(item, removed)| async move {
                    let removed = match removed {
                        Ok(removed) => removed,
                        Err(e) => return (item, Err(e)),
                    };
                    let outcome = match self.looks().acquire().await {
                        Ok(_permit) => self.markers_removed(&item, &removed).await,
                        Err(e) => Err(Error::internal(e)),
                    };
                    // The markers are gone, whatever reading the key returns.
                    (Item { open: item.open || outcome.is_err(), ..item }, outcome)
                });
                looks.buffer_unordered(limits::CONTENT_CHECKS).collect().await
            }
        }
    }

    /// Sends one request. Returns the markers put or removed for each item.
    async fn send_round(&self, items: &[Item], doing: Doing) -> Vec<Result<Vec<Deleted>>> {
        tracing::debug!(bucket = self.place().bucket, keys = items.len(), ?doing, "sending");
        let keys: Vec<_> = items.iter().map(|item| self.place().relocation.there(&item.change.key)).collect();
        let guarded = self.delete_conditions() != Some(false);
        let targets: Vec<_> = std::iter::zip(items, &keys)
            .flat_map(|(item, key)| {
                let etag = item.now().filter(|_| guarded).map(|now| now.etag.as_str());
                let delete = (doing == Doing::Delete).then_some(DeleteKey { key, etag, version_id: None });
                let remove_markers =
                    item.change.markers.iter().filter(move |_| doing == Doing::RemoveMarkers);
                let remove_markers =
                    remove_markers.map(|id| DeleteKey { key, etag: None, version_id: Some(id) });
                delete.into_iter().chain(remove_markers)
            })
            .collect();
        let mut results = match self.client().delete(&self.place().bucket, &targets).await {
            Ok(results) => results.into_iter(),
            Err(e) => targets.iter().map(|_| Err(e.duplicate())).collect::<Vec<_>>().into_iter(),
        };
        let count = |item: &Item| if doing == Doing::Delete { 1 } else { item.change.markers.len() };
        // Consume all results of an item, including those after an error: the next ones belong to the next item.
        let mut of = |item| results.by_ref().take(count(item)).collect::<Vec<_>>();
        let whole = |of: Vec<_>, item| if of.len() == count(item) { Ok(of) } else { Err(untold()) };
        items.iter().map(|item| whole(of(item), item)?.into_iter().collect()).collect()
    }
}

/// The error for a reply with fewer results than keys sent.
fn untold() -> Error {
    Error::new(ErrorKind::Transient, "the server's reply does not list the result of every delete")
}
