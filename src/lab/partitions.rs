//! Partitions: S3 limits the writes of each key range of a bucket, and throttles what exceeds the limit of its range.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use super::throttle::Throttle;
use crate::endpoint::error::{Code, Result};

/// The partitions of a bucket.
#[derive(Clone, Debug)]
pub struct Partitions {
    /// The first key of every partition but the first, in key order.
    pub bounds: Vec<String>,
    /// The number of keys that may be written to each partition per second. A partition that was idle
    /// accepts those of one second at once.
    pub writes_per_second: u32,
}

/// A bucket's partitions at work.
#[derive(Debug)]
pub(crate) struct Partitioned {
    bounds: Vec<String>,
    throttles: Vec<Throttle>,
    started: Instant,
    throttled: AtomicU64,
}

impl Partitioned {
    pub(crate) fn new(partitions: Partitions) -> Self {
        let Partitions { bounds, writes_per_second } = partitions;
        let throttles = (0..=bounds.len()).map(|_| Throttle::new(writes_per_second)).collect();
        Self { bounds, throttles, started: Instant::now(), throttled: AtomicU64::new(0) }
    }

    /// Counts a write of a key against the limit of its partition; fails with `SlowDown` above it.
    pub(crate) fn write(&self, key: &str) -> Result<()> {
        let partition = self.bounds.partition_point(|bound| bound.as_str() <= key);
        let throttle = self.throttles.get(partition);
        if throttle.is_none_or(|throttle| throttle.admits(self.started.elapsed())) {
            return Ok(());
        }
        self.throttled.fetch_add(1, Ordering::Relaxed);
        Err(Code::SlowDown.into())
    }

    /// The number of writes that were throttled.
    pub(crate) fn throttled(&self) -> u64 {
        self.throttled.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests;
