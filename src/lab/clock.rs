//! The lab's clock, which dates every version. It can be stopped and moved, so that months of history are created in
//! milliseconds. Signatures are checked against the server's real time, never a stopped clock, and replies are dated by
//! it; that time can be skewed, as a server's may be.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::Utc;

/// A handle to the clock of one lab; clones share it.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The time at which the clock is stopped, in milliseconds since the epoch; `None` if it runs.
    frozen: Arc<Mutex<Option<i64>>>,
    /// The difference between the server's real time and this machine's, in milliseconds.
    skew: Arc<AtomicI64>,
}

impl Clock {
    /// Stops the clock at a time in milliseconds since the epoch.
    pub fn set(&self, millis: i64) {
        *self.lock() = Some(millis);
    }

    /// Moves the clock forward and stops it there.
    pub fn advance(&self, by: Duration) {
        let mut frozen = self.lock();
        let from = frozen.unwrap_or_else(|| self.real());
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        *frozen = Some(from.saturating_add(by));
    }

    /// Starts the clock again, at real time.
    pub fn resume(&self) {
        *self.lock() = None;
    }

    /// Returns the clock's time, in milliseconds since the epoch.
    pub fn now(&self) -> i64 {
        self.lock().unwrap_or_else(|| self.real())
    }

    /// Sets the server's real time ahead of this machine's by this many milliseconds, or behind if negative.
    pub fn set_skew(&self, millis: i64) {
        self.skew.store(millis, Ordering::Relaxed);
    }

    /// Returns the server's real time, in milliseconds since the epoch: the `Date` of its replies.
    pub(crate) fn real(&self) -> i64 {
        real_millis().saturating_add(self.skew.load(Ordering::Relaxed))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<i64>> {
        self.frozen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns real time, in milliseconds since the epoch.
pub(crate) fn real_millis() -> i64 {
    Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests;
