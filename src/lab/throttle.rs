//! Limits the rate of requests: more are refused.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;

/// A token bucket with one token per request, which holds those of one second.
#[derive(Debug)]
pub(super) struct Throttle {
    /// The time in which a token is replenished, in nanoseconds.
    interval: u64,
    /// The time the bucket will be full again, in nanoseconds since the start.
    full_at: Mutex<u64>,
}

impl Throttle {
    pub(super) fn new(per_second: u32) -> Self {
        Self { interval: SECOND / u64::from(per_second.max(1)), full_at: Mutex::default() }
    }

    /// Takes a token; returns whether there was one.
    pub(super) fn admits(&self, since_start: Duration) -> bool {
        let now = u64::try_from(since_start.as_nanos()).unwrap_or(u64::MAX);
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = full_at.saturating_sub(now);
        let admitted = taken + self.interval <= SECOND;
        if admitted {
            *full_at = now + taken + self.interval;
        }
        admitted
    }
}

#[cfg(test)]
mod tests;
