//! The server's capacity as observed by all requests of a run.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::pressure::{AdaptiveLimit, Strain};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};

/// The share of the window left after a wave of failures.
const NARROWER: f64 = 0.5;

/// The adaptive limit shared by all tasks that send requests.
#[derive(Debug)]
pub(crate) struct SharedPressure {
    pressure: Mutex<AdaptiveLimit>,
    began: Instant,
    halt: Cancel,
}

impl SharedPressure {
    /// Creates the shared limit; pauses end early when `halt` is stopped.
    pub(crate) fn new(concurrency: usize, halt: &Cancel) -> Self {
        let pressure = Mutex::new(AdaptiveLimit::new(concurrency, NARROWER));
        Self { pressure, began: Instant::now(), halt: halt.clone() }
    }

    /// Waits for `pause`. Fails if the run stops first.
    pub(crate) async fn pause(&self, pause: Duration) -> Result<(), Error> {
        if self.halt.pause(pause).await { Ok(()) } else { Err(Error::stopping()) }
    }

    /// The number of requests that may be in flight.
    pub(crate) fn window(&self) -> usize {
        self.pressure().window()
    }

    /// Records an answer.
    pub(crate) fn answered(&self) {
        self.pressure().answered();
    }

    pub(super) fn failed(&self, e: &Error) {
        let strain = match e.kind() {
            ErrorKind::Throttled => Strain::Refusal,
            ErrorKind::Transient => Strain::Failure,
            _ => return,
        };
        self.pressure().strained(strain, self.began.elapsed());
    }

    fn pressure(&self) -> std::sync::MutexGuard<'_, AdaptiveLimit> {
        self.pressure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
