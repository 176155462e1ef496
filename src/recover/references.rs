//! What the rows of a database come to in a bucket: which of the keys that they name are not there. Pure.
//!
//! | live | named by a row | the key |
//! |---|---|---|
//! | a version | yes | is held |
//! | a version | no | is an orphan: its row was not written yet, or is no longer there |
//! | nothing | yes | dangles: the row names an object that is not there |
//! | nothing | no | is none of ours |
//!
//! Live at T, or, where it is asked what a restored place holds, live there now. Of a key that dangles it is told when it
//! existed:
//!
//! | the entry at T | a version after T | existed |
//! |---|---|---|
//! | a version (so it is now that it is not there) | any | `then`: it was not restored, or is gone again |
//! | a delete marker, or none | yes | `after`: an upload that finished late, if it came soon |
//! | a delete marker | no | `before`: it had been deleted, at the marker's time |
//! | none | no | `never` |
//!
//! **Healing** makes a key that dangles hold the version that came first after T, if that was soon enough:
//!
//! | first version after T | within the time given | live now | change |
//! |---|---|---|---|
//! | V | yes | nothing: a restore has put a marker there | `undelete` |
//! | V | yes | another version W | `revert` |
//! | V | yes | V | none: it is there |
//! | V | no | any | none |
//! | none | | any | none |
//!
//! A key that held a version at T is not healed: what came later is not what belongs there.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Instant, KeyShapes, Version};
use crate::plan::{Change, Tally, decide};
use crate::resolve::{Doubt, KeyState};

/// When a dangling key existed, if not at T.
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
    /// All, in the order in which they are shown.
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

/// A key that a row names, and that is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dangling {
    /// The key, in the bucket whose past is looked at.
    pub key: String,
    /// When it existed instead.
    pub existed: Existed,
    /// When the delete marker was made that lay over it at T.
    pub deleted: Option<Instant>,
    /// The first version that came after T.
    pub later: Option<Version>,
    /// What is live now.
    pub now: Option<Version>,
    /// Why it may have existed at T after all; empty where it is judged by what is there now.
    pub doubts: Vec<Doubt>,
}

impl Dangling {
    /// A key of which no more is known than when it existed.
    pub fn bare(key: &str, existed: Existed) -> Self {
        let (key, doubts) = (key.to_owned(), Vec::new());
        Self { key, existed, deleted: None, later: None, now: None, doubts }
    }

    /// How long after `at` its first version came.
    pub fn delay(&self, at: Instant) -> Option<Duration> {
        let later = self.later.as_ref()?.last_modified.millis().checked_sub(at.millis())?;
        u64::try_from(later).ok().map(Duration::from_millis)
    }

    /// Whether it did not exist at `at`, and its first version came so soon after.
    pub fn came_within(&self, at: Instant, within: Duration) -> bool {
        self.existed == Existed::After && self.delay(at).is_some_and(|delay| delay <= within)
    }
}

/// A key that is live and that no row names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// The key.
    pub key: String,
    /// What it holds.
    pub version: Version,
}

/// What was found in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReferenceSums {
    /// Keys that rows name, each once.
    pub keys: u64,
    /// Keys that dangle, in the order of [`Existed::ALL`].
    dangling: [u64; 4],
    /// Those of them of which it is in doubt that they did not exist at T.
    pub doubtful: u64,
    /// Objects that no row names.
    pub orphans: Tally,
    /// How the keys are written that never existed.
    unknown: KeyShapes,
}

impl ReferenceSums {
    /// Of so many keys, none of which has been judged yet.
    pub fn of_keys(keys: u64) -> Self {
        Self { keys, ..Self::default() }
    }

    /// Counts a key that dangles.
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

    /// Why no key that a row names has ever existed, if none has.
    pub fn likely_causes(&self) -> Vec<&'static str> {
        if self.unknown.keys == self.keys { self.unknown.likely_causes() } else { Vec::new() }
    }

    /// Counts an object that no row names.
    pub fn add_orphan(&mut self, version: &Version) {
        self.orphans.keys += 1;
        self.orphans.bytes += version.size;
    }

    /// Keys that dangle and existed then.
    pub fn of(&self, existed: Existed) -> u64 {
        Existed::ALL.iter().zip(self.dangling).find(|(e, _)| **e == existed).map_or(0, |(_, n)| n)
    }

    /// Keys that dangle.
    pub fn dangling(&self) -> u64 {
        self.dangling.iter().sum()
    }

    /// Keys that rows name and that are there.
    pub fn held(&self) -> u64 {
        self.keys - self.dangling()
    }
}

/// By which state it is judged whether a key is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The state at T.
    Then,
    /// The present one.
    Now,
}

impl Moment {
    /// What a key holds at this moment.
    pub(crate) fn live<'a>(self, state: &KeyState<'a>) -> Option<&'a Version> {
        match self {
            Moment::Then => state.then,
            Moment::Now => state.now,
        }
    }
}

/// What the listing shows of a key that a row names; `None` if it is held. The first two tables.
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

/// The change that makes a key hold what came first after `at`, if that was `within` this time: the last table.
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
