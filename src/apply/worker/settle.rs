//! Settles one change: alternates between reading its key and sending its request until there is an outcome.
//!
//! | so far | conditions are | before the next request | it is sent |
//! |---|---|---|---|
//! | nothing was sent, or the server throttled it | honoured | | conditionally |
//! | a request may have changed the key | honoured | read the key | conditionally |
//! | | ignored | read the key | without a condition |
//! | | unknown | read the key | with a condition that cannot hold, once; then conditionally |

use super::{Guarded, OnConflict, Worker};
use crate::apply::batch::Item;
use crate::apply::conditions::{Condition, Told, told};
use crate::apply::look::Seen;
use crate::apply::outcome::Outcome;
use crate::error::{Error, ErrorKind, Result};
use crate::model::printable;
use crate::retry::{RetryBudget, Sends, is_to_be_looked_at, leaves_open};
use crate::state::Superseded;

/// The progress of a change.
#[derive(Debug)]
enum Stage {
    /// No request was sent that could have changed the key.
    Fresh,
    /// An earlier run sent one.
    Open,
    /// The server throttled the last request: the key has not changed since it was read.
    Throttled(Error),
    /// The last request failed, but may have changed the key.
    Failed(Error),
}

impl Stage {
    /// The first stage of a change; `before` is the error from sending it in a batch.
    fn of(item: &Item, before: Option<Error>) -> Self {
        match before {
            Some(e) => Stage::Failed(e),
            None if item.open => Stage::Open,
            None => Stage::Fresh,
        }
    }

    /// The stage after a failed request.
    fn after(e: &Error) -> Self {
        match e.kind() {
            ErrorKind::Throttled => Stage::Throttled(e.duplicate()),
            _ => Stage::Failed(e.duplicate()),
        }
    }

    /// Returns true if the key must be read before a request is sent; `honoured` tells whether conditions are, if
    /// known.
    fn must_look(&self, honoured: Option<bool>) -> bool {
        honoured != Some(true) || matches!(self, Stage::Open | Stage::Failed(_))
    }

    /// Returns the error of the last request.
    fn into_failure(self) -> Option<Error> {
        match self {
            Stage::Fresh | Stage::Open => None,
            Stage::Throttled(e) | Stage::Failed(e) => Some(e),
        }
    }
}

impl Worker {
    /// Sends the request of a change until there is an outcome; `before` is the error from sending it in a batch.
    pub(super) async fn settle(&self, item: &mut Item, before: Option<Error>) -> Outcome {
        let mut stage = match before {
            Some(e) if !is_to_be_looked_at(&e) => return Outcome::Failed(e),
            before => Stage::of(item, before),
        };
        // Once only: if no reply arrives, requests whose condition cannot hold would be sent forever.
        let mut may_ask = !self.is_in_parts(item);
        let mut budget = RetryBudget::new(Sends::Write, item.n);
        loop {
            let condition = self.condition(item);
            let right = match condition.filter(|_| may_ask) {
                Some(condition) => condition.ask().await,
                None => None,
            };
            let honoured = condition.map_or(Some(true), Condition::is_honoured);
            if stage.must_look(honoured) {
                match self.look_before(item).await {
                    Ok(None) => {}
                    Ok(Some(outcome)) => return outcome,
                    Err(e) if e.ends_the_run() => return Outcome::Failed(e),
                    // If reading failed too, the first error is the one that matters.
                    Err(e) => return Outcome::Failed(stage.into_failure().unwrap_or(e)),
                }
            }
            let sent = match condition.zip(right) {
                Some((condition, right)) => {
                    may_ask = false;
                    let Some(sent) = self.find_out(item, condition, right).await else { continue };
                    sent
                }
                None if honoured == Some(false) => self.send(item, Guarded::No).await,
                None => self.send(item, Guarded::Yes).await,
            };
            let e = match sent {
                Ok(outcome) => {
                    self.pressure().answered();
                    return outcome;
                }
                Err(e) => e,
            };
            item.open |= leaves_open(&e) || (e.ends_the_run() && self.takes_many_requests(item));
            stage = Stage::after(&e);
            if let Err(e) = budget.again(self.pressure(), e).await {
                return self.give_up(item, e).await;
            }
        }
    }

    /// Reads a key before its request is sent. Returns the outcome if nothing needs to be sent.
    async fn look_before(&self, item: &mut Item) -> Result<Option<Outcome>> {
        Ok(match self.look(item).await? {
            Seen::Wanted(outcome) if item.open => Some(outcome),
            Seen::Wanted(_) => Some(Outcome::Skipped),
            Seen::AsExpected => None,
            Seen::Other(version) if self.on_conflict() == OnConflict::Overwrite => {
                item.over = Some(Box::new(Superseded { version, superseded: false }));
                None
            }
            Seen::Other(_) => Some(Outcome::Conflict),
        })
    }

    /// Sends a request whose condition cannot hold. `None`: nothing was changed, and it is now known how to send the
    /// request.
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
        // Either no object could match, or the source is missing.
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

    /// Verifies that the key holds the result of a request with an impossible condition that succeeded. One such reply
    /// means for the whole run that conditions are ignored, so it is not taken on trust.
    async fn was_done(&self, item: &Item) -> Result<()> {
        match self.look(item).await? {
            Seen::Wanted(_) => Ok(()),
            Seen::AsExpected | Seen::Other(_) => {
                let key = printable(&item.change.key).into_owned();
                let message = format!("the server reported success for {key}, but the key has not changed");
                Err(Error::new(ErrorKind::Transient, message))
            }
        }
    }
}

#[cfg(test)]
mod tests;
