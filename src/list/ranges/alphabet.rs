//! Learns from samples which characters occur where in the keys.
//!
//! A *place* is a path component, a segment between punctuation in it, and an offset in that: in `tenant-7/2024/a` the
//! `7` is at (0, 1, 0) and the `4` at (1, 0, 3), however long the tenant's name is. A place at which only one character
//! was seen is expected to have no other. At others, all characters are expected that occur at such places of the
//! segment, until the place was seen to its end and begun anew so often that its own characters must be all.
//!
//! At some places the character follows from what precedes them, like a date in the names of files in a folder for that
//! date. There a character was often seen to be the last one, and seldom another to follow. Where a cut found no keys
//! from some character on, as from 2 on at the first digit of a month, none are expected in other folders until one is
//! seen.
//!
//! None of this is a promise about the keys: it decides where ranges are cut, never which entries are read. Memory is
//! bounded by `ROOM` characters; anything beyond is not learned.

use std::collections::HashMap;

use foldhash::fast::RandomState;

/// Components, segments of a component and offsets in a segment beyond these are not distinguished.
const DEPTHS: usize = 16;
const SEGMENTS: usize = 24;
const OFFSETS: usize = 64;
/// Maximum number of characters in all sets together.
const ROOM: usize = 1 << 16;
/// Characters learned beyond the first in which a key differs from the one before it.
const BEYOND: usize = 24;
/// A set is whole if it was met this many times its size, …
const OFTEN: u32 = 3;
/// … and seen to its end this many times.
const ENDED: u32 = 3;

/// The position of a character in a key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Place {
    part: Segment,
    offset: usize,
}

/// A stretch of letters and digits: its component, and its number in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Segment {
    depth: usize,
    nth: usize,
}

impl Place {
    /// Returns the place after `character`.
    pub(super) fn step(self, character: char) -> Self {
        let Self { part: Segment { depth, nth }, offset } = self;
        match character {
            '/' => Self { part: Segment { depth: (depth + 1).min(DEPTHS), nth: 0 }, offset: 0 },
            _ if !character.is_ascii() || character.is_ascii_alphanumeric() => {
                Self { offset: (offset + 1).min(OFFSETS), ..self }
            }
            _ => Self { part: Segment { depth, nth: (nth + 1).min(SEGMENTS) }, offset: 0 },
        }
    }

    /// Returns the place after all of `text`.
    pub(super) fn after(text: &str) -> Self {
        text.chars().fold(Self::default(), Self::step)
    }

    /// Returns whether a component begins here.
    pub(super) fn is_first(self) -> bool {
        self.part.nth == 0 && self.offset == 0
    }
}

/// The characters seen at a place, in order, and the evidence that the set is whole.
#[derive(Debug, Default)]
struct Seen {
    chars: Vec<char>,
    met: u32,
    ended: u32,
    /// The number of times that the place began anew with a lesser character.
    back: u32,
    /// The number of times that neighbors differed here first.
    steps: u32,
    /// In some folder no key had this character or a greater one. It is greater than all of `chars`.
    none_from: Option<char>,
}

impl Seen {
    fn is_whole(&self) -> bool {
        let len = u32::try_from(self.chars.len()).unwrap_or(u32::MAX);
        self.met >= len.saturating_mul(OFTEN) && self.back >= ENDED
    }
}

/// The characters by place.
#[derive(Debug, Default)]
pub(super) struct Alphabet {
    // Looked up for each character: the hasher of the standard library takes most of the time.
    places: HashMap<Place, Seen, RandomState>,
    /// The characters at places with more than one.
    varied: HashMap<Segment, Vec<char>, RandomState>,
    /// The number of characters in all sets.
    size: usize,
}

impl Alphabet {
    /// Learns from a key and one before it: there may be others between them, but none that shares more with the key
    /// than the other does.
    pub(super) fn learn(&mut self, before: &str, key: &str) {
        let same = common(before, key);
        self.differ(before, key);
        self.end(
            before,
            same + before.get(same..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8),
        );
        let start = Place::after(key.get(..same).unwrap_or_default());
        let old: Vec<_> = places(before.get(same..).unwrap_or_default(), start).take(BEYOND).collect();
        let new = places(key.get(same..).unwrap_or_default(), start).take(BEYOND);
        for (nth, (place, character)) in new.filter(|(_, character)| *character != '/').enumerate() {
            self.meet(place, character);
            let back = nth > 0 && old.iter().any(|(other, greater)| *other == place && character < *greater);
            let seen = self.seen_mut(place);
            seen.met = seen.met.saturating_add(u32::from(nth > 0));
            seen.back = seen.back.saturating_add(u32::from(back));
        }
    }

    /// Learns from two keys of which one comes some time after the other.
    pub(super) fn differ(&mut self, before: &str, key: &str) {
        let same = common(before, key);
        let seen = self.seen_mut(Place::after(key.get(..same).unwrap_or_default()));
        seen.steps = seen.steps.saturating_add(1);
        if let Some(character) = before.get(same..).and_then(|rest| rest.chars().next()) {
            self.meet(Place::after(key.get(..same).unwrap_or_default()), character);
        }
    }

    /// Learns the characters of a key of which no neighbor is known.
    pub(super) fn see(&mut self, key: &str) {
        for (place, character) in places(key, Place::default()) {
            self.meet(place, character);
        }
    }

    /// Learns that no greater character follows at the places of `before` after the first `same` bytes.
    pub(super) fn end(&mut self, before: &str, same: usize) {
        let Some((head, tail)) = before.split_at_checked(same) else { return };
        for (place, character) in places(tail, Place::after(head)).take(BEYOND) {
            if character != '/' {
                self.meet(place, character);
                let seen = self.seen_mut(place);
                seen.ended = seen.ended.saturating_add(1);
            }
        }
    }

    /// Learns that in some folder no character from `first` on follows at a place.
    pub(super) fn none_from(&mut self, place: Place, first: char) {
        let seen = self.seen_mut(place);
        if seen.chars.last().is_none_or(|last| *last < first) {
            seen.none_from = Some(seen.none_from.map_or(first, |other| other.min(first)));
        }
    }

    fn meet(&mut self, place: Place, character: char) {
        let room = self.size < ROOM;
        let seen = self.seen_mut(place);
        seen.none_from = seen.none_from.filter(|first| character < *first);
        let Err(at) = seen.chars.binary_search(&character) else { return };
        if !room || character == '/' {
            return;
        }
        seen.chars.insert(at, character);
        // The set was not whole.
        seen.met = 0;
        let new = match seen.chars.len() {
            1 => Vec::new(),
            2 => seen.chars.clone(),
            _ => vec![character],
        };
        self.size += 1;
        if !new.is_empty() {
            let varied = self.varied.entry(place.part).or_default();
            varied.extend(new);
            varied.sort_unstable();
            varied.dedup();
        }
    }

    /// Returns the characters expected at a place, in order; empty if the place was never seen.
    pub(super) fn at(&self, place: Place) -> &[char] {
        let Some(seen) = self.places.get(&place) else { return &[] };
        let varied = self.varied.get(&place.part).filter(|_| seen.chars.len() > 1 && !seen.is_whole());
        let chars = varied.unwrap_or(&seen.chars);
        let known =
            seen.none_from.and_then(|first| chars.get(..chars.partition_point(|other| *other < first)));
        known.unwrap_or(chars)
    }

    /// Returns how many greater characters usually follow one at a place; unknown places have no limit.
    pub(super) fn siblings(&self, place: Place) -> f64 {
        match self.places.get(&place) {
            Some(seen) if seen.ended > 0 => f64::from(seen.steps) / f64::from(seen.ended),
            _ => f64::INFINITY,
        }
    }

    /// Returns whether it is unknown if other characters follow at a place.
    pub(super) fn is_open(&self, place: Place, character: char) -> bool {
        let Some(seen) = self.places.get(&place) else { return true };
        let is_known = seen.ended > 0 || seen.none_from.is_some();
        !is_known && (seen.chars.len() < 2 || self.at(place).last() <= Some(&character))
    }

    fn seen_mut(&mut self, place: Place) -> &mut Seen {
        self.places.entry(place).or_default()
    }
}

/// Returns the characters of `text` and their places, of which the first is `place`.
fn places(text: &str, mut place: Place) -> impl Iterator<Item = (Place, char)> {
    text.chars().map(move |character| {
        let next = place.step(character);
        (std::mem::replace(&mut place, next), character)
    })
}

/// Returns the length in bytes of the longest common prefix, in whole characters.
pub(super) fn common(a: &str, b: &str) -> usize {
    let mut same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(same) || !b.is_char_boundary(same) {
        same -= 1;
    }
    same
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, Place};

    #[test]
    fn what_a_cut_did_not_find_is_not_expected_until_it_is_seen() {
        let mut alphabet = Alphabet::default();
        for key in ["0-04", "0-13", "0-22"] {
            alphabet.see(key);
        }
        let place = Place::after("0-");
        // Those after it in the same segment may occur here, too.
        assert_eq!(alphabet.at(place), ['0', '1', '2', '3', '4']);
        assert!(alphabet.is_open(place, '4'));
        alphabet.none_from(place, '3');
        assert_eq!(alphabet.at(place), ['0', '1', '2']);
        assert!(!alphabet.is_open(place, '2'));
        for _ in 0..2 {
            alphabet.see("0-4");
            assert_eq!(alphabet.at(place), ['0', '1', '2', '3', '4']);
            alphabet.none_from(place, '3');
        }
    }
}
