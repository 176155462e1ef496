//! How often a request is sent again, by what went wrong.
//!
//! | what went wrong | may it have been carried out? | how often it is sent |
//! |---|---|---|
//! | refused for being too many | no | until the server has been given [`limits::REFUSALS`] pauses |
//! | passing fault, reply lost or cut off | yes | [`limits::ATTEMPTS`] |
//! | it writes; a condition failed, or S3 could not decide between two writers | no | [`limits::RACES`] |
//! | it writes; the key or the version is not there | no | twice |
//! | anything else | no | once |
//!
//! A run that stops waits for none of these pauses: what would have been sent again is left.

use std::time::Duration;

use super::backoff::spread;
use super::shared::SharedPressure;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::model::printable;

/// What a request does, which decides whether an answer about the key can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sends {
    /// It reads: what is not there is not there.
    Read,
    /// It writes, perhaps under a condition.
    Write,
}

/// The attempts that one request has left.
#[derive(Debug)]
pub(crate) struct RetryBudget {
    sends: Sends,
    turn: u64,
    refused: u32,
    failed: u32,
    raced: u32,
    missed: u32,
}

impl RetryBudget {
    /// `turn` sets the pauses apart from those of other requests.
    pub(crate) fn new(sends: Sends, turn: u64) -> Self {
        Self { sends, turn, refused: 0, failed: 0, raced: 0, missed: 0 }
    }

    /// Waits until the request may be sent again; gives the error back if it may not be, or that the run stops.
    pub(crate) async fn again(&mut self, pressure: &SharedPressure, e: Error) -> Result<(), Error> {
        pressure.failed(&e);
        match self.pause(&e) {
            Some(pause) => {
                tracing::debug!(?pause, error = %printable(&e.to_string()), "sending again");
                pressure.pause(pause).await
            }
            None => Err(e),
        }
    }

    /// The pause after which a request that failed like this may be sent again, if it may.
    pub(crate) fn pause(&mut self, e: &Error) -> Option<Duration> {
        let (count, most, longest) = match e.kind() {
            ErrorKind::Throttled => (&mut self.refused, limits::REFUSALS, limits::MAX_REFUSAL_PAUSE),
            ErrorKind::Transient | ErrorKind::Corrupt => {
                (&mut self.failed, limits::ATTEMPTS - 1, limits::MAX_BACKOFF)
            }
            ErrorKind::Precondition | ErrorKind::Missing if self.sends == Sends::Read => return None,
            ErrorKind::Precondition => (&mut self.raced, limits::RACES - 1, limits::MAX_BACKOFF),
            ErrorKind::Missing => (&mut self.missed, 1, limits::MAX_BACKOFF),
            _ => return None,
        };
        *count += 1;
        (*count <= most).then(|| spread(*count, longest, self.turn))
    }
}

/// Whether a request that failed like this may have been carried out all the same.
pub(crate) fn leaves_open(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::Transient | ErrorKind::Corrupt)
}

/// Whether the key can tell more than the error: the request may have been carried out, or the key may have changed.
pub(crate) fn is_to_be_looked_at(e: &Error) -> bool {
    leaves_open(e) || matches!(e.kind(), ErrorKind::Precondition | ErrorKind::Missing)
}

#[cfg(test)]
mod tests;
