//! Keys in doubt, counted by doubt.

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
    kinds: BTreeMap<Doubt, Kind>,
}

/// Keys with one doubt.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kind {
    /// How many.
    pub keys: u64,
    /// Some of them.
    pub some: BTreeSet<String>,
}

impl Doubtful {
    /// Counts a key with its doubts.
    pub fn add(&mut self, key: &str, doubts: &[Doubt]) {
        self.keys += u64::from(doubts.iter().any(|doubt| doubt.is_of_answer()));
        for doubt in doubts {
            let kind = self.kinds.entry(*doubt).or_default();
            kind.keys += 1;
            if kind.some.len() < limits::SHOWN_CHANGES {
                kind.some.insert(key.to_owned());
            }
        }
    }

    /// The doubts that there are.
    pub fn kinds(&self) -> impl Iterator<Item = (Doubt, &Kind)> {
        self.kinds.iter().map(|(doubt, kind)| (*doubt, kind))
    }
}
