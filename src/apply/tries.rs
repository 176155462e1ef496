//! How often a request is sent again, by what went wrong.
//!
//! | what went wrong | may it have been carried out? | how often it is sent |
//! |---|---|---|
//! | refused for being too many | no | until the server has been given [`limits::REFUSALS`] pauses |
//! | passing fault, reply lost or cut off | yes | [`limits::ATTEMPTS`] |
//! | a condition failed, or S3 could not decide between two writers | no | [`limits::RACES`] |
//! | the key or the version is not there | no | twice |
//! | anything else | no | once |
//!
//! A run that stops waits for none of these pauses: what would have been sent again is left.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::pressure::{Pressure, Strain, pause};

/// What is left of the window after a wave of refusals or failures.
const NARROWER: f64 = 0.5;

/// How many requests the server bears, as all that send them find it.
#[derive(Debug)]
pub(super) struct Strained {
    pressure: Mutex<Pressure>,
    began: Instant,
    halt: Cancel,
}

impl Strained {
    /// Pauses end when `halt` is stopped.
    pub(super) fn new(concurrency: usize, halt: &Cancel) -> Self {
        let pressure = Mutex::new(Pressure::new(concurrency, NARROWER));
        Self { pressure, began: Instant::now(), halt: halt.clone() }
    }

    /// Waits so long. An error if the run stops before.
    pub(super) async fn pause(&self, pause: Duration) -> Result<(), Error> {
        tokio::select! {
            biased;
            () = self.halt.stopped() => Err(Error::stopping()),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    /// Requests that may be under way.
    pub(super) fn window(&self) -> usize {
        self.pressure().window()
    }

    /// A request was answered.
    pub(super) fn answered(&self) {
        self.pressure().answered();
    }

    fn failed(&self, e: &Error) {
        let strain = match e.kind() {
            ErrorKind::Throttled => Strain::Refusal,
            ErrorKind::Transient => Strain::Failure,
            _ => return,
        };
        self.pressure().strained(strain, self.began.elapsed());
    }

    fn pressure(&self) -> std::sync::MutexGuard<'_, Pressure> {
        self.pressure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The attempts at one request.
#[derive(Debug, Default)]
pub(super) struct Tries {
    turn: u64,
    refused: u32,
    failed: u32,
    raced: u32,
    missed: u32,
}

impl Tries {
    /// `turn` sets the pauses apart from those of other requests.
    pub(super) fn new(turn: u64) -> Self {
        Self { turn, ..Self::default() }
    }

    /// Waits until the request may be sent again; gives the error back if it may not be, or that the run stops.
    pub(super) async fn again(&mut self, strained: &Strained, e: Error) -> Result<(), Error> {
        strained.failed(&e);
        match self.wait(&e) {
            Some(pause) => strained.pause(pause).await,
            None => Err(e),
        }
    }

    fn wait(&mut self, e: &Error) -> Option<Duration> {
        let (count, most, longest) = match e.kind() {
            ErrorKind::Throttled => (&mut self.refused, limits::REFUSALS, limits::MAX_REFUSAL_PAUSE),
            ErrorKind::Transient | ErrorKind::Corrupt => {
                (&mut self.failed, limits::ATTEMPTS - 1, limits::MAX_BACKOFF)
            }
            ErrorKind::Precondition => (&mut self.raced, limits::RACES - 1, limits::MAX_BACKOFF),
            ErrorKind::Missing => (&mut self.missed, 1, limits::MAX_BACKOFF),
            _ => return None,
        };
        *count += 1;
        (*count <= most).then(|| pause(*count, longest, self.turn))
    }
}

/// Whether a request that failed like this may have been carried out all the same.
pub(super) fn leaves_open(e: &Error) -> bool {
    matches!(e.kind(), ErrorKind::Transient | ErrorKind::Corrupt)
}

/// Whether the key can tell more than the error: the request may have been carried out, or the key may have changed.
pub(super) fn is_to_be_looked_at(e: &Error) -> bool {
    leaves_open(e) || matches!(e.kind(), ErrorKind::Precondition | ErrorKind::Missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_holds() {
        for (kind, sent, open) in [
            (ErrorKind::Throttled, 31, false),
            (ErrorKind::Transient, 8, true),
            (ErrorKind::Corrupt, 8, true),
            (ErrorKind::Precondition, 5, false),
            (ErrorKind::Missing, 2, false),
            (ErrorKind::Denied, 1, false),
            (ErrorKind::Credentials, 1, false),
            (ErrorKind::Invalid, 1, false),
        ] {
            let e = Error::new(kind, "");
            let mut tries = Tries::new(7);
            let again = std::iter::from_fn(|| tries.wait(&e)).take(100).count();
            assert_eq!((again + 1, leaves_open(&e)), (sent, open), "{kind:?}");
        }
    }
}
