//! Carries out one change: sends its request, conditional on the key being as expected, until the key holds what the
//! plan wants or belongs to somebody else.
//!
//! Before a request is sent again that may have been carried out, and wherever conditions are not honoured, the key is
//! looked at ([`look`]). What is found decides:
//!
//! | the key holds | `--on-conflict skip` | `--on-conflict overwrite` |
//! |---|---|---|
//! | what the plan wants, and we sent it | done | done |
//! | what the plan wants, by somebody else | skipped | skipped |
//! | what was expected | the request is sent | the request is sent |
//! | something else | conflict | the request is sent, conditional on what was found |

mod send;
mod settle;

use std::sync::Arc;

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

/// What is done about a key that somebody changed since the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnConflict {
    /// It is left alone, and reported.
    #[default]
    Skip,
    /// It is changed as planned all the same; what is there stays as a noncurrent version.
    Overwrite,
}

/// What carries changes out. Cloned freely: all clones share what they find out about the server.
#[derive(Debug, Clone)]
pub(super) struct Worker(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    client: Client,
    place: Place,
    manner: PoolOptions,
    pressure: SharedPressure,
    copies: Condition,
    /// On keys of requests for many.
    deletes: Condition,
    /// On requests for one key: a server may honour the one and not the other.
    single_deletes: Condition,
}

/// Whether the request is to be conditional.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guarded {
    Yes,
    /// With a condition that cannot hold.
    Impossibly,
    No,
}

impl Worker {
    /// Sends nothing more when `halt` is stopped: what waits to be sent is left, with an error that ends the run.
    pub(super) fn new(client: &Client, place: &Place, manner: &PoolOptions, halt: &Cancel) -> Self {
        Self(Arc::new(Shared {
            client: client.halted_by(halt),
            place: place.clone(),
            pressure: SharedPressure::new(manner.concurrency, halt),
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

    pub(super) fn on_conflict(&self) -> OnConflict {
        self.0.manner.on_conflict
    }

    /// Whether the server turned out not to honour conditions.
    pub(super) fn is_unguarded(&self) -> bool {
        let Shared { copies, deletes, single_deletes, .. } = &*self.0;
        [copies, deletes, single_deletes].iter().any(|condition| condition.is_honoured() == Some(false))
    }

    /// What is known of conditions on deletes of many keys.
    pub(super) fn delete_conditions(&self) -> Option<bool> {
        self.0.deletes.is_honoured()
    }

    /// Carries out a piece of work.
    pub(super) async fn perform(self, work: Work) -> Vec<Settled> {
        let mut settled = match work {
            Work::One(item) => vec![self.one(*item, None).await],
            Work::Delete(items) => self.clone().delete(items).await,
            Work::RemoveMarkers(items) => self.clone().remove_markers(items).await,
        };
        self.narrow(&mut settled).await;
        settled
    }

    /// Tells signatures that are broken on the way of one key from credentials that are not accepted.
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

    /// Carries out one change by itself; `before`: what went wrong when it was sent with others.
    pub(super) async fn one(&self, mut item: Item, before: Option<Error>) -> Settled {
        let outcome = self.settle(&mut item, before).await;
        item.settled(outcome)
    }

    /// Whether the version that a change brings back is still there; the error says that it is not.
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

    /// A last look, before a change counts as failed whose last request may have been carried out, or whose condition
    /// failed.
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

    /// What is known of the server's conditions, for this kind of requests; none for one that removes what it names, and
    /// nothing else.
    fn condition(&self, item: &Item) -> Option<&Condition> {
        match item.change.action {
            Action::Delete if is_xml_safe(&self.0.place.relocation.there(&item.change.key)) => {
                Some(&self.0.deletes)
            }
            Action::Delete => Some(&self.0.single_deletes),
            _ => Some(&self.0.copies).filter(|_| item.change.markers.is_empty()),
        }
    }

    /// Whether it is copied in parts: too dear to find out by it whether conditions are honoured.
    fn is_in_parts(&self, item: &Item) -> bool {
        item.change.then.as_ref().is_some_and(|then| self.0.manner.copies.is_multipart(then))
    }

    /// Whether more than one request changes its key: the last one's error does not say that those before did nothing.
    fn takes_many_requests(&self, item: &Item) -> bool {
        !item.change.markers.is_empty() || self.is_in_parts(item)
    }

    pub(super) async fn look(&self, item: &Item) -> Result<Seen> {
        let Shared { client, place, .. } = &*self.0;
        client.unless_halted(look(client, place, item)).await
    }
}
