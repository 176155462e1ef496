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

use std::sync::Arc;

use super::batch::{Item, Work};
use super::conditions::{Condition, IMPOSSIBLE, Told, told};
use super::copy::{Made, copy, gone};
use super::look::{Seen, look};
use super::markers::MarkersReader;
use super::outcome::Outcome;
use super::place::Place;
use super::pool::PoolOptions;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::list::{HistoryReader, history};
use crate::model::is_xml_safe;
use crate::plan::{Action, Change};
use crate::retry::{RetryBudget, Sends, SharedPressure, is_to_be_looked_at, leaves_open};
use crate::s3::{Client, DeleteKey, Deleted, Guard};
use crate::state::Superseded;

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
    pub(super) async fn perform(self, work: Work) -> Vec<(Item, Outcome)> {
        let mut settled = match work {
            Work::One(item) => vec![self.one(*item, None).await],
            Work::Delete(items) => self.clone().delete(items).await,
            Work::Uncover(items) => self.clone().uncover(items).await,
        };
        self.narrow(&mut settled).await;
        settled
    }

    /// Tells signatures that are broken on the way of one key from credentials that are not accepted.
    async fn narrow(&self, settled: &mut [(Item, Outcome)]) {
        for (_, outcome) in settled {
            let Outcome::Failed(e) = outcome else { continue };
            if e.kind() != ErrorKind::Credentials {
                continue;
            }
            *e = self.client().narrowed(again(e), &self.place().bucket).await;
            if e.kind() == ErrorKind::Credentials {
                break;
            }
        }
    }

    /// Carries out one change by itself; `before`: what went wrong when it was sent with others.
    pub(super) async fn one(&self, mut item: Item, before: Option<Error>) -> (Item, Outcome) {
        let outcome = self.settle(&mut item, before).await;
        (item, outcome)
    }

    async fn settle(&self, item: &mut Item, before: Option<Error>) -> Outcome {
        let mut to_look = item.open || before.is_some();
        // Once: where no answer comes, a request whose condition cannot hold would be sent in vain for ever.
        let mut may_ask = !self.is_in_parts(item);
        let mut budget = RetryBudget::new(Sends::Write, item.n);
        let mut failure = match before {
            Some(e) if !is_to_be_looked_at(&e) => return Outcome::Failed(e),
            before => before,
        };
        loop {
            let condition = self.condition(item);
            let right = match condition {
                Some(condition) if may_ask => condition.ask().await,
                _ => None,
            };
            let honoured = condition.map_or(Some(true), Condition::is_honoured);
            if to_look || honoured != Some(true) {
                match self.look(item).await {
                    Ok(Seen::Wanted(_)) if !item.open => return Outcome::Skipped,
                    Ok(Seen::Wanted(outcome)) => return outcome,
                    Ok(Seen::AsExpected) => {}
                    Ok(Seen::Other(version)) if self.0.manner.on_conflict == OnConflict::Overwrite => {
                        item.over = Some(Box::new(Superseded { version, superseded: false }));
                    }
                    Ok(Seen::Other(_)) => return Outcome::Conflict,
                    Err(e) if e.ends_the_run() => return Outcome::Failed(e),
                    // If looking failed too, the first error is the one that matters.
                    Err(e) => return Outcome::Failed(failure.unwrap_or(e)),
                }
            }
            let sent = match (condition, right) {
                (Some(condition), Some(right)) => {
                    may_ask = false;
                    match self.find_out(item, condition, right).await {
                        Some(sent) => sent,
                        None => continue,
                    }
                }
                _ if honoured == Some(false) => self.send(item, Guarded::No).await,
                _ => self.send(item, Guarded::Yes).await,
            };
            let e = match sent {
                Ok(outcome) => {
                    self.0.pressure.answered();
                    return outcome;
                }
                Err(e) => e,
            };
            item.open |= leaves_open(&e) || (e.ends_the_run() && self.takes_many_requests(item));
            to_look = e.kind() != ErrorKind::Throttled;
            failure = Some(again(&e));
            if let Err(e) = budget.again(&self.0.pressure, e).await {
                return self.give_up(item, e).await;
            }
        }
    }

    /// Sends a request whose condition cannot hold. None: nothing was changed, and it is known now how to send it properly.
    async fn find_out(
        &self,
        item: &mut Item,
        condition: &Condition,
        right: tokio::sync::MutexGuard<'_, ()>,
    ) -> Option<Result<Outcome>> {
        let sent = self.send(item, Guarded::Impossibly).await;
        if matches!(sent, Ok(Outcome::Archived { .. })) {
            // Nothing was sent that a condition could have stopped.
            return Some(sent);
        }
        // There is no object that could match: or is it the source that is not there?
        let missing = sent.as_ref().is_err_and(|e| e.kind() == ErrorKind::Missing);
        let told = match told(sent) {
            Ok(told) => told,
            Err(e) => return Some(Err(e)),
        };
        if missing && let Err(e) = self.has_source(item).await {
            return Some(Err(e));
        }
        if matches!(told, Told::Ignored(_)) {
            item.open = true;
            if let Err(e) = self.was_done(item).await {
                return Some(Err(e));
            }
        }
        condition.tell(matches!(told, Told::Honoured), right);
        match told {
            Told::Ignored(outcome) => Some(Ok(outcome)),
            Told::Honoured | Told::Refused => None,
        }
    }

    /// Whether the key holds what a request with an impossible condition is said to have made. From one such answer it
    /// follows for the whole run that conditions are ignored, so it is not taken on trust.
    async fn was_done(&self, item: &Item) -> Result<()> {
        match self.look(item).await? {
            Seen::Wanted(_) => Ok(()),
            Seen::AsExpected | Seen::Other(_) => {
                let key = crate::model::printable(&item.change.key).into_owned();
                let message =
                    format!("the server says that it has changed {key}, but the key does not show it");
                Err(Error::new(ErrorKind::Transient, message))
            }
        }
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

    /// Sends a change's request once.
    async fn send(&self, item: &Item, guarded: Guarded) -> Result<Outcome> {
        let change = &item.change;
        let key = self.0.place.relocation.there(&change.key);
        let etag = match guarded {
            Guarded::Yes => item.now().map(|now| now.etag.as_str()),
            Guarded::Impossibly => Some(IMPOSSIBLE),
            Guarded::No => None,
        };
        match change.action {
            Action::Delete => self.send_delete(&key, etag).await,
            _ if !change.markers.is_empty() => self.send_uncover(&key, item).await,
            Action::Undelete | Action::Revert => {
                let guard = match (etag, guarded) {
                    (Some(etag), _) => Guard::Etag(etag.to_owned()),
                    (None, Guarded::No) => Guard::None,
                    (None, _) => Guard::Absent,
                };
                self.send_copy(change, &guard).await
            }
        }
    }

    async fn send_copy(&self, change: &Change, guard: &Guard) -> Result<Outcome> {
        let Some(then) = &change.then else { return Err(broken(change)) };
        let (place, how) = (&self.0.place, &self.0.manner.copies);
        Ok(match copy(&self.0.client, place, how, change, then, guard).await? {
            Made::Copied(copied) => Outcome::Copied(copied),
            Made::Archived { thawing } => Outcome::Archived { thawing },
        })
    }

    async fn send_delete(&self, key: &str, etag: Option<&str>) -> Result<Outcome> {
        let (client, bucket) = (&self.0.client, &self.0.place.bucket);
        let target = DeleteKey { key, etag, version_id: None };
        Ok(Outcome::Deleted(client.delete_one(bucket, target).await?))
    }

    async fn send_uncover(&self, key: &str, item: &Item) -> Result<Outcome> {
        let (client, bucket) = (&self.0.client, &self.0.place.bucket);
        let mut markers = MarkersReader::new(&item.change);
        client.unless_halted(history(client, bucket, key, |entry, lost| markers.push(entry, lost))).await?;
        markers.finish(&self.0.place)?;
        let mut removed = Vec::new();
        for marker in &item.change.markers {
            let target = DeleteKey { key, etag: None, version_id: Some(marker) };
            removed.push(client.delete_one(bucket, target).await?);
        }
        self.uncovered(item, &removed).await
    }

    /// Whether a key whose markers were removed holds what it should. S3 says of a marker that was there that it was one
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeletedObject.html>): where none was, somebody else, or an
    /// earlier undo, has removed them, and it is not this run's to take back.
    pub(super) async fn uncovered(&self, item: &Item, removed: &[Deleted]) -> Result<Outcome> {
        let ours = item.open || removed.iter().any(|deleted| deleted.version_id.is_some());
        Ok(match self.look(item).await? {
            Seen::Wanted(_) if !ours => Outcome::Skipped,
            Seen::Wanted(outcome) => outcome,
            // A marker of somebody's, or a version: newer than ours, so nothing of it is lost.
            Seen::AsExpected | Seen::Other(_) => Outcome::Conflict,
        })
    }
}

/// An error, once more.
pub(super) fn again(e: &Error) -> Error {
    let copy = Error::new(e.kind(), e.to_string());
    let copy = e.hints().iter().fold(copy, Error::hint);
    match e.code() {
        Some(code) => copy.with_code(code),
        None => copy,
    }
}

fn broken(change: &Change) -> Error {
    let key = crate::model::printable(&change.key);
    Error::new(ErrorKind::Corrupt, format!("the plan's entry for {key} lacks the version it is about"))
}
