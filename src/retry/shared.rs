//! What the server bears, as all requests of a run find it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::pressure::{AdaptiveLimit, Strain};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};

/// What is left of the window after a wave of refusals or failures.
const NARROWER: f64 = 0.5;

/// How many requests the server bears, as all that send them find it.
#[derive(Debug)]
pub(crate) struct SharedPressure {
    pressure: Mutex<AdaptiveLimit>,
    began: Instant,
    halt: Cancel,
}

impl SharedPressure {
    /// Pauses end when `halt` is stopped.
    pub(crate) fn new(concurrency: usize, halt: &Cancel) -> Self {
        let pressure = Mutex::new(AdaptiveLimit::new(concurrency, NARROWER));
        Self { pressure, began: Instant::now(), halt: halt.clone() }
    }

    /// Waits so long. An error if the run stops before.
    pub(crate) async fn pause(&self, pause: Duration) -> Result<(), Error> {
        if self.halt.pause(pause).await { Ok(()) } else { Err(Error::stopping()) }
    }

    /// Requests that may be under way.
    pub(crate) fn window(&self) -> usize {
        self.pressure().window()
    }

    /// A request was answered.
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
