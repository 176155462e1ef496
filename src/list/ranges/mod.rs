//! The planner of a parallel listing.

mod alphabet;
mod page;
mod part;
mod scale;
mod split;

use std::ops::Range;
use std::sync::Arc;

use alphabet::{Alphabet, common};
use page::{Last, belonging};
pub use page::{Marker, Page};
use part::{Part, Window};

/// Names a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RangeId(u64);

impl RangeId {
    /// A number.
    pub fn order(self) -> u64 {
        self.0
    }
}

/// A request worth sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The range it is for.
    pub range: RangeId,
    /// Its order key.
    pub start: Arc<str>,
    /// Its marker.
    pub after: Option<Marker>,
}

/// What an answered page means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The entries of the page that belong to the range.
    pub take: Range<usize>,
    /// No request will follow for this range.
    pub ended: bool,
    /// The server did not move on.
    pub stuck: bool,
}

/// How far the listing is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Ranges under way.
    pub ranges: usize,
    /// Estimated entries to come.
    pub remaining: Option<u64>,
}

/// A page whose density differs by more than this factor from what was read before begins a new window.
const STEADY: f64 = 4.0;
/// Samples learned of a page.
const SAMPLES: usize = 16;

/// The planner.
#[derive(Debug)]
pub struct Ranges {
    prefix: String,
    /// In key order.
    parts: Vec<Part>,
    alphabet: Alphabet,
    slots: usize,
    flying: usize,
    next: u64,
    /// Entries of a full page.
    page: f64,
    pages: u64,
    /// Bold cuts that found keys, and that did not.
    found: u32,
    missed: u32,
}

impl Ranges {
    /// Plans the listing of the keys that start with `prefix` and lie in `(after, upto]`.
    pub fn new(prefix: Option<&str>, after: Option<&str>, upto: Option<&str>, slots: usize) -> Self {
        let prefix = prefix.unwrap_or_default();
        let start = after.unwrap_or_default();
        let part = Part {
            id: 0,
            start: start.into(),
            end: upto.map(Into::into),
            after: after.map(|key| Marker { key: key.to_owned(), version: None }),
            at: start.max(prefix).into(),
            last: None,
            flying: false,
            begun: false,
            window: None,
            own: false,
            scale: 0,
            pages: 1.0,
            credit: 0,
            hold: 0,
            misses: 0,
            overdue: 0,
            marks: Vec::new(),
            bold: false,
            guessed: false,
            gallop: false,
            closed: false,
        };
        Self {
            prefix: prefix.to_owned(),
            parts: vec![part],
            alphabet: Alphabet::default(),
            slots: slots.max(1),
            flying: 0,
            next: 1,
            page: 0.0,
            pages: 0,
            found: 0,
            missed: 0,
        }
    }

    /// The next request worth sending now.
    pub fn ask(&mut self) -> Option<Ask> {
        if self.flying >= self.slots {
            return None;
        }
        let ready = self
            .parts
            .iter()
            .enumerate()
            .filter(|(_, part)| !part.flying)
            .max_by(|a, b| a.1.pages.total_cmp(&b.1.pages))
            .map(|(at, _)| at);
        let at = match ready {
            Some(at) => at,
            None => self.split()?,
        };
        let part = self.parts.get_mut(at)?;
        part.flying = true;
        self.flying += 1;
        Some(Ask { range: RangeId(part.id), start: Arc::clone(&part.start), after: part.after.clone() })
    }

    /// Takes in the answer to a request.
    pub fn answer(&mut self, range: RangeId, page: &dyn Page) -> Answer {
        let Some(at) = self.parts.iter().position(|part| part.id == range.0 && part.flying) else {
            return Answer { take: 0..0, ended: true, stuck: false };
        };
        self.learn(at, page);
        let next = page.next();
        let Some(part) = self.parts.get_mut(at) else {
            return Answer { take: 0..0, ended: true, stuck: false };
        };
        part.flying = false;
        self.flying -= 1;
        let take = belonging(page, &part.start, part.end.as_deref(), part.last.as_ref());
        let ended = is_over(part, page, &take, next.as_ref());
        let stuck = !ended && !advance(part, page, &take, next);
        self.judge(at, page, &take, ended);
        if ended {
            self.parts.remove(at);
        }
        Answer { take, ended, stuck }
    }

    /// Sets how many requests may be under way.
    pub fn set_slots(&mut self, slots: usize) {
        self.slots = slots.max(1);
    }

    /// Whether all is listed.
    pub fn is_done(&self) -> bool {
        self.parts.is_empty()
    }

    /// How far the listing is.
    pub fn progress(&self) -> Progress {
        let known = self.parts.iter().all(|part| part.own);
        let pages: f64 = self.parts.iter().map(|part| part.pages).sum();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped, not negative")]
        let remaining = known.then_some((pages * self.page) as u64);
        Progress { ranges: self.parts.len(), remaining }
    }

    fn learn(&mut self, at: usize, page: &dyn Page) {
        self.pages += 1;
        let len = page.len();
        if len == 0 {
            return;
        }
        #[expect(clippy::cast_precision_loss, reason = "a page is small")]
        let entries = len as f64;
        self.page = self.page.max(entries);
        let samples = if self.pages < 500 { SAMPLES } else { 4 };
        let step = (len / samples).max(1);
        let Some(part) = self.parts.get(at) else { return };
        let mut before = part.at.as_ref().to_owned();
        let mut first = !part.begun;
        for at in (0..len).step_by(step).chain([len - 1]) {
            let key = page.key(at);
            self.alphabet.learn(&before, &key, first);
            first = false;
            before.clear();
            before.push_str(&key);
        }
        self.alphabet.settle();
    }
}

/// Whether nothing of the range is left behind this page.
fn is_over(part: &Part, page: &dyn Page, take: &Range<usize>, next: Option<&Marker>) -> bool {
    let Some(next) = next else { return true };
    if take.end < page.len() {
        return true;
    }
    part.end
        .as_deref()
        .is_some_and(|end| next.key.as_str() > end || (next.key == end && next.version.is_none()))
}

/// Moves the range behind the page; false where the server did not move.
fn advance(part: &mut Part, page: &dyn Page, take: &Range<usize>, next: Option<Marker>) -> bool {
    if !take.is_empty() {
        let at = take.end - 1;
        part.last = Some(Last { key: page.key(at).into_owned(), version: page.version(at).into_owned() });
    }
    let own =
        part.last.as_ref().map(|last| Marker { key: last.key.clone(), version: Some(last.version.clone()) });
    let marker = match (next, own) {
        (Some(next), Some(own)) if next.key < own.key => Some(own),
        (next, own) => next.or(own),
    };
    let moved = !take.is_empty() || marker != part.after;
    if let Some(marker) = &marker
        && *marker.key > *part.at
    {
        part.at = marker.key.as_str().into();
    }
    part.after = marker;
    moved
}

/// Takes the page into the density believed in; where it is of quite another density than what was read before, only
/// the page counts from now on. True then.
#[expect(clippy::cast_precision_loss, reason = "a page is small")]
fn widen(alphabet: &Alphabet, part: &mut Part, page: &dyn Page, take: &Range<usize>) -> bool {
    if take.is_empty() {
        return false;
    }
    let (first, last) = (page.key(take.start), page.key(take.end - 1));
    part.scale = common(&first, &last);
    let new = Window { from: first.as_ref().into(), to: last.as_ref().into(), entries: take.len() as f64 };
    let own = std::mem::replace(&mut part.own, true);
    match &mut part.window {
        Some(window) if own && window.is_like(&new, alphabet, STEADY) => {
            window.to = new.to;
            window.entries += new.entries;
            false
        }
        window => {
            *window = Some(new);
            own
        }
    }
}
