//! Keys in memory, and sorting them.

use rayon::prelude::*;

use crate::limits;

/// The number of key bytes compared at once.
const HEAD: u32 = 8;

/// See [`limits::SORT_ALONE`].
const ALONE: usize = if cfg!(test) { 16 } else { limits::SORT_ALONE };

/// Keys in memory, stored back to back in one buffer.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    text: String,
    places: Vec<Place>,
}

/// The position of a key in the buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Eight bytes of the key as a big-endian number, so that they can be compared without reading the buffer.
    head: u64,
    from: u32,
    to: u32,
}

impl Chunk {
    pub(super) fn size(&self) -> usize {
        self.text.len() + self.places.len() * size_of::<Place>()
    }

    pub(super) fn push(&mut self, key: &str) {
        // Chunks are limited to far less than four GiB.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let from = place(self.text.len());
        self.text.push_str(key);
        self.places.push(Place { head: 0, from, to: place(self.text.len()) });
    }

    pub(super) fn sort(&mut self) {
        sort(self.text.as_bytes(), &mut self.places, 0);
    }

    /// Splits the sorted keys into this many parts of about the same length; equal keys are in the same part.
    pub(super) fn parts(&self, parts: usize) -> Vec<&[Place]> {
        let (mut found, mut rest) = (Vec::new(), self.places.as_slice());
        for left in (1..=parts).rev() {
            let mut end = rest.len() / left;
            while let (Some(last), Some(next)) =
                (end.checked_sub(1).and_then(|at| rest.get(at)), rest.get(end))
                && self.key(last) == self.key(next)
            {
                end += 1;
            }
            let (part, others) = rest.split_at(end);
            found.extend((!part.is_empty()).then_some(part));
            rest = others;
        }
        found
    }

    /// Returns the keys of a part.
    pub(super) fn keys(&self, part: &[Place]) -> impl DoubleEndedIterator<Item = &[u8]> {
        part.iter().map(|place| self.key(place))
    }

    fn key(&self, place: &Place) -> &[u8] {
        self.text.as_bytes().get(place.from as usize..place.to as usize).unwrap_or_default()
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.places.clear();
    }
}

/// Sorts keys that share their first `depth` bytes: by the next eight, and those that are equal in these recursively.
/// Keys often have long common prefixes.
fn sort(text: &[u8], places: &mut [Place], depth: u32) {
    // A key sorts before the keys that it is a prefix of.
    let rest = |place: &Place| (place.to - place.from - depth).min(HEAD + 1);
    let order = |place: &Place| (place.head, rest(place));
    let same = |a: &Place, b: &Place| order(a) == order(b);
    let look = |place: &mut Place| place.head = head(text, place.from + depth, place.to);
    let go_on = |equal: &mut [Place]| {
        if equal.len() > 1 && equal.iter().any(|place| rest(place) > HEAD) {
            sort(text, equal, depth + HEAD);
        }
    };
    if places.len() < ALONE {
        places.iter_mut().for_each(look);
        places.sort_unstable_by_key(order);
        places.chunk_by_mut(same).for_each(go_on);
    } else {
        places.par_iter_mut().for_each(look);
        places.par_sort_unstable_by_key(order);
        places.par_chunk_by_mut(same).for_each(go_on);
    }
}

/// Returns the first bytes of a text as a big-endian number.
fn head(text: &[u8], from: u32, to: u32) -> u64 {
    let mut head = [0; HEAD as usize];
    if let Some(bytes) = text.get(from as usize..to.min(from + HEAD) as usize) {
        head.iter_mut().zip(bytes).for_each(|(head, byte)| *head = *byte);
    }
    u64::from_be_bytes(head)
}
