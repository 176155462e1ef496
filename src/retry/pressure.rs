//! An adaptive limit on concurrent requests: it grows slowly with each answer and shrinks after each wave of failures.
//! Pure.

use std::time::Duration;

/// Failures of one class this close together count as one: their requests were all in flight when the first arrived.
const ONE_WAVE: Duration = Duration::from_millis(50);

/// The ways an overloaded server reacts. Waves of each are counted separately.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strain {
    /// It throttles (503 SlowDown).
    Refusal,
    /// It fails or times out.
    Failure,
}

/// A window of concurrent requests.
#[derive(Debug)]
pub(crate) struct AdaptiveLimit {
    window: f64,
    most: f64,
    narrower: f64,
    refusal: Option<Duration>,
    failure: Option<Duration>,
}

impl AdaptiveLimit {
    /// Creates a fully open window; each wave of failures multiplies it by `narrower`.
    pub(crate) fn new(most: usize, narrower: f64) -> Self {
        let most = f64::from(u32::try_from(most).unwrap_or(u32::MAX)).max(1.0);
        Self { window: most, most, narrower, refusal: None, failure: None }
    }

    /// The number of requests that may be in flight.
    pub(crate) fn window(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, at most what fitted"
        )]
        let window = self.window as usize;
        window
    }

    /// Records an answer: the window grows by one request per window's worth of answers.
    pub(crate) fn answered(&mut self) {
        self.window = (self.window + 1.0 / self.window).min(self.most);
    }

    /// Records a failure at `now`, measured from a fixed start.
    pub(crate) fn strained(&mut self, strain: Strain, now: Duration) {
        let last = match strain {
            Strain::Refusal => &mut self.refusal,
            Strain::Failure => &mut self.failure,
        };
        if last.is_none_or(|last| now.saturating_sub(last) >= ONE_WAVE) {
            *last = Some(now);
            self.window = (self.window * self.narrower).max(1.0);
        }
    }
}

#[cfg(test)]
mod tests;
