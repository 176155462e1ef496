//! Finds a cut near the middle of a range.

use super::alphabet::{Alphabet, common};
use super::cut::LEAST;
use super::part::{Origin, Part};
use super::scale::{Cut, Line};

/// The minimum likelihood that the range has keys after the cut.
const LIKELY: f64 = 0.7;
/// The number of cuts tried, each closer to the keys already read.
const TRIES: usize = 8;
/// A cut at characters seen before leaves at least this share on the right, and half of it of the intended share on
/// the left.
const LOPSIDED: f64 = 0.25;

/// Returns a cut near the middle of what will be left of a range after the request under way. If keys are unlikely
/// after the cut, tries the middle of what precedes it, and so on.
pub(super) fn likely(alphabet: &Alphabet, prefix: &str, part: &Part, page: f64) -> Option<(Cut, Origin)> {
    let line = Line::likely(alphabet);
    let whole = line.measure(part.base(prefix), &part.at, part.end.as_deref());
    let (mut end, mut pages) = (part.end.as_deref().map(str::to_owned), part.pages);
    for _ in 0..TRIES {
        let share = 0.5 + 0.25 / pages;
        let Some((cut, origin)) = near(line, prefix, &part.at, end.as_deref(), share) else { break };
        if cut.chance >= LIKELY {
            return Some((cut, origin));
        }
        pages = part.pages * line.measure(part.base(prefix), &part.at, Some(&cut.mark)) / whole;
        if pages <= LEAST {
            break;
        }
        end = Some(cut.mark);
    }
    lasting(alphabet, part, page)
}

/// Returns a cut in the folder of the last page if that has been read for so long that it is likely to go on.
fn lasting(alphabet: &Alphabet, part: &Part, page: f64) -> Option<(Cut, Origin)> {
    let window = part.window.as_ref()?;
    let folder = window.to.get(..part.folder)?;
    let inside = window.from.starts_with(folder) && part.at.starts_with(folder);
    if !inside || part.lasting() < LEAST {
        return None;
    }
    let line = Line::even(alphabet);
    let end = part.end.as_deref().filter(|end| end.starts_with(folder));
    let seen = line.stretch(folder.len(), &window.from, &window.to);
    let rest = line.measure(folder.len(), &part.at, end);
    let share = seen / rest * part.lasting() * page / window.entries;
    near(line, folder, &part.at, end, share.min(0.5))
}

/// Returns a cut at a share of the way from `at` to `end`, preferring characters seen there before if such a cut is
/// near.
fn near(line: Line<'_>, prefix: &str, at: &str, end: Option<&str>, share: f64) -> Option<(Cut, Origin)> {
    let base = end.map_or(prefix.len(), |end| common(at, end));
    if let Some(cut) = line.between(base, at, end, share, false) {
        let left = line.measure(base, at, Some(&cut.mark));
        let real = left / line.measure(base, at, end);
        if (LOPSIDED * 2.0 * share..1.0 - LOPSIDED).contains(&real) {
            return Some((cut, Origin::Middle));
        }
    }
    line.between(base, at, end, share, true).map(|cut| (cut, Origin::Bold))
}
