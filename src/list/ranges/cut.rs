//! Decides where to cut next.
//!
//! There are two kinds of cuts. *Middle*: of a range with many estimated pages left, in the middle of them (`scale`).
//! *Depth*: just after all keys that share a prefix with the last one read, where nothing is known about the keys after
//! them: halfway among such prefixes, so that a few answers find the lengths at which the keys of a range differ.
//!
//! Each cut sends a request at once, which may find nothing, and makes a range whose last page is partly wasted. So
//! both kinds have a price, the waste expected from the recent ones, and there is a budget: a part of the pages read.
//! Near the end, or with few ranges left, small ranges are worth a cut, too; and if most slots are idle, something is
//! always tried.

use super::Ranges;
use super::part::{Origin, Part};

/// Ranges of at most this many pages are left whole while probes are under way that may find longer ones, …
const WORTH: f64 = 6.0;
/// … of at most this many otherwise, …
const LEAST: f64 = 3.0;
/// … and of at most this many if slots are idle.
const IDLE: f64 = 1.5;
/// Slots count as idle if less than one in this many is used.
const USED: usize = 2;
/// If slots are idle, one range in this many may be unread, whatever the budget.
const TRIED: usize = 2;
/// The depths probed at once.
const DEPTHS: usize = 8;
/// The unread ranges after the last key known to exist.
const BOLD: usize = 8;
/// The pages that may be wasted, …
const START: f64 = 16.0;
/// … plus this part of those answered, and of as many expected.
const SHARE: f64 = 0.1;
/// The part of its last page that a range is expected to waste.
const END: f64 = 0.25;

impl Ranges {
    /// Cuts a range in two if that is worth a request. Returns the index of the new one. All ranges have a request
    /// under way.
    pub(super) fn split(&mut self) -> Option<usize> {
        let room = self.room();
        let mut longest: Vec<usize> = (0..self.parts.len()).collect();
        let pages = |at: &usize| self.parts.get(*at).map_or(0.0, |part| part.pages);
        longest.sort_by(|a, b| pages(b).total_cmp(&pages(a)));
        let (at, mark, origin) = self.middle(&longest, room).or_else(|| self.depth(&longest, room))?;
        Some(self.cut(at, mark, origin))
    }

    /// Returns the pages that may still be wasted.
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn room(&self) -> f64 {
        let pages = self.pages as f64;
        let spent: f64 = self.wasted + self.parts.iter().map(|part| self.price(part)).sum::<f64>();
        let room = START + SHARE * (pages + self.left().min(pages)) - spent;
        let unread = self.parts.iter().filter(|part| !part.begun).count();
        if self.is_idle() && unread * TRIED <= self.flying { room.max(1.0) } else { room }
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
            Origin::Near => self.near.price(),
            Origin::Far => self.far.price(),
        }
    }

    /// Returns a cut in the middle of the longest range that is worth one.
    #[expect(clippy::cast_precision_loss, reason = "few slots")]
    fn middle(&self, longest: &[usize], room: f64) -> Option<(usize, String, Origin)> {
        let least = match self.is_idle() {
            _ if self.probes() > 0 => WORTH,
            true => IDLE,
            false => LEAST,
        };
        // A range is not longer than the others if it ends when all would end with all slots in use.
        let worth = least.max(self.left() / self.slots as f64);
        let bold = self.parts.iter().filter(|part| !part.begun && !part.bounded).count();
        longest.iter().find_map(|at| {
            let part = self.parts.get(*at)?;
            let fits = part.pages > worth && !part.unsure && (part.bounded || bold < BOLD);
            if !fits || room < self.near.price().min(self.far.price()) || self.is_probed(*at) {
                return None;
            }
            let share = 0.5 + 0.25 / part.pages;
            let mark = self.line.between(&self.prefix, &part.at, part.end.as_deref(), share)?;
            let near = part.is_near(&mark, &self.line);
            let (origin, luck) = if near { (Origin::Near, &self.near) } else { (Origin::Far, &self.far) };
            (luck.price() <= room).then_some((*at, mark, origin))
        })
    }

    /// Returns a cut of the longest range of which it is unknown at some length whether keys follow.
    fn depth(&self, longest: &[usize], room: f64) -> Option<(usize, String, Origin)> {
        // The names in the first page's folders may make probes needless.
        let early = self.folders.is_waiting() && self.pages <= 2;
        if early || self.depths.price() > room || self.probes() >= DEPTHS {
            return None;
        }
        longest.iter().find_map(|at| {
            let part = self.parts.get(*at).filter(|part| !part.unsure || !self.is_probed(*at))?;
            Some((*at, part.depth(&self.line, &self.prefix)?, Origin::Depth))
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
        let mut right = part.cut(self.next, mark, origin);
        self.next += 1;
        self.borders.open(&right.start);
        part.estimate(&self.line, &self.prefix, self.page);
        right.estimate(&self.line, &self.prefix, self.page);
        self.parts.insert(at + 1, right);
        at + 1
    }
}
