//! The state of the current key, entry by entry.

use super::{AsOf, AsOfPair, Evidence, Keep, KeyState, Nearest};
use crate::limits;
use crate::model::{Entry, Instant, Kind, Version};
use crate::resolve::Caution;

/// The partial state of the current key.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not one state")]
pub(super) struct Pending {
    pub(super) key: String,
    pub(super) seen: u64,
    pub(super) then: Pick,
    pub(super) now: Pick,
    later: Pick,
    /// Both picks are the same entry, kept in `then`.
    same: bool,
    last: Option<Nearest>,
    oldest: Instant,
    null: Option<Instant>,
    unordered: bool,
    same_second: bool,
    /// The IDs of the entries above the first pick, as long as all are delete markers.
    markers: Vec<String>,
    /// True if all entries above the first pick are delete markers.
    covered: bool,
}

impl Pending {
    pub(super) fn is_of(&self, key: &str) -> bool {
        self.seen > 0 && self.key == key
    }

    pub(super) fn begin(&mut self, key: &str) {
        self.key.clear();
        self.key.push_str(key);
        self.seen = 0;
        self.then.state = PickState::Unset;
        self.now.state = PickState::Unset;
        self.later.state = PickState::Unset;
        self.same = false;
        self.last = None;
        self.oldest = Instant::from_millis(i64::MAX);
        self.null = None;
        self.unordered = false;
        self.same_second = false;
        self.markers.clear();
        self.covered = true;
    }

    #[inline]
    pub(super) fn take(&mut self, entry: &Entry<'_>, as_of: AsOfPair, keep: Keep, order_lost: bool) {
        self.note_order(entry, order_lost);
        let found = self.found(entry, as_of);
        // Only the pick and the entries above it affect the answer.
        if self.then.is_unset() {
            self.same_second |=
                matches!(as_of.then, AsOf::At(t) if t.second() == entry.last_modified.second());
            if matches!(found, Found::Neither | Found::Now) {
                self.pass(entry, keep);
            }
        }
        if found != Found::Neither {
            self.pick(entry, found, keep);
        }
        self.seen += 1;
        if entry.version_id == "null" {
            self.null = self.null.max(Some(entry.last_modified));
        }
        // Entries may be listed in a different order than their dates.
        self.oldest = self.oldest.min(entry.last_modified);
        let (multipart, marker) = (entry.kind.is_multipart(), entry.kind.is_marker());
        self.last = Some(Nearest { made: entry.last_modified, multipart, marker });
    }

    /// Picks an entry that is live at a cut.
    fn pick(&mut self, entry: &Entry<'_>, found: Found, keep: Keep) {
        let multipart = entry.kind.is_multipart();
        let evidence = Evidence { multipart, ..self.evidence(Some(entry.last_modified)) };
        match found {
            Found::Neither => {}
            Found::Then => self.then.set(entry, evidence),
            Found::Now => self.now.set(entry, evidence),
            Found::Both => {
                self.same = true;
                match keep {
                    Keep::Changes => self.then.set_bare(entry, evidence),
                    Keep::Live | Keep::Later => self.then.set(entry, evidence),
                }
                self.now.state = self.then.state;
                self.now.evidence = evidence;
            }
        }
    }

    /// Returns the picks that an entry becomes: it must be the first that the cut covers.
    fn found(&self, entry: &Entry<'_>, AsOfPair { then, now }: AsOfPair) -> Found {
        match (self.then.is_unset() && then.covers(entry), self.now.is_unset() && now.covers(entry)) {
            (false, false) => Found::Neither,
            (true, false) => Found::Then,
            (false, true) => Found::Now,
            (true, true) => Found::Both,
        }
    }

    /// Records whether the listing order contradicts the dates, or is a guess on which the first pick depends.
    fn note_order(&mut self, entry: &Entry<'_>, order_lost: bool) {
        let Some(last) = self.last else { return };
        let guessed = order_lost && entry.last_modified == last.made && entry.kind.is_marker() != last.marker;
        self.unordered |=
            entry.last_modified > last.made || (guessed && self.then.is_unset_or_just(last.made));
    }

    /// Returns the evidence above the next entry, or above nothing at the end of the key.
    fn evidence(&self, found: Option<Instant>) -> Evidence {
        Evidence { above: self.seen, nearest: self.last, null_above: self.null, found, multipart: false }
    }

    /// Adds an entry above the first pick. A `null` marker can be overwritten by another, so its ID identifies
    /// nothing.
    fn pass(&mut self, entry: &Entry<'_>, keep: Keep) {
        let is_marker = entry.kind.is_marker();
        if self.covered {
            let room = self.markers.len() < limits::DELETE_BATCH;
            self.covered = is_marker && entry.version_id != "null" && room;
            if self.covered {
                self.markers.push(entry.version_id.to_owned());
            }
        }
        if keep == Keep::Later && !is_marker {
            self.later.set(entry, Evidence::default());
        }
    }

    pub(super) fn state(&self) -> KeyState<'_> {
        let then = self.then.version();
        let evidence = |pick: &Pick| if pick.is_unset() { self.evidence(None) } else { pick.evidence };
        let covered = self.covered && !self.unordered && then.is_some();
        KeyState {
            markers: if covered { &self.markers } else { &[] },
            key: &self.key,
            then,
            now: if self.same { then } else { self.now.version() },
            later: self.later.version(),
            evidence: (evidence(&self.then), evidence(&self.now)),
            oldest: self.oldest,
            cautions: [
                self.same_second.then_some(Caution::SameSecond),
                self.unordered.then_some(Caution::Unordered),
            ],
        }
    }
}

/// The picks that an entry becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    Neither,
    Then,
    Now,
    Both,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum PickState {
    #[default]
    Unset,
    Marker,
    Version,
}

/// The entry live at one cut. Reuses its buffers from key to key.
#[derive(Debug, Default)]
pub(super) struct Pick {
    state: PickState,
    version: Version,
    evidence: Evidence,
}

impl Pick {
    pub(super) fn is_unset(&self) -> bool {
        self.state == PickState::Unset
    }

    fn is_unset_or_just(&self, last: Instant) -> bool {
        self.is_unset() || self.version.last_modified == last
    }

    /// Stores only the kind and creation time of an entry.
    fn set_bare(&mut self, entry: &Entry<'_>, evidence: Evidence) {
        self.evidence = evidence;
        self.version.last_modified = entry.last_modified;
        self.state = if entry.kind.is_marker() { PickState::Marker } else { PickState::Version };
    }

    fn set(&mut self, entry: &Entry<'_>, evidence: Evidence) {
        self.evidence = evidence;
        self.version.last_modified = entry.last_modified;
        match entry.kind {
            Kind::DeleteMarker => self.state = PickState::Marker,
            Kind::Version { etag, size, storage_class, checksum_algorithm, checksum_type } => {
                self.state = PickState::Version;
                self.version.size = size;
                refill(&mut self.version.version_id, entry.version_id);
                refill(&mut self.version.etag, etag);
                refill(&mut self.version.storage_class, storage_class);
                refill(&mut self.version.checksum_algorithm, checksum_algorithm);
                self.version.checksum_type = checksum_type;
            }
        }
    }

    fn version(&self) -> Option<&Version> {
        (self.state == PickState::Version).then_some(&self.version)
    }
}

fn refill(buffer: &mut String, text: &str) {
    buffer.clear();
    buffer.push_str(text);
}
