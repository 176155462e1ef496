//! The fold over one key's entries.
//!
//! An entry is **live at a cut** when it is the first of its key, in document order, that the cut covers:
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
//! Document order is the order in which the entries were made, newest first, and the only order there is between
//! entries of one second. An entry below another with an earlier time (the clocks of several writers) stays below, and
//! the key carries [`Caution::Unordered`].

mod pending;

use pending::Pending;

use super::Caution;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Entry, Instant, Version, printable};

/// The moment whose state is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// A past instant, itself included.
    At(Instant),
    /// Now: whatever is current.
    Latest,
}

/// The two moments whose states are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOfPair {
    /// The state asked for.
    pub then: AsOf,
    /// The one to compare it with.
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
    /// When it was made.
    pub made: Instant,
    /// Whether it was uploaded in parts: then that is when the upload was begun.
    pub multipart: bool,
    marker: bool,
}

/// What the listing shows round an answer; the doubts about it are judged by this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Evidence {
    /// Entries above the live one; all of the key's if none is live.
    pub above: u64,
    /// The lowest of them.
    pub nearest: Option<Nearest>,
    /// When the null version or marker among them was made, if there is one.
    pub null_above: Option<Instant>,
    /// When the live entry was made, if there is one, version or marker.
    pub found: Option<Instant>,
    /// Whether the live entry is a multipart upload: then that is when the upload was started.
    pub multipart: bool,
}

/// A key that has been read to its end: what was live at either cut.
#[derive(Debug, Clone, Copy)]
pub struct KeyState<'a> {
    /// The key.
    pub key: &'a str,
    /// What was live at the first cut; `None` if it did not exist.
    pub then: Option<&'a Version>,
    /// What was live at the second cut; `None` if it did not exist.
    pub now: Option<&'a Version>,
    /// What the listing shows round each of the two.
    pub evidence: (Evidence, Evidence),
    /// The date of the key's oldest entry, version or delete marker.
    pub oldest: Instant,
    /// The delete markers above the version that was live at the first cut, newest first, where there is nothing else
    /// above it: without them it would be live again. Empty where there is something else, or too many of them.
    pub markers: &'a [String],
    /// The first version after the first cut, the lowest above its answer, where that was asked for.
    pub later: Option<&'a Version>,
    cautions: [Option<Caution>; 2],
}

impl KeyState<'_> {
    /// What a person should know of the order of this key's entries.
    pub fn cautions(&self) -> impl Iterator<Item = Caution> {
        self.cautions.into_iter().flatten()
    }
}

/// Folds a listing into one [`KeyState`] a key. Holds one key's state, however many versions it has.
#[derive(Debug)]
pub struct Resolver {
    as_of: AsOfPair,
    keep: Keep,
    current: Pending,
    /// The key before, lent to the caller while the next one is begun. Its buffers are used again.
    finished: Pending,
}

/// What is kept of a key besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// The versions live at the cuts.
    Live,
    /// Those alone of which one is live at one cut only.
    Changes,
    /// The versions live at the cuts, and the first one after the first cut.
    Later,
}

impl Resolver {
    /// Resolves at two cuts: the state asked for, and the one to compare it with.
    pub fn new(then: AsOf, now: AsOf) -> Self {
        Self {
            as_of: AsOfPair { then, now },
            keep: Keep::Live,
            current: Pending::default(),
            finished: Pending::default(),
        }
    }

    /// The same for a caller who asks only for changes: of a version that is live at both cuts, nothing is kept but that
    /// it exists.
    pub fn changes_only(then: AsOf, now: AsOf) -> Self {
        Self { keep: Keep::Changes, ..Self::new(then, now) }
    }

    /// The same as [`Resolver::new`], with the first version after the first cut.
    pub fn with_later(then: AsOf, now: AsOf) -> Self {
        Self { keep: Keep::Later, ..Self::new(then, now) }
    }

    /// Takes the next entry; gives the previous key if this entry begins another. `order_lost` says that the server
    /// listed the two kinds of entries apart.
    ///
    /// An error where the listing contradicts itself: keys that descend, or a key whose first entry is not its
    /// current one.
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

    /// The last key, after the last entry.
    pub fn finish(&mut self) -> Option<KeyState<'_>> {
        std::mem::swap(&mut self.current, &mut self.finished);
        self.current.begin("");
        (self.finished.seen > 0).then(|| self.finished.state())
    }

    /// Drops what is known of the key under way, to read it again from its first entry.
    pub fn forget_current(&mut self) {
        self.current.begin("");
    }

    /// How many entries of the key under way have been seen.
    pub fn seen(&self) -> u64 {
        self.current.seen
    }

    /// The key under way, if no entry that the first cut covers has been seen of it: its answer rests on there being
    /// no more entries.
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
