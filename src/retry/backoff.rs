//! Pauses between attempts. Pure.

use std::time::Duration;

use crate::limits;

/// Pauses that double up to a longest.
#[derive(Debug, Clone)]
pub(crate) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// The first pause, and the longest.
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first.min(longest), longest }
    }

    /// Between two questions to a database.
    pub(crate) fn of_database() -> Self {
        Self::new(limits::FIRST_DATABASE_PAUSE, limits::MAX_DATABASE_PAUSE)
    }

    /// Between two requests to S3.
    pub(crate) fn of_requests() -> Self {
        Self::new(limits::FIRST_BACKOFF, limits::MAX_BACKOFF)
    }

    /// The next pause.
    pub(crate) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = pause.saturating_mul(2).min(self.longest);
        pause
    }
}

/// How long to wait before a request is sent again that was sent in vain so many `times`: twice as long each time, up
/// to `most`. Spread by the golden ratio over each `turn`, so that no two neighbours wait alike.
pub(super) fn spread(times: u32, most: Duration, turn: u64) -> Duration {
    let pause = limits::FIRST_BACKOFF.saturating_mul(1 << times.saturating_sub(1).min(10)).min(most);
    let turn = u32::try_from(turn % (1 << 20)).unwrap_or_default();
    pause.mul_f64(0.5 + (f64::from(turn) * 0.618_034).fract() / 2.0)
}

#[cfg(test)]
mod tests;
