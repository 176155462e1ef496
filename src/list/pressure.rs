//! How many requests may be under way, by what the server bears: a little more after each answer, less after each
//! refusal. Pure.

use std::time::Duration;

/// What is left of the window after a refusal. Refusals are cheap for both sides, and a server that refuses above a rate
/// still serves at that rate: staying just above it costs less than falling far below.
const NARROWER: f64 = 0.9;

/// Refusals this close together are one: they were all under way when the first came.
const ONE_WAVE: Duration = Duration::from_millis(50);

/// A window of requests under way.
#[derive(Debug)]
pub(super) struct Pressure {
    window: f64,
    most: f64,
    last_refusal: Option<Duration>,
}

impl Pressure {
    /// A window that is open as far as it may be.
    pub(super) fn new(most: usize) -> Self {
        let most = f64::from(u32::try_from(most).unwrap_or(u32::MAX)).max(1.0);
        Self { window: most, most, last_refusal: None }
    }

    /// Requests that may be under way.
    pub(super) fn window(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, at most what fitted"
        )]
        let window = self.window as usize;
        window
    }

    /// An answer came: one more request for each window's worth of answers.
    pub(super) fn answered(&mut self) {
        self.window = (self.window + 1.0 / self.window).min(self.most);
    }

    /// A refusal came, `now` after some fixed beginning.
    pub(super) fn refused(&mut self, now: Duration) {
        if self.last_refusal.is_none_or(|last| now.saturating_sub(last) >= ONE_WAVE) {
            self.window = (self.window * NARROWER).max(1.0);
            self.last_refusal = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_of_refusals_counts_once_and_answers_open_the_window_again() {
        let mut pressure = Pressure::new(64);
        for _ in 0..64 {
            pressure.refused(Duration::from_millis(10));
        }
        assert_eq!(pressure.window(), 57);
        for wave in 1..200 {
            pressure.refused(Duration::from_millis(10 + wave * 50));
        }
        assert_eq!(pressure.window(), 1);
        for _ in 0..10_000 {
            pressure.answered();
        }
        assert_eq!(pressure.window(), 64);
    }
}
