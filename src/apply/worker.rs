//! Applies one change: sends its request, conditional on the key being as expected, until the key holds the planned
//! result or another client's write.
//!
//! The key is read ([`look`]) before a request that may have been applied is sent again, and always if conditions are
//! not honoured. The result decides:
//!
//! | the key holds | `--on-conflict skip` | `--on-conflict overwrite` |
//! |---|---|---|
//! | the planned result, and we sent it | done | done |
//! | the planned result, from another client | skipped | skipped |
//! | the expected version | the request is sent | the request is sent |
//! | something else | conflict | the request is sent, conditional on the version found |

mod send;
mod settle;

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::batch::{Item, Settled, Work};
use super::conditions::Condition;
use super::copy::gone;
use super::look::{Seen, look};
use super::outcome::Outcome;
use super::place::Place;
use super::pool::PoolOptions;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::model::is_xml_safe;
use crate::plan::Action;
use crate::retry::{SharedPressure, is_to_be_looked_at};
use crate::s3::Client;

/// The action for a key that another client changed since the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// Do not change it, and report a conflict.
    #[default]
    Skip,
    /// Change it as planned; the other client's version remains as a noncurrent version.
    Overwrite,
}

/// Applies changes. Cheap to clone: all clones share what they detect about the server.
#[derive(Debug, Clone)]
pub(super) struct Worker(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    client: Client,
    place: Place,
    manner: PoolOptions,
    pressure: SharedPressure,
    /// Permits for the looks at keys whose markers were removed, of all batches together: each looks at all its keys.
    looks: Semaphore,
    copies: Condition,
    /// For `DeleteObjects` requests.
    deletes: Condition,
    /// For requests with one key: a server may honour conditions on only one of the two.
    single_deletes: Condition,
}

/// The condition of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guarded {
    Yes,
    /// With a condition that cannot hold.
    Impossibly,
    No,
}

impl Worker {
    /// Creates a worker that sends nothing more once `halt` is stopped: waiting requests end with an error that ends
    /// the run.
    pub(super) fn new(client: &Client, place: &Place, manner: &PoolOptions, halt: &Cancel) -> Self {
        Self(Arc::new(Shared {
            client: client.halted_by(halt),
            place: place.clone(),
            pressure: SharedPressure::new(manner.concurrency, halt),
            looks: Semaphore::new(manner.concurrency.max(1)),
            manner: manner.clone(),
            copies: Condition::default(),
            deletes: Condition::default(),
            single_deletes: Condition::default(),
        }))
    }

    pub(super) fn client(&self) -> &Client {
        &self.0.client
    }

    pub(super) fn place(&self) -> &Place {
        &self.0.place
    }

    pub(super) fn pressure(&self) -> &SharedPressure {
        &self.0.pressure
    }

    pub(super) fn looks(&self) -> &Semaphore {
        &self.0.looks
    }

    pub(super) fn on_conflict(&self) -> OnConflict {
        self.0.manner.on_conflict
    }

    /// Returns true if the server turned out to ignore conditions.
    pub(super) fn is_unguarded(&self) -> bool {
        let Shared { copies, deletes, single_deletes, .. } = &*self.0;
        [copies, deletes, single_deletes].iter().any(|condition| condition.is_honoured() == Some(false))
    }

    /// Returns true if conditions are honoured on `DeleteObjects`; `None` until this is known.
    pub(super) fn delete_conditions(&self) -> Option<bool> {
        self.0.deletes.is_honoured()
    }

    /// Performs a piece of work.
    pub(super) async fn perform(self, work: Work) -> Vec<Settled> {
        let mut settled = match work {
            Work::One(item) => vec![self.one(*item, None).await],
            Work::Delete(items) => self.clone().delete(items).await,
            Work::RemoveMarkers(items) => self.clone().remove_markers(items).await,
        };
        self.narrow(&mut settled).await;
        settled
    }

    /// Distinguishes signatures broken in transit for one key from credentials that are not accepted.
    async fn narrow(&self, settled: &mut [Settled]) {
        for Settled { outcome, .. } in settled {
            let Outcome::Failed(e) = outcome else { continue };
            if e.kind() != ErrorKind::Credentials {
                continue;
            }
            *e = self.client().narrowed(e.duplicate(), &self.place().bucket).await;
            if e.kind() == ErrorKind::Credentials {
                break;
            }
        }
    }

    /// Applies one change by itself; `before` is the error from sending it in a batch.
    pub(super) async fn one(&self, mut item: Item, before: Option<Error>) -> Settled {
        let outcome = self.settle(&mut item, before).await;
        item.settled(outcome)
    }

    /// Checks that the version to restore still exists; returns an error if not.
    pub(super) async fn has_source(&self, item: &Item) -> Result<()> {
        let Some(then) = &item.change.then else { return Ok(()) };
        let (bucket, key) = (&self.0.place.source_bucket, &item.change.key);
        let client = &self.0.client;
        match client.unless_halted(client.head(bucket, key, Some(&then.version_id))).await {
            Ok(None) => Err(gone(&self.0.place, &item.change)),
            Err(e) if !e.is_unreadable_object() => Err(e),
            _ => Ok(()),
        }
    }

    /// Reads the key a last time before a change counts as failed, if its last request may have been applied or its
    /// condition failed.
    pub(super) async fn give_up(&self, item: &Item, e: Error) -> Outcome {
        if !(item.open || is_to_be_looked_at(&e)) {
            return Outcome::Failed(e);
        }
        match self.look(item).await {
            Ok(Seen::Wanted(_)) if !item.open => Outcome::Skipped,
            Ok(Seen::Wanted(outcome)) => outcome,
            Ok(Seen::Other(_)) => Outcome::Conflict,
            Ok(Seen::AsExpected) | Err(_) => Outcome::Failed(e),
        }
    }

    /// The detected conditions for this kind of request; `None` for requests that remove versions by ID.
    fn condition(&self, item: &Item) -> Option<&Condition> {
        match item.change.action {
            Action::Delete if is_xml_safe(&self.0.place.relocation.there(&item.change.key)) => {
                Some(&self.0.deletes)
            }
            Action::Delete => Some(&self.0.single_deletes),
            _ => Some(&self.0.copies).filter(|_| item.change.markers.is_empty()),
        }
    }

    /// Returns true for a multipart copy, which is too expensive for detecting conditions.
    fn is_in_parts(&self, item: &Item) -> bool {
        item.change.then.as_ref().is_some_and(|then| self.0.manner.copies.is_multipart(then))
    }

    /// Returns true if several requests change the key: the error of the last one does not mean that the earlier ones
    /// did nothing.
    fn takes_many_requests(&self, item: &Item) -> bool {
        !item.change.markers.is_empty() || self.is_in_parts(item)
    }

    pub(super) async fn look(&self, item: &Item) -> Result<Seen> {
        let Shared { client, place, .. } = &*self.0;
        client.unless_halted(look(client, place, item)).await
    }
}
