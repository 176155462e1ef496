//! The lab's clock: what dates every version. It can be stopped at an instant and moved, so that a history of months is
//! made in milliseconds. Signatures are judged by the server's real time, never by a stopped clock, and so are replies dated;
//! that time can be off, as a server's may be.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::Utc;

/// A handle to the clock of one lab; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The instant at which the clock stands still, in milliseconds since the epoch; none when it runs.
    frozen: Arc<Mutex<Option<i64>>>,
    /// How far the server's real time is from this machine's, in milliseconds.
    skew: Arc<AtomicI64>,
}

impl Clock {
    /// Stops the clock at an instant, in milliseconds since the epoch.
    pub fn set(&self, millis: i64) {
        *self.lock() = Some(millis);
    }

    /// Moves the clock forward and leaves it stopped there.
    pub fn advance(&self, by: Duration) {
        let mut frozen = self.lock();
        let from = frozen.unwrap_or_else(|| self.real());
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        *frozen = Some(from.saturating_add(by));
    }

    /// Lets the clock run again, at real time.
    pub fn resume(&self) {
        *self.lock() = None;
    }

    /// The clock's instant, in milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        self.lock().unwrap_or_else(|| self.real())
    }

    /// Puts the server's real time ahead of this machine's by so many milliseconds, or behind.
    pub fn set_skew(&self, millis: i64) {
        self.skew.store(millis, Ordering::Relaxed);
    }

    /// The server's real time, in milliseconds since the epoch: its replies' `Date`.
    pub(crate) fn real(&self) -> i64 {
        real_millis().saturating_add(self.skew.load(Ordering::Relaxed))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<i64>> {
        self.frozen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Real time, in milliseconds since the epoch.
pub(crate) fn real_millis() -> i64 {
    Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests;
