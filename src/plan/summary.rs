//! The counts of a plan.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::cost::Work;
use super::{Action, Change, Plausibility};
use crate::limits;
use crate::model::{Instant, KeyShapes, Relocation, examples, plural};
use crate::resolve::{Caution, Doubt};

/// The keys and bytes of one kind of change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// The number of keys.
    pub keys: u64,
    /// The bytes of the versions restored or deleted.
    pub bytes: u64,
}

/// Keys with nothing but delete markers above their version.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The number of keys.
    pub keys: u64,
    /// The bytes of their versions.
    pub bytes: u64,
    /// The number of delete markers above them.
    pub markers: u64,
}

impl Covered {
    /// Counts an undelete.
    pub fn add(&mut self, change: &Change) {
        if !change.markers.is_empty() {
            self.keys += 1;
            self.bytes += change.bytes();
            self.markers += change.markers.len() as u64;
        }
    }

    /// The number of requests needed to remove the markers.
    pub fn requests(&self) -> u64 {
        self.markers.div_ceil(limits::DELETE_BATCH as u64)
    }
}

/// Keys without a change whose state at T is uncertain: they do not exist now and, by the listing, did not at T either;
/// or they hold what the listing shows for T.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncertain {
    /// The number of keys.
    pub keys: u64,
    /// The number of these keys with the doubt `lifecycle`.
    pub lifecycle: u64,
    /// The number of these keys with the doubt `null-version`.
    pub null_version: u64,
    /// The number of keys without a doubt whose version at T is a multipart upload that may have been completed after
    /// T.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub multipart: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Uncertain {
    /// The number of all uncertain keys.
    pub fn all(&self) -> u64 {
        self.keys + self.multipart
    }
}

/// Keys by action, in the order of [`Action::ALL`].
pub type PrefixCounts = [u64; 3];

/// The counts of a survey of a bucket. A plan set keeps them in its manifest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sums {
    actions: [Tally; 3],
    /// Keys that could be undeleted by removing their delete markers.
    pub could_remove_markers: Covered,
    remove_markers: Covered,
    /// The number of objects to copy that are too large for one request.
    pub in_parts: u64,
    /// The number of keys that need no change: their live version is the one of T, or they do not exist at either time.
    pub unchanged: u64,
    /// The number of keys whose live version differs from the one at T but has the same content.
    pub same_content: u64,
    /// The number of keys whose content could not be compared because of a missing permission or checksum; counted as
    /// reverts.
    pub unverifiable: u64,
    /// The number of changes of kinds that were not selected; their content was not compared.
    pub excluded: u64,
    /// The number of keys that existed at T.
    pub existed: u64,
    /// The number of keys that exist now, for a restore in place.
    pub present: u64,
    /// The date of the oldest version or delete marker listed.
    pub oldest: Option<Instant>,
    /// The number of keys selected by name that have no version at all.
    pub unknown_keys: u64,
    /// The spelling of these keys; of use only where nothing was found.
    #[serde(skip)]
    unknown: KeyShapes,
    /// The number of changes with doubts.
    pub doubtful: u64,
    doubtful_deletes: u64,
    doubts: BTreeMap<Doubt, u64>,
    /// Keys without a change whose state at T is uncertain.
    pub uncertain: Uncertain,
    /// Some of the keys whose state at T is uncertain.
    uncertain_examples: BTreeSet<String>,
    /// Some of the keys counted by [`Uncertain::multipart`].
    straddling: BTreeSet<String>,
    cautions: BTreeMap<Caution, u64>,
    prefixes: BTreeMap<String, PrefixCounts>,
    elsewhere: PrefixCounts,
    /// The copies, for an estimate of their cost.
    pub(super) work: Work,
}

impl Sums {
    /// Counts a change of a key in place.
    pub fn add(&mut self, change: &Change) {
        self.add_under(change, top_level(&change.key));
    }

    /// Counts a change of a key in another location, where it has another name.
    pub fn add_there(&mut self, change: &Change, relocation: &Relocation) {
        let there = relocation.there(&change.key);
        let below = there.strip_prefix(relocation.folder_there()).map(top_level).unwrap_or_default();
        self.add_under(change, &format!("{}{below}", relocation.folder_there()));
    }

    fn add_under(&mut self, change: &Change, prefix: &str) {
        let slot = slot(change.action);
        if let Some(tally) = self.actions.get_mut(slot) {
            tally.keys += 1;
            tally.bytes += change.bytes();
        }
        self.remove_markers.add(change);
        self.work.add(change);
        let copied = change.action != Action::Delete && change.markers.is_empty();
        self.in_parts += u64::from(copied && change.bytes() > limits::MAX_COPY_BYTES);
        let doubtful = u64::from(!change.doubts.is_empty());
        self.doubtful += doubtful;
        self.doubtful_deletes += if change.action == Action::Delete { doubtful } else { 0 };
        for doubt in &change.doubts {
            *self.doubts.entry(*doubt).or_default() += 1;
        }
        if change.doubts.iter().any(|doubt| doubt.is_of_answer()) {
            self.remember(&change.key);
        }
        for caution in &change.cautions {
            *self.cautions.entry(*caution).or_default() += 1;
        }
        let room = self.prefixes.len() < limits::COUNTED_PREFIXES;
        let counts = if room || self.prefixes.contains_key(prefix) {
            self.prefixes.entry(prefix.to_owned()).or_default()
        } else {
            &mut self.elsewhere
        };
        if let Some(n) = counts.get_mut(slot) {
            *n += 1;
        }
    }

    /// Counts a key without a change, with the doubts and cautions about its state.
    pub fn add_uncertain(&mut self, key: &str, doubts: &[Doubt], cautions: &[Caution]) {
        let has = |doubt: Doubt| u64::from(doubts.contains(&doubt));
        let of_answer = doubts.iter().any(|doubt| doubt.is_of_answer());
        if !of_answer && cautions.contains(&Caution::Multipart) {
            self.uncertain.multipart += 1;
            if self.straddling.len() < limits::SHOWN_CHANGES {
                self.straddling.insert(key.to_owned());
            }
        }
        self.uncertain.keys += u64::from(of_answer);
        self.uncertain.lifecycle += has(Doubt::Lifecycle);
        self.uncertain.null_version += has(Doubt::NullVersion);
        if of_answer {
            self.remember(key);
        }
    }

    fn remember(&mut self, key: &str) {
        if self.uncertain_examples.len() < limits::SHOWN_CHANGES {
            self.uncertain_examples.insert(key.to_owned());
        }
    }

    /// The number of keys whose state at T is uncertain, with or without a change, by doubt.
    pub fn uncertain(&self) -> [(Doubt, u64); 2] {
        let lifecycle = self.with_doubt(Doubt::Lifecycle) + self.uncertain.lifecycle;
        let null_version = self.with_doubt(Doubt::NullVersion) + self.uncertain.null_version;
        [(Doubt::Lifecycle, lifecycle), (Doubt::NullVersion, null_version)]
    }

    /// Describes the uncertain keys: how many, why, and examples; `None` if there are none.
    pub fn uncertainty(&self) -> Option<String> {
        let in_words = |(doubt, keys): (Doubt, u64)| {
            let keys = plural(keys, "key", "keys");
            match doubt {
                Doubt::Lifecycle => format!("lifecycle rules may have removed versions of {keys}"),
                _ => format!("null versions may have overwritten versions of {keys}"),
            }
        };
        let reasons = self.uncertain().into_iter().filter(|(_, keys)| *keys > 0).map(in_words);
        let reasons = reasons.collect::<Vec<_>>().join(", and ");
        let some = examples(self.uncertain_examples.iter().map(String::as_str));
        (!reasons.is_empty()).then(|| format!("{reasons}: {some}"))
    }

    /// Some of the keys without a change whose version at T is a multipart upload that may have been completed after T.
    pub fn straddling(&self) -> impl Iterator<Item = &str> {
        self.straddling.iter().map(String::as_str)
    }

    /// Records the date of a key's oldest entry.
    pub fn see(&mut self, oldest: Instant) {
        self.oldest = Some(self.oldest.map_or(oldest, |before| before.min(oldest)));
    }

    /// The number of keys that a restore in place would delete, without uncertain ones if these are skipped.
    pub fn deletes(&self, skip_doubtful: bool) -> u64 {
        self.of(Action::Delete).keys - if skip_doubtful { self.doubtful_deletes } else { 0 }
    }

    /// Returns the facts that decide whether `at` is a plausible target time for a restore with this many `deletes`.
    pub fn plausibility(&self, at: Instant, deletes: u64) -> Plausibility {
        Plausibility { at, oldest: self.oldest, present: self.present, deletes }
    }

    /// Sets the keys selected by name that have no version at all.
    pub fn set_unknown(&mut self, unknown: KeyShapes) {
        self.unknown_keys = unknown.keys;
        self.unknown = unknown;
    }

    /// Returns the likely reasons that none of the keys selected by name has ever existed, if none has.
    pub fn likely_causes(&self) -> Vec<&'static str> {
        if self.found_nothing() { self.unknown.likely_causes() } else { Vec::new() }
    }

    /// Returns the counts of a plan reduced to these `changes`, all of selected kinds.
    #[must_use]
    pub fn narrowed(&self, changes: Sums) -> Self {
        let excluded = self.excluded + self.changes() - changes.changes();
        Self {
            unchanged: self.unchanged,
            same_content: self.same_content,
            excluded,
            existed: self.existed,
            present: self.present,
            oldest: self.oldest,
            unknown_keys: self.unknown_keys,
            unknown: self.unknown,
            uncertain: self.uncertain,
            ..changes
        }
    }

    /// Returns the counts of one kind of change.
    pub fn of(&self, action: Action) -> Tally {
        self.actions.get(slot(action)).copied().unwrap_or_default()
    }

    /// The number of keys that are in their state at T.
    pub fn matched(&self) -> u64 {
        self.unchanged + self.same_content
    }

    /// The number of all changes.
    pub fn changes(&self) -> u64 {
        self.actions.iter().map(|t| t.keys).sum()
    }

    /// The number of changes with each caution.
    pub fn cautions(&self) -> impl Iterator<Item = (Caution, u64)> {
        self.cautions.iter().map(|(caution, keys)| (*caution, *keys))
    }

    /// The number of changes with a doubt.
    pub fn with_doubt(&self, doubt: Doubt) -> u64 {
        self.doubts.get(&doubt).copied().unwrap_or_default()
    }

    /// Returns true if there was nothing to compare: no key at either time.
    pub fn found_nothing(&self) -> bool {
        self.unchanged + self.same_content + self.excluded + self.changes() == 0
    }

    /// Objects and bytes to copy.
    pub fn to_copy(&self) -> Tally {
        let (a, b, remove_markers) =
            (self.of(Action::Undelete), self.of(Action::Revert), self.remove_markers);
        Tally { keys: a.keys + b.keys - remove_markers.keys, bytes: a.bytes + b.bytes - remove_markers.bytes }
    }

    /// Keys to be undeleted by removing their delete markers.
    pub fn to_remove_markers(&self) -> Covered {
        self.remove_markers
    }

    /// Changes by top-level prefix, in key order. Prefixes beyond a limit are summed up under `None`.
    pub fn prefixes(&self) -> impl Iterator<Item = (Option<&str>, PrefixCounts)> {
        let rest = (self.elsewhere != PrefixCounts::default()).then_some((None, self.elsewhere));
        self.prefixes.iter().map(|(prefix, counts)| (Some(prefix.as_str()), *counts)).chain(rest)
    }
}

fn slot(action: Action) -> usize {
    match action {
        Action::Undelete => 0,
        Action::Revert => 1,
        Action::Delete => 2,
    }
}

/// Returns the start of a key up to the first `/`; empty for a key without one.
fn top_level(key: &str) -> &str {
    key.find('/').and_then(|slash| key.get(..=slash)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
