//! Learns from pages: about the density of keys in their range, about the cut that made it, and about its neighbors.

use std::ops::Range;
use std::sync::Arc;

use super::Ranges;
use super::alphabet::common;
use super::page::Page;
use super::part::{Origin, Part, Window};
use super::scale::Line;

/// A density within this factor counts as predicted.
const FORETOLD: f64 = 8.0;
/// A page whose density differs by more than this factor starts a new window.
const STEADY: f64 = 4.0;
/// The names in a range's folders are worth requests if it goes on for this many pages after its estimated end.
const LATE: f64 = 2.0;

/// The first page of a range, as far as it tells about the cut that made it.
#[derive(Debug)]
struct First {
    origin: Origin,
    start: Arc<str>,
    /// The first key after the cut, of whichever range; `None` if there is none.
    key: Option<String>,
    /// It has keys of the range.
    found: bool,
    /// Keys exist after the range's end.
    bounded: bool,
}

impl Ranges {
    /// Learns from a page of the range at `at`, to which the entries `take` belong.
    pub(super) fn judge(&mut self, at: usize, page: &dyn Page, take: &Range<usize>, ended: bool) {
        let wasted = self.waste(page, take, ended);
        self.wasted += wasted;
        let Some(part) = self.parts.get_mut(at) else { return };
        let first = (!std::mem::replace(&mut part.begun, true)).then(|| First {
            origin: part.origin,
            start: Arc::clone(&part.start),
            key: (page.len() > take.start).then(|| page.key(take.start).into_owned()),
            found: !take.is_empty(),
            bounded: part.bounded,
        });
        if let Some(first) = &first {
            self.teach(at, first);
        }
        let Some(part) = self.parts.get_mut(at) else { return };
        if !take.is_empty() {
            let foretold = widen(&self.line, &self.prefix, part, page, take);
            part.read += 1.0;
            // A range cut from one that did not end where it was expected to is no better known.
            part.unsure &= !foretold || first.is_some();
            if !ended && (!foretold || part.late() > LATE) {
                self.folders.want(
                    part,
                    &self.prefix,
                    &page.key(take.start),
                    self.pages,
                    &mut self.line.names,
                );
            }
        }
        part.estimate(&self.line, &self.prefix, self.page);
        part.unsure |= !take.is_empty() && part.late() > 1.0 && part.pages <= part.late();
        if let Some(first) = first {
            part.due = part.pages + 1.0;
            match first.origin {
                Origin::Depth => self.depths.tell(wasted),
                Origin::Near => self.near.tell(wasted),
                Origin::Far => self.far.tell(wasted),
            }
            self.tell_left(at, &first);
            if first.found {
                self.spread(at);
            }
        }
    }

    /// Returns the part of a page that was requested in vain.
    #[expect(clippy::cast_precision_loss, reason = "a page is small")]
    fn waste(&self, page: &dyn Page, take: &Range<usize>, ended: bool) -> f64 {
        let cut_short = ended && page.next().is_some();
        if cut_short || take.is_empty() { 1.0 - take.len() as f64 / self.page.max(1.0) } else { 0.0 }
    }

    /// Learns which characters follow from the first key after a cut.
    fn teach(&mut self, at: usize, first: &First) {
        let Some(left) = at.checked_sub(1).and_then(|at| self.parts.get(at)) else { return };
        let alphabet = &mut self.line.alphabet;
        if let Some(key) = first.key.as_deref().filter(|_| first.found) {
            alphabet.differ(&left.at, key);
        }
        if first.origin != Origin::Depth || left.end.as_ref() != Some(&first.start) {
            return;
        }
        // The cut was made after all keys with this prefix.
        let same = common(&left.at, &first.start);
        let upto = left.at.get(same..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let Some(before) = left.at.get(..same + upto) else { return };
        match &first.key {
            Some(key) => alphabet.learn(before, key),
            None => alphabet.end(before, self.prefix.len()),
        }
    }

    /// Tells the range to the left what the cut between them found.
    fn tell_left(&mut self, at: usize, first: &First) {
        let left = at.checked_sub(1).and_then(|at| self.parts.get_mut(at));
        let Some(left) = left.filter(|left| left.end.as_ref() == Some(&first.start)) else { return };
        left.bounded |= first.found || first.bounded;
        match first.origin {
            Origin::Depth => left.unsure &= !first.found,
            Origin::Near | Origin::Far => left.unsure |= !first.found,
        }
        left.due = left.read + left.pages;
    }

    /// Tells the unread ranges on both sides the density found in the one at `at`.
    fn spread(&mut self, at: usize) {
        let Some(window) = self.parts.get(at).and_then(|part| part.window.clone()) else { return };
        let (left, right) = self.parts.split_at_mut(at);
        let unread = left.iter().rev().take_while(|part| !part.own).count();
        for part in left.iter_mut().rev().take(unread + 1) {
            part.other = Some(window.clone());
            part.estimate(&self.line, &self.prefix, self.page);
        }
        for part in right.iter_mut().skip(1).take_while(|part| !part.own) {
            part.window = Some(window.clone());
            part.estimate(&self.line, &self.prefix, self.page);
        }
    }
}

/// Adds the entries read to the range's density; if they have a very different density, it replaces the old one.
/// Returns whether the density was as predicted.
#[expect(clippy::cast_precision_loss, reason = "a page is small")]
fn widen(line: &Line, prefix: &str, part: &mut Part, page: &dyn Page, take: &Range<usize>) -> bool {
    let (first, last) = (page.key(take.start), page.key(take.end - 1));
    part.scale = common(&first, &last);
    let new = Window { from: first.as_ref().into(), to: last.as_ref().into(), entries: take.len() as f64 };
    let own = std::mem::replace(&mut part.own, true);
    match &mut part.window {
        Some(window) if own && window.is_like(&new, line, prefix, STEADY) => {
            window.to = new.to;
            window.entries += new.entries;
            true
        }
        window => {
            let foretold = window.as_ref().is_some_and(|old| old.is_like(&new, line, prefix, FORETOLD));
            *window = Some(new);
            foretold
        }
    }
}
