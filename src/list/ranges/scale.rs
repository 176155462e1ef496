//! Keys as points on a line: how much of the key space lies between two keys, and which key is at a share of it.
//!
//! A key is read as a number whose digits are its characters and whose radix at each place is the number of characters
//! expected there ([`Alphabet::at`]). The numbers are relative to a common start of the keys compared, so that a deep
//! tree loses no precision. They are true only as far as the keys are spread evenly over what the alphabet allows.

use super::alphabet::{Alphabet, Place, common};

/// Parts of the space smaller than this are not told apart.
const FINEST: f64 = 1e-14;
/// A cut may miss the wanted share by this part of the range: a short marker is worth more than an exact one.
const SLACK: f64 = 0.04;
/// Characters a cut may add to the common start of its range.
const LONGEST: usize = 48;

/// The share of the key space below `from[..base]` that lies between `from` and `to`, which starts so too; no `to` is
/// the end of that space.
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

/// A key strictly between `from` and `to`, which both start with `from[..base]`, near `share` of the way; made of
/// characters met at their places, or, if `bold`, of those expected there.
#[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand characters")]
pub(super) fn between(
    alphabet: &Alphabet,
    base: usize,
    from: &str,
    to: Option<&str>,
    share: f64,
    bold: bool,
) -> Option<String> {
    let mut cut = from.get(..base)?.to_owned();
    let mut place = Place::after(&cut);
    let low = point(alphabet, place, from.get(base..)?);
    let high = to.map_or(1.0, |to| point(alphabet, place, to.get(base..).unwrap_or_default()));
    let wanted = low + (high - low) * share;
    let slack = (high - low) * SLACK;
    let (mut sum, mut width) = (0.0, 1.0);
    for _ in 0..LONGEST {
        let expected = alphabet.at(place);
        if expected.is_empty() || width < FINEST {
            break;
        }
        let choice = if bold { expected } else { alphabet.met(place) };
        let cell = width / radix(expected);
        let edge = |character: &char| {
            let (Ok(at) | Err(at)) = expected.binary_search(character);
            sum + at as f64 * cell
        };
        let above = choice.partition_point(|character| edge(character) <= wanted);
        // The edge of a cell will do where it is near enough.
        for at in [above, above.wrapping_sub(1)] {
            if let Some(character) =
                choice.get(at).filter(|character| (edge(character) - wanted).abs() <= slack)
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
        width = cell;
        cut.push(character);
        place = place.step(character);
    }
    fits(&cut, from, to).then_some(cut)
}

fn fits(cut: &str, from: &str, to: Option<&str>) -> bool {
    cut > from && to.is_none_or(|to| cut < to)
}

#[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand characters")]
fn radix(chars: &[char]) -> f64 {
    chars.len().max(1) as f64
}

/// Where `text`, which stands at `place`, lies in 0..=1.
#[expect(clippy::cast_precision_loss, reason = "a set has at most a few thousand characters")]
fn point(alphabet: &Alphabet, mut place: Place, text: &str) -> f64 {
    let (mut sum, mut width) = (0.0, 1.0);
    for character in text.chars() {
        let chars = alphabet.at(place);
        if chars.is_empty() || width < FINEST {
            break;
        }
        width /= radix(chars);
        match chars.binary_search(&character) {
            Ok(at) => sum += at as f64 * width,
            Err(at) => return sum + at as f64 * width,
        }
        place = place.step(character);
    }
    sum
}
