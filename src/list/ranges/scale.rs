//! Maps keys to points on a line: the share of the key space between two keys, and the key at a given share.
//!
//! A key is a number whose digits are its characters; the radix at each place is the number of characters expected
//! there: all that may come, or those that are likely to, after what is known to follow the key ([`Spread`]). Numbers
//! are relative to a common prefix of the keys compared, so that a deep tree loses no precision.

use super::alphabet::{Alphabet, Place, common};
use super::next::Next;

/// Smaller shares of the space are not distinguished.
const FINEST: f64 = 1e-9;
/// A cut may miss the wanted share by this part of it: a short marker is worth more than an exact one.
const SLACK: f64 = 0.08;
/// The maximum number of characters that a cut adds to its range's common prefix.
const LONGEST: usize = 48;
/// The maximum number of characters examined in a key.
const DEEPEST: usize = 64;
/// If fewer characters than this are expected after a prefix, which one it is cannot be guessed.
const FEW: f64 = 1.5;
/// A smaller share of the keys with a prefix counts as none.
const NONE: f64 = 0.01;

/// The assumed spread of keys.
#[derive(Debug, Clone, Copy)]
enum Spread {
    /// As seen so far: a digest that differs in each folder takes no space, long numbers are rare.
    Likely,
    /// Evenly over all characters seen at a place.
    Even,
}

/// The keys in order, as far as an alphabet describes them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    alphabet: &'a Alphabet,
    spread: Spread,
}

impl<'a> Line<'a> {
    pub(super) fn likely(alphabet: &'a Alphabet) -> Self {
        Self { alphabet, spread: Spread::Likely }
    }

    pub(super) fn even(alphabet: &'a Alphabet) -> Self {
        Self { alphabet, spread: Spread::Even }
    }

    fn next(self, place: Place) -> Next<'a> {
        let next = self.alphabet.next(place);
        match self.spread {
            Spread::Likely => next,
            Spread::Even => next.even(),
        }
    }

    /// Returns the expected share, between `from` and `to`, of the key space below `from[..base]`, with which `to`
    /// starts too; without `to`, up to the end of that space. `from` is a key, or treated as one.
    pub(super) fn measure(self, base: usize, from: &str, to: Option<&str>) -> f64 {
        self.span(base, from, to, false)
    }

    /// Does the same if `to` is a key.
    pub(super) fn stretch(self, base: usize, from: &str, to: &str) -> f64 {
        self.span(base, from, Some(to), true)
    }

    fn span(self, base: usize, from: &str, to: Option<&str>, key: bool) -> f64 {
        let same = to.map_or(base, |to| common(from, to).max(base));
        let mut place = Place::after(from.get(..base).unwrap_or_default());
        let mut width = 1.0;
        for character in from.get(base..same).unwrap_or_default().chars() {
            width /= self.next(place).several();
            place = place.step(character);
        }
        let from = from.get(same..).unwrap_or_default();
        let Some(to) = to.map(|to| to.get(same..).unwrap_or_default()) else {
            return width * self.rest(place, from);
        };
        let (mut starts, mut ends) = (from.chars(), to.chars());
        let Some(end) = ends.next() else { return 0.0 };
        let Some(start) = starts.next() else { return width * (1.0 - self.rest(place, to)) };
        let next = self.next(place);
        let (between, chance) = next.after(start, Some(end));
        let inside = self.rest(place.step(start), starts.as_str());
        let last = 1.0 - self.rest(place.step(end), ends.as_str());
        width / next.several() * (inside + between + if key { last } else { chance * last })
    }

    /// Returns the expected share of the keys at `place` from `text` on; one of them continues with `text`.
    fn rest(self, mut place: Place, text: &str) -> f64 {
        let mut levels = [(0.0, 1.0); DEEPEST];
        let (mut width, mut deep) = (1.0, 0);
        for (character, level) in text.chars().zip(&mut levels) {
            let next = self.next(place);
            if next.chars.is_empty() || width < FINEST {
                break;
            }
            *level = (next.after(character, None).0, next.several());
            width /= level.1;
            place = place.step(character);
            deep += 1;
        }
        levels
            .iter()
            .take(deep)
            .rev()
            .fold(1.0, |inner, (after, several)| ((after + inner) / several).min(1.0))
    }

    /// Returns a cut between `from` and `to`, which both start with `from[..base]`, near `share` of the way. Uses
    /// characters seen at their places or, if `bold`, those expected there.
    pub(super) fn between(
        self,
        base: usize,
        from: &str,
        to: Option<&str>,
        share: f64,
        bold: bool,
    ) -> Option<Cut> {
        let whole = self.measure(base, from, to);
        let mark = from.get(..base)?.to_owned();
        let mut way = Way {
            line: self,
            wanted: whole * share,
            slack: whole * share.min(1.0 - share) * SLACK,
            place: Place::after(&mark),
            mark,
            along: Some(from.get(base..)?),
            end: to.map(|to| to.get(base..).unwrap_or_default()),
            sum: 0.0,
            width: 1.0,
            chance: 0.0,
            guessed: 0,
        };
        for _ in 0..LONGEST {
            let next = self.next(way.place);
            if next.chars.is_empty() || way.width < FINEST {
                break;
            }
            way.width /= next.several();
            if way.follow(next) {
                continue;
            }
            if way.along.is_none_or(str::is_empty) && next.several() < FEW && next.chars.len() > 1 {
                break;
            }
            if way.choose(next, bold)? {
                break;
            }
        }
        if way.guessed > 0 && fits(way.mark.get(..way.guessed)?, from, to) {
            // After the last guessed character, all keys continue alike.
            way.mark.truncate(way.guessed);
        }
        fits(&way.mark, from, to).then_some(Cut { mark: way.mark, chance: way.chance })
    }
}

/// A possible cut of a range.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) mark: String,
    /// The likelihood that the range has keys after it.
    pub(super) chance: f64,
}

/// The construction of a cut, character by character.
#[derive(Debug)]
struct Way<'a> {
    line: Line<'a>,
    /// The cut's share of the space, and the tolerance.
    wanted: f64,
    slack: f64,
    mark: String,
    place: Place,
    /// The rest of the range's start and end, as long as the mark is a prefix of them.
    along: Option<&'a str>,
    end: Option<&'a str>,
    /// The share before the mark, and that of one character after it.
    sum: f64,
    width: f64,
    chance: f64,
    /// The length of the mark up to its last guessed character.
    guessed: usize,
}

impl<'a> Way<'a> {
    /// Follows the range's start if the cut belongs among the keys that do; otherwise passes them.
    fn follow(&mut self, next: Next<'a>) -> bool {
        let Some((along, start)) = self.along.and_then(|along| Some((along, along.chars().next()?))) else {
            return false;
        };
        let rest = along.get(start.len_utf8()..).unwrap_or_default();
        let deeper = self.end.and_then(|end| end.strip_prefix(start));
        let step = self.place.step(start);
        if deeper.is_none() {
            let inside = self.width * self.line.rest(step, rest);
            if self.sum + inside <= self.wanted + self.slack {
                self.sum += inside;
                return false;
            }
            // Others may follow after those with the same start.
            let follower = next.chars.get(next.chars.partition_point(|character| *character <= start));
            let end = self.end.and_then(|end| end.chars().next());
            if end.is_none_or(|end| follower.is_some_and(|follower| *follower < end)) {
                self.or(next.goes_on(start));
            }
        }
        self.mark.push(start);
        (self.place, self.along, self.end) = (step, Some(rest), deeper);
        true
    }

    /// Appends the next character of the mark. Returns whether the mark is good enough.
    fn choose(&mut self, next: Next<'a>, bold: bool) -> Option<bool> {
        let start = self.along.and_then(|along| along.chars().next());
        let first = start.map_or(0, |start| next.chars.partition_point(|character| *character <= start));
        let stop = self.end.and_then(|end| end.chars().next());
        let met = self.line.alphabet.met(self.place);
        let mut reach = start.map_or(1.0, |start| next.goes_on(start));
        let (mut sum, mut chosen) = (self.sum, None);
        for character in next.chars.get(first..)? {
            if stop
                .is_some_and(|stop| *character > stop || (*character == stop && self.is_nothing_before_end()))
            {
                break;
            }
            if bold || met.binary_search(character).is_ok() {
                chosen = Some((*character, sum, reach));
                // The edge of a cell is good enough if it is near.
                if (sum - self.wanted).abs() <= self.slack {
                    break;
                }
            }
            if sum + self.width * reach > self.wanted + self.slack {
                break;
            }
            sum += self.width * reach;
            reach *= next.goes_on(*character);
        }
        let (character, sum, reach) = chosen?;
        if self.along.take().is_some() {
            self.or(reach);
        }
        self.sum = sum;
        self.width *= reach.max(NONE);
        self.end = self.end.and_then(|end| end.strip_prefix(character));
        self.place = self.place.step(character);
        self.mark.push(character);
        if next.chars.len() > 1 {
            self.guessed = self.mark.len();
        }
        Some((sum - self.wanted).abs() <= self.slack)
    }

    /// Returns whether hardly any keys are expected before the end among those with its first character.
    fn is_nothing_before_end(&self) -> bool {
        let mut end = self.end.unwrap_or_default().chars();
        end.next().is_none_or(|first| self.line.rest(self.place.step(first), end.as_str()) > 1.0 - NONE)
    }

    /// Adds another chance for keys to follow the cut.
    fn or(&mut self, chance: f64) {
        self.chance = 1.0 - (1.0 - self.chance) * (1.0 - chance);
    }
}

fn fits(cut: &str, from: &str, to: Option<&str>) -> bool {
    cut > from && to.is_none_or(|to| cut < to)
}
