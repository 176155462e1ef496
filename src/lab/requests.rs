//! Counts requests: how many of each operation, and how many at once. If enabled, also records their resources.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::access::Access;
use crate::endpoint::operation::Operation;

/// A handle to the counts of one lab; clones share them.
#[derive(Clone, Debug)]
pub struct Requests {
    counts: Arc<Counts>,
}

#[derive(Debug)]
struct Counts {
    /// The counts, in the order of [`Operation::ALL`].
    by_operation: Vec<AtomicU64>,
    in_flight: AtomicU64,
    most_in_flight: AtomicU64,
    /// `None` unless a test enables it: the list would grow as long as the lab runs.
    accesses: Mutex<Option<Vec<Access>>>,
}

impl Default for Requests {
    fn default() -> Self {
        let by_operation = Operation::ALL.iter().map(|_| AtomicU64::new(0)).collect();
        let (in_flight, most_in_flight) = (AtomicU64::new(0), AtomicU64::new(0));
        let counts = Counts { by_operation, in_flight, most_in_flight, accesses: Mutex::new(None) };
        Self { counts: Arc::new(counts) }
    }
}

impl Requests {
    /// Returns the number of requests received for an operation, including failed ones.
    pub fn of(&self, operation: Operation) -> u64 {
        self.counts.by_operation.get(operation as usize).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// Returns the number of requests received.
    pub fn total(&self) -> u64 {
        self.counts.by_operation.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }

    /// Returns the operations requested, with their counts.
    pub fn all(&self) -> Vec<(Operation, u64)> {
        let counts = Operation::ALL.iter().map(|&operation| (operation, self.of(operation)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// Returns the maximum number of concurrent requests.
    pub fn most_in_flight(&self) -> u64 {
        self.counts.most_in_flight.load(Ordering::Relaxed)
    }

    /// Starts to record the resources of requests.
    pub fn keep_accesses(&self) {
        self.accesses(|kept| *kept = Some(Vec::new()));
    }

    /// Returns the resources recorded since [`Self::keep_accesses`].
    pub fn take_accesses(&self) -> Vec<Access> {
        self.accesses(Option::take).unwrap_or_default()
    }

    /// Records the resources of a request, if enabled.
    pub(crate) fn note(&self, of: impl FnOnce() -> Vec<Access>) {
        self.accesses(|kept| kept.as_mut().map(|kept| kept.extend(of())));
    }

    fn accesses<T>(&self, act: impl FnOnce(&mut Option<Vec<Access>>) -> T) -> T {
        act(&mut self.counts.accesses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Resets the counts.
    pub fn reset(&self) {
        self.counts.by_operation.iter().for_each(|count| count.store(0, Ordering::Relaxed));
        self.counts.most_in_flight.store(0, Ordering::Relaxed);
    }

    /// Counts a request, which is in flight until the guard is dropped.
    pub(crate) fn begin(&self, operation: Operation) -> InFlight {
        if let Some(count) = self.counts.by_operation.get(operation as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
        let now = self.counts.in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        self.counts.most_in_flight.fetch_max(now, Ordering::Relaxed);
        InFlight { counts: Arc::clone(&self.counts) }
    }
}

/// A request being handled.
#[derive(Debug)]
pub(crate) struct InFlight {
    counts: Arc<Counts>,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.counts.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
