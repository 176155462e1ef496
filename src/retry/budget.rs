//! The number of times a request is sent, by the kind of failure.
//!
//! | failure | may it have taken effect? | how often it is sent |
//! |---|---|---|
//! | throttled | no | until [`limits::REFUSALS`] pauses have passed |
//! | transient fault, reply lost or cut off | yes | [`limits::ATTEMPTS`] |
//! | a write: a condition failed, or S3 could not decide between two writers | no | [`limits::RACES`] |
//! | a write: the key or the version does not exist | no | twice |
//! | anything else | no | once |
//!
//! A run that is stopping does not wait for these pauses: the retry is not sent.

use std::time::Duration;

use super::backoff::spread;
use super::shared::SharedPressure;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::model::printable;

/// The kind of request, which decides whether an answer about the key can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sends {
    /// A read: a missing key stays missing.
    Read,
    /// A write, possibly conditional.
    Write,
}

/// The attempts left for one request.
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
    /// `turn` desynchronizes the pauses from those of other requests.
    pub(crate) fn new(sends: Sends, turn: u64) -> Self {
        Self { sends, turn, refused: 0, failed: 0, raced: 0, missed: 0 }
    }

    /// Waits until the request may be sent again. Fails with the error if it may not be, or if the run is stopping.
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

    /// The pause before the request is sent again after this failure; `None` if it must not be.
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

/// Returns true if a request that failed with this error may have taken effect.
pub(crate) fn leaves_open(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::Transient | ErrorKind::Corrupt)
}

/// Returns true if the key must be read after this error: the request may have taken effect, or the key may have
/// changed.
pub(crate) fn is_to_be_looked_at(e: &Error) -> bool {
    leaves_open(e) || matches!(e.kind(), ErrorKind::Precondition | ErrorKind::Missing)
}

#[cfg(test)]
mod tests;
