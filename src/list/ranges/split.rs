//! Where to cut next, and what an answer says about the cuts made.

use std::ops::Range;
use std::sync::Arc;

use super::alphabet::{Alphabet, common};
use super::page::{Marker, Page};
use super::part::Part;
use super::{Ranges, scale, widen};

/// Ranges below this many pages are left whole.
const WORTH: f64 = 2.0;
/// Ranges above this many pages are probed for their depth where the density was not foretold.
const LONG: f64 = 16.0;
/// Cuts tried at once where the alphabet foretold the density well.
const TRUSTED: u32 = 64;
/// Cuts tried at once where it did not, or where no key is known beyond the end.
const DOUBTED: u32 = 4;
/// A density foretold within this factor was foretold well.
const NEAR: f64 = 8.0;
/// A cut at characters met before may leave this share on one side.
const LOPSIDED: f64 = 0.25;
/// A range this many pages longer than estimated is probed for what the estimate missed.
const OVERDUE: u32 = 2;
/// Depths probed at once.
const DEPTHS: usize = 8;

impl Ranges {
    /// Cuts a range; the place of the new one.
    pub(super) fn split(&mut self) -> Option<usize> {
        loop {
            let marked = self.parts.iter().position(|part| !part.marks.is_empty());
            if let Some(at) = marked {
                let part = self.parts.get_mut(at)?;
                let mark = part.marks.pop()?;
                if part.at.as_ref() < mark.as_str()
                    && part.end.as_deref().is_none_or(|end| mark.as_str() < end)
                {
                    return Some(self.cut(at, mark));
                }
                continue;
            }
            let (at, part) = self
                .parts
                .iter_mut()
                .enumerate()
                .filter(|(_, part)| part.credit > 0 && part.hold == 0 && part.pages > WORTH)
                .max_by(|a, b| a.1.pages.total_cmp(&b.1.pages))?;
            if std::mem::take(&mut part.gallop) {
                part.probe_depths(&self.alphabet, &self.prefix, DEPTHS);
                if !part.marks.is_empty() {
                    continue;
                }
            }
            match choose(&self.alphabet, &self.prefix, part) {
                Some((mark, bold)) => {
                    let price =
                        if bold { (8 * (self.missed + 1) / (self.found + 1)).clamp(1, 64) } else { 1 };
                    if part.credit < price && !part.own {
                        part.credit = 0;
                        continue;
                    }
                    part.credit = part.credit.saturating_sub(price);
                    let new = self.cut(at, mark);
                    if let Some(part) = self.parts.get_mut(new) {
                        part.bold = bold;
                        part.guessed = true;
                    }
                    return Some(new);
                }
                None => part.credit = 0,
            }
        }
    }

    #[allow(missing_docs)]
    pub fn dump(&self) {
        for part in &self.parts {
            println!(
                "  part {} pages {:.1} credit {} hold {} misses {} own {} at {} end {:?} window {:?}",
                part.id,
                part.pages,
                part.credit,
                part.hold,
                part.misses,
                part.own,
                part.at,
                part.end,
                part.window
            );
            if part.pages < 0.05 {
                if let Some(w) = &part.window {
                    let base = common(&part.at, part.end.as_deref().unwrap_or(""));
                    println!(
                        "    WHY base {} rest {:e} seen {:e} {}",
                        base,
                        scale::measure(&self.alphabet, base, &part.at, part.end.as_deref()),
                        scale::measure(&self.alphabet, base, &w.from, Some(&w.to)),
                        self.alphabet.show(&part.at)
                    );
                }
            }
        }
    }

    fn cut(&mut self, at: usize, mark: String) -> usize {
        let Some(part) = self.parts.get_mut(at) else { return at };
        let mark: Arc<str> = mark.into();
        let credit = part.credit;
        let mut right = Part {
            id: self.next,
            start: Arc::clone(&mark),
            end: part.end.take(),
            after: Some(Marker { key: mark.as_ref().to_owned(), version: None }),
            at: Arc::clone(&mark),
            last: None,
            flying: false,
            begun: false,
            window: part.window.clone(),
            own: false,
            scale: 0,
            pages: 1.0,
            credit: credit / 2,
            hold: 0,
            misses: 0,
            overdue: 0,
            marks: Vec::new(),
            bold: false,
            guessed: false,
            gallop: false,
            closed: part.closed,
        };
        part.credit = credit - credit / 2;
        part.closed = false;
        self.next += 1;
        part.end = Some(mark);
        part.estimate(&self.alphabet, &self.prefix, self.page);
        right.estimate(&self.alphabet, &self.prefix, self.page);
        self.parts.insert(at + 1, right);
        at + 1
    }

    /// Learns from the answer to the request of the range at `at`.
    pub(super) fn judge(&mut self, at: usize, page: &dyn Page, take: &Range<usize>, ended: bool) {
        let Some(part) = self.parts.get_mut(at) else { return };
        let first = !part.begun;
        part.begun = true;
        part.hold = part.hold.saturating_sub(1);
        let old = part.window.clone();
        let size = self.page;
        let changed = widen(&self.alphabet, part, page, take);
        let (alphabet, prefix) = (&self.alphabet, self.prefix.as_str());
        let foretold = match (&old, &part.window) {
            (Some(old), Some(new)) if first && part.own => old.is_like(new, alphabet, NEAR),
            _ => false,
        };
        if changed {
            part.hold = 0;
            part.misses = 0;
        }
        let due = part.pages;
        part.estimate(alphabet, prefix, size);
        if !ended && due < 1.0 && part.pages < 1.0 {
            part.overdue += 1;
            if part.overdue.is_power_of_two() && part.overdue >= OVERDUE {
                part.probe_depths(alphabet, prefix, 4);
            }
        } else {
            part.overdue = 0;
        }
        if !ended && !take.is_empty() {
            if first {
                if foretold {
                    part.credit = if part.closed { TRUSTED } else { DOUBTED };
                } else {
                    part.credit = DOUBTED;
                    if part.pages > LONG {
                        part.probe_depths(alphabet, prefix, DEPTHS);
                    }
                }
            } else {
                part.credit = part.credit.max(if part.closed { TRUSTED } else { DOUBTED });
            }
        }
        if first && part.bold {
            if take.is_empty() {
                self.missed += 1;
            } else {
                self.found += 1;
            }
            if self.missed + self.found > 64 {
                self.missed /= 2;
                self.found /= 2;
            }
        }
        if first {
            self.tell_left(at, page, take, foretold);
        }
    }

    /// Tells the range before that the cut between them was answered.
    fn tell_left(&mut self, at: usize, page: &dyn Page, take: &Range<usize>, foretold: bool) {
        let Some([left, part]) = at.checked_sub(1).and_then(|low| self.parts.get_mut(low..=at)) else {
            return;
        };
        if left.end.as_deref() != Some(part.start.as_ref()) {
            return;
        }
        let _ = page;
        if take.is_empty() {
            left.misses += 1;
            left.credit = 1;
            left.gallop |= part.guessed && left.own;
            if left.misses > 1 {
                left.hold = 1 << (left.misses - 1).min(6);
            }
        } else {
            left.misses = 0;
            left.hold = 0;
            left.closed = true;
            if left.own {
                left.credit = left.credit.max(if foretold { TRUSTED } else { DOUBTED });
            }
        }
    }
}

/// Where to cut a range, and whether at characters not met before.
fn choose(alphabet: &Alphabet, prefix: &str, part: &Part) -> Option<(String, bool)> {
    let end = part.end.as_deref();
    let base = end.map_or(prefix.len(), |end| common(&part.at, end));
    let share = 0.5 + 0.25 / part.pages;
    if let Some(mark) = scale::between(alphabet, base, &part.at, end, share, false) {
        let real = scale::measure(alphabet, base, &part.at, Some(&mark))
            / scale::measure(alphabet, base, &part.at, end);
        if (LOPSIDED..1.0 - LOPSIDED).contains(&real) {
            return Some((mark, false));
        }
    }
    scale::between(alphabet, base, &part.at, end, share, true).map(|mark| (mark, true))
}
