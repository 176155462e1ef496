//! An open range: its position, and the estimates for the rest of it.

use std::sync::Arc;

use super::alphabet::{Place, common};
use super::digits::Line;
use super::estimate::{Behind, Evidence};
use super::odometer::Odometer;
use super::page::{Last, Marker};

/// The way in which a range was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The whole, or cut just after a prefix of a key.
    Depth,
    /// Cut in the middle of what was left of another.
    Middle,
}

/// The keys in `(start, end]`, read up to `at`.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: u64,
    pub(super) start: Arc<str>,
    pub(super) end: Option<Arc<str>>,
    /// The first key after the end.
    pub(super) behind: Behind,
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
    /// The entries read.
    pub(super) read: Odometer,
    /// The length of the common prefix of the last page's keys, in bytes of `at`.
    pub(super) shared: usize,
    /// The estimated number of pages left.
    pub(super) pages: f64,
    /// The number of pages read, and that after which it was expected to end.
    pub(super) answered: f64,
    pub(super) due: f64,
}

impl Part {
    /// Creates a range of which nothing is known, to be read from its start.
    pub(super) fn new(id: u64, start: Arc<str>, end: Option<Arc<str>>) -> Self {
        let after = (!start.is_empty()).then(|| Marker { key: start.as_ref().to_owned(), version: None });
        Self {
            id,
            end,
            behind: Behind::Unknown,
            origin: Origin::Depth,
            after,
            at: Arc::clone(&start),
            start,
            last: None,
            flying: false,
            begun: false,
            shown: false,
            read: Odometer::default(),
            shared: 0,
            pages: 1.0,
            answered: 0.0,
            due: 0.0,
        }
    }

    /// Cuts off the keys after `mark` as a range of its own.
    pub(super) fn cut(&mut self, id: u64, mark: String, origin: Origin) -> Self {
        let mark: Arc<str> = mark.into();
        let mut right = Self::new(id, Arc::clone(&mark), self.end.replace(mark));
        right.origin = origin;
        right.shared = self.shared;
        right.behind = std::mem::replace(&mut self.behind, Behind::Unknown);
        right
    }

    /// Returns whether a key lies strictly within the unread part.
    pub(super) fn holds(&self, key: &str) -> bool {
        *self.at < *key && self.end.as_deref().is_none_or(|end| key < end)
    }

    /// Returns what is known of it, if nothing else was read since `near`, which is itself or one before it.
    pub(super) fn evidence<'a>(&'a self, near: &'a Self) -> Evidence<'a> {
        Evidence { read: &near.read, start: &near.start, end: self.end.as_deref(), behind: &self.behind }
    }

    /// Returns the number of pages that came after the estimated end.
    pub(super) fn late(&self) -> f64 {
        self.answered - self.due
    }

    /// Returns whether it goes on after its estimated end, where no keys were expected.
    pub(super) fn is_unsure(&self) -> bool {
        self.begun && self.late() > 1.0 && self.pages <= self.late()
    }

    /// Returns whether it was cut at a depth, and the answer is not known yet.
    pub(super) fn is_probe(&self) -> bool {
        !self.begun && self.origin == Origin::Depth
    }

    /// Returns a cut after all keys that share a prefix with the last key read, halfway among the lengths for which it
    /// is unknown whether keys follow.
    pub(super) fn depth(&self, line: &Line, prefix: &str) -> Option<String> {
        let base = self.end.as_deref().map_or(prefix.len(), |end| common(&self.at, end));
        let (head, tail) = self.at.split_at_checked(base)?;
        // The last character of a start that is not a key is made up.
        let deep = if self.begun {
            self.shared.saturating_sub(base)
        } else {
            tail.char_indices().next_back()?.0.checked_sub(1)?
        };
        let unsure = self.is_unsure();
        let mut place = Place::after(head);
        let mut folder = head.rfind('/').map_or(0, |at| at + 1);
        let mut named = line.named(&self.at, folder).is_some();
        let mut open = Vec::new();
        for (offset, character) in tail.char_indices().take_while(|(offset, _)| *offset <= deep) {
            let here = place;
            place = here.step(character);
            // The names in a listed folder are known. Whatever is thought to be known, an unsure range goes on.
            if unsure || line.alphabet.is_open(here, character) && !named {
                open.push((offset, character));
            }
            if character == '/' {
                folder = base + offset + 1;
                named = line.named(&self.at, folder).is_some();
            }
        }
        let marks =
            open.iter().filter_map(|(offset, character)| mark(head, tail.get(..*offset)?, *character));
        let mut marks: Vec<_> = marks.filter(|mark| self.holds(mark)).collect();
        let middle = marks.len() / 2;
        (!marks.is_empty()).then(|| marks.swap_remove(middle))
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
