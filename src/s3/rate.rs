//! The ceiling on requests that write.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;

/// Hands out so many tokens a second; a request for N keys takes N. Shared by all clones.
#[derive(Debug, Clone)]
pub struct Rate {
    limiter: Arc<DefaultDirectRateLimiter>,
    burst: NonZeroU32,
    /// Not shared: gives up waiting.
    halt: Option<Cancel>,
}

impl Rate {
    /// `n` tokens a second, at least one. At most a tenth of a second's tokens are given out at once, so that a run
    /// does not begin with a burst that the server throttles.
    pub fn per_second(n: u32) -> Self {
        let rate = NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(n / 10).unwrap_or(NonZeroU32::MIN);
        let limiter = Arc::new(RateLimiter::direct(Quota::per_second(rate).allow_burst(burst)));
        Self { limiter, burst, halt: None }
    }

    /// The same rate for one who gives up when `halt` is stopped.
    #[must_use]
    pub fn halted_by(&self, halt: &Cancel) -> Self {
        Self { halt: Some(halt.clone()), ..self.clone() }
    }

    /// What `work` comes to, or an error as soon as this is halted.
    pub async fn unless_halted<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let Some(halt) = &self.halt else { return work.await };
        tokio::select! {
            biased;
            () = halt.stopped() => Err(Error::stopping()),
            done = work => done,
        }
    }

    /// What a request that writes comes to. A run that is halted waits a little for what is on the wire, and no longer: an
    /// error that says that it may have been carried out.
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

    /// Waits for `n` tokens, in portions that the limiter can give at once. An error if it is halted before it has them all.
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
            // A portion is never larger than the burst, which is the only thing that this can refuse.
            let _within_burst = self.limiter.until_n_ready(portion).await;
            left -= portion.get();
        }
    }
}

#[cfg(test)]
mod tests;
