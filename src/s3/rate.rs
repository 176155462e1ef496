//! Limits the rate of write requests.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// A token bucket; a request for N keys takes N tokens. Shared by all clones.
#[derive(Debug, Clone)]
pub struct Rate {
    limiter: Arc<DefaultDirectRateLimiter>,
    burst: NonZeroU32,
    /// Not shared: stops waiting for tokens.
    halt: Option<Cancel>,
}

impl Rate {
    /// Creates a limiter of `n` tokens per second, at least one. At most a tenth of a second's tokens are available at
    /// once, so that a run does not start with a burst that the server throttles.
    pub fn per_second(n: u32) -> Self {
        let rate = NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(n / 10).unwrap_or(NonZeroU32::MIN);
        let limiter = Arc::new(RateLimiter::direct(Quota::per_second(rate).allow_burst(burst)));
        Self { limiter, burst, halt: None }
    }

    /// Returns the same limiter, which gives up once `halt` is stopped.
    #[must_use]
    pub fn halted_by(&self, halt: &Cancel) -> Self {
        Self { halt: Some(halt.clone()), ..self.clone() }
    }

    /// Runs `work`, or fails as soon as the limiter is halted.
    pub async fn unless_halted<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(halt) = &self.halt else { return work.await };
        tokio::select! {
            biased;
            () = halt.stopped() => Err(Error::stopping()),
            done = work => done,
        }
    }

    /// Runs a write request. After a halt it waits briefly for a request on the wire, then fails with an error saying
    /// that the request may have been executed.
    pub async fn answered<T>(&self, request: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(halt) = &self.halt else { return request.await };
        let given_up = async {
            halt.stopped().await;
            tokio::time::sleep(limits::STOP_GRACE).await;
        };
        tokio::select! {
            biased;
            answered = request => answered,
            () = given_up => Err(Error::new(ErrorKind::Transient, "interrupted before the server answered")),
        }
    }

    /// Waits for `n` tokens, in portions that the limiter can grant at once. Fails if halted before it has them all.
    pub async fn take(&self, n: usize) -> Result<()> {
        self.unless_halted(async {
            self.wait(n).await;
            Ok(())
        })
        .await
    }

    async fn wait(&self, n: usize) {
        let mut left = u32::try_from(n).unwrap_or(u32::MAX);
        while let Some(portion) = NonZeroU32::new(left.min(self.burst.get())) {
            // A larger portion than the burst is the only possible error.
            let _within_burst = self.limiter.until_n_ready(portion).await;
            left -= portion.get();
        }
    }
}

#[cfg(test)]
mod tests;
