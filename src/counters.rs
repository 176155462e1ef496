//! Counters that the engine updates as it works and a progress display samples on a tick, so that nothing is sent,
//! queued or locked per object.

use std::sync::atomic::{AtomicU64, Ordering};

/// One counter. Relaxed: each is read alone, for display, or for the summary after all work has been joined.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`.
    pub fn add(&self, n: u64) {
        self.0.fetch_add(n, Ordering::Relaxed);
    }

    /// Subtracts `n`.
    pub fn sub(&self, n: u64) {
        self.0.fetch_sub(n, Ordering::Relaxed);
    }

    /// Sets the value, for counters used as gauges.
    pub fn set(&self, n: u64) {
        self.0.store(n, Ordering::Relaxed);
    }

    /// The current value.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    fn add_to(&self, sum: &Self) {
        sum.add(self.get());
    }
}

/// Defines structs of counters, and the sum of two of them field by field, so that no field can be left out.
macro_rules! counters {
    ($($(#[$attribute:meta])* pub struct $name:ident {
        $($(#[$doc:meta])* pub $field:ident: $kind:ty,)*
    })*) => {
        $(
            $(#[$attribute])*
            pub struct $name {
                $($(#[$doc])* pub $field: $kind,)*
            }

            impl $name {
                fn add_to(&self, sum: &Self) {
                    $(self.$field.add_to(&sum.$field);)*
                }
            }
        )*
    };
}

counters! {
    /// All counters of a run.
    #[derive(Debug, Default)]
    pub struct Counters {
        /// Listing requests answered.
        pub list_requests: Counter,
        /// Listing requests that the server throttled; they are sent again.
        pub throttled: Counter,
        /// Ranges of the key space being listed.
        pub ranges: Counter,
        /// 1 if all that is left to list is the versions of one key, which cannot be listed in parallel; else 0.
        pub one_key: Counter,
        /// Estimated entries left; 0 if there is no estimate.
        pub remaining: Counter,
        /// Versions and delete markers seen.
        pub versions: Counter,
        /// Keys resolved.
        pub keys: Counter,
        /// Changes found.
        pub changes: Counter,
        /// Write requests (copies, delete requests).
        pub write_requests: Counter,
        /// Changes that `apply` has to make.
        pub planned: Counter,
        /// Objects copied.
        pub copied: Counter,
        /// Bytes of the copied objects.
        pub bytes_copied: Counter,
        /// Keys that got a delete marker.
        pub deleted: Counter,
        /// Keys whose delete markers were removed.
        pub markers_removed: Counter,
        /// Keys left alone because they are already correct.
        pub skipped: Counter,
        /// Keys left alone because someone else changed them after the plan was made.
        pub conflicts: Counter,
        /// Keys that were changed and whose change superseded an unseen write.
        pub superseded: Counter,
        /// Keys that could not be changed.
        pub failed: Counter,
        /// The same by reason, as far as this process has seen it.
        pub failures: Failures,
        /// Lanes in which changes are made.
        pub lanes: Counter,
        /// Keys left alone because the version to restore is archived.
        pub archived: Counter,
        /// Objects of which only the size could be verified.
        pub unverifiable: Counter,
        /// Copied objects that lost part of their metadata.
        pub not_kept: NotKept,
    }

    /// Keys that could not be changed, by reason.
    #[derive(Debug, Default)]
    pub struct Failures {
        /// A permission is missing, or the credentials are not accepted.
        pub denied: Counter,
        /// The version is gone.
        pub missing: Counter,
        /// The server throttled the requests for too long.
        pub throttled: Counter,
        /// The connection broke, or the server had errors, for too long.
        pub transient: Counter,
        /// Anything else.
        pub other: Counter,
    }

    /// Copied objects that lost something, by what was lost.
    #[derive(Debug, Default)]
    pub struct NotKept {
        /// Their ACL could not be read.
        pub acl: Counter,
        /// Their tags could not be read.
        pub tags: Counter,
        /// They have a retention or a legal hold, and copying it was not requested.
        pub locks: Counter,
        /// They have user metadata that no header can carry.
        pub metadata: Counter,
    }
}

impl Counters {
    /// Adds the counts of a part of the work.
    pub fn add(&self, part: &Self) {
        part.add_to(self);
    }

    /// Changes that are settled, whatever their outcome.
    pub fn settled(&self) -> u64 {
        let settled = [&self.copied, &self.deleted, &self.markers_removed, &self.skipped];
        let left = [&self.conflicts, &self.failed, &self.archived];
        settled.into_iter().chain(left).map(Counter::get).sum()
    }
}
