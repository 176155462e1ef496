//! An open range: its position, and the estimates for the rest of it.

use std::sync::Arc;

use super::alphabet::{Place, common};
use super::page::{Last, Marker};
use super::scale::{Line, folder};

/// Larger estimates are not distinguished.
const MOST: f64 = 1e12;
/// Depths are worth a probe if at least this share of the range is expected in the folder of its last key.
const MOSTLY: f64 = 0.5;

/// A stretch of keys read in succession, with its number of entries: a density.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) from: Arc<str>,
    pub(super) to: Arc<str>,
    pub(super) entries: f64,
}

impl Window {
    /// Returns whether two densities are within a factor of each other; `other` is further right or overlaps.
    pub(super) fn is_like(&self, other: &Self, line: &Line, prefix: &str, factor: f64) -> bool {
        let (low, high) = ((&self.from).min(&other.from), (&self.to).max(&other.to));
        let base = folder(prefix, low, Some(high));
        let own = line.measure(base, prefix, &self.from, Some(&self.to)) / self.entries;
        let others = line.measure(base, prefix, &other.from, Some(&other.to)) / other.entries;
        own > 0.0 && others > 0.0 && own < others * factor && others < own * factor
    }
}

/// The way in which a range was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The whole, or cut just after a prefix of a key.
    Depth,
    /// Cut near the middle, in a folder that was listed or read.
    Near,
    /// Cut near the middle, in another folder.
    Far,
}

/// The keys in `(start, end]`, read up to `at`.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts, not one state")]
pub(super) struct Part {
    pub(super) id: u64,
    pub(super) start: Arc<str>,
    pub(super) end: Option<Arc<str>>,
    pub(super) origin: Origin,
    /// The next request's marker.
    pub(super) after: Option<Marker>,
    /// All keys before this one have been read.
    pub(super) at: Arc<str>,
    pub(super) last: Option<Last>,
    /// A request is under way.
    pub(super) flying: bool,
    /// A page was answered.
    pub(super) begun: bool,
    /// The first key after its start was recorded.
    pub(super) shown: bool,
    /// The assumed density.
    pub(super) window: Option<Window>,
    /// The density of the next range to the right that was read, until it has one of its own.
    pub(super) other: Option<Window>,
    /// The density was measured here, not in the range this one was cut from.
    pub(super) own: bool,
    /// The length of the common prefix of the last page's keys, in bytes of `at`.
    pub(super) scale: usize,
    /// The estimated number of pages left.
    pub(super) pages: f64,
    /// The number of pages read, and that after which it was expected to end.
    pub(super) read: f64,
    pub(super) due: f64,
    /// Keys were found after the end.
    pub(super) bounded: bool,
    /// The estimate is doubtful: probe depths before cutting in the middle.
    pub(super) unsure: bool,
}

impl Part {
    /// Creates a range of which nothing is known, to be read from its start.
    pub(super) fn new(id: u64, start: Arc<str>, end: Option<Arc<str>>) -> Self {
        let after = (!start.is_empty()).then(|| Marker { key: start.as_ref().to_owned(), version: None });
        Self {
            id,
            end,
            origin: Origin::Depth,
            after,
            at: Arc::clone(&start),
            start,
            last: None,
            flying: false,
            begun: false,
            shown: false,
            window: None,
            other: None,
            own: false,
            scale: 0,
            pages: 1.0,
            read: 0.0,
            due: 0.0,
            bounded: false,
            unsure: false,
        }
    }

    /// Cuts off the keys after `mark` as a range of its own; both keep the estimates of the whole.
    pub(super) fn cut(&mut self, id: u64, mark: String, origin: Origin) -> Self {
        let mark: Arc<str> = mark.into();
        let mut right = Self::new(id, Arc::clone(&mark), self.end.replace(mark));
        right.origin = origin;
        right.unsure = self.unsure && origin == Origin::Depth;
        right.scale = self.scale;
        right.window.clone_from(&self.window);
        right.other.clone_from(&self.other);
        right.bounded = self.bounded;
        right
    }

    /// Returns whether a key lies strictly within the unread part.
    pub(super) fn holds(&self, key: &str) -> bool {
        *self.at < *key && self.end.as_deref().is_none_or(|end| key < end)
    }

    /// Returns the length of the common prefix of all unread keys, in bytes of `at`.
    pub(super) fn base(&self, prefix: &str) -> usize {
        self.end.as_deref().map_or(prefix.len(), |end| common(&self.at, end))
    }

    /// Estimates the number of pages left: by its own pages or else, as neighbors need not be alike, by those of the
    /// neighbor that promises less.
    pub(super) fn estimate(&mut self, line: &Line, prefix: &str, page: f64) {
        let left = self.window.as_ref().and_then(|window| self.expect(window, line, prefix, page));
        let right = self
            .other
            .as_ref()
            .filter(|_| !self.own)
            .and_then(|window| self.expect(window, line, prefix, page));
        let model = match (left, right) {
            (Some(left), Some(right)) => left.min(right),
            (left, right) => left.or(right).unwrap_or(0.0),
        };
        self.pages = model.max(self.late()).min(MOST);
    }

    fn expect(&self, window: &Window, line: &Line, prefix: &str, page: f64) -> Option<f64> {
        let low = (&window.from).min(&self.at);
        let high = self.end.as_ref().map(|end| end.max(&window.to).as_ref());
        let base = folder(prefix, low, high);
        let seen = line.measure(base, prefix, &window.from, Some(&window.to));
        let rest = line.measure(base, prefix, &self.at, self.end.as_deref());
        (seen > 0.0 && page > 0.0).then(|| window.entries * rest / seen / page)
    }

    /// Returns the number of pages that came after the estimated end.
    pub(super) fn late(&self) -> f64 {
        self.read - self.due
    }

    /// Returns whether it was cut at a depth, and the answer is not known yet.
    pub(super) fn is_probe(&self) -> bool {
        !self.begun && self.origin == Origin::Depth
    }

    /// Returns whether a cut is in a folder that was listed, or in which the density was measured.
    pub(super) fn is_near(&self, mark: &str, line: &Line) -> bool {
        let parent = mark.trim_end_matches('/').rfind('/').and_then(|at| mark.get(..=at)).unwrap_or_default();
        line.names.is_known(parent)
            || self.window.as_ref().is_some_and(|window| window.from.starts_with(parent))
    }

    /// Returns a cut after all keys that share a prefix with the last key read, halfway among the lengths for which it
    /// is unknown whether keys follow.
    pub(super) fn depth(&self, line: &Line, prefix: &str) -> Option<String> {
        let base = self.base(prefix);
        let (head, tail) = self.at.split_at_checked(base)?;
        let unsure = self.unsure && self.begun;
        // The last character of a start that is not a key is made up.
        let deep = if self.begun {
            self.scale.saturating_sub(base)
        } else {
            tail.char_indices().next_back()?.0.checked_sub(1)?
        };
        if self.begun && !unsure && line.inside(prefix, &self.at, self.end.as_deref()) < MOSTLY {
            return None;
        }
        let mut place = Place::after(head);
        let mut folder = head.rfind('/').map_or(0, |at| at + 1);
        let (mut ends, mut others) = (Vec::new(), Vec::new());
        for (offset, character) in tail.char_indices().take_while(|(offset, _)| *offset <= deep) {
            let here = place;
            place = here.step(character);
            // The names in a listed folder are known. Whatever is thought to be known, an unsure range goes on.
            let open = unsure
                || line.alphabet.is_open(here, character) && line.names.of(self.at.get(..folder)?).is_empty();
            // The rest, behind the point where the range's ends differ, is known.
            let inside = offset > 0 || !self.bounded || self.end.is_none();
            if character == '/' {
                folder = base + offset + 1;
            }
            let mark =
                mark(head, tail.get(..offset)?, character).filter(|mark| open && inside && self.holds(mark));
            if character == '/' { ends.extend(mark) } else { others.extend(mark) }
        }
        if !unsure || ends.is_empty() {
            // The ends of folders tell more than what is within their names.
            ends.append(&mut others);
            ends.sort_unstable_by(|a, b| b.cmp(a));
        }
        let middle = ends.len() / 2;
        (!ends.is_empty()).then(|| ends.swap_remove(middle))
    }
}

/// Returns a cut after all keys that start with `head`, `tail` and `character`.
fn mark(head: &str, tail: &str, character: char) -> Option<String> {
    Some(format!("{head}{tail}{}", successor(character)?))
}

/// Returns the next character with which a marker may end: not a control character, surrogate or noncharacter, which
/// some servers and proxies refuse.
fn successor(character: char) -> Option<char> {
    let code = u32::from(character) + 1;
    (code..code + 0x900).filter_map(char::from_u32).find(|next| {
        let code = u32::from(*next);
        !next.is_control() && !(0xFDD0..=0xFDEF).contains(&code) && code & 0xFFFE != 0xFFFE
    })
}
