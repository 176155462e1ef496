//! Decides where to cut next, and learns from answers about the cuts made.
//!
//! There are three kinds of cuts. *Middle*: in the range with the most estimated pages left, or in the part of it that
//! is likely to have keys. This is right where the alphabet predicts the density, useless where all keys share one
//! prefix; in a folder that has been read for long, the cut is further on in it, however rare folders of that length
//! are. *Depths*: after each prefix of the last key read, to find the scale on which a range is filled. Used if the
//! density of a new range differs from the prediction, if a middle cut found nothing, and if a range goes on after its
//! estimated end. *Explore*: after a prefix for which it is unknown whether keys follow, once each, if slots are idle
//! and few such requests missed.
//!
//! Each cut sends a request at once, so cuts that may find nothing are rationed: a range has a `credit` of unanswered
//! cuts, shared with the ranges cut off from it. A cut at characters not seen there before costs more, the fewer such
//! cuts found keys. After misses a range is read further before it is cut again.

use std::ops::Range;

use super::Ranges;
use super::alphabet::{Alphabet, common};
use super::middle::likely;
use super::page::Page;
use super::part::{Origin, Part, Window};

/// Ranges of at most this many pages are left whole, as a cut wastes half a page, …
const WORTH: f64 = 6.0;
/// … but if most slots are idle, only those of at most this many.
pub(super) const LEAST: f64 = 2.0;
/// Slots count as idle if less than one in this many is used.
const IDLE: usize = 2;
/// One page in this many may miss just for exploration, …
const SPARE: u64 = 8;
/// … plus this many at the start.
const CURIOUS: u64 = 4;
/// Ranges of at most this many pages are not probed for depths merely because their density was not predicted.
const LONG: f64 = 8.0;
/// The credit if the density was predicted and keys are known after the end.
const TRUSTED: u32 = 64;
/// The credit otherwise.
const DOUBTED: u32 = 8;
/// A density within this factor counts as predicted.
const FORETOLD: f64 = 8.0;
/// A page whose density differs by more than this factor starts a new window.
const STEADY: f64 = 4.0;
/// The number of depths probed at once.
const DEPTHS: usize = 8;
/// The number of depths probed at once in a range that goes on after its estimated end.
const LATE: usize = 4;
/// The number of pages after the estimated end that triggers the probe, repeated at each power of two.
const OVERDUE: u32 = 2;

/// The recent success of one kind of cut.
#[derive(Debug, Default)]
pub(super) struct Luck {
    found: u32,
    missed: u32,
}

impl Luck {
    fn tell(&mut self, found: bool) {
        if found {
            self.found += 1;
        } else {
            self.missed += 1;
        }
        if self.found + self.missed > 64 {
            self.found /= 2;
            self.missed /= 2;
        }
    }

    /// Returns the number of depths to probe at once.
    fn depths(&self) -> usize {
        if self.missed > self.found + 8 { LATE } else { DEPTHS }
    }

    /// Returns the cost of such a cut in credit.
    fn price(&self) -> u32 {
        (8 * (self.missed + 1) / (self.found + 1)).clamp(1, TRUSTED)
    }
}

/// The action for a free slot.
#[derive(Debug)]
enum Next {
    /// Cut the range at this index after the mark.
    Cut { at: usize, mark: String, origin: Origin },
    /// Look at the ranges again, since something was learned about them.
    Look,
}

/// The keys that a page shows of its range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// No keys.
    Nothing,
    /// Keys of about the predicted density.
    Foretold,
    /// Keys of another density.
    Otherwise,
}

impl Shown {
    /// Returns the credit of a range at its first page; `trusted` is the credit for a predicted density.
    fn credit(self, trusted: u32) -> u32 {
        if self == Shown::Foretold { trusted } else { DOUBTED }
    }
}

impl Ranges {
    /// Cuts a range in two if that is worth a request. Returns the index of the new one. All ranges have a request
    /// under way.
    pub(super) fn split(&mut self) -> Option<usize> {
        loop {
            let next = match self.next_depth() {
                Some(next) => next,
                None => self.next_cut()?,
            };
            match next {
                Next::Cut { at, mark, origin } => return Some(self.cut(at, mark, origin)),
                Next::Look => {}
            }
        }
    }

    /// Returns a cut at the next depth to probe, if any.
    fn next_depth(&mut self) -> Option<Next> {
        let at = self.parts.iter().position(|part| !part.marks.is_empty())?;
        let part = self.parts.get_mut(at)?;
        let mark = part.marks.pop().filter(|mark| part.holds(mark));
        Some(mark.map_or(Next::Look, |mark| Next::Cut { at, mark, origin: Origin::Depth }))
    }

    /// Returns a cut of the range with the most left, or an exploring cut if none is long enough.
    fn next_cut(&mut self) -> Option<Next> {
        let idle = self.flying * IDLE < self.slots;
        let worth = if idle { LEAST } else { WORTH };
        let candidates = self.parts.iter_mut().enumerate();
        let longest = candidates
            .filter(|(_, part)| part.credit > 0 && part.hold == 0 && part.pages > worth)
            .max_by(|a, b| a.1.pages.total_cmp(&b.1.pages));
        let Some((at, part)) = longest else { return self.explore() };
        if std::mem::take(&mut part.gallop) {
            part.probe_depths(&self.alphabet, &self.prefix, self.depths.depths());
            if !part.marks.is_empty() {
                return Some(Next::Look);
            }
        }
        let Some((cut, origin)) = likely(&self.alphabet, &self.prefix, part, self.page) else {
            part.hold = 1;
            return Some(Next::Look);
        };
        let price = if origin == Origin::Bold { self.bold.price() } else { 1 };
        if part.credit < price && !part.own {
            part.credit = 0;
            return Some(Next::Look);
        }
        part.credit = part.credit.saturating_sub(price);
        Some(Next::Cut { at, mark: cut.mark, origin })
    }

    /// Returns an exploring cut, as long as few such requests missed.
    fn explore(&mut self) -> Option<Next> {
        let asked = self.parts.iter().filter(|part| part.origin == Origin::Explore && !part.begun).count();
        if (self.missed + asked as u64) > self.pages / SPARE + CURIOUS {
            return None;
        }
        let (at, mark) =
            self.parts.iter().enumerate().rev().find_map(|(at, part)| {
                part.explore(&mut self.alphabet, &self.prefix).map(|mark| (at, mark))
            })?;
        Some(Next::Cut { at, mark, origin: Origin::Explore })
    }

    pub(super) fn cut(&mut self, at: usize, mark: String, origin: Origin) -> usize {
        let Some(part) = self.parts.get_mut(at) else { return at };
        let mut right = part.cut(self.next, mark, origin);
        self.next += 1;
        self.borders.open(&right.start);
        part.estimate(&self.alphabet, &self.prefix, self.page);
        right.run = part.run + part.pages.min(part.run);
        right.estimate(&self.alphabet, &self.prefix, self.page);
        if !right.is_sound(&self.alphabet) {
            right.credit = 0;
        }
        self.parts.insert(at + 1, right);
        at + 1
    }

    /// Learns from a page of the range at `at`, to which the entries `take` belong.
    pub(super) fn judge(&mut self, at: usize, page: &dyn Page, take: &Range<usize>, ended: bool) {
        let Some(part) = self.parts.get_mut(at) else { return };
        let first = !std::mem::replace(&mut part.begun, true);
        let shown = match take.is_empty() {
            true => Shown::Nothing,
            false if widen(&self.alphabet, part, page, take) => Shown::Foretold,
            false => Shown::Otherwise,
        };
        let found = shown != Shown::Nothing;
        self.missed += u64::from(!found);
        part.hold = part.hold.saturating_sub(1);
        let due = part.pages;
        part.estimate(&self.alphabet, &self.prefix, self.page);
        if first {
            match part.origin {
                Origin::Bold => self.bold.tell(found),
                Origin::Depth => self.depths.tell(found),
                Origin::Middle | Origin::Explore => {}
            }
        }
        if !ended && found {
            // The range's own pages override what it was cut with, but not the outcome of its own cuts.
            let credit = if part.bounded { TRUSTED } else { DOUBTED };
            part.credit = if first { shown.credit(credit) } else { part.credit.max(credit) };
            part.overdue = if due < 1.0 && part.pages < 1.0 { part.overdue + 1 } else { 0 };
            if part.overdue >= OVERDUE && part.overdue.is_power_of_two() {
                part.probe_depths(&self.alphabet, &self.prefix, LATE);
            } else if first && shown == Shown::Otherwise && part.pages > LONG {
                part.probe_depths(&self.alphabet, &self.prefix, self.depths.depths());
            }
        }
        if first {
            self.tell_left(at, shown);
        }
    }

    /// Tells the range to the left what the cut between them found.
    fn tell_left(&mut self, at: usize, shown: Shown) {
        let Some([left, part]) = at.checked_sub(1).and_then(|low| self.parts.get_mut(low..=at)) else {
            return;
        };
        if left.end.as_deref() != Some(part.start.as_ref()) {
            return;
        }
        if shown != Shown::Nothing {
            left.misses = 0;
            left.hold = 0;
            left.bounded = true;
            if left.own {
                left.credit = left.credit.max(shown.credit(TRUSTED));
            }
        } else if matches!(part.origin, Origin::Middle | Origin::Bold) {
            left.misses += 1;
            left.credit = 1;
            left.gallop |= left.own;
            if left.misses > 1 {
                left.hold = 1 << (left.misses - 1).min(6);
            }
        }
    }
}

/// Adds the entries read to the range's density; if they have a very different density, it replaces the old one.
/// Returns whether the density was as predicted.
#[expect(clippy::cast_precision_loss, reason = "a page is small")]
fn widen(alphabet: &Alphabet, part: &mut Part, page: &dyn Page, take: &Range<usize>) -> bool {
    let (first, last) = (page.key(take.start), page.key(take.end - 1));
    part.scale = common(&first, &last);
    part.stay(&first);
    let new = Window { from: first.as_ref().into(), to: last.as_ref().into(), entries: take.len() as f64 };
    let own = std::mem::replace(&mut part.own, true);
    match &mut part.window {
        Some(window) if own && window.is_like(&new, alphabet, STEADY) => {
            window.to = new.to;
            window.entries += new.entries;
            true
        }
        window => {
            let foretold = window.as_ref().is_some_and(|old| old.is_like(&new, alphabet, FORETOLD));
            *window = Some(new);
            if own {
                part.hold = 0;
                part.misses = 0;
            }
            foretold
        }
    }
}
