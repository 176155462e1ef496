//! How many requests may be under way, by what the server bears: a little more after each answer, less after each
//! refusal. Pure.

use std::time::Duration;

/// Failures of one class this close together are one: they were all under way when the first came.
const ONE_WAVE: Duration = Duration::from_millis(50);

/// What a server does that is asked too much. A wave of each is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strain {
    /// It refuses (503 SlowDown).
    Refusal,
    /// It fails, or does not answer in time.
    Failure,
}

/// A window of requests under way.
#[derive(Debug)]
pub(crate) struct AdaptiveLimit {
    window: f64,
    most: f64,
    narrower: f64,
    refusal: Option<Duration>,
    failure: Option<Duration>,
}

impl AdaptiveLimit {
    /// A window that is open as far as it may be; a wave of refusals leaves the share `narrower` of it.
    pub(crate) fn new(most: usize, narrower: f64) -> Self {
        let most = f64::from(u32::try_from(most).unwrap_or(u32::MAX)).max(1.0);
        Self { window: most, most, narrower, refusal: None, failure: None }
    }

    /// Requests that may be under way.
    pub(crate) fn window(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at least 1, at most what fitted"
        )]
        let window = self.window as usize;
        window
    }

    /// An answer came: one more request for each window's worth of answers.
    pub(crate) fn answered(&mut self) {
        self.window = (self.window + 1.0 / self.window).min(self.most);
    }

    /// The server strained, `now` after some fixed beginning.
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
