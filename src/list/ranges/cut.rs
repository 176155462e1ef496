//! Decides where to cut next.
//!
//! There are two kinds of cuts. *Middle*: of a range with many estimated pages left, in the middle of them
//! (`estimate`). *Depth*: just after all keys that share a prefix with the last one read, where nothing is known about
//! the keys after them: halfway among such prefixes, so that a few answers find the lengths at which the keys of a range
//! differ.
//!
//! Each cut sends a request at once, which may find nothing, and makes a range whose last page is partly wasted. So
//! both kinds have a price, the waste expected from the recent ones, and there is a budget: a part of the pages read.
//! If most slots are idle, something is always tried.

use super::Ranges;
use super::estimate::Estimate;
use super::part::{Origin, Part};

/// Ranges of at most this many pages are left whole while probes are under way that may find longer ones, …
const WORTH: f64 = 6.0;
/// … of at most this many otherwise, …
const LEAST: f64 = 3.0;
/// … and of at most this many if slots are idle.
const IDLE: f64 = 2.5;
/// Slots count as idle if less than one in this many is used.
const USED: usize = 2;
/// If slots are idle, one range in this many may be unread, whatever the budget.
const TRIED: usize = 2;
/// The depths probed at once.
const DEPTHS: usize = 8;
/// The unread ranges after the last key known to exist.
const BOLD: usize = 8;
/// The pages that may be wasted, …
const START: f64 = 24.0;
/// … plus this part of those answered, and of as many expected.
const SHARE: f64 = 0.1;
/// The part of its last page that a range is expected to waste.
const END: f64 = 0.25;
/// A cut may miss the middle by this part of what is left: a short marker is worth more than an exact one.
const SLACK: f64 = 0.15;

/// A place to cut.
#[derive(Debug)]
struct Cut {
    /// The index of the range.
    at: usize,
    mark: String,
    origin: Origin,
}

/// The part of an estimate that belongs to a range.
#[derive(Debug)]
struct Rest<'a> {
    estimate: Estimate<'a>,
    /// The entries before the range.
    before: f64,
}

impl Rest<'_> {
    fn entries(&self) -> f64 {
        (self.estimate.entries() - self.before).max(0.0)
    }
}

impl Ranges {
    /// Cuts a range in two if that is worth a request. Returns the index of the new one. All ranges have a request
    /// under way.
    pub(super) fn split(&mut self) -> Option<usize> {
        let mut longest: Vec<usize> = (0..self.parts.len()).collect();
        let pages = |at: &usize| self.parts.get(*at).map_or(0.0, |part| part.pages);
        longest.sort_by(|a, b| pages(b).total_cmp(&pages(a)));
        let cut = self.middle(&longest).or_else(|| self.depth(&longest))?;
        Some(self.cut(cut.at, cut.mark, cut.origin))
    }

    /// Returns whether a cut of the given price is worth it.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn affords(&self, price: f64) -> bool {
        let pages = self.pages as f64;
        let spent: f64 = self.wasted + self.parts.iter().map(|part| self.price(part)).sum::<f64>();
        let unread = self.parts.iter().filter(|part| !part.begun).count();
        price <= START + SHARE * (pages + self.left().min(pages)) - spent
            || self.is_idle() && unread * TRIED <= self.flying
    }

    fn left(&self) -> f64 {
        self.parts.iter().map(|part| part.pages).sum()
    }

    fn is_idle(&self) -> bool {
        self.flying * USED < self.slots
    }

    /// Returns the expected waste of a range.
    fn price(&self, part: &Part) -> f64 {
        match part.origin {
            _ if part.begun => END,
            Origin::Depth => self.depths.price(),
            Origin::Middle => self.middles.price(),
        }
    }

    /// Returns a cut in the middle of the longest range that is worth one.
    #[expect(clippy::cast_precision_loss, reason = "few slots")]
    fn middle(&self, longest: &[usize]) -> Option<Cut> {
        if !self.affords(self.middles.price()) {
            return None;
        }
        let least = match self.is_idle() {
            _ if self.probes() > 0 => WORTH,
            true => IDLE,
            false => LEAST,
        };
        // A range is not longer than the others if it ends when all would end with all slots in use.
        let worth = least.max(self.left() / self.slots as f64);
        let beyond = self.parts.iter().rev().take_while(|part| !part.begun).count();
        longest.iter().find_map(|&at| {
            let part = self.parts.get(at)?;
            let is_bold = at + beyond + 1 >= self.parts.len();
            if part.pages <= worth || is_bold && beyond >= BOLD || part.is_unsure() || self.is_probed(at) {
                return None;
            }
            let rest = self.rest(at)?;
            // The page under way is of the left half.
            let wanted = rest.entries() * (0.5 + 0.25 / part.pages);
            let mark = rest.estimate.mark(rest.before + wanted, rest.entries() * SLACK)?;
            part.holds(&mark).then_some(Cut { at, mark, origin: Origin::Middle })
        })
    }

    /// Returns a cut of the longest range of which it is unknown at some length whether keys follow.
    fn depth(&self, longest: &[usize]) -> Option<Cut> {
        // The names in the first page's folders may make probes needless.
        let early = self.folders.is_waiting() && self.pages <= 2;
        if early || self.probes() >= DEPTHS || !self.affords(self.depths.price()) {
            return None;
        }
        longest.iter().find_map(|&at| {
            let part = self.parts.get(at).filter(|part| !part.is_unsure() || !self.is_probed(at))?;
            Some(Cut { at, mark: part.depth(&self.line, &self.prefix)?, origin: Origin::Depth })
        })
    }

    /// Returns the number of depth probes under way.
    fn probes(&self) -> usize {
        self.parts.iter().filter(|part| part.is_probe()).count()
    }

    /// Returns whether a depth probe under way will tell more about a range.
    fn is_probed(&self, at: usize) -> bool {
        let is_probe = |at: usize| self.parts.get(at).is_some_and(Part::is_probe);
        is_probe(at) || is_probe(at + 1)
    }

    pub(super) fn cut(&mut self, at: usize, mark: String, origin: Origin) -> usize {
        let Some(part) = self.parts.get_mut(at) else { return at };
        let right = part.cut(self.next, mark, origin);
        self.next += 1;
        self.borders.open(&right.start);
        self.parts.insert(at + 1, right);
        self.estimate(at);
        self.estimate(at + 1);
        at + 1
    }

    /// Returns what is expected of the range at `at`; of an unread one, by what was read before it.
    fn rest(&self, at: usize) -> Option<Rest<'_>> {
        let part = self.parts.get(at)?;
        let near = self.parts.get(..=at)?.iter().rfind(|part| !part.read.is_empty())?;
        let estimate = Estimate::of(&part.evidence(near), &self.line, &self.prefix);
        let before = estimate.before(&part.at);
        Some(Rest { estimate, before })
    }

    /// Estimates the number of pages left of the range at `at`.
    pub(super) fn estimate(&mut self, at: usize) {
        let Some(rest) = self.rest(at).filter(|_| self.page > 0.0) else { return };
        let pages = rest.entries() / self.page;
        if let Some(part) = self.parts.get_mut(at) {
            part.pages = pages.max(part.late());
        }
    }
}
