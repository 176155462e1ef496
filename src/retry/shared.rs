//! The server's capacity as observed by all requests of a run.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

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
    /// The slots taken.
    taken: AtomicUsize,
    freed: Notify,
}

/// The right to have one request in flight; dropping it frees it for another.
#[derive(Debug)]
pub(crate) struct Slot<'a>(&'a SharedPressure);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::SeqCst);
        self.0.freed.notify_one();
    }
}

impl SharedPressure {
    /// Creates the shared limit; pauses end early when `halt` is stopped.
    pub(crate) fn new(concurrency: usize, halt: &Cancel) -> Self {
        let pressure = Mutex::new(AdaptiveLimit::new(concurrency, NARROWER));
        let (taken, freed) = (AtomicUsize::new(0), Notify::new());
        Self { pressure, began: Instant::now(), halt: halt.clone(), taken, freed }
    }

    /// Waits until fewer slots are taken than requests may be in flight, and takes one. A batch sends a request for each
    /// of its keys: without slots, the batches together would have more in flight than `--concurrency` allows.
    pub(crate) async fn slot(&self) -> Slot<'_> {
        loop {
            let freed = self.freed.notified();
            let window = self.window();
            let more = |taken| (taken < window).then_some(taken + 1);
            if let Ok(before) = self.taken.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more) {
                if before + 1 < window {
                    // The window may have grown by more than one since a slot was freed.
                    self.freed.notify_one();
                }
                return Slot(self);
            }
            freed.await;
        }
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

#[cfg(test)]
mod tests;
