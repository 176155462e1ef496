//! Keys as numbers: the digits that are expected at each place of a key, in order.
//!
//! A digit is the name of a folder, with its `/`, where the names in the folder above are known, and a character
//! elsewhere.

use super::alphabet::{Alphabet, Place};
use super::names::Names;

/// Smaller parts of a digit are not distinguished.
const FINE: f64 = 0.01;

/// The digits expected at some place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Digits<'a> {
    Names(&'a [String]),
    Chars(&'a [char]),
}

/// The first digit of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rank {
    /// The number of digits before it.
    pub(super) before: usize,
    /// Its length in bytes.
    pub(super) len: usize,
    /// It is one of those expected.
    pub(super) expected: bool,
}

impl Rank {
    /// Returns the number of the first digit after it.
    pub(super) fn next(self) -> usize {
        self.before + usize::from(self.expected)
    }
}

impl Digits<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Names(names) => names.len(),
            Self::Chars(chars) => chars.len(),
        }
    }

    pub(super) fn rank(&self, text: &str) -> Rank {
        match self {
            Self::Names(names) => {
                let name = text.find('/').and_then(|at| text.get(..=at)).unwrap_or(text);
                let before = names.partition_point(|other| other.as_str() < name);
                let expected = names.get(before).is_some_and(|other| other == name);
                Rank { before, len: name.len(), expected }
            }
            Self::Chars(chars) => {
                let Some(first) = text.chars().next() else {
                    return Rank { before: 0, len: 0, expected: false };
                };
                let before = chars.partition_point(|other| *other < first);
                Rank { before, len: first.len_utf8(), expected: chars.get(before) == Some(&first) }
            }
        }
    }

    /// Appends a digit.
    pub(super) fn push(&self, nth: usize, text: &mut String) {
        match self {
            Self::Names(names) => text.extend(names.get(nth).map(String::as_str)),
            Self::Chars(chars) => text.extend(chars.get(nth)),
        }
    }
}

/// The digits at all places, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) alphabet: Alphabet,
    pub(super) names: Names,
}

impl Line {
    /// Returns the digits after `before`, of which `place` is the end, in keys of which nothing else is known.
    pub(super) fn digits(&self, before: &str, place: Place) -> Digits<'_> {
        let names = if place.is_first() { self.names.of(before) } else { &[] };
        if names.is_empty() { Digits::Chars(self.alphabet.at(place)) } else { Digits::Names(names) }
    }

    /// Returns the digits at `at` in `key`.
    pub(super) fn along(&self, key: &str, at: Spot) -> Digits<'_> {
        let names = at.place.is_first().then(|| self.named(key, at.byte)).flatten();
        names.map_or_else(|| Digits::Chars(self.alphabet.at(at.place)), Digits::Names)
    }

    /// Returns the part, from 0 to 1, of the keys that agree with `key` up to and with its digit at `at` that is before
    /// it, if they are spread evenly.
    pub(super) fn share_before(&self, key: &str, mut at: Spot, mut rank: Rank) -> f64 {
        let (mut share, mut width) = (0.0, 1.0);
        while rank.expected && width > FINE {
            at = at.after(key, rank.len);
            let Some(rest) = key.get(at.byte..).filter(|rest| !rest.is_empty()) else { break };
            let digits = self.along(key, at);
            rank = digits.rank(rest);
            width /= float(digits.len().max(1));
            share += width * float(rank.before);
        }
        share
    }

    /// Returns the names known in the folder of `key` that ends before `at`. Names read in another folder count only if
    /// the key's own is among them.
    pub(super) fn named(&self, key: &str, at: usize) -> Option<&[String]> {
        let (folder, rest) = key.split_at_checked(at)?;
        let names = self.names.of(folder);
        let own =
            !names.is_empty() && (Digits::Names(names).rank(rest).expected || self.names.is_known(folder));
        own.then_some(names)
    }
}

/// A position in a key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) byte: usize,
    pub(super) place: Place,
}

impl Spot {
    /// Returns the position in `key` at a byte.
    pub(super) fn at(key: &str, byte: usize) -> Self {
        Self { byte, place: Place::after(key.get(..byte).unwrap_or_default()) }
    }

    /// Returns the position after a digit of `len` bytes.
    pub(super) fn after(self, key: &str, len: usize) -> Self {
        let byte = self.byte + len;
        let place = key.get(self.byte..byte).unwrap_or_default().chars().fold(self.place, Place::step);
        Self { byte, place }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand members")]
pub(super) fn float(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::{Line, Spot};

    #[test]
    fn names_of_a_similar_folder_count_only_if_the_own_is_among_them() {
        let mut line = Line::default();
        line.names.add("a/", ["x/", "y/"].map(str::to_owned).to_vec());
        assert!(line.named("b/x/1", 2).is_some());
        assert!(line.named("b/z/1", 2).is_none());
        assert!(line.named("a/z/1", 2).is_some(), "listed, the names are known");
    }

    #[test]
    fn folders_may_end_inside_a_character_of_a_key_elsewhere() {
        let mut line = Line::default();
        line.alphabet.see("🎉/🎉é");
        for key in ["🎉/🎉é", "🎉/é", "é", ""] {
            for byte in 0..12 {
                let at = Spot::at(key, byte);
                let rank = line.along(key, at).rank(key.get(byte..).unwrap_or_default());
                assert!((0.0..=1.0).contains(&line.share_before(key, at, rank)));
            }
        }
    }
}
