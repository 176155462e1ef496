//! The versions of each key: computed from the key's number and never stored.
//!
//! Every key has the same number of versions, created in the half year before [`UNCHANGED_SINCE`]. Every n-th key was
//! changed in the week after it: overwritten (one more version), deleted (a delete marker on top), or created (all its
//! versions are from that week), in turn. The changes that a restore to that second needs are therefore known.

use super::super::store::version::version_id;
use super::text::{Calendar, hex, mix, scale};

/// 2026-01-01T00:00:00Z, in seconds since 1970: unchanged keys are older, changes are newer.
pub(super) const UNCHANGED_SINCE: u64 = 1_767_225_600;
/// Nothing was written in the hour before.
const QUIET: u64 = 3_600;
const BEFORE: u64 = 180 * 86_400;
const AFTER: u64 = 7 * 86_400;
/// The upper limit of object sizes, in bytes.
const MAX_SIZE: u64 = 4_000_000;

/// The change of a key after [`UNCHANGED_SINCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Overwritten,
    Deleted,
    Created,
}

/// The changes needed to restore the whole bucket to the second [`ExpectedChanges::at`].
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ExpectedChanges {
    /// The second, as RFC 3339.
    pub at: String,
    /// Keys in the bucket.
    pub keys: u64,
    /// Versions and delete markers in the bucket.
    pub entries: u64,
    /// Keys that were overwritten.
    pub reverts: u64,
    /// Keys that were deleted.
    pub undeletes: u64,
    /// Keys that were created.
    pub deletes: u64,
}

/// The histories of all keys.
#[derive(Debug)]
pub(super) struct Histories {
    versions: u64,
    every: u64,
    seed: u64,
    calendar: Calendar,
}

/// The history of one key.
#[derive(Clone, Copy, Debug)]
pub(super) struct History {
    key: u64,
    pub(super) change: Option<Change>,
    /// The number of versions and delete markers.
    pub(super) entries: u64,
}

/// A version or a delete marker.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: [u8; 33],
    pub(super) latest: bool,
    pub(super) marker: bool,
    /// The time of creation, in seconds since 1970.
    pub(super) modified: u64,
    /// A pseudo-random number from which size and digests are derived.
    content: u64,
}

impl Histories {
    pub(super) fn new(versions: u64, changed_every: Option<u64>, seed: u64) -> Self {
        let days = |second: u64| second.cast_signed();
        let calendar = Calendar::new(days(UNCHANGED_SINCE - QUIET - BEFORE), days(UNCHANGED_SINCE + AFTER));
        Self { versions, every: changed_every.unwrap_or(0), seed: mix(seed), calendar }
    }

    /// Returns the history of the key with this number.
    pub(super) fn of(&self, key: u64) -> History {
        let change = self.change(key);
        let more = u64::from(matches!(change, Some(Change::Overwritten | Change::Deleted)));
        History { key, change, entries: self.versions + more }
    }

    fn change(&self, key: u64) -> Option<Change> {
        let turn = key.checked_div(self.every)?;
        (key % self.every == self.every - 1).then_some(match turn % 3 {
            0 => Change::Overwritten,
            1 => Change::Deleted,
            _ => Change::Created,
        })
    }

    /// Returns the entry at a position in a key's history, counted from the newest.
    pub(super) fn entry(&self, history: History, place: u64) -> Entry {
        let number = history.key * (self.versions + 1) + place;
        let content = mix(number ^ self.seed);
        let new = history.change.is_some() && place == 0;
        let back = match history.change {
            Some(Change::Overwritten | Change::Deleted) => place.saturating_sub(1),
            _ => place,
        };
        let modified = if new || history.change == Some(Change::Created) {
            UNCHANGED_SINCE + AFTER - self.age(back, content, AFTER)
        } else {
            UNCHANGED_SINCE - QUIET - self.age(back, content, BEFORE)
        };
        let marker = new && history.change == Some(Change::Deleted);
        Entry { id: version_id(number), latest: place == 0, marker, modified, content }
    }

    /// Returns the age of the n-th version from the newest at the end of a span, in seconds less than the span.
    fn age(&self, nth: u64, content: u64, span: u64) -> u64 {
        let step = (span << 16) / self.versions.max(1);
        (nth * step + scale(step, content)) >> 16
    }

    /// Returns the position of an entry in its key's history.
    pub(super) fn place(&self, key: u64, number: u64) -> Option<u64> {
        let place = number.checked_sub(key.checked_mul(self.versions + 1)?)?;
        (place < self.of(key).entries).then_some(place)
    }

    /// Formats a time as in listings.
    pub(super) fn listed(&self, entry: &Entry) -> [u8; 24] {
        self.calendar.listed(entry.modified)
    }

    pub(super) fn expected(&self, keys: u64) -> ExpectedChanges {
        let changed = keys.checked_div(self.every).unwrap_or(0);
        let (reverts, undeletes) = (changed.div_ceil(3), (changed + 1) / 3);
        ExpectedChanges {
            at: crate::endpoint::time::iso(UNCHANGED_SINCE.cast_signed() * 1_000, false).replace(".000", ""),
            keys,
            entries: keys * self.versions + reverts + undeletes,
            reverts,
            undeletes,
            deletes: changed - reverts - undeletes,
        }
    }
}

impl Entry {
    pub(super) fn size(&self) -> u64 {
        scale(MAX_SIZE, mix(self.content))
    }

    /// Returns the `ETag`, without quotes.
    pub(super) fn etag(&self) -> [[u8; 16]; 2] {
        [hex(self.content), hex(mix(!self.content))]
    }

    /// Returns a number that serves as the CRC-64 of the object.
    pub(super) fn checksum(&self) -> [u8; 8] {
        self.content.to_be_bytes()
    }
}

#[cfg(test)]
mod tests;
