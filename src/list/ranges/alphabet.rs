//! Learns from samples which characters occur where in the keys.
//!
//! A *place* is a path component and an offset in it: in `tenant-7/2024/a` the `4` is at place (1, 3), however long
//! the tenant's name is. Each place keeps the characters seen there ([`Seen`]), in total and by the two preceding
//! characters: so a date's month learns that `-1` is followed by `0`, `1`, `2`, and a directory that `im` is followed
//! by `a`, `p`.
//!
//! Keys read in order tell which *other* characters may occur at a place only if the place restarted (a place further
//! left changed) and was seen to its end. A set is *known* once that has happened often enough for its size. Until
//! then the set of the whole place stands in; while that is new too, the smallest known set of another place, or the
//! union of a component, that contains it: the first digit of a hash is like its seventh.
//!
//! None of this is a promise about the keys: it decides where ranges are cut, never which entries are read. Memory is
//! bounded by `ROOM` characters and as many sets; anything beyond is not learned.

use super::next::{Next, Turns};

/// Maximum number of components distinguished; deeper ones share the last.
const DEPTHS: usize = 16;
/// Maximum number of offsets distinguished in a component; later ones share the last.
const OFFSETS: usize = 192;
/// Maximum number of characters in all sets together.
const ROOM: usize = 1 << 16;
/// Maximum number of sets by preceding characters, per place.
const PAIRS: usize = 256;
/// Characters learned beyond the scale of a key's page: later ones affect no cut.
const BEYOND: usize = 16;
/// A set is known if it was met this many times its size, …
const OFTEN: u32 = 3;
/// … and seen to its end this many times.
const ENDED: u32 = 3;
/// If keys go on after a character less often than this, exploring what follows it is useless.
const SELDOM: f64 = 0.3;
/// A single character met first this many times after a cut counts as the only one at its place.
const FIRST: u32 = 3;

/// The position of a character in a key, and the characters before it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    depth: usize,
    offset: usize,
    /// The two preceding characters within the component.
    before: u64,
}

impl Place {
    /// Returns the place after `character`.
    pub(super) fn step(self, character: char) -> Self {
        if character == '/' {
            Self { depth: self.depth + 1, offset: 0, before: 0 }
        } else {
            let before = (self.before << 32) | u64::from(u32::from(character));
            Self { depth: self.depth, offset: self.offset + 1, before }
        }
    }

    /// Returns the place after all of `text`.
    pub(super) fn after(text: &str) -> Self {
        text.chars().fold(Self::default(), Self::step)
    }
}

/// The evidence that meeting a character gives about the completeness of its set.
#[derive(Debug, Clone, Copy)]
enum Evidence {
    /// None: the place only advanced by one.
    None,
    /// Weak: the first key after a cut has the smallest characters.
    First,
    /// The place restarted.
    Again,
}

/// The characters seen at a place, in order, and the evidence that the set is complete.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) chars: Vec<char>,
    /// The turns after each character, and in total.
    turns: Vec<Turns>,
    pub(super) sum: Turns,
    again: u32,
    first: u32,
    ended: u32,
}

impl Seen {
    /// Adds a character if there is room. Returns whether the set changed in a way that matters.
    fn learn(&mut self, character: char, evidence: Evidence, room: &mut usize) -> bool {
        let known = self.is_known();
        match evidence {
            Evidence::None => {}
            Evidence::First => self.first = self.first.saturating_add(1),
            Evidence::Again => self.again = self.again.saturating_add(1),
        }
        match self.chars.binary_search(&character) {
            Ok(_) => known != self.is_known(),
            Err(at) if *room > 0 => {
                *room -= 1;
                self.chars.insert(at, character);
                self.turns.insert(at, Turns::default());
                true
            }
            Err(_) => {
                // The set is incomplete and must not count as known.
                (self.again, self.first) = (0, 0);
                known
            }
        }
    }

    /// Counts whether keys went on to another character after this one, or ended with it.
    fn turn(&mut self, character: char, on: bool) {
        if let Some(turns) = self.turns_mut(character) {
            turns.count(on);
            self.sum.count(on);
        }
    }

    fn turns_mut(&mut self, character: char) -> Option<&mut Turns> {
        let at = self.chars.binary_search(&character).ok()?;
        self.turns.get_mut(at)
    }

    /// Returns the turns after a character.
    pub(super) fn turns(&self, character: char) -> Turns {
        let at = self.chars.binary_search(&character).ok();
        at.and_then(|at| self.turns.get(at)).copied().unwrap_or_default()
    }

    fn is_known(&self) -> bool {
        let len = u32::try_from(self.chars.len()).unwrap_or(u32::MAX);
        (self.again >= len.saturating_mul(OFTEN) && self.ended >= ENDED) || (len == 1 && self.first >= FIRST)
    }

    /// Returns whether `other` contains the whole set and more.
    fn is_part_of(&self, other: &[char]) -> bool {
        self.chars.len() < other.len() && self.chars.iter().all(|c| other.binary_search(c).is_ok())
    }
}

#[derive(Debug, Default)]
struct Slot {
    all: Seen,
    /// By preceding characters, sorted.
    pairs: Vec<(u64, Seen)>,
    /// The index of the shared set that stands in.
    borrowed: Option<usize>,
}

impl Slot {
    fn pair(&self, before: u64) -> Option<&Seen> {
        let at = self.pairs.binary_search_by_key(&before, |pair| pair.0).ok()?;
        self.pairs.get(at).map(|pair| &pair.1)
    }

    /// Returns the set after `before`, creating it if `make`: it will get a member, so there are never more sets than
    /// `ROOM`.
    fn pair_mut(&mut self, before: u64, make: bool) -> Option<&mut Seen> {
        match self.pairs.binary_search_by_key(&before, |pair| pair.0) {
            Ok(at) => self.pairs.get_mut(at).map(|pair| &mut pair.1),
            Err(at) if make && self.pairs.len() < PAIRS => {
                self.pairs.insert(at, (before, Seen::default()));
                self.pairs.get_mut(at).map(|pair| &mut pair.1)
            }
            Err(_) => None,
        }
    }
}

/// The characters by place.
#[derive(Debug)]
pub(super) struct Alphabet {
    /// By component and offset.
    slots: Vec<Vec<Slot>>,
    /// Known sets of places and unions of components, smallest first.
    shared: Vec<Vec<char>>,
    /// A set has changed since `shared` was built.
    grown: bool,
    room: usize,
}

impl Default for Alphabet {
    fn default() -> Self {
        Self { slots: Vec::new(), shared: Vec::new(), grown: false, room: ROOM }
    }
}

impl Alphabet {
    /// Learns from a key sampled right after `before`; with `first`, `before` is a cut instead of a key. The keys of
    /// the page share their first `scale` bytes.
    pub(super) fn learn(&mut self, before: &str, key: &str, first: bool, scale: usize) {
        let same = common(before, key);
        let (head, tail) = key.split_at(same);
        let start = Place::after(head);
        let most = scale.saturating_sub(same) + BEYOND;
        if !first {
            self.end(before.get(same..).unwrap_or_default(), start, most);
        }
        let mut room = self.room;
        let mut place = start;
        for (nth, character) in tail.chars().take(most).enumerate() {
            let evidence = match (nth, first) {
                (0, _) => Evidence::None,
                (_, true) => Evidence::First,
                _ => Evidence::Again,
            };
            let slot = self.slot(place);
            let mut grown = slot.all.learn(character, evidence, &mut room);
            // The first of several characters says nothing about the others.
            let evidence = match evidence {
                Evidence::First if slot.all.chars.len() > 1 => Evidence::None,
                evidence => evidence,
            };
            if let Some(pair) = slot.pair_mut(place.before, room > 0) {
                grown |= pair.learn(character, evidence, &mut room);
            }
            self.grown |= grown;
            place = place.step(character);
        }
        self.room = room;
    }

    /// Counts the turns between two consecutive keys of a range, for starts of at most `most` bytes, shared by several
    /// samples.
    pub(super) fn turn(&mut self, before: &str, key: &str, most: usize) {
        let same = common(before, key);
        if same > most {
            return;
        }
        let (head, tail) = before.split_at(same);
        let mut place = Place::after(head);
        for (offset, character) in tail.char_indices().take_while(|(offset, _)| same + offset <= most) {
            let slot = self.slot(place);
            slot.all.turn(character, offset == 0);
            if let Some(pair) = slot.pair_mut(place.before, false) {
                pair.turn(character, offset == 0);
            }
            place = place.step(character);
        }
    }

    /// Returns whether it is unknown if keys go on after a character. The first caller is to find out.
    pub(super) fn explore(&mut self, place: Place, character: char) -> bool {
        let all = &mut self.slot(place).all;
        let seldom = all.sum.chance(1.0) < SELDOM;
        let turns = all.turns_mut(character).filter(|turns| !seldom && turns.is_none());
        turns.is_some_and(|turns| !std::mem::replace(&mut turns.explored, true))
    }

    /// Returns whether keys with `character` are hardly ever followed by keys with a greater one.
    pub(super) fn is_last(&self, place: Place, character: char) -> bool {
        self.next(place).goes_on(character) < SELDOM
    }

    /// Records that keys moved past `tail` at `place`, so that the sets after it were seen to their ends.
    fn end(&mut self, tail: &str, mut place: Place, most: usize) {
        for (nth, character) in tail.chars().take(most).enumerate() {
            if nth > 0 {
                let slot = self.slot(place);
                let known = slot.all.is_known();
                slot.all.ended = slot.all.ended.saturating_add(1);
                let grown = known != slot.all.is_known();
                if let Some(pair) = slot.pair_mut(place.before, false) {
                    pair.ended = pair.ended.saturating_add(1);
                }
                self.grown |= grown;
            }
            place = place.step(character);
        }
    }

    /// Chooses the stand-in sets of unknown places. Call only now and then: it visits all places.
    pub(super) fn settle(&mut self) {
        if !std::mem::take(&mut self.grown) {
            return;
        }
        let places = self.slots.iter().flatten();
        let known = places.filter(|slot| slot.all.is_known() && slot.all.chars.len() > 1);
        let mut shared: Vec<Vec<char>> = known.map(|slot| slot.all.chars.clone()).collect();
        for component in &self.slots {
            let mut union: Vec<char> = component.iter().flat_map(|slot| &slot.all.chars).copied().collect();
            union.sort_unstable();
            union.dedup();
            shared.push(union);
        }
        shared.sort_unstable_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        shared.dedup();
        for slot in self.slots.iter_mut().flatten() {
            slot.borrowed = None;
            if !slot.all.is_known() {
                slot.borrowed = shared.iter().position(|set| slot.all.is_part_of(set));
            }
        }
        self.shared = shared;
    }

    /// Returns the characters expected at a place, in order; empty if the place was never seen.
    fn at(&self, place: Place) -> &[char] {
        let Some(slot) = self.get(place) else { return &[] };
        match slot.pair(place.before) {
            Some(pair) if pair.is_known() => &pair.chars,
            _ => slot.borrowed.and_then(|at| self.shared.get(at)).unwrap_or(&slot.all.chars),
        }
    }

    /// Returns the characters seen at a place: after the same preceding characters, if those were seen there.
    pub(super) fn met(&self, place: Place) -> &[char] {
        self.get(place).map_or(&[], |slot| &slot.pair(place.before).unwrap_or(&slot.all).chars)
    }

    /// Returns the expectations at a place.
    pub(super) fn next(&self, place: Place) -> Next<'_> {
        self.get(place)
            .map_or_else(Next::unknown, |slot| Next::new(self.at(place), &slot.all, slot.pair(place.before)))
    }

    fn get(&self, place: Place) -> Option<&Slot> {
        self.slots.get(place.depth.min(DEPTHS - 1))?.get(place.offset.min(OFFSETS - 1))
    }

    fn slot(&mut self, place: Place) -> &mut Slot {
        let component = grow(&mut self.slots, place.depth.min(DEPTHS - 1));
        grow(component, place.offset.min(OFFSETS - 1))
    }
}

/// Returns the element at `at`, filling up with defaults.
#[expect(clippy::indexing_slicing, reason = "resized the line before")]
fn grow<T: Default>(list: &mut Vec<T>, at: usize) -> &mut T {
    if list.len() <= at {
        list.resize_with(at + 1, T::default);
    }
    &mut list[at]
}

/// Returns the length in bytes of the longest common prefix, in whole characters.
pub(super) fn common(a: &str, b: &str) -> usize {
    let mut same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(same) || !b.is_char_boundary(same) {
        same -= 1;
    }
    same
}
