//! Maps keys to points on a line: the share of the key space between two keys, and the key at a given share.
//!
//! A key is a number whose digits are the names of its folders, as far as those are known, and otherwise its
//! characters; the radix of each is the number of names or characters expected there. Numbers are relative to a folder
//! that contains the keys compared, so that a deep tree loses no precision.

use super::alphabet::{Alphabet, Place, common};
use super::names::Names;

/// Smaller shares of the space are not distinguished.
const FINEST: f64 = 1e-12;
/// A cut may miss the wanted share by this part of it: a short marker is worth more than an exact one.
const SLACK: f64 = 0.08;
/// The same at the border of a folder that was listed.
const KNOWN: f64 = 0.3;
/// The maximum number of digits of a cut.
const LONGEST: usize = 96;

/// The digits expected at some place.
enum Digits<'a> {
    Names(&'a [String]),
    Chars(&'a [char]),
    /// Any one character.
    Any,
}

impl Digits<'_> {
    fn len(&self) -> usize {
        match self {
            Self::Names(names) => names.len(),
            Self::Chars(chars) => chars.len(),
            Self::Any => 1,
        }
    }

    /// Returns the number of digits before the first of `text`, and its length if it is expected.
    fn rank(&self, text: &str) -> (usize, Option<usize>) {
        match self {
            Self::Names(names) => {
                let name = text.find('/').and_then(|at| text.get(..=at)).unwrap_or(text);
                let rank = names.partition_point(|other| other.as_str() < name);
                (rank, names.get(rank).filter(|other| *other == name).map(String::len))
            }
            Self::Chars(chars) => {
                let first = text.chars().next().unwrap_or_default();
                let rank = chars.partition_point(|other| *other < first);
                (rank, chars.get(rank).filter(|other| **other == first).map(|first| first.len_utf8()))
            }
            Self::Any => (0, text.chars().next().map(char::len_utf8)),
        }
    }

    /// Appends a digit; `along` is the rest of a key if the text is the beginning of it. Returns whether one is known.
    fn push(&self, nth: usize, text: &mut String, along: Option<&str>) -> bool {
        match self {
            Self::Names(names) => text.extend(names.get(nth).map(String::as_str)),
            Self::Chars(chars) => text.extend(chars.get(nth)),
            Self::Any => {
                let Some(next) = along.and_then(|along| along.chars().next()) else { return false };
                text.push(next);
            }
        }
        true
    }
}

/// A stretch of the line.
#[derive(Debug, Clone, Copy)]
struct Cell {
    from: f64,
    width: f64,
}

/// The keys in order, as far as they are known.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub(super) alphabet: Alphabet,
    pub(super) names: Names,
}

impl Line {
    /// Returns the digits after `before`, of keys that share all folders before `top`.
    fn digits(&self, before: &str, place: Place, next: Option<char>, top: Place) -> Digits<'_> {
        if place.is_first() {
            let names = self.names.of(before);
            if !names.is_empty() {
                return Digits::Names(names);
            }
        }
        let chars = self.alphabet.at(place);
        // Within a folder a counter counts, but the letters of a word still follow from those before.
        let counts = !place.is_below(top) && chars.iter().all(char::is_ascii_hexdigit);
        // A component ends here.
        match next {
            Some('/') => Digits::Chars(&['/']),
            _ if !counts && self.alphabet.is_bound(place) => Digits::Any,
            _ => Digits::Chars(chars),
        }
    }

    /// Returns the cell of all keys that start with `text`, relative to that of `text[..base]`, where a folder begins.
    fn cell(&self, base: usize, text: &str) -> Cell {
        // The text may be outside of the folder: a range's next key after its end.
        let mut at = if text.is_char_boundary(base) { base } else { text.len() };
        let top = Place::after(text.get(..at).unwrap_or_default());
        let mut place = top;
        let mut cell = Cell { from: 0.0, width: 1.0 };
        while at < text.len() && cell.width > FINEST {
            let (before, rest) = text.split_at(at);
            let digits = self.digits(before, place, rest.chars().next(), top);
            if digits.len() == 0 {
                break;
            }
            let (rank, len) = digits.rank(rest);
            cell.width /= float(digits.len());
            cell.from += cell.width * float(rank);
            let Some(len) = len else {
                cell.width = 0.0;
                break;
            };
            place = rest.get(..len).unwrap_or_default().chars().fold(place, Place::step);
            at += len;
        }
        cell
    }

    /// Returns the share, between `from` and `to`, of the folder that contains both, or the keys with `prefix` if
    /// `to` is their end.
    pub(super) fn measure(&self, base: usize, prefix: &str, from: &str, to: Option<&str>) -> f64 {
        (self.end(base, prefix, to) - self.cell(base, from).from).max(0.0)
    }

    fn end(&self, base: usize, prefix: &str, to: Option<&str>) -> f64 {
        let Some(to) = to else {
            let cell = self.cell(base, prefix);
            return cell.from + cell.width;
        };
        self.cell(base, to).from
    }

    /// Returns the share of the keys between `from` and `to` that are in the folder of `from`.
    pub(super) fn inside(&self, prefix: &str, from: &str, to: Option<&str>) -> f64 {
        let base = folder(prefix, from, to);
        let leaf = from.rfind('/').map_or(0, |at| at + 1);
        if leaf <= base {
            return 1.0;
        }
        let start = self.cell(base, from).from;
        let whole = self.end(base, prefix, to) - start;
        let cell = self.cell(base, from.get(..leaf).unwrap_or_default());
        if whole > 0.0 { (cell.from + cell.width - start) / whole } else { 1.0 }
    }

    /// Returns a cut between `from` and `to` near `share` of the way.
    pub(super) fn between(&self, prefix: &str, from: &str, to: Option<&str>, share: f64) -> Option<String> {
        let base = folder(prefix, from, to);
        let start = self.cell(base, from).from;
        let whole = self.end(base, prefix, to) - start;
        let wanted = start + whole * share;
        let slack = whole * share.min(1.0 - share) * SLACK;
        let mut mark = from.get(..base)?.to_owned();
        let top = Place::after(&mark);
        let mut place = top;
        let mut cell = Cell { from: 0.0, width: 1.0 };
        let mut good = base;
        for _ in 0..LONGEST {
            let along = from.strip_prefix(mark.as_str());
            // The keys of a folder being read tell where its names end.
            let next = along.and_then(|along| along.chars().next()).filter(|next| *next == '/');
            let digits = self.digits(&mark, place, next, top);
            if digits.len() == 0 || cell.width < FINEST {
                break;
            }
            cell.width /= float(digits.len());
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the digits")]
            let mut nth = ((wanted - cell.from) / cell.width) as usize;
            nth = nth.min(digits.len() - 1);
            if nth + 1 < digits.len() && cell.from + cell.width * float(nth + 1) - wanted <= slack {
                nth += 1;
            }
            cell.from += cell.width * float(nth);
            let length = mark.len();
            if !digits.push(nth, &mut mark, along) {
                break;
            }
            place = mark.get(length..)?.chars().fold(place, Place::step);
            if nth > 0 {
                good = mark.len();
            }
            if (cell.from - wanted).abs() <= slack {
                break;
            }
            // The borders of folders that were listed are better than guesses within others.
            let aside = (cell.from - wanted).abs() <= whole * KNOWN;
            let inside = *mark > *from && to.is_none_or(|to| *mark < *to);
            if aside && inside && mark.ends_with('/') && !self.names.is_known(&mark) {
                break;
            }
        }
        mark.truncate(good);
        (*mark > *from && to.is_none_or(|to| *mark < *to)).then_some(mark)
    }
}

/// Returns where the folder begins that contains all keys from `from` to `to`.
pub(super) fn folder(prefix: &str, from: &str, to: Option<&str>) -> usize {
    let same = common(from, to.unwrap_or(prefix));
    from.get(..same).and_then(|same| same.rfind('/')).map_or(0, |at| at + 1)
}

#[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand members")]
fn float(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::Line;

    #[test]
    fn a_folder_ends_inside_a_character_of_a_key_elsewhere() {
        let mut line = Line::default();
        line.alphabet.see("🎉/🎉é");
        for (base, key) in [(6, "🎉/🎉é"), (6, "🎉/é"), (7, "é")] {
            assert!(line.measure(base, "", key, Some("日本")) >= 0.0);
        }
    }
}
