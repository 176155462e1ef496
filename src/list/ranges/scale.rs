//! Keys as points on a line: how much of the key space lies between two keys, and which key is at a given share of it.
//!
//! A key is read as a number whose digits are its characters and whose radix at each place is the number of characters
//! expected there ([`Alphabet`]). The numbers are relative to a common start of the keys compared, so a deep tree loses
//! no precision. They are right only as far as keys are spread evenly over what the alphabet allows.

use super::alphabet::{Alphabet, Place, common};

/// Parts of a cell smaller than this are not told apart.
const FINEST: f64 = 1e-14;
/// A cut may miss the wanted share by this part of the range.
const SLACK: f64 = 0.04;
/// Characters a cut may add to the common start of its range.
const LONGEST: usize = 48;

/// The share of the key space under `key[..base]` between `from` and `to`, both of which start so; `to` absent is the
/// end of that space.
pub(super) fn measure(alphabet: &Alphabet, base: usize, from: &str, to: Option<&str>) -> f64 {
    let same = to.map_or(base, |to| common(from, to).max(base));
    let mut place = Place::after(from.get(..base).unwrap_or_default());
    let mut width = 1.0;
    for character in from.get(base..same).unwrap_or_default().chars() {
        width /= radix(alphabet.at(place));
        place = place.step(character);
    }
    let high = to.map_or(1.0, |to| point(alphabet, place, to.get(same..).unwrap_or_default()));
    let low = point(alphabet, place, from.get(same..).unwrap_or_default());
    width * (high - low).max(0.0)
}

/// A key strictly between `from` and `to` near `share` of the way; both start with `from[..base]`.
pub(super) fn between(
    alphabet: &Alphabet,
    base: usize,
    from: &str,
    to: Option<&str>,
    share: f64,
    bold: bool,
) -> Option<String> {
    let head = from.get(..base)?;
    let mut place = Place::after(head);
    let low = point(alphabet, place, from.get(base..)?);
    let high = to.map_or(1.0, |to| point(alphabet, place, to.get(base..).unwrap_or_default()));
    let wanted = low + (high - low) * share;
    let slack = (high - low) * SLACK;
    let (mut sum, mut width) = (0.0, 1.0);
    let mut cut = head.to_owned();
    for _ in 0..LONGEST {
        let chars = alphabet.at(place);
        if chars.is_empty() || width < FINEST {
            break;
        }
        let choice = if bold { chars } else { alphabet.met(place) };
        let cell = width / radix(chars);
        let edge = |character: &char| {
            let (Ok(at) | Err(at)) = chars.binary_search(character);
            sum + at as f64 * cell
        };
        // The nearest edge of a cell will do where it is near enough.
        let above = choice.partition_point(|character| edge(character) <= wanted);
        for at in [above, above.wrapping_sub(1)] {
            if let Some(character) = choice.get(at)
                && (edge(character) - wanted).abs() <= slack
            {
                cut.push(*character);
                if fits(&cut, from, to) {
                    return Some(cut);
                }
                cut.pop();
            }
        }
        let character = *choice.get(above.saturating_sub(1))?;
        sum = edge(&character);
        cut.push(character);
        width = cell;
        place = place.step(character);
    }
    fits(&cut, from, to).then_some(cut)
}

fn fits(cut: &str, from: &str, to: Option<&str>) -> bool {
    cut > from && to.is_none_or(|to| cut < to)
}

#[expect(clippy::cast_precision_loss, reason = "at most a few hundred")]
fn radix(chars: &[char]) -> f64 {
    chars.len().max(1) as f64
}

/// Where `text`, which stands at `place`, lies in 0..=1.
#[expect(clippy::cast_precision_loss, reason = "at most a few hundred")]
fn point(alphabet: &Alphabet, mut place: Place, text: &str) -> f64 {
    let (mut sum, mut width) = (0.0, 1.0);
    for character in text.chars() {
        let chars = alphabet.at(place);
        if chars.is_empty() || width < FINEST {
            break;
        }
        let cell = width / radix(chars);
        match chars.binary_search(&character) {
            Ok(at) => sum += at as f64 * cell,
            Err(at) => return sum + at as f64 * cell,
        }
        width = cell;
        place = place.step(character);
    }
    sum
}
