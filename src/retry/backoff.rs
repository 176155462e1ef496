//! Pauses between attempts. Pure.

use std::time::Duration;

use crate::limits;

/// Pauses that double up to a maximum.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// Creates a backoff from its first and its longest pause.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first.min(longest), longest }
    }

    /// The backoff between two queries to a database service.
    pub(crate) fn of_database() -> Self {
        Self::new(limits::FIRST_DATABASE_PAUSE, limits::MAX_DATABASE_PAUSE)
    }

    /// The backoff between two requests to S3.
    pub(crate) fn of_requests() -> Self {
        Self::new(limits::FIRST_BACKOFF, limits::MAX_BACKOFF)
    }

    /// Returns the next pause.
    pub(crate) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        pause
    }
}

/// The pause before retry number `times`: doubles with each retry, up to `most`. Spread over each `turn` by the golden
/// ratio, so that neighbouring requests do not wait equally long.
pub(super) fn spread(times: u32, most: Duration, turn: u64) -> Duration {
    let pause = limits::FIRST_BACKOFF.saturating_mul(1 << times.saturating_sub(1).min(10)).min(most);
    let turn = u32::try_from(turn % (1 << 20)).unwrap_or_default();
    pause.mul_f64(0.5 + (f64::from(turn) * 0.618_034).fract() / 2.0)
}

#[cfg(test)]
mod tests;
