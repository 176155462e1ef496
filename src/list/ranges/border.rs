//! Borders between ranges: what either side showed of the keys behind them.
//!
//! A range begins after a key that need not exist, and there are servers (moto) that then leave out the entry which comes
//! first. The range before it comes from further left, and its last page reaches beyond the border: the first key that
//! it shows there is one that the range behind the border has to show, too.
//!
//! | first key behind the border, seen from the left | seen from the right | so |
//! |---|---|---|
//! | none | any | nothing is missing: what there is was written since |
//! | K | K, or a key before it | nothing is missing |
//! | K | a key after it, or none | K is missing, or was written or removed between the two pages |

use std::collections::HashMap;
use std::sync::Arc;

/// A key that a range should have begun with, and did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gap {
    /// Where the range begins: after this key.
    pub border: Arc<str>,
    /// The key that the range before it saw there.
    pub key: String,
}

/// From which side a border was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

/// Borders that were not seen from both sides yet: at most two for each range under way.
#[derive(Debug, Default)]
pub(super) struct Borders(HashMap<Arc<str>, Option<(Side, Option<String>)>>);

impl Borders {
    /// A range was cut here.
    pub(super) fn open(&mut self, border: &Arc<str>) {
        self.0.insert(Arc::clone(border), None);
    }

    /// The first key behind a border, as seen from one side. Borders of the whole are none.
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

    /// Whether every border was seen from both sides.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
