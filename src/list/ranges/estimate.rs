//! Estimates what is left of a range, and finds the key in the middle of it.
//!
//! Unread keys branch off the last key read: at each of its digits, a *level*, keys may follow that agree up to there
//! and have a greater digit. At each level the entries read are divided by the digits they took, empty ones after the
//! range's start included. If the digits between the range's end and the next key known to exist are empty, the keys
//! may be sparse there, or end before: the geometric mean of the densities with and without those digits is taken.
//! That density is expected of the digits left before the end, as many as
//!
//! | | digits |
//! |---|---|
//! | names of folders | all: they exist |
//! | characters of which it is unknown how many follow in such places | all that occur there |
//! | other characters | as many as usually follow, or as were seen at this level, if those are more |
//!
//! The last rule keeps a few keys of a deep folder from promising a multitude elsewhere, but lets a level that has gone
//! on for long go on for as long again.

use std::sync::Arc;

use super::alphabet::common;
use super::digits::{Digits, Line, Rank, Spot};
use super::odometer::Odometer;

/// Larger estimates, in entries, are not distinguished.
const MOST: f64 = 1e15;
/// The maximum number of digits of a cut within folders or names of which no key was read.
const LONGEST: usize = 96;
/// Smaller parts of a digit are not distinguished.
const FINE: f64 = 0.01;

/// The first key after the end of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Behind {
    Unknown,
    Nothing,
    Key(Arc<str>),
}

/// What is known of a range. If nothing was read in it, `read` and `start` are those of one before it.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) read: &'a Odometer,
    pub(super) start: &'a str,
    pub(super) end: Option<&'a str>,
    pub(super) behind: &'a Behind,
}

/// The keys that agree with the last one read up to `at`, and have a greater digit there.
#[derive(Debug)]
struct Level {
    at: Spot,
    /// The number of the first of their digits.
    first: usize,
    /// How many digits there are before the range's end, …
    digits: f64,
    /// … and entries.
    entries: f64,
}

/// The entries expected after the last key read.
#[derive(Debug)]
pub(super) struct Estimate<'a> {
    line: &'a Line,
    last: &'a str,
    /// From the last digit to the first.
    levels: Vec<Level>,
    entries: f64,
}

impl<'a> Estimate<'a> {
    /// Estimates what is left of a range within the keys that start with `prefix`.
    pub(super) fn of(evidence: &Evidence<'a>, line: &'a Line, prefix: &str) -> Self {
        let last = evidence.read.last();
        let (mut levels, mut entries) = (Vec::new(), 0.0);
        for at in places(evidence, line, prefix).into_iter().rev() {
            let level = level(evidence, line, at, entries);
            entries = (entries + level.entries).min(MOST);
            if level.digits > 0.0 {
                levels.push(level);
            }
        }
        Self { line, last, levels, entries }
    }

    /// Returns the number of entries left.
    pub(super) fn entries(&self) -> f64 {
        self.entries
    }

    /// Returns the number of entries before `key`.
    pub(super) fn before(&self, key: &str) -> f64 {
        let mut deeper = 0.0;
        for level in &self.levels {
            let own = self.last.get(..level.at.byte).and_then(|head| key.strip_prefix(head));
            let Some(rest) = own else {
                deeper += level.entries;
                continue;
            };
            let rank = self.line.along(self.last, level.at).rank(rest);
            let digits = rank.before.checked_sub(level.first).map_or(0.0, |digits| {
                let part =
                    if rank.expected { self.line.part(key, level.at.after(key, rank.len)) } else { 0.0 };
                float(digits) + part
            });
            return deeper + level.entries * (digits / level.digits).min(1.0);
        }
        deeper
    }

    /// Returns a key before which about `entries` are expected, give or take `slack`: the shorter the better.
    pub(super) fn mark(&self, entries: f64, slack: f64) -> Option<String> {
        let mut deeper = 0.0;
        for level in &self.levels {
            if deeper + level.entries < entries {
                deeper += level.entries;
                continue;
            }
            let mut mark = self.last.get(..level.at.byte)?.to_owned();
            let mut digits = self.line.along(self.last, level.at);
            let mut each = level.entries / level.digits;
            let mut choice = choose(digits.len(), ((entries - deeper) / each).max(0.0), slack / each);
            choice.nth += level.first;
            for _ in 0..LONGEST {
                digits.push(choice.nth.min(digits.len().checked_sub(1)?), &mut mark);
                if choice.rest * each <= slack {
                    break;
                }
                digits = self.line.digits(&mark);
                if digits.len() == 0 {
                    break;
                }
                each /= float(digits.len());
                choice = choose(digits.len(), choice.rest * float(digits.len()), slack / each);
            }
            return Some(mark);
        }
        None
    }
}

/// A digit, and the part of it that is wanted.
#[derive(Debug, Clone, Copy)]
struct Choice {
    nth: usize,
    rest: f64,
}

/// Divides a number of digits, of which there are `len`, into a digit and a rest; none if that changes it by no more
/// than `slack`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and bounded by the digits"
)]
fn choose(len: usize, digits: f64, slack: f64) -> Choice {
    let digits = digits.min(float(len));
    let (nth, rest) = (digits as usize, digits.fract());
    if 1.0 - rest <= slack && nth + 1 < len {
        Choice { nth: nth + 1, rest: 0.0 }
    } else {
        Choice { nth, rest }
    }
}

/// Returns where the digits begin in the last key read at which other keys of the range may branch off.
fn places(evidence: &Evidence<'_>, line: &Line, prefix: &str) -> Vec<Spot> {
    let last = evidence.read.last();
    let same = evidence.end.map_or(prefix.len(), |end| common(last, end)).min(last.len());
    let folder = last.get(..same).and_then(|same| same.rfind('/')).map_or(0, |at| at + 1);
    let named = (prefix.len()..same).contains(&folder) && line.named(last, folder).is_some();
    let mut at = Spot::at(last, if named { folder } else { same });
    let mut places = Vec::new();
    while let Some(rest) = last.get(at.byte..).filter(|rest| !rest.is_empty()) {
        places.push(at);
        at = at.after(last, line.along(last, at).rank(rest).len);
    }
    places
}

/// Estimates one level; `deeper` entries are left at the digits after it.
fn level(evidence: &Evidence<'_>, line: &Line, at: Spot, deeper: f64) -> Level {
    let read = evidence.read;
    let (head, tail) = read.last().split_at_checked(at.byte).unwrap_or_default();
    let digits = line.along(read.last(), at);
    let rank = |key: &str| key.strip_prefix(head).map(|rest| digits.rank(rest));
    let part =
        |key: &str, rank: Rank| if rank.expected { line.part(key, at.after(key, rank.len)) } else { 0.0 };
    let all = float(digits.len());
    let own = digits.rank(tail);
    let done = read.under(at.byte + own.len);
    // Of the digit with which the range starts, it may have only a part.
    let start = rank(evidence.start).map_or(0.0, |start| float(start.before) + part(evidence.start, start));
    let begun = (start - float(own.before)).clamp(0.0, 1.0 - FINE);
    let taken = (float(own.before) - start).max(0.0) + (1.0 - begun) * done / (done + deeper);
    let end = evidence.end.and_then(|end| Some((end, rank(end)?)));
    let (end, empty) = end.map_or((all, 0.0), |(key, end)| {
        let upto = float(end.before) + part(key, end);
        let behind = match evidence.behind {
            Behind::Unknown => upto,
            Behind::Nothing => all,
            Behind::Key(key) => rank(key).map_or(all, |behind| float(behind.before)),
        };
        (upto, (behind - upto).max(0.0))
    });
    let left = (end - float(own.next())).max(0.0);
    let likely = match digits {
        Digits::Names(_) => left,
        Digits::Chars(_) => left.min(taken.max(line.alphabet.siblings(at.place))),
    };
    let density = read.under(at.byte) / (taken * (taken + empty)).sqrt();
    let entries = if likely > 0.0 { density * likely } else { 0.0 };
    Level { at, first: own.next(), digits: left, entries: entries.min(MOST) }
}

impl Line {
    /// Returns the part, from 0 to 1, of the keys that agree with `key` up to `at` that is before it, if they are spread
    /// evenly.
    fn part(&self, key: &str, mut at: Spot) -> f64 {
        let (mut part, mut width) = (0.0, 1.0);
        while let Some(rest) = key.get(at.byte..).filter(|rest| !rest.is_empty() && width > FINE) {
            let digits = self.along(key, at);
            let rank = digits.rank(rest);
            width /= float(digits.len().max(1));
            part += width * float(rank.before);
            if !rank.expected {
                break;
            }
            at = at.after(key, rank.len);
        }
        part
    }
}

#[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand members")]
fn float(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests;
