//! Compares what both sides of a border between ranges show of the keys after it.
//!
//! A range begins after a key that need not exist, and some servers (moto) then omit the first entry. The last page of
//! the range before it comes from further left and reaches beyond the border: the first key it shows there must also
//! appear in the range after the border.
//!
//! | first key after the border, seen from the left | seen from the right | conclusion |
//! |---|---|---|
//! | none | any | nothing is missing: any key there was written since |
//! | K | K, or an earlier key | nothing is missing |
//! | K | a later key, or none | K is missing, or was written or removed between the two pages |

use std::collections::HashMap;
use std::sync::Arc;

/// A key that a range should have begun with but did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The range begins after this key.
    pub border: Arc<str>,
    /// The key that the previous range saw there.
    pub key: String,
}

/// The side from which a border was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Borders not yet seen from both sides: at most two per open range.
#[derive(Debug, Default)]
pub(super) struct Borders(HashMap<Arc<str>, Option<(Side, Option<String>)>>);

impl Borders {
    /// Adds the border of a new cut.
    pub(super) fn open(&mut self, border: &Arc<str>) {
        self.0.insert(Arc::clone(border), None);
    }

    /// Records the first key after a border as seen from one side. Ignores the outer bounds of the listing.
    pub(super) fn tell(&mut self, border: &Arc<str>, side: Side, first: Option<&str>) -> Option<Gap> {
        let first = first.map(str::to_owned);
        let seen = self.0.get_mut(border)?;
        let Some((_, other)) = seen.take_if(|(other, _)| *other != side) else {
            *seen = Some((side, first));
            return None;
        };
        self.0.remove(border);
        let (left, right) = if side == Side::Left { (first, other) } else { (other, first) };
        let key = left.filter(|left| right.is_none_or(|right| right > *left))?;
        Some(Gap { border: Arc::clone(border), key })
    }

    /// Returns whether every border was seen from both sides.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
