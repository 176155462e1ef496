//! The greatest rate of requests: above it they are refused.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const SECOND: u64 = 1_000_000_000;

/// A bucket of tokens, one a request, that holds those of one second.
#[derive(Debug)]
pub(super) struct Throttle {
    /// What a token takes to come back, in nanoseconds.
    interval: u64,
    /// When the bucket will be full again, in nanoseconds since the start.
    full_at: Mutex<u64>,
}

impl Throttle {
    pub(super) fn new(per_second: u32) -> Self {
        Self { interval: SECOND / u64::from(per_second.max(1)), full_at: Mutex::default() }
    }

    /// Takes a token if there is one.
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
mod tests {
    use super::*;

    #[test]
    fn a_second_admits_what_its_rate_says() {
        let throttle = Throttle::new(200);
        let admitted = |from: u64, to: u64| {
            (from..to).filter(|millis| throttle.admits(Duration::from_millis(*millis))).count()
        };
        assert_eq!((0..500).filter(|_| throttle.admits(Duration::ZERO)).count(), 200);
        assert_eq!(admitted(1, 1_001), 200);
        assert_eq!(admitted(1_001, 3_001), 400);
        assert_eq!((0..500).filter(|_| throttle.admits(Duration::from_mins(1))).count(), 200);
    }
}
