//! The comparison of the keys that database rows name with the keys of a bucket. Pure.
//!
//! | live | named by a row | the key |
//! |---|---|---|
//! | a version | yes | is held |
//! | a version | no | is an orphan: its row was not written yet, or no longer exists |
//! | nothing | yes | is a dangling reference: the row names an object that does not exist |
//! | nothing | no | is ignored |
//!
//! "Live" means at T or, if the check is against the present or another location, now. A dangling reference also says
//! when the key existed:
//!
//! | the entry at T | a version after T | existed |
//! |---|---|---|
//! | a version (the key is missing now) | any | `then`: it was not restored, or is gone again |
//! | a delete marker, or none | yes | `after`: if it came soon, an upload that finished late |
//! | a delete marker | no | `before`: it had been deleted, at the marker's time |
//! | none | no | `never` |
//!
//! **Healing** restores the first version after T of a dangling key, if it came soon enough:
//!
//! | first version after T | within the given time | live now | change |
//! |---|---|---|---|
//! | V | yes | nothing: a restore has created a delete marker | `undelete` |
//! | V | yes | another version W | `revert` |
//! | V | yes | V | none: it exists |
//! | V | no | any | none |
//! | none | | any | none |
//!
//! A key that held a version at T is not healed: a later version does not belong there.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Instant, KeyShapes, Version};
use crate::plan::{Change, Tally, decide};
use crate::resolve::{Doubt, KeyState};

/// The time at which a dangling key existed, relative to T.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Existed {
    /// It was written after T.
    After,
    /// It was deleted at or before T and has not been written since.
    Before,
    /// It existed at T but does not exist now.
    Then,
    /// It has no version, neither before nor after T.
    Never,
}

impl Existed {
    /// All values, in display order.
    pub const ALL: [Existed; 4] = [Existed::After, Existed::Before, Existed::Then, Existed::Never];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Existed::After => "after",
            Existed::Before => "before",
            Existed::Then => "then",
            Existed::Never => "never",
        }
    }
}

/// A dangling reference: a key that a row names and that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dangling {
    /// The key, in the bucket whose past state is examined.
    pub key: String,
    /// The time at which the key existed, relative to T.
    pub existed: Existed,
    /// The time the delete marker that hid it at T was created.
    pub deleted: Option<Instant>,
    /// The first version after T.
    pub later: Option<Version>,
    /// The version live now.
    pub now: Option<Version>,
    /// The reasons it may have existed at T after all; empty if it is judged by the present state.
    pub doubts: Vec<Doubt>,
}

impl Dangling {
    /// Creates a dangling reference of which only `existed` is known.
    pub fn bare(key: &str, existed: Existed) -> Self {
        let (key, doubts) = (key.to_owned(), Vec::new());
        Self { key, existed, deleted: None, later: None, now: None, doubts }
    }

    /// The time from `at` to its first later version.
    pub fn delay(&self, at: Instant) -> Option<Duration> {
        let later = self.later.as_ref()?.last_modified.millis().checked_sub(at.millis())?;
        u64::try_from(later).ok().map(Duration::from_millis)
    }

    /// Returns true if it did not exist at `at` and its first version came within this time.
    pub fn came_within(&self, at: Instant, within: Duration) -> bool {
        self.existed == Existed::After && self.delay(at).is_some_and(|delay| delay <= within)
    }
}

/// A live key that no row names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// The key.
    pub key: String,
    /// The live version.
    pub version: Version,
}

/// The sums of a comparison.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferenceSums {
    /// Distinct keys that rows name.
    pub keys: u64,
    /// Dangling references, in the order of [`Existed::ALL`].
    dangling: [u64; 4],
    /// Dangling references whose state at T is uncertain.
    pub doubtful: u64,
    /// Objects that no row names.
    pub orphans: Tally,
    /// The forms of keys that never existed.
    unknown: KeyShapes,
}

impl ReferenceSums {
    /// Starts a comparison of this many keys.
    pub fn of_keys(keys: u64) -> Self {
        Self { keys, ..Self::default() }
    }

    /// Counts a dangling reference.
    pub fn add(&mut self, dangling: &Dangling) {
        if let Some(n) =
            Existed::ALL.iter().position(|e| *e == dangling.existed).and_then(|at| self.dangling.get_mut(at))
        {
            *n += 1;
        }
        self.doubtful += u64::from(!dangling.doubts.is_empty());
        if dangling.existed == Existed::Never {
            self.unknown.add(&dangling.key);
        }
    }

    /// Likely reasons why none of the named keys ever existed; empty if any did.
    pub fn likely_causes(&self) -> Vec<&'static str> {
        if self.unknown.keys == self.keys { self.unknown.likely_causes() } else { Vec::new() }
    }

    /// Counts an object that no row names.
    pub fn add_orphan(&mut self, version: &Version) {
        self.orphans.keys += 1;
        self.orphans.bytes += version.size;
    }

    /// The number of dangling references with this value of `existed`.
    pub fn of(&self, existed: Existed) -> u64 {
        Existed::ALL.iter().zip(self.dangling).find(|(e, _)| **e == existed).map_or(0, |(_, n)| n)
    }

    /// The number of dangling references.
    pub fn dangling(&self) -> u64 {
        self.dangling.iter().sum()
    }

    /// The number of keys that rows name and that exist.
    pub fn held(&self) -> u64 {
        self.keys - self.dangling()
    }
}

/// The time at which keys are required to exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// At T.
    Then,
    /// Now.
    Now,
}

impl Moment {
    /// The version of a key that is live at this time.
    pub(crate) fn live<'a>(self, state: &KeyState<'a>) -> Option<&'a Version> {
        match self {
            Moment::Then => state.then,
            Moment::Now => state.now,
        }
    }
}

/// Classifies a key that a row names by the first two tables; `None` if it is held.
pub(crate) fn dangling(state: &KeyState<'_>, moment: Moment) -> Option<Dangling> {
    if moment.live(state).is_some() {
        return None;
    }
    let deleted = state.evidence.0.found.filter(|_| state.then.is_none());
    let existed = match (state.then, state.later, deleted) {
        (Some(_), ..) => Existed::Then,
        (None, Some(_), _) => Existed::After,
        (None, None, Some(_)) => Existed::Before,
        (None, None, None) => Existed::Never,
    };
    let (key, doubts) = (state.key.to_owned(), Vec::new());
    let (later, now) = (state.later.cloned(), state.now.cloned());
    Some(Dangling { key, existed, deleted, later, now, doubts })
}

/// The change that makes a key hold its first version after `at`, if that came `within` this time: the last table.
pub(crate) fn heal(dangling: &Dangling, at: Instant, within: Duration) -> Option<Change> {
    let Dangling { key, later, now, doubts, .. } = dangling;
    if !dangling.came_within(at, within) {
        return None;
    }
    let action = decide(later.as_ref(), now.as_ref())?;
    let doubts = doubts.iter().copied().chain(Doubt::of_class(later.as_ref())).collect();
    Some(Change { doubts, ..Change::new(key, action, now.clone(), later.clone()) })
}

#[cfg(test)]
mod tests;
