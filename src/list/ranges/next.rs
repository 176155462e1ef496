//! Estimates which characters follow a common prefix, and how likely further keys are.
//!
//! As a range moves to its next key, the keys of one prefix go *on* from a character to a greater one, and those of all
//! longer prefixes go *off*, at their last character. Counting both for each character at its place distinguishes
//! digits that all occur from those of a digest that differs in each folder (a key with it is always the last), and the
//! leading zeros of numbers from other digits (few folders have keys after them).

use super::alphabet::Seen;

/// The weight of the prior, in number of observations.
const PRIOR: f64 = 1.0;
/// A likelihood below this counts as zero.
const LEAST: f64 = 0.01;
/// Larger sets are assumed to be evenly spread: visiting each character would take too long.
const WIDE: usize = 128;

/// The number of times that keys went on or off at a place.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Turns {
    on: u32,
    off: u32,
    /// An exploring cut was made after the character.
    pub(super) explored: bool,
}

impl Turns {
    pub(super) fn count(&mut self, on: bool) {
        let count = if on { &mut self.on } else { &mut self.off };
        *count = count.saturating_add(1);
    }

    pub(super) fn is_none(self) -> bool {
        self.on == 0 && self.off == 0
    }

    /// Returns the likelihood of going on; `before` is the prior.
    pub(super) fn chance(self, before: f64) -> f64 {
        (f64::from(self.on) + PRIOR * before) / (f64::from(self.on) + f64::from(self.off) + PRIOR)
    }

    /// Returns the expected number of characters that follow a prefix.
    fn several(self, before: f64) -> f64 {
        (f64::from(self.on) + f64::from(self.off) + PRIOR) / (f64::from(self.off) + PRIOR / before)
    }
}

/// The characters expected at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next<'a> {
    pub(super) chars: &'a [char],
    /// The turns at the place, in total and after the same preceding characters; `None` if only the set of characters
    /// is used.
    seen: Option<(&'a Seen, Option<&'a Seen>)>,
    all: &'a [char],
}

impl<'a> Next<'a> {
    pub(super) fn new(chars: &'a [char], all: &'a Seen, pair: Option<&'a Seen>) -> Self {
        let seen = (chars.len() <= WIDE).then_some((all, pair));
        Self { chars, seen, all: &all.chars }
    }

    pub(super) fn unknown() -> Self {
        Self { chars: &[], seen: None, all: &[] }
    }

    /// Returns the expectation that all characters seen at the place follow.
    pub(super) fn even(self) -> Self {
        Self { chars: self.all, seen: None, ..self }
    }

    /// Returns the likelihood that keys with `character` are followed by keys with a greater one.
    pub(super) fn goes_on(self, character: char) -> f64 {
        let Some((all, pair)) = self.seen else { return 1.0 };
        let chance = all.turns(character).chance(all.sum.chance(1.0));
        pair.map_or(chance, |pair| pair.turns(character).chance(chance))
    }

    /// Returns the expected number of characters that follow a prefix.
    #[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand characters")]
    pub(super) fn several(self) -> f64 {
        let len = self.chars.len().max(1) as f64;
        let Some((all, pair)) = self.seen else { return len };
        let several = all.sum.several(len);
        pair.map_or(several, |pair| pair.sum.several(several)).clamp(1.0, len)
    }

    /// Returns the expected number of characters between `from`, which occurs, and `to`, and the likelihood of one
    /// from `to` on.
    #[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand characters")]
    pub(super) fn after(self, from: char, to: Option<char>) -> (f64, f64) {
        let first = self.chars.partition_point(|character| *character <= from);
        let last = to.map_or(self.chars.len(), |to| self.chars.partition_point(|character| *character < to));
        let between = self.chars.get(first..last).unwrap_or_default();
        if self.seen.is_none() {
            return (between.len() as f64, 1.0);
        }
        let (mut sum, mut chance) = (0.0, self.goes_on(from));
        for character in between {
            if chance < LEAST {
                break;
            }
            sum += chance;
            chance *= self.goes_on(*character);
        }
        (sum, chance)
    }
}
