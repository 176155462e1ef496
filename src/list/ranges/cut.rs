//! Where to cut next, and what an answer says about the cuts made.
//!
//! Two kinds of cuts. *In the middle* of the range with the most estimated pages to come: right where the alphabet
//! tells the density, useless where all keys crowd below one prefix. *Depths*: after each prefix of the last key read,
//! which finds the scale on which a range is filled, wherever that is; made where the density of a new range is not the
//! one foretold, where a cut in the middle found nothing, and where a range goes on after its estimated end.
//!
//! A cut is a request at once. So cuts are rationed where they may find nothing: a range has a `credit` of cuts not
//! answered yet, shared with what is cut off it; one at characters not met before costs the more of it the fewer such
//! cuts found keys; after misses a range reads on before it is cut again.

use std::ops::Range;

use super::alphabet::Alphabet;
use super::page::Page;
use super::part::{Origin, Part, Window};
use super::{Ranges, scale};

/// Ranges of no more pages than this are left whole: half a page is lost by a cut.
const WORTH: f64 = 2.0;
/// Ranges of no more pages than this are not probed for depths merely because their density was not foretold.
const LONG: f64 = 16.0;
/// Credit where the density was foretold and keys are known after the end.
const TRUSTED: u32 = 64;
/// Credit elsewhere.
const DOUBTED: u32 = 4;
/// A density within this factor was foretold.
const FORETOLD: f64 = 8.0;
/// A page whose density differs by more than this factor begins a new window.
const STEADY: f64 = 4.0;
/// Depths probed at once.
const DEPTHS: usize = 8;
/// Depths probed at once in a range that goes on after its estimated end.
const LATE: usize = 4;
/// Pages after the estimated end that make it worthwhile, and then each power of two.
const OVERDUE: u32 = 2;
/// A cut at characters met before leaves at least this share on both sides.
const LOPSIDED: f64 = 0.25;

/// How cuts of one kind went of late.
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

    /// How many depths to probe at once.
    fn depths(&self) -> usize {
        if self.missed > self.found + 8 { LATE } else { DEPTHS }
    }

    /// What such a cut costs of a range's credit.
    fn price(&self) -> u32 {
        (8 * (self.missed + 1) / (self.found + 1)).clamp(1, TRUSTED)
    }
}

impl Ranges {
    /// Cuts a range in two where that is worth a request; the place of the new one. All ranges are being read.
    pub(super) fn split(&mut self) -> Option<usize> {
        loop {
            if let Some(at) = self.parts.iter().position(|part| !part.marks.is_empty()) {
                let part = self.parts.get_mut(at)?;
                match part.marks.pop() {
                    Some(mark) if part.holds(&mark) => return Some(self.cut(at, mark, Origin::Depth)),
                    _ => continue,
                }
            }
            let candidates = self.parts.iter_mut().enumerate();
            let (at, part) = candidates
                .filter(|(_, part)| part.credit > 0 && part.hold == 0 && part.pages > WORTH)
                .max_by(|a, b| a.1.pages.total_cmp(&b.1.pages))?;
            if std::mem::take(&mut part.gallop) {
                part.probe_depths(&self.alphabet, &self.prefix, self.depths.depths());
                if !part.marks.is_empty() {
                    continue;
                }
            }
            let Some((mark, origin)) = middle(&self.alphabet, &self.prefix, part) else {
                part.credit = 0;
                continue;
            };
            let price = if origin == Origin::Bold { self.bold.price() } else { 1 };
            if part.credit < price && !part.own {
                part.credit = 0;
                continue;
            }
            part.credit = part.credit.saturating_sub(price);
            return Some(self.cut(at, mark, origin));
        }
    }

    pub(super) fn cut(&mut self, at: usize, mark: String, origin: Origin) -> usize {
        let Some(part) = self.parts.get_mut(at) else { return at };
        let mut right = part.cut(self.next, mark, origin);
        self.next += 1;
        self.borders.open(&right.start);
        part.estimate(&self.alphabet, &self.prefix, self.page);
        right.estimate(&self.alphabet, &self.prefix, self.page);
        self.parts.insert(at + 1, right);
        at + 1
    }

    /// Learns from a page of the range at `at`, of which `take` was its own.
    pub(super) fn judge(&mut self, at: usize, page: &dyn Page, take: &Range<usize>, ended: bool) {
        let Some(part) = self.parts.get_mut(at) else { return };
        let (alphabet, prefix) = (&self.alphabet, self.prefix.as_str());
        let depths = self.depths.depths();
        let first = !std::mem::replace(&mut part.begun, true);
        let found = !take.is_empty();
        let foretold = found && widen(alphabet, part, page, take);
        part.hold = part.hold.saturating_sub(1);
        let due = part.pages;
        part.estimate(alphabet, prefix, self.page);
        if first {
            match part.origin {
                Origin::Bold => self.bold.tell(found),
                Origin::Depth => self.depths.tell(found),
                Origin::Middle => {}
            }
        }
        if !ended && found {
            // What the range itself shows outdates what it was cut with, but not what its own cuts will show.
            let credit = if part.bounded { TRUSTED } else { DOUBTED };
            part.credit = match (first, foretold) {
                (true, true) => credit,
                (true, false) => DOUBTED,
                (false, _) => part.credit.max(credit),
            };
            if due < 1.0 && part.pages < 1.0 {
                part.overdue += 1;
            } else {
                part.overdue = 0;
            }
            if part.overdue >= OVERDUE && part.overdue.is_power_of_two() {
                part.probe_depths(alphabet, prefix, LATE);
            } else if first && !foretold && part.pages > LONG {
                part.probe_depths(alphabet, prefix, depths);
            }
        }
        if first {
            self.tell_left(at, found, foretold);
        }
    }

    /// Tells the range to the left what the cut between them found.
    fn tell_left(&mut self, at: usize, found: bool, foretold: bool) {
        let Some([left, part]) = at.checked_sub(1).and_then(|low| self.parts.get_mut(low..=at)) else {
            return;
        };
        if left.end.as_deref() != Some(part.start.as_ref()) {
            return;
        }
        if found {
            left.misses = 0;
            left.hold = 0;
            left.bounded = true;
            if left.own {
                left.credit = left.credit.max(if foretold { TRUSTED } else { DOUBTED });
            }
        } else if part.origin != Origin::Depth {
            left.misses += 1;
            left.credit = 1;
            left.gallop |= left.own;
            if left.misses > 1 {
                left.hold = 1 << (left.misses - 1).min(6);
            }
        }
    }
}

/// Takes what was read into the density believed in; where it is of quite another density than the range so far, it
/// alone counts from now on. Whether a new range has the density foretold.
#[expect(clippy::cast_precision_loss, reason = "a page is small")]
fn widen(alphabet: &Alphabet, part: &mut Part, page: &dyn Page, take: &Range<usize>) -> bool {
    let (first, last) = (page.key(take.start), page.key(take.end - 1));
    part.scale = super::alphabet::common(&first, &last);
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

/// Where to cut a range near the middle of what will be left of it when the request under way is answered.
fn middle(alphabet: &Alphabet, prefix: &str, part: &Part) -> Option<(String, Origin)> {
    let (base, end) = (part.base(prefix), part.end.as_deref());
    let share = 0.5 + 0.25 / part.pages;
    if let Some(mark) = scale::between(alphabet, base, &part.at, end, share, false) {
        let left = scale::measure(alphabet, base, &part.at, Some(&mark));
        let real = left / scale::measure(alphabet, base, &part.at, end);
        if (LOPSIDED..1.0 - LOPSIDED).contains(&real) {
            return Some((mark, Origin::Middle));
        }
    }
    scale::between(alphabet, base, &part.at, end, share, true).map(|mark| (mark, Origin::Bold))
}
