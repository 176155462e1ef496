//! One range under way: where it stands, and what is believed of the rest of it.

use std::sync::Arc;

use super::alphabet::{Alphabet, Place, common};
use super::page::{Last, Marker};
use super::scale;

/// Keys read one after another, and how many entries they had: the density that is believed in.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) from: Arc<str>,
    pub(super) to: Arc<str>,
    pub(super) entries: f64,
}

impl Window {
    /// Whether the densities of two windows, the second one later, are within a factor of each other.
    pub(super) fn is_like(&self, other: &Self, alphabet: &Alphabet, factor: f64) -> bool {
        let base = common((&self.from).min(&other.from), (&self.to).max(&other.to));
        let own = scale::measure(alphabet, base, &self.from, Some(&self.to)) / self.entries;
        let others = scale::measure(alphabet, base, &other.from, Some(&other.to)) / other.entries;
        own > 0.0 && others > 0.0 && own < others * factor && others < own * factor
    }
}

/// The keys in `(start, end]`, of which those up to `at` are read.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) id: u64,
    pub(super) start: Arc<str>,
    pub(super) end: Option<Arc<str>>,
    /// The next request's marker.
    pub(super) after: Option<Marker>,
    /// Every key before this one is read, or outside.
    pub(super) at: Arc<str>,
    pub(super) last: Option<Last>,
    /// A request is under way.
    pub(super) flying: bool,
    /// A page of it was answered.
    pub(super) begun: bool,
    pub(super) window: Option<Window>,
    /// The window is this range's own, not the one it was cut from.
    pub(super) own: bool,
    /// How many characters the keys of the last page have in common, as bytes of `at`.
    pub(super) scale: usize,
    /// Estimated pages to come.
    pub(super) pages: f64,
    /// How many more cuts may be made here before an answer tells whether they were good.
    pub(super) credit: u32,
    /// Pages to be read before the next cut is tried.
    pub(super) hold: u32,
    /// Cuts in a row that found nothing.
    pub(super) misses: u32,
    /// Pages it had beyond the estimate.
    pub(super) overdue: u32,
    /// Cuts to be made next, the first one last.
    pub(super) marks: Vec<String>,
    /// Cut at characters not met before at their places.
    pub(super) bold: bool,
    /// Cut by a guess at the middle, not by a probe of depths.
    pub(super) guessed: bool,
    /// The next cut is to be a probe of depths: the last guess found nothing.
    pub(super) gallop: bool,
    /// Keys are known to come soon after the end.
    pub(super) closed: bool,
}

impl Part {
    /// Estimates the pages to come.
    pub(super) fn estimate(&mut self, alphabet: &Alphabet, prefix: &str, page: f64) {
        let Some(window) = &self.window else { return };
        let end = self.end.as_deref();
        let low: &str = if *window.from < *self.at { &window.from } else { &self.at };
        let base = match end {
            Some(end) => common(low, if *window.to < *end { end } else { &window.to }),
            None => prefix.len(),
        };
        let seen = scale::measure(alphabet, base, &window.from, Some(&window.to));
        let rest = scale::measure(alphabet, base, &self.at, end);
        if seen > 0.0 {
            self.pages = (window.entries * rest / seen / page).min(1e12);
        }
    }

    /// Cuts just after each of the prefixes of the last key read, from where the range's ends differ down to where the
    /// keys of the last page do: together they tell on which scale the range is filled.
    pub(super) fn probe_depths(&mut self, alphabet: &Alphabet, prefix: &str, most: usize) {
        let base = self.end.as_deref().map_or(prefix.len(), |end| common(&self.at, end));
        let tail = self.at.get(base..).unwrap_or_default();
        let mut marks: Vec<String> = Vec::new();
        let mut place = Place::after(self.at.get(..base).unwrap_or_default());
        // Inside a component between the first and the last, its end tells as much as each of its characters.
        let first = tail.find('/').unwrap_or(tail.len());
        let depth = self.scale.saturating_sub(base).min(tail.len());
        let last = tail.get(..depth).and_then(|tail| tail.rfind('/')).unwrap_or(0);
        for (offset, character) in tail.char_indices().take_while(|(o, _)| base + o <= self.scale) {
            let here = place;
            place = here.step(character);
            if offset > first && offset < last && character != '/' {
                continue;
            }
            if self.overdue == 0 && alphabet.is_last(here, character) {
                continue;
            }
            let Some(next) = successor(character) else { continue };
            let mut mark = self.at.get(..base + offset).unwrap_or_default().to_owned();
            mark.push(next);
            if self.end.as_deref().is_none_or(|end| mark.as_str() < end) {
                marks.push(mark);
            }
        }
        let len = marks.len();
        if len > most {
            // Evenly thinned, the innermost kept.
            let mut nth = 0;
            marks.retain(|_| {
                nth += 1;
                (nth * most) / len > ((nth - 1) * most) / len
            });
        }
        marks.reverse();
        self.marks = marks;
    }
}

/// The next character a marker may end with: no control character, surrogate or noncharacter.
pub(super) fn successor(character: char) -> Option<char> {
    let code = u32::from(character) + 1;
    (code..code + 0x900).filter_map(char::from_u32).find(|c| is_plain(*c))
}

fn is_plain(character: char) -> bool {
    let code = u32::from(character);
    !character.is_control() && !(0xFDD0..=0xFDEF).contains(&code) && code & 0xFFFE != 0xFFFE
}
