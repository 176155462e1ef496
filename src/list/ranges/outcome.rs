//! Learns from pages: about what is left of their range, about the cut that made it, and about its neighbors.

use std::ops::Range;
use std::sync::Arc;

use super::Ranges;
use super::alphabet::{Alphabet, Place, common};
use super::estimate::Behind;
use super::page::Page;
use super::part::{Origin, Part};

/// The names in a range's folders are worth requests if the estimate grows by this factor and `LATE` pages, …
const GROWN: f64 = 8.0;
/// … or if the range goes on for this many pages after its estimated end.
const LATE: f64 = 2.0;

/// The first page of a range, as far as it tells about the cut that made it.
#[derive(Debug)]
struct First {
    origin: Origin,
    start: Arc<str>,
    /// The first key after the cut, of whichever range.
    key: Behind,
    /// It has keys of the range.
    found: bool,
}

impl First {
    /// Learns the character with which nothing was found after `at`, which is before the cut, if the cut ends with it.
    fn teach_absence(&self, at: &str, alphabet: &mut Alphabet) {
        let Some((head, tail)) = self.start.split_at_checked(common(at, &self.start)) else { return };
        let is_absent = match &self.key {
            Behind::Key(key) => !key.starts_with(head),
            Behind::Nothing => true,
            Behind::Unknown => false,
        };
        let mut characters = tail.chars();
        if let (true, Some(character), None) = (is_absent, characters.next(), characters.next()) {
            alphabet.none_from(Place::after(head), character);
        }
    }
}

impl Ranges {
    /// Learns from a page of the range at `at`, to which the entries `take` belong.
    pub(super) fn judge(&mut self, at: usize, page: &dyn Page, take: &Range<usize>, ended: bool) {
        let wasted = self.waste(page, take, ended);
        self.wasted += wasted;
        let Some(part) = self.parts.get_mut(at) else { return };
        let expected = part.pages;
        count(part, page, take);
        let first = (!std::mem::replace(&mut part.begun, true)).then(|| First {
            origin: part.origin,
            start: Arc::clone(&part.start),
            key: match (page.len() > take.start, page.next()) {
                (true, _) => Behind::Key(page.key(take.start).into()),
                (false, None) => Behind::Nothing,
                (false, Some(_)) => Behind::Unknown,
            },
            found: !take.is_empty(),
        });
        if let Some(first) = &first {
            self.teach(at, first);
        }
        self.estimate(at);
        if !take.is_empty() && !ended {
            self.want_names(at, expected, &page.key(take.start));
        }
        if let Some(first) = first {
            if let Some(part) = self.parts.get_mut(at) {
                part.due = part.pages + 1.0;
            }
            match first.origin {
                Origin::Depth => self.depths.tell(wasted),
                Origin::Middle => self.middles.tell(wasted),
            }
            self.tell_left(at, &first);
        }
        // What was read tells about the unread ranges after it, too.
        let unread = self.parts.iter().skip(at + 1).take_while(|part| !part.begun).count();
        for at in at + 1..=at + unread {
            self.estimate(at);
        }
    }

    /// Asks for the names in the folders of a range that is longer than `expected`, or than it was when it was cut.
    fn want_names(&mut self, at: usize, expected: f64, key: &str) {
        let Some(part) = self.parts.get(at) else { return };
        if self.pages == 1 || part.pages > expected * GROWN + LATE || part.late() > LATE {
            self.folders.want(part, &self.prefix, key, self.pages, &mut self.line.names);
        }
    }

    /// Returns the part of a page that was requested in vain.
    #[expect(clippy::cast_precision_loss, reason = "a page is small")]
    fn waste(&self, page: &dyn Page, take: &Range<usize>, ended: bool) -> f64 {
        let cut_short = ended && page.next().is_some();
        if cut_short || take.is_empty() { 1.0 - take.len() as f64 / self.page.max(1.0) } else { 0.0 }
    }

    /// Learns which characters follow from the first key after a cut.
    fn teach(&mut self, at: usize, first: &First) {
        let Some(left) = at.checked_sub(1).and_then(|at| self.parts.get(at)) else { return };
        let alphabet = &mut self.line.alphabet;
        if let Behind::Key(key) = &first.key
            && first.found
        {
            alphabet.differ(&left.at, key);
        }
        if left.end.as_ref() != Some(&first.start) {
            return;
        }
        match first.origin {
            Origin::Depth => {
                // The cut was made after all keys with this prefix.
                let same = common(&left.at, &first.start);
                let upto = left.at.get(same..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
                let Some(before) = left.at.get(..same + upto) else { return };
                match &first.key {
                    Behind::Key(key) => alphabet.learn(before, key),
                    Behind::Nothing => alphabet.end(before, self.prefix.len()),
                    Behind::Unknown => {}
                }
            }
            Origin::Middle => first.teach_absence(&left.at, alphabet),
        }
    }

    /// Tells the range to the left what the cut between them found.
    fn tell_left(&mut self, at: usize, first: &First) {
        let Some(at) = at.checked_sub(1) else { return };
        let Some(left) = self.parts.get_mut(at).filter(|left| left.end.as_ref() == Some(&first.start)) else {
            return;
        };
        left.behind = first.key.clone();
        self.estimate(at);
        if let Some(left) = self.parts.get_mut(at) {
            left.due = left.answered + left.pages;
        }
    }
}

/// Counts the entries of a page, by keys at doubled distances from its last one: the longer a prefix of the last key,
/// the fewer entries it has, and the closer they are.
#[expect(clippy::cast_precision_loss, reason = "a page is small")]
fn count(part: &mut Part, page: &dyn Page, take: &Range<usize>) {
    let Some(last) = take.end.checked_sub(1).filter(|_| !take.is_empty()) else { return };
    part.shared = common(&page.key(take.start), &page.key(last));
    part.answered += 1.0;
    let mut counted = take.start;
    let half = take.len().next_power_of_two() / 2;
    let distances = std::iter::successors(Some(half), |before| (*before > 0).then(|| before / 2));
    for distance in distances {
        let at = last - distance;
        part.read.add(&page.key(at), (at + 1 - counted) as f64);
        counted = at + 1;
    }
}
