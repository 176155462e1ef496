//! Folds one key's entries into its state.
//!
//! An entry is **live at a cut** if it is the first of its key, in document order, that the cut covers:
//!
//! | cut | covers |
//! |---|---|
//! | `At(T)` | entries with `LastModified <= T`: T is inclusive |
//! | `Latest` | every entry, so the key's current one |
//!
//! | first covered entry | the key at the cut |
//! |---|---|
//! | a version | held that version |
//! | a delete marker | did not exist |
//! | none | did not exist |
//!
//! Document order is the order in which the entries were created, newest first, and the only order between entries of
//! one second. An entry listed below one with an earlier time (from writers with different clocks) stays below, and
//! the key carries [`Caution::Unordered`].

mod pending;

use pending::Pending;

use super::Caution;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Instant, Version, printable};

/// The time of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// A past instant, inclusive.
    At(Instant),
    /// The current state.
    Latest,
}

/// The two times whose states are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOfPair {
    /// The state asked for.
    pub then: AsOf,
    /// The state to compare it with.
    pub now: AsOf,
}

impl AsOf {
    fn covers(self, entry: &Entry<'_>) -> bool {
        match self {
            AsOf::At(t) => entry.last_modified <= t,
            AsOf::Latest => true,
        }
    }
}

/// The entry listed just above an answer: the oldest one that the cut does not cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nearest {
    /// The creation time.
    pub made: Instant,
    /// True for a multipart upload: then `made` is the start of the upload.
    pub multipart: bool,
    marker: bool,
}

/// The evidence around an answer in the listing, from which the doubts about it are judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The number of entries above the live one; all of the key's if none is live.
    pub above: u64,
    /// The lowest of these entries.
    pub nearest: Option<Nearest>,
    /// The creation time of the null version or marker among them, if any.
    pub null_above: Option<Instant>,
    /// The creation time of the live entry, version or marker, if any.
    pub found: Option<Instant>,
    /// True if the live entry is a multipart upload: then `found` is the start of the upload.
    pub multipart: bool,
}

/// The state of a fully read key: the versions live at both cuts.
#[derive(Debug, Clone, Copy)]
pub struct KeyState<'a> {
    /// The key.
    pub key: &'a str,
    /// The version live at the first cut; `None` if the key did not exist.
    pub then: Option<&'a Version>,
    /// The version live at the second cut; `None` if the key did not exist.
    pub now: Option<&'a Version>,
    /// The evidence around each answer in the listing.
    pub evidence: (Evidence, Evidence),
    /// The date of the key's oldest entry, version or delete marker.
    pub oldest: Instant,
    /// The delete markers above the version live at the first cut, newest first, if there is nothing else above it:
    /// removing them makes it live again. Empty if there is anything else, or too many markers.
    pub markers: &'a [String],
    /// The first version after the first cut, the lowest above its answer, if requested.
    pub later: Option<&'a Version>,
    cautions: [Option<Caution>; 2],
}

impl KeyState<'_> {
    /// Returns the cautions from the order of this key's entries.
    pub fn cautions(&self) -> impl Iterator<Item = Caution> {
        self.cautions.into_iter().flatten()
    }
}

/// Folds a listing into one [`KeyState`] per key. Memory does not grow with the number of versions.
#[derive(Debug)]
pub struct Resolver {
    as_of: AsOfPair,
    keep: Keep,
    current: Pending,
    /// The previous key, lent to the caller while the next one is read. Its buffers are reused.
    finished: Pending,
}

/// The details kept for each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// The versions live at the cuts.
    Live,
    /// Only versions live at exactly one cut.
    Changes,
    /// The versions live at the cuts, and the first version after the first cut.
    Later,
}

impl Resolver {
    /// Creates a resolver for two cuts: the state asked for, and the one to compare it with.
    pub fn new(then: AsOf, now: AsOf) -> Self {
        Self {
            as_of: AsOfPair { then, now },
            keep: Keep::Live,
            current: Pending::default(),
            finished: Pending::default(),
        }
    }

    /// Does the same for callers interested only in changes: for a version live at both cuts, only its existence is
    /// kept.
    pub fn changes_only(then: AsOf, now: AsOf) -> Self {
        Self { keep: Keep::Changes, ..Self::new(then, now) }
    }

    /// Does the same as [`Resolver::new`], also keeping the first version after the first cut.
    pub fn with_later(then: AsOf, now: AsOf) -> Self {
        Self { keep: Keep::Later, ..Self::new(then, now) }
    }

    /// Adds the next entry. Returns the previous key if this entry begins another. `order_lost` means that the server
    /// listed versions and delete markers separately.
    ///
    /// Fails if the listing contradicts itself: if keys descend, or if a key's first entry is not its current one.
    pub fn push(&mut self, entry: &Entry<'_>, order_lost: bool) -> Result<Option<KeyState<'_>>> {
        let mut ended = false;
        if !self.current.is_of(entry.key) {
            self.check_begin(entry)?;
            ended = self.current.seen > 0;
            std::mem::swap(&mut self.current, &mut self.finished);
            self.current.begin(entry.key);
        }
        self.current.take(entry, self.as_of, self.keep, order_lost);
        Ok(ended.then(|| self.finished.state()))
    }

    /// Returns the last key, after the last entry.
    pub fn finish(&mut self) -> Option<KeyState<'_>> {
        std::mem::swap(&mut self.current, &mut self.finished);
        self.current.begin("");
        (self.finished.seen > 0).then(|| self.finished.state())
    }

    /// Returns the state of the current key if further entries cannot change its answers. Cautions about further entries
    /// are missing, and the date of the oldest one.
    pub fn answered(&self) -> Option<KeyState<'_>> {
        (self.current.seen > 0 && self.undecided_key().is_none()).then(|| self.current.state())
    }

    /// Discards the current key, to read it again from its first entry.
    pub fn forget_current(&mut self) {
        self.current.begin("");
    }

    /// Returns the number of entries seen of the current key.
    pub fn seen(&self) -> u64 {
        self.current.seen
    }

    /// Returns the current key if one of its answers is still open: it depends on the key having no more entries.
    pub fn undecided_key(&self) -> Option<&str> {
        let open = self.current.seen > 0 && (self.current.then.is_unset() || self.current.now.is_unset());
        open.then_some(self.current.key.as_str())
    }

    fn check_begin(&self, entry: &Entry<'_>) -> Result<()> {
        let corrupt = |what: String| Err(Error::new(ErrorKind::Corrupt, what));
        if self.current.seen > 0 && entry.key < self.current.key.as_str() {
            return corrupt(format!(
                "the server lists {} after {}: not in key order",
                printable(entry.key),
                printable(&self.current.key)
            ));
        }
        if !entry.is_latest {
            return corrupt(format!(
                "the server lists {} beginning with {}, which is not its current entry: not newest first",
                printable(entry.key),
                entry.version_id
            ));
        }
        Ok(())
    }
}
