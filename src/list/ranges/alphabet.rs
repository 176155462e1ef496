//! Which characters come where in the keys, learned from samples.
//!
//! A *place* is (path component, offset in it): in `tenant-7/2024/a` the `2` is at place (1, 0) however long the
//! tenant's name is. For each place the characters seen are kept, in all and by the character before, so that a date's
//! month knows `0` → `1..9`, `1` → `0..2`. Characters after a given one are believed to be known only once they have
//! been met often enough; until then the place's own set stands in, and while that is young too, the smallest
//! well-known set of another place that contains it does (the first digit of a hash is like its seventh).
//!
//! Nothing here is a promise about the keys: it only steers where a range is cut. Memory is bounded by [`PLACES`],
//! [`CHARS`] and [`PAIRS`]; what does not fit is not learned.

/// Components told apart; deeper ones share the last.
const DEPTHS: usize = 16;
/// Offsets told apart in one component; later ones share the last.
const PLACES: usize = 192;
/// Characters kept in all.
const ROOM: usize = 1 << 16;
/// Characters before which are told apart at a place.
const PAIRS: usize = 256;
/// A set is well known when it was met this many times as often as it has members.
const KNOWN: u32 = 3;
/// A single character met this many times after a cut is taken for the only one.
const FIRST: u32 = 8;

/// Where in a key a character stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    depth: usize,
    offset: usize,
    before: u64,
}

impl Place {
    /// The place after `character`.
    pub(super) fn step(self, character: char) -> Self {
        if character == '/' {
            Self { depth: self.depth + 1, offset: 0, before: 0 }
        } else {
            Self {
                depth: self.depth,
                offset: self.offset + 1,
                before: (self.before << 32) | u64::from(u32::from(character)),
            }
        }
    }

    /// The place after all of `text`.
    pub(super) fn after(text: &str) -> Self {
        text.chars().fold(Self::default(), Self::step)
    }
}

/// What meeting a character says about its set being complete.
#[derive(Debug, Clone, Copy)]
enum Counts {
    Not,
    First,
    Fully,
}

/// Characters in order, and how often another one could have come.
#[derive(Debug, Default)]
struct Seen {
    chars: Vec<char>,
    times: u32,
    /// How often it was met first after a cut: the least of its kind, then.
    first: u32,
}

impl Seen {
    /// Takes a character in, where `room` is left; it counts as met where it was not asked for. Whether anything that
    /// matters changed.
    fn learn(&mut self, character: char, counts: Counts, room: &mut usize) -> bool {
        let known = self.is_known();
        match counts {
            Counts::Not => {}
            Counts::First => self.first = self.first.saturating_add(1),
            Counts::Fully => self.times = self.times.saturating_add(1),
        }
        match self.chars.binary_search(&character) {
            Err(at) if *room > 0 => {
                *room -= 1;
                self.chars.insert(at, character);
                true
            }
            _ => known != self.is_known(),
        }
    }

    fn is_known(&self) -> bool {
        u32::try_from(self.chars.len())
            .is_ok_and(|len| self.times >= len.saturating_mul(KNOWN) || (len == 1 && self.first >= FIRST))
    }
}

#[derive(Debug, Default)]
struct Slot {
    all: Seen,
    /// By the character before, sorted.
    pairs: Vec<(u64, Seen)>,
    /// Which of the shared sets stands in while this one is young.
    borrowed: Option<usize>,
}

/// The characters by place.
#[derive(Debug)]
pub(super) struct Alphabet {
    slots: Vec<Vec<Slot>>,
    /// Sets of well-known places and of whole components, the smallest first.
    shared: Vec<Vec<char>>,
    grown: bool,
    room: usize,
}

impl Default for Alphabet {
    fn default() -> Self {
        Self { slots: Vec::new(), shared: Vec::new(), grown: false, room: ROOM }
    }
}

impl Alphabet {
    /// Learns from a key; `before` is a key read before it in the same range, if any: what the two have in common is
    /// no news.
    pub(super) fn learn(&mut self, before: &str, key: &str, first: bool) {
        let same = common(before, key);
        let (head, tail) = key.split_at(same);
        let mut place = Place::after(head);
        let mut room = self.room;
        for (nth, character) in tail.chars().enumerate() {
            // The place where the two differ only moved on by one; the places after it started anew.
            let counts = match (nth, first) {
                (0, _) => Counts::Not,
                (_, true) => Counts::First,
                _ => Counts::Fully,
            };
            let slot = self.slot(place);
            let mut grown = slot.all.learn(character, counts, &mut room);
            let counts = match counts {
                Counts::First if slot.all.chars.len() > 1 => Counts::Not,
                counts => counts,
            };
            match slot.pairs.binary_search_by_key(&place.before, |pair| pair.0) {
                Ok(at) => {
                    if let Some(pair) = slot.pairs.get_mut(at) {
                        grown |= pair.1.learn(character, counts, &mut room);
                    }
                }
                Err(at) if slot.pairs.len() < PAIRS && room > 0 => {
                    let mut seen = Seen::default();
                    seen.learn(character, counts, &mut room);
                    slot.pairs.insert(at, (place.before, seen));
                }
                Err(_) => {}
            }
            self.grown |= grown;
            place = place.step(character);
        }
        self.room = room;
    }

    /// After the samples of a page: young places look for a set that stands in.
    pub(super) fn settle(&mut self) {
        if !std::mem::take(&mut self.grown) {
            return;
        }
        let mut shared: Vec<Vec<char>> = self
            .slots
            .iter()
            .flatten()
            .filter(|slot| slot.all.is_known() && slot.all.chars.len() > 1)
            .map(|slot| slot.all.chars.clone())
            .collect();
        for component in &self.slots {
            let mut union: Vec<char> = component.iter().flat_map(|slot| &slot.all.chars).copied().collect();
            union.sort_unstable();
            union.dedup();
            shared.push(union);
        }
        shared.sort_by(|a, b| a.len().cmp(&b.len()).then_with(|| a.cmp(b)));
        shared.dedup();
        for slot in self.slots.iter_mut().flatten() {
            slot.borrowed = None;
            if slot.all.is_known() {
                continue;
            }
            let own = &slot.all.chars;
            slot.borrowed = shared
                .iter()
                .position(|set| set.len() > own.len() && own.iter().all(|c| set.binary_search(c).is_ok()));
        }
        self.shared = shared;
    }

    /// The characters to expect at a place, in order; empty where nothing is known.
    pub(super) fn at(&self, place: Place) -> &[char] {
        let Some(slot) =
            self.slots.get(place.depth.min(DEPTHS - 1)).and_then(|d| d.get(place.offset.min(PLACES - 1)))
        else {
            return &[];
        };
        let pair = slot.pairs.binary_search_by_key(&place.before, |pair| pair.0).ok();
        if let Some((_, seen)) = pair.and_then(|at| slot.pairs.get(at))
            && seen.is_known()
        {
            return &seen.chars;
        }
        slot.borrowed.and_then(|at| self.shared.get(at)).unwrap_or(&slot.all.chars)
    }

    /// The characters met at a place, after the same character where that was met.
    pub(super) fn met(&self, place: Place) -> &[char] {
        let Some(slot) =
            self.slots.get(place.depth.min(DEPTHS - 1)).and_then(|d| d.get(place.offset.min(PLACES - 1)))
        else {
            return &[];
        };
        let pair = slot.pairs.binary_search_by_key(&place.before, |pair| pair.0).ok();
        pair.and_then(|at| slot.pairs.get(at)).map_or(&slot.all.chars, |(_, seen)| &seen.chars)
    }

    /// Whether no character after `character` is to be expected at a place.
    pub(super) fn is_last(&self, place: Place, character: char) -> bool {
        let Some(slot) =
            self.slots.get(place.depth.min(DEPTHS - 1)).and_then(|d| d.get(place.offset.min(PLACES - 1)))
        else {
            return false;
        };
        let pair = slot.pairs.binary_search_by_key(&place.before, |pair| pair.0).ok();
        pair.and_then(|at| slot.pairs.get(at)).is_some_and(|(_, seen)| {
            seen.is_known() && seen.chars.last().is_some_and(|last| *last <= character)
        })
    }

    pub(super) fn show(&self, key: &str) -> String {
        let mut place = Place::default();
        let mut out = String::new();
        for c in key.chars().take(14) {
            out += &format!(" {c}:{}", self.at(place).iter().collect::<String>());
            place = place.step(c);
        }
        out
    }

    fn slot(&mut self, place: Place) -> &mut Slot {
        let depth = grow(&mut self.slots, place.depth.min(DEPTHS - 1));
        grow(depth, place.offset.min(PLACES - 1))
    }
}

/// The element at `at`, made with all before it where missing.
#[expect(clippy::indexing_slicing, reason = "resized the line before")]
fn grow<T: Default>(list: &mut Vec<T>, at: usize) -> &mut T {
    if list.len() <= at {
        list.resize_with(at + 1, T::default);
    }
    &mut list[at]
}

/// The length in bytes of the longest common start of two texts, whole characters only.
pub(super) fn common(a: &str, b: &str) -> usize {
    let mut same = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(same) || !b.is_char_boundary(same) {
        same -= 1;
    }
    same
}
