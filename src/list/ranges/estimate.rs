//! Estimates what is left of a range, and finds the key in the middle of it.
//!
//! Unread keys branch off the last key read: at each of its digits, a *level*, keys may follow that agree up to there
//! and have a greater digit. At each level the entries read, without the last key's, are divided by the digits they took,
//! empty ones after the range's start included. If the digits between the range's end and the next key known to exist
//! are empty, the keys may be sparse there, or end before: the geometric mean of the densities with and without those
//! digits is taken. That density is expected of the digits left before the end, as many as
//!
//! | | digits |
//! |---|---|
//! | names in folders, as listed there or in a similar folder | all |
//! | characters of which it is unknown how many follow in such places | all that occur there |
//! | other characters | as many as usually follow, or as were seen at this level, if those are more |
//!
//! They are expected anywhere among the digits left. The last rule keeps a few keys of a deep folder from promising a
//! multitude elsewhere, but lets a level that has gone on for long go on for as long again.

use std::sync::Arc;

use super::alphabet::common;
use super::digits::{Digits, Line, Spot, float};
use super::odometer::Odometer;
use crate::limits;

/// Larger estimates, in entries, are not distinguished.
const MOST: f64 = 1e15;
/// Where a range starts within a digit is known by the characters alone: at most this part of the digit is taken as
/// not belonging to it.
const SKIPPED: f64 = 0.5;
/// The maximum number of digits of a cut within folders or names of which no key was read.
const LONGEST: usize = 96;

/// The first key after the end of a range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Behind {
    Unknown,
    Nothing,
    Key(Arc<str>),
}

/// The facts known about a range. If nothing was read in it, `read` and `start` are those of one before it.
#[derive(Debug)]
pub(super) struct Evidence<'a> {
    pub(super) read: &'a Odometer,
    pub(super) start: &'a str,
    pub(super) end: Option<&'a str>,
    pub(super) behind: &'a Behind,
}

/// The keys that agree with the last one read up to `at`, and have a greater digit there.
#[derive(Debug)]
struct Level<'a> {
    at: Spot,
    digits: Digits<'a>,
    /// The number of the first of their digits.
    first: usize,
    /// The number of digits before the range's end, …
    left: f64,
    /// … and of entries at them.
    entries: f64,
}

/// The entries expected after the last key read.
#[derive(Debug)]
pub(super) struct Estimate<'a> {
    line: &'a Line,
    last: &'a str,
    /// From the last digit to the first.
    levels: Vec<Level<'a>>,
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
            if level.left > 0.0 {
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
            let rank = level.digits.rank(rest);
            let digits = if rank.before < level.first {
                0.0
            } else {
                float(rank.before - level.first) + self.line.share_before(key, level.at, rank)
            };
            return deeper + level.entries * (digits / level.left).min(1.0);
        }
        deeper
    }

    /// Returns a key before which about `entries` are expected, give or take `slack`: the shorter the better.
    pub(super) fn mark(&self, entries: f64, slack: f64) -> Option<String> {
        let mut deeper = 0.0;
        let level = self.levels.iter().find(|level| {
            let found = deeper + level.entries >= entries;
            deeper += if found { 0.0 } else { level.entries };
            found
        })?;
        let mut mark = self.last.get(..level.at.byte)?.to_owned();
        let (mut at, mut digits) = (level.at, level.digits);
        let mut each = level.entries / level.left;
        let number = float(level.first) + ((entries - deeper) / each).max(0.0);
        let mut choice = choose(digits.len(), number, slack / each)?;
        for _ in 0..LONGEST {
            digits.push(choice.nth, &mut mark);
            if mark.len() > limits::KEY_BYTES {
                mark.truncate(at.byte);
                break;
            }
            if choice.rest * each <= slack {
                break;
            }
            at = at.after(&mark, mark.len() - at.byte);
            digits = self.line.digits(&mark, at.place);
            each /= float(digits.len().max(1));
            let number = choice.rest * float(digits.len());
            let Some(next) = choose(digits.len(), number, slack / each) else { break };
            choice = next;
        }
        Some(mark)
    }
}

/// A digit, and the part of it that is wanted.
#[derive(Debug, Clone, Copy)]
struct Choice {
    nth: usize,
    rest: f64,
}

/// Divides a number of digits into a whole one and a rest; none if that changes it by no more than `slack`. Returns
/// `None` if there are no digits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and bounded by the digits"
)]
fn choose(len: usize, number: f64, slack: f64) -> Option<Choice> {
    let last = len.checked_sub(1)?;
    let (nth, rest) = (number.min(float(len)) as usize, number.fract());
    let next = 1.0 - rest <= slack && nth < last;
    Some(if next { Choice { nth: nth + 1, rest: 0.0 } } else { Choice { nth: nth.min(last), rest } })
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
fn level<'a>(evidence: &Evidence<'a>, line: &'a Line, at: Spot, deeper: f64) -> Level<'a> {
    let read = evidence.read;
    let (head, tail) = read.last().split_at_checked(at.byte).unwrap_or_default();
    let digits = line.along(read.last(), at);
    let (all, own) = (float(digits.len()), digits.rank(tail));
    let place = |key: &str| {
        let rank = digits.rank(key.strip_prefix(head)?);
        Some(float(rank.before) + line.share_before(key, at, rank))
    };
    let first = own.next();
    let none = Level { at, digits, first, left: 0.0, entries: 0.0 };
    if digits.len() <= first {
        return none;
    }
    let end = evidence.end.and_then(place);
    let left = end.unwrap_or(all) - float(first);
    if left <= 0.0 {
        return none;
    }
    let empty = end.map_or(0.0, |end| match evidence.behind {
        Behind::Unknown => 0.0,
        Behind::Nothing => all - end,
        Behind::Key(key) => place(key).unwrap_or(all) - end,
    });
    // Of the digit with which the range starts, it may have only a part.
    let start = place(evidence.start).unwrap_or_default();
    let skipped = (start - float(own.before)).clamp(0.0, SKIPPED);
    let done = read.under(at.byte + own.len);
    let taken = (float(own.before) - start).max(0.0) + (1.0 - skipped) * done / (done + deeper);
    let likely = match digits {
        Digits::Names(_) => left,
        Digits::Chars(_) => left.min(taken.max(line.alphabet.siblings(at.place))),
    };
    // There is a level only because the last key has a digit here: that key foretells no others.
    let others = read.under(at.byte) - read.under(read.last().len());
    let density = others / (taken * (taken + empty.max(0.0))).sqrt();
    Level { left, entries: (density * likely).min(MOST), ..none }
}

#[cfg(test)]
mod tests;
