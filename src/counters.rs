//! What the engine tells the outside while it works: counters that a progress display samples on a tick, so that
//! nothing is sent, queued or locked per object.

use std::sync::atomic::{AtomicU64, Ordering};

/// One counter. Relaxed: each is read by itself, for display and for the summary after the work has been joined.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Takes `n` back.
    pub fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    /// Sets it: a gauge, not a count.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// The count so far.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything that is counted during a run.
#[derive(Debug, Default)]
pub struct Counters {
    /// Listing requests answered.
    pub list_requests: Counter,
    /// Listing requests that the server refused for being too many; they are sent again.
    pub throttled: Counter,
    /// Ranges of the key space that are being listed.
    pub ranges: Counter,
    /// Entries that are estimated to be left; 0 while there is no estimate.
    pub remaining: Counter,
    /// Versions and delete markers seen.
    pub versions: Counter,
    /// Keys resolved.
    pub keys: Counter,
    /// Changes found.
    pub changes: Counter,
    /// Requests that write (copies, delete requests).
    pub write_requests: Counter,
    /// Changes that `apply` has to carry out.
    pub planned: Counter,
    /// Objects copied.
    pub copied: Counter,
    /// Bytes of the objects copied.
    pub bytes_copied: Counter,
    /// Keys that got a delete marker.
    pub deleted: Counter,
    /// Keys whose delete markers were removed.
    pub markers_removed: Counter,
    /// Keys left alone because they already hold what they should.
    pub skipped: Counter,
    /// Keys left alone because somebody changed them since the plan.
    pub conflicts: Counter,
    /// Keys that were changed, and on which a write was superseded that nobody had seen.
    pub superseded: Counter,
    /// Keys that could not be changed.
    pub failed: Counter,
    /// Keys left alone because the version that they should hold lies in an archive.
    pub archived: Counter,
    /// Objects of whose bytes nothing but their number could be checked.
    pub unverifiable: Counter,
    /// What of the objects copied could not be kept.
    pub not_kept: NotKept,
}

/// Objects that were copied without something that belongs to them, by what that is.
#[derive(Debug, Default)]
pub struct NotKept {
    /// Their ACL could not be read.
    pub acl: Counter,
    /// Their tags could not be read.
    pub tags: Counter,
    /// They have a retention or a legal hold, which was not asked for.
    pub locks: Counter,
    /// They have user metadata that no header can carry.
    pub metadata: Counter,
}

impl Counters {
    /// Changes that have been dealt with, however they ended.
    pub fn settled(&self) -> u64 {
        let settled = [&self.copied, &self.deleted, &self.markers_removed, &self.skipped];
        let left = [&self.conflicts, &self.failed, &self.archived];
        settled.into_iter().chain(left).map(Counter::get).sum()
    }
}
