//! The ceiling on requests that write.

use std::num::NonZeroU32;
use std::sync::Arc;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};

/// Hands out so many tokens a second; a request for N keys takes N. Shared by all clones.
#[derive(Debug, Clone)]
pub struct Rate {
    limiter: Arc<DefaultDirectRateLimiter>,
    burst: NonZeroU32,
}

impl Rate {
    /// `n` tokens a second, at least one. At most a tenth of a second's tokens are given out at once, so that a run
    /// does not begin with a burst that the server throttles.
    pub fn per_second(n: u32) -> Self {
        let rate = NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(n / 10).unwrap_or(NonZeroU32::MIN);
        Self { limiter: Arc::new(RateLimiter::direct(Quota::per_second(rate).allow_burst(burst))), burst }
    }

    /// Waits for `n` tokens, in portions that the limiter can give at once.
    pub async fn take(&self, n: usize) {
        let mut left = u32::try_from(n).unwrap_or(u32::MAX);
        while let Some(portion) = NonZeroU32::new(left.min(self.burst.get())) {
            // A portion is never larger than the burst, which is the only thing that this can refuse.
            let _within_burst = self.limiter.until_n_ready(portion).await;
            left -= portion.get();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Rate;

    #[tokio::test]
    async fn a_request_for_n_keys_takes_n_tokens() {
        let rate = Rate::per_second(1000);
        let began = Instant::now();
        rate.take(100).await; // the burst
        rate.take(150).await;
        assert!(began.elapsed() >= Duration::from_millis(140), "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn one_a_second_is_possible() {
        Rate::per_second(1).take(1).await;
        Rate::per_second(0).take(1).await;
    }
}
