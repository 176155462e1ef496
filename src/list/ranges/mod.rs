//! The planner of a parallel listing: decides which part of the key space to request next.
//!
//! S3 lists versions in key order, one page at a time, and only a page tells where the next one begins; but a listing
//! may begin after any key, existing or not. So the key space is a set of ranges `(start, end]`, each read by one
//! request at a time. [`Ranges::ask`] returns the next request worth sending; if a slot is free and every range is
//! being read, it cuts the one with the most left in two, based on the pages so far and on the names of folders, for
//! which it asks ([`Ranges::folder`]): one listing with a delimiter tells the borders of up to a thousand folders.
//! [`Ranges::answer`] returns which entries of a page belong to the range; entries beyond its end, or sent before,
//! must be dropped. Ranges are cut between keys: all versions of a key belong to one range.
//!
//! A page flows through `outcome`, which learns from it, to `cut`, which decides. In between are what is known of the
//! names of folders (`names`) and of the characters of other names (`alphabet`), together the digits of keys
//! (`digits`), the entries read at each of them (`odometer`), and the state of each range (`part`), which make up the
//! estimate of what is left of it (`estimate`).
//!
//! Guarantees, whatever the keys, the order of answers and the slots: every key within the bounds belongs to exactly
//! one range; a range keeps its start, and its entries come in order, so the ranges' results, joined by
//! [`Ask::start`], are in key order; there are never more ranges than the largest number of slots so far. A range ends
//! only when a page reaches beyond it, so entries omitted by the server at the start of a range are reported
//! ([`Gap`]).
//!
//! Not guaranteed: that the guesses are good. A bad one costs a request that finds nothing, never an entry. Pages with
//! keys out of order are not detected. The planner never waits, sends, or reads the clock: the caller repeats a failed
//! request, and the range waits for its answer. The names of folders may be wrong or never arrive. Markers are text made
//! of characters seen in keys and names, or the successor of one.

mod alphabet;
mod border;
mod cover;
mod cut;
mod digits;
mod estimate;
mod luck;
mod names;
mod odometer;
mod outcome;
mod page;
mod part;
#[cfg(test)]
mod ramp;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use border::Gap;
use border::{Borders, Side};
use cover::Cover;
use digits::Line;
use luck::Luck;
use names::Folders;
use page::{Last, belonging};
pub(crate) use page::{Marker, Page};
use part::Part;

/// The number of pages with `SAMPLES` sampled keys; later ones have `FEWER`.
const EARLY: u64 = 256;
const SAMPLES: usize = 16;
const FEWER: usize = 4;
/// The keys next to each other that are learned from, per sampled key.
const NEIGHBORS: usize = 2;
/// An estimate of more than this many times the pages read is discarded.
const ABSURD: f64 = 1e5;

/// Identifies a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct RangeId(u64);

impl RangeId {
    /// Returns a number unique within the listing.
    pub(crate) fn number(self) -> u64 {
        self.0
    }
}

/// A request worth sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The range to read on.
    pub range: RangeId,
    /// The start of the range: all its keys are greater, unlike those of ranges that start before. Empty for the range
    /// that starts with the first key.
    pub start: Arc<str>,
    /// The start of the page; `None` for the first key.
    pub after: Option<Marker>,
}

/// The meaning of a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The entries that belong to the range and are new.
    pub take: Range<usize>,
    /// The range is read; no further request for it follows.
    pub ended: bool,
    /// The page is truncated but brings nothing new and no new marker, so the next request would be the same.
    pub stuck: bool,
    /// Keys that seem to be missing at range starts.
    pub gaps: Vec<Gap>,
}

/// The progress of the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RangeProgress {
    /// The number of open ranges.
    pub ranges: usize,
    /// The estimated number of entries left; `None` while too little is known.
    pub remaining: Option<u64>,
}

/// The planner of a listing.
#[derive(Debug)]
pub(crate) struct Ranges {
    prefix: String,
    /// The open ranges, in key order.
    parts: Vec<Part>,
    borders: Borders,
    line: Line,
    /// The success of cuts, by origin.
    middles: Luck,
    depths: Luck,
    slots: usize,
    flying: usize,
    /// The ID of the next range.
    next: u64,
    /// The number of entries of the longest page so far.
    page: f64,
    /// The number of pages answered.
    pages: u64,
    /// The entries received that belong to no range or were repeated, in pages.
    wasted: f64,
    cover: Cover,
    folders: Folders,
}

impl Ranges {
    /// Plans the listing of the keys that start with `prefix`, come after `after` and not after `upto`, with at most
    /// `slots` requests under way. The requests must carry the prefix.
    pub(crate) fn new(prefix: &str, after: Option<&str>, upto: Option<&str>, slots: usize) -> Self {
        let mut part = Part::new(0, after.unwrap_or_default().into(), upto.map(Into::into));
        // A marker before the prefix has no effect; the prefix itself may be a key.
        if *part.at < *prefix {
            part.at = prefix.into();
        }
        Self {
            prefix: prefix.to_owned(),
            cover: Cover::of(&part),
            folders: Folders::default(),
            parts: vec![part],
            borders: Borders::default(),
            line: Line::default(),
            middles: Luck::new(0.3),
            depths: Luck::new(0.6),
            slots: slots.max(1),
            flying: 0,
            next: 1,
            page: 0.0,
            pages: 0,
            wasted: 0.0,
        }
    }

    /// Returns the next request worth sending now. `None` if all slots are used, or what is left is not worth more
    /// requests; ask again after an answer.
    pub(crate) fn ask(&mut self) -> Option<Ask> {
        if self.flying >= self.slots {
            return None;
        }
        let waiting = self.parts.iter().enumerate().filter(|(_, part)| !part.flying);
        let longest = waiting.max_by(|a, b| a.1.pages.total_cmp(&b.1.pages)).map(|(at, _)| at);
        let at = match longest {
            Some(at) => at,
            None => self.split()?,
        };
        let part = self.parts.get_mut(at)?;
        part.flying = true;
        self.flying += 1;
        Some(Ask { range: RangeId(part.id), start: Arc::clone(&part.start), after: part.after.clone() })
    }

    /// Returns a folder whose names are worth a request with a delimiter, to be answered with [`Ranges::names`].
    pub(crate) fn folder(&mut self) -> Option<String> {
        self.folders.next()
    }

    /// Learns the names directly in `folder`, of keys and, with a `/`, of folders; `whole` if there are no others. They
    /// begin with the folder, and are in order.
    pub(crate) fn names(&mut self, folder: &str, names: &[String], whole: bool) {
        self.folders.answered();
        self.wasted += 1.0;
        for (before, name) in names.iter().zip(names.iter().skip(1)) {
            self.line.alphabet.learn(before, name);
        }
        let own = names.iter().filter(|_| whole).filter_map(|name| name.strip_prefix(folder));
        self.line.names.add(folder, own.map(str::to_owned).collect());
        for at in 0..self.parts.len() {
            self.estimate(at);
        }
    }

    /// Processes the page for a request for `range`. A range without a request under way gets no entries.
    pub(crate) fn answer(&mut self, range: RangeId, page: &dyn Page) -> Answer {
        let Some(at) = self.parts.iter().position(|part| part.id == range.0 && part.flying) else {
            return Answer { ended: true, ..Answer::default() };
        };
        self.learn(at, page);
        let next = page.next();
        let Some(part) = self.parts.get_mut(at) else {
            return Answer { ended: true, ..Answer::default() };
        };
        part.flying = false;
        self.flying -= 1;
        let take = belonging(page, &part.start, part.end.as_deref(), part.last.as_ref());
        let ended = next.is_none() || take.end < page.len();
        let gaps = look_over(&mut self.borders, part, page, &take, ended);
        let stuck = !ended && !advance(part, page, &take, next);
        self.judge(at, page, &take, ended);
        if ended {
            self.cover.close(&self.parts.remove(at));
        }
        debug_assert!(self.cover.is_whole(&self.parts), "a gap or an overlap of ranges");
        Answer { take, ended, stuck, gaps }
    }

    /// Returns the key before which everything was read; `None` once all was.
    pub(crate) fn read_to(&self) -> Option<&str> {
        // The next page may begin after the range's end, and then says nothing about what lies between.
        self.parts.first().map(|part| part.end.as_ref().map_or(&*part.at, |end| (&*part.at).min(end)))
    }

    /// Sets the maximum number of requests under way; excess requests run until they are answered.
    pub(crate) fn set_slots(&mut self, slots: usize) {
        self.slots = slots.max(1);
    }

    /// Returns whether everything was read exactly once, and every border was seen from both sides.
    pub(crate) fn is_done(&self) -> bool {
        self.parts.is_empty() && self.borders.is_empty() && self.cover.is_whole(&[])
    }

    /// Returns the progress of the listing.
    pub(crate) fn progress(&self) -> RangeProgress {
        let pages: f64 = self.parts.iter().map(|part| part.pages).sum();
        let known = self.parts.iter().filter(|part| part.begun).count() * 2 >= self.parts.len();
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let absurd = self.pages as f64 * ABSURD;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "not negative, and not absurd"
        )]
        let remaining = (known && pages < absurd).then_some((pages * self.page) as u64);
        RangeProgress { ranges: self.parts.len(), remaining }
    }

    /// Learns from a few keys of a page of the range at `at`.
    fn learn(&mut self, at: usize, page: &dyn Page) {
        self.pages += 1;
        let (len, Some(part)) = (page.len(), self.parts.get_mut(at)) else { return };
        if len == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a page is small")]
        let entries = len as f64;
        self.page = self.page.max(entries);
        let samples = if self.pages < EARLY { SAMPLES } else { FEWER };
        let mut before: Option<String> = part.begun.then(|| part.at.as_ref().to_owned());
        for at in (0..len).step_by((len / samples).max(1)).chain([len - 1]) {
            let key = page.key(at);
            match before.as_deref() {
                Some(before) => self.line.alphabet.learn(before, &key),
                None => self.line.alphabet.see(&key),
            }
            before = Some(key.into_owned());
        }
        self.learn_neighbors(page, samples * NEIGHBORS);
    }

    /// Learns from keys next to each other in the middle of a page: between sampled ones, small folders begin and end
    /// unseen.
    fn learn_neighbors(&mut self, page: &dyn Page, mut keys: usize) {
        let mut before: Option<Cow<'_, str>> = None;
        for key in (page.len() / 2..page.len()).map(|at| page.key(at)) {
            if before.as_ref() == Some(&key) {
                continue;
            }
            if let Some(before) = &before {
                self.line.alphabet.learn(before, &key);
            }
            before = Some(key);
            keys -= 1;
            if keys == 0 {
                return;
            }
        }
    }
}

/// Records the keys that a page shows after the range's borders: its first entries after the start, and those of its
/// last page after the end.
fn look_over(
    borders: &mut Borders,
    part: &mut Part,
    page: &dyn Page,
    take: &Range<usize>,
    ended: bool,
) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let first = (take.start < page.len()).then(|| page.key(take.start));
    if !part.shown && (first.is_some() || ended) {
        part.shown = true;
        gaps.extend(borders.tell(&part.start, Side::Right, first.as_deref()));
    }
    if let Some(end) = part.end.as_ref().filter(|_| ended) {
        let behind = (take.end < page.len()).then(|| page.key(take.end));
        gaps.extend(borders.tell(end, Side::Left, behind.as_deref()));
    }
    gaps
}

/// Advances the range past the page. Returns whether it moved.
fn advance(part: &mut Part, page: &dyn Page, take: &Range<usize>, next: Option<Marker>) -> bool {
    let entry = |at: usize| Last { key: page.key(at).into_owned(), version: page.version(at).into_owned() };
    if !take.is_empty() {
        part.last = Some(entry(take.end - 1));
    }
    // Until the range has entries, skipping what precedes its start may take several pages.
    let own = part.last.clone().or_else(|| page.len().checked_sub(1).map(entry));
    let own = own.map(|last| Marker { key: last.key, version: Some(last.version) });
    let repeated = take.is_empty() && !page.is_empty();
    let marker = match (next, own) {
        // The server only repeated entries: it may continue from where they ended.
        (_, Some(own)) if repeated && part.after.as_ref() != Some(&own) => Some(own),
        // Use the server's marker, unless it leads back or leaves the position within the key open.
        (Some(next), Some(own)) if next.key < own.key || (next.key == own.key && next.version.is_none()) => {
            Some(own)
        }
        (Some(next), None) if part.after.as_ref().is_some_and(|after| next.key < after.key) => {
            part.after.clone()
        }
        (next, own) => next.or(own),
    };
    if let Some(marker) = marker.as_ref().filter(|marker| *marker.key > *part.at) {
        part.at = marker.key.as_str().into();
    }
    let moved = !take.is_empty() || marker != part.after;
    part.after = marker;
    moved
}
