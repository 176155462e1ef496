//! What the server bears, as all requests of a run find it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::pressure::{Pressure, Strain};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind};

/// What is left of the window after a wave of refusals or failures.
const NARROWER: f64 = 0.5;

/// How many requests the server bears, as all that send them find it.
#[derive(Debug)]
pub struct SharedPressure {
    pressure: Mutex<Pressure>,
    began: Instant,
    halt: Cancel,
}

impl SharedPressure {
    /// Pauses end when `halt` is stopped.
    pub fn new(concurrency: usize, halt: &Cancel) -> Self {
        let pressure = Mutex::new(Pressure::new(concurrency, NARROWER));
        Self { pressure, began: Instant::now(), halt: halt.clone() }
    }

    /// Waits so long. An error if the run stops before.
    pub async fn pause(&self, pause: Duration) -> Result<(), Error> {
        tokio::select! {
            biased;
            () = self.halt.stopped() => Err(Error::stopping()),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    /// Requests that may be under way.
    pub fn window(&self) -> usize {
        self.pressure().window()
    }

    /// A request was answered.
    pub fn answered(&self) {
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

    fn pressure(&self) -> std::sync::MutexGuard<'_, Pressure> {
        self.pressure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
