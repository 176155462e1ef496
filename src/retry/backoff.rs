//! Pauses between attempts. Pure.

use std::time::Duration;

use crate::limits;

/// Pauses that double up to a longest.
#[derive(Debug, Clone)]
pub struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    /// The first pause, and the longest.
    pub fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first.min(longest), longest }
    }

    /// Between two questions to a database.
    pub fn of_database() -> Self {
        Self::new(limits::FIRST_DATABASE_PAUSE, limits::MAX_DATABASE_PAUSE)
    }

    /// Between two requests to S3.
    pub fn of_requests() -> Self {
        Self::new(limits::FIRST_BACKOFF, limits::MAX_BACKOFF)
    }

    /// The next pause.
    pub fn pause(&mut self) -> Duration {
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
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(350));
        let pauses: Vec<_> = std::iter::repeat_with(|| backoff.pause().as_millis()).take(4).collect();
        assert_eq!(pauses, [100, 200, 350, 350]);
        assert_eq!(Backoff::new(Duration::MAX, Duration::MAX).pause(), Duration::MAX);
    }

    #[test]
    fn pauses_grow_up_to_their_limit_and_differ_from_each_other() {
        let most = Duration::from_secs(1);
        for (times, longest) in [(1, 100), (2, 200), (3, 400), (5, 1000), (60, 1000)] {
            for turn in 0..100 {
                let pause = spread(times, most, turn);
                assert!(pause >= Duration::from_millis(longest / 2), "{times} {turn} {pause:?}");
                assert!(pause <= Duration::from_millis(longest), "{times} {turn} {pause:?}");
                assert_ne!(pause, spread(times, most, turn + 1));
            }
        }
    }
}
