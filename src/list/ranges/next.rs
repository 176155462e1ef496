//! What keys with one start go on with, and how likely it is that there is more.
//!
//! Where a range moves on to its next key, the keys of some start went *on* from one character to a greater one, and
//! those of all longer starts were left *off*, at the last character that they had. Counted for each character at its
//! place, that tells digits which are all there from those of a digest that is another one in each folder (a key with
//! it is always the last), and the leading zeros of numbers from the others (few folders have keys after them).

use super::alphabet::Seen;

/// What is taken for granted of a character weighs as much as it being met this many times.
const PRIOR: f64 = 1.0;
/// A likelihood below this is none.
const LEAST: f64 = 0.01;
/// Sets of more characters are taken to be spread evenly: to look at each of them would take too long.
const WIDE: usize = 128;

/// How often keys went on at a place, and how often they were left off.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Turns {
    on: u32,
    off: u32,
    /// It was asked for what comes after it.
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

    /// The likelihood to go on, where `before` is what is known without these.
    pub(super) fn chance(self, before: f64) -> f64 {
        (f64::from(self.on) + PRIOR * before) / (f64::from(self.on) + f64::from(self.off) + PRIOR)
    }

    /// The number of characters that keys with one start go on with.
    fn several(self, before: f64) -> f64 {
        (f64::from(self.on) + f64::from(self.off) + PRIOR) / (f64::from(self.off) + PRIOR / before)
    }
}

/// The characters to expect at a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next<'a> {
    pub(super) chars: &'a [char],
    /// What was met at the place, in all and after the same characters; none: nothing is known but which there are.
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

    /// As if keys went on with all characters met at the place.
    pub(super) fn even(self) -> Self {
        Self { chars: self.all, seen: None, ..self }
    }

    /// The likelihood that keys which go on with `character` are followed by others that go on otherwise.
    pub(super) fn goes_on(self, character: char) -> f64 {
        let Some((all, pair)) = self.seen else { return 1.0 };
        let chance = all.turns(character).chance(all.sum.chance(1.0));
        pair.map_or(chance, |pair| pair.turns(character).chance(chance))
    }

    /// How many characters keys with one start are expected to go on with.
    #[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand characters")]
    pub(super) fn several(self) -> f64 {
        let len = self.chars.len().max(1) as f64;
        let Some((all, pair)) = self.seen else { return len };
        let several = all.sum.several(len);
        pair.map_or(several, |pair| pair.sum.several(several)).clamp(1.0, len)
    }

    /// How many characters after `from`, which keys go on with, and before `to` are to be expected; and how likely it is
    /// that there is one from `to` on.
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
