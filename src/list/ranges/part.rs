//! An open range: its position, and the estimates for the rest of it.

use std::sync::Arc;

use super::alphabet::{Alphabet, Place, common};
use super::page::{Last, Marker};
use super::scale::Line;

/// A folder read for some pages is expected to have at least this share of them left: folders have no typical size.
const LASTING: f64 = 0.5;

/// A stretch of keys read in succession, with its number of entries: a density.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) from: Arc<str>,
    pub(super) to: Arc<str>,
    pub(super) entries: f64,
}

impl Window {
    /// Returns whether two densities are within a factor of each other; `other` is further right or overlaps.
    pub(super) fn is_like(&self, other: &Self, alphabet: &Alphabet, factor: f64) -> bool {
        let line = Line::even(alphabet);
        let base = common((&self.from).min(&other.from), (&self.to).max(&other.to));
        let own = line.stretch(base, &self.from, &self.to) / self.entries;
        let others = line.stretch(base, &other.from, &other.to) / other.entries;
        own > 0.0 && others > 0.0 && own < others * factor && others < own * factor
    }
}

/// The way in which a range was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The whole, or cut just after a prefix of a key.
    Depth,
    /// Cut where it was unknown whether keys follow.
    Explore,
    /// Cut near the middle.
    Middle,
    /// Cut near the middle at characters not seen there before.
    Bold,
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
    /// The density was measured here, not in the range this one was cut from.
    pub(super) own: bool,
    /// The length of the common prefix of the last page's keys, in bytes of `at`.
    pub(super) scale: usize,
    /// The lengths of the last samples' common prefixes with their predecessors.
    pub(super) same: [usize; 3],
    /// The length of the last page's folder, in bytes of the window's end.
    pub(super) folder: usize,
    /// The number of its pages so far, including those before the range.
    pub(super) run: f64,
    /// The estimated number of pages left.
    pub(super) pages: f64,
    /// The number of pages that came after the estimated end.
    pub(super) overdue: u32,
    /// Keys were found after the end.
    pub(super) bounded: bool,
    /// The number of cuts allowed before an answer shows whether they were good.
    pub(super) credit: u32,
    /// The number of consecutive cuts that found nothing.
    pub(super) misses: u32,
    /// The number of pages to read before the next cut.
    pub(super) hold: u32,
    /// The last middle cut found nothing: probe depths before the next one.
    pub(super) gallop: bool,
    /// The next cuts, in reverse order.
    pub(super) marks: Vec<String>,
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
            own: false,
            scale: 0,
            same: [0; 3],
            folder: 0,
            run: 0.0,
            pages: 1.0,
            overdue: 0,
            bounded: false,
            credit: 0,
            misses: 0,
            hold: 0,
            gallop: false,
            marks: Vec::new(),
        }
    }

    /// Cuts off the keys after `mark` as a range of its own; both keep the estimates of the whole.
    pub(super) fn cut(&mut self, id: u64, mark: String, origin: Origin) -> Self {
        let mark: Arc<str> = mark.into();
        let mut right = Self::new(id, Arc::clone(&mark), self.end.replace(mark));
        right.origin = origin;
        right.scale = self.scale;
        right.folder = self.folder;
        right.window.clone_from(&self.window);
        right.bounded = std::mem::replace(&mut self.bounded, false);
        right.credit = self.credit / 2;
        self.credit -= right.credit;
        right
    }

    /// Returns whether a key lies strictly within the unread part.
    pub(super) fn holds(&self, key: &str) -> bool {
        *self.at < *key && self.end.as_deref().is_none_or(|end| key < end)
    }

    /// Returns whether there may be keys near its start. Until a page shows some, a start that ends in a made-up
    /// character has none.
    pub(super) fn is_sound(&self, alphabet: &Alphabet) -> bool {
        let mut head = self.start.chars();
        self.begun
            || head.next_back().is_none_or(|last| {
                let expected = alphabet.next(Place::after(head.as_str())).chars;
                expected.binary_search(&last).is_ok()
            })
    }

    /// Returns the length of the common prefix of all unread keys, in bytes of `at`.
    pub(super) fn base(&self, prefix: &str) -> usize {
        self.end.as_deref().map_or(prefix.len(), |end| common(&self.at, end))
    }

    /// Estimates the number of pages left.
    pub(super) fn estimate(&mut self, alphabet: &Alphabet, prefix: &str, page: f64) {
        let Some(likely) = self.expect(Line::likely(alphabet), prefix, page) else { return };
        let lasting = self.lasting();
        self.pages = likely;
        if likely < lasting {
            let most = self.expect(Line::even(alphabet), prefix, page).unwrap_or(0.0);
            self.pages = likely.max(lasting.min(most));
        }
        self.pages = self.pages.min(1e12);
    }

    /// Returns the number of pages left in the last page's folder, judging by its pages so far.
    pub(super) fn lasting(&self) -> f64 {
        self.run * LASTING
    }

    fn expect(&self, line: Line<'_>, prefix: &str, page: f64) -> Option<f64> {
        let window = self.window.as_ref()?;
        let end = self.end.as_deref();
        let low = (&window.from).min(&self.at);
        let base = end.map_or(prefix.len(), |end| common(low, end.max(&window.to)));
        let seen = line.stretch(base, &window.from, &window.to);
        let rest = line.measure(base, &self.at, end);
        (seen > 0.0 && page > 0.0).then(|| window.entries * rest / seen / page)
    }

    /// Records the folder that contains all keys of a page, of which `first` is one.
    pub(super) fn stay(&mut self, first: &str) {
        let folder = first.get(..self.scale).and_then(|same| same.rfind('/')).map_or(0, |at| at + 1);
        let before = self.window.as_ref().and_then(|window| window.to.get(..self.folder));
        self.run = if before == first.get(..folder) { self.run + 1.0 } else { 1.0 };
        self.folder = folder;
    }

    /// Returns a cut after the shortest prefix of the last key for which it is unknown whether keys follow.
    pub(super) fn explore(&self, alphabet: &mut Alphabet, prefix: &str) -> Option<String> {
        let base = self.base(prefix);
        let (head, tail) = self.at.split_at_checked(base)?;
        // The last character of a start that is not a key is made up.
        let last = if self.begun { tail.len() } else { tail.char_indices().next_back()?.0 };
        let mut place = Place::after(head);
        let deep = self.scale.saturating_sub(base);
        for (offset, character) in tail.get(..last)?.char_indices().take_while(|(offset, _)| *offset <= deep)
        {
            if alphabet.explore(place, character) {
                let mark = mark(head, tail.get(..offset)?, character);
                if let Some(mark) = mark.filter(|mark| self.holds(mark)) {
                    return Some(mark);
                }
            }
            place = place.step(character);
        }
        None
    }

    /// Plans cuts just after prefixes of the last key read, from the length at which the range's ends differ to that
    /// at which the keys of the last page do: together they show the scale on which the range is filled. At most
    /// `most` cuts.
    pub(super) fn probe_depths(&mut self, alphabet: &Alphabet, prefix: &str, most: usize) {
        let base = self.base(prefix);
        let (head, tail) = self.at.split_at_checked(base).unwrap_or_default();
        let deep = self.scale.saturating_sub(base);
        // For a component between the first and the last, its end tells as much as each of its characters.
        let first = tail.find('/').unwrap_or(tail.len());
        let last = tail.get(..deep).and_then(|tail| tail.rfind('/')).unwrap_or(0);
        let mut place = Place::after(head);
        let mut marks: Vec<String> = Vec::new();
        for (offset, character) in tail.char_indices().take_while(|(offset, _)| *offset <= deep) {
            let here = place;
            place = here.step(character);
            let inside = offset > first && offset < last && character != '/';
            if inside || alphabet.is_last(here, character) {
                continue;
            }
            let mark = mark(head, tail.get(..offset).unwrap_or_default(), character);
            marks.extend(mark.filter(|mark| self.holds(mark)));
        }
        // Keep the inner half, and thin out the outer half evenly.
        let (mut nth, outer, few) = (0, marks.len().saturating_sub(most / 2), most - most / 2);
        if outer > few {
            marks.retain(|_| {
                nth += 1;
                nth > outer || nth * few / outer > (nth - 1) * few / outer
            });
        }
        marks.reverse();
        self.marks = marks;
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
