//! Counts keys whose state at T is uncertain, by doubt and by caution.

use std::collections::{BTreeMap, BTreeSet};

use super::Doubt;
use crate::limits;
use crate::model::Instant;

/// The uncertain keys of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Doubtful {
    /// The number of keys with a doubt about what they held.
    pub keys: u64,
    /// The creation time of the newest null version or marker above an answer: later times have no such doubt.
    pub null_since: Option<Instant>,
    /// Keys without doubts whose multipart upload live at T may have been completed after T.
    pub straddling: Kind,
    /// The date of the oldest entry, version or delete marker.
    pub oldest: Option<Instant>,
    /// The number of keys that exist now.
    pub present: u64,
    /// The number of keys that a restore to T would delete.
    pub deletes: u64,
    kinds: BTreeMap<Doubt, Kind>,
}

/// The keys with one doubt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    /// The number of keys.
    pub keys: u64,
    /// A few of the keys.
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

    /// Returns the number of keys whose state at T is uncertain.
    pub fn uncertain(&self) -> u64 {
        self.keys + self.straddling.keys
    }

    /// Returns the keys by doubt.
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
