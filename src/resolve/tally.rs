//! Keys whose state at T is uncertain, counted by doubt and by caution.

use std::collections::{BTreeMap, BTreeSet};

use super::Doubt;
use crate::limits;
use crate::model::Instant;

/// The keys in doubt that a listing shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubtful {
    /// Keys of which it is in doubt what they held.
    pub keys: u64,
    /// When the newest null version or marker above an answer was made: for any time since, there is none.
    pub null_since: Option<Instant>,
    /// Keys that no doubt is about, but that held a multipart upload at T that may have been completed after it.
    pub straddling: Kind,
    /// The date of the oldest entry, version or delete marker.
    pub oldest: Option<Instant>,
    /// Keys that exist now.
    pub present: u64,
    /// Keys that a restore to T would delete.
    pub deletes: u64,
    kinds: BTreeMap<Doubt, Kind>,
}

/// Keys with one doubt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    /// How many.
    pub keys: u64,
    /// A few of them.
    pub examples: BTreeSet<String>,
}

impl Doubtful {
    /// Counts a key with its doubts.
    pub fn add(&mut self, key: &str, doubts: &[Doubt]) {
        self.keys += u64::from(doubts.iter().any(|doubt| doubt.is_of_answer()));
        for doubt in doubts {
            self.kinds.entry(*doubt).or_default().add(key);
        }
    }

    /// Keys of which it is not certain what they held at T.
    pub fn uncertain(&self) -> u64 {
        self.keys + self.straddling.keys
    }

    /// The doubts that there are.
    pub fn kinds(&self) -> impl Iterator<Item = (Doubt, &Kind)> {
        self.kinds.iter().map(|(doubt, kind)| (*doubt, kind))
    }
}

impl Kind {
    /// Counts a key.
    pub fn add(&mut self, key: &str) {
        self.keys += 1;
        if self.examples.len() < limits::SHOWN_CHANGES {
            self.examples.insert(key.to_owned());
        }
    }
}
