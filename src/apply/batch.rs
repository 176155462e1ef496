//! Turns changes into requests: one per copy, one per thousand deletes or delete marker removals.

use super::outcome::Outcome;
use crate::error::Result;
use crate::limits;
use crate::model::{Version, is_xml_safe};
use crate::plan::{Action, Change};
use crate::state::Superseded;

/// A change, with its state from an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The number of the change in the plan.
    pub n: u64,
    /// The change.
    pub change: Change,
    /// Whether the change may have been applied already, so that its key must be read first.
    pub open: bool,
    /// The version found in place of the planned one, which this change supersedes.
    pub over: Option<Box<Superseded>>,
}

impl Item {
    /// Creates an item that no run has started on.
    pub fn new(n: u64, change: Change) -> Self {
        Self { n, change, open: false, over: None }
    }

    /// Combines the item with its outcome.
    pub(super) fn settled(self, outcome: Outcome) -> Settled {
        Settled { item: self, outcome }
    }

    /// The version that the key is expected to hold.
    pub(super) fn now(&self) -> Option<&Version> {
        self.over.as_ref().map_or(self.change.now.as_ref(), |over| over.version.as_ref())
    }
}

/// A change and its outcome.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) item: Item,
    pub(super) outcome: Outcome,
}

/// The work of one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Applies one change.
    One(Box<Item>),
    /// Puts delete markers on these keys.
    Delete(Vec<Item>),
    /// Removes the delete markers of these keys.
    RemoveMarkers(Vec<Item>),
}

impl Work {
    /// The number of changes.
    pub(super) fn len(&self) -> usize {
        match self {
            Work::One(_) => 1,
            Work::Delete(items) | Work::RemoveMarkers(items) => items.len(),
        }
    }

    /// The plan number after its last change.
    pub(super) fn upto(&self) -> u64 {
        match self {
            Work::One(item) => item.n + 1,
            Work::Delete(items) | Work::RemoveMarkers(items) => items.last().map_or(0, |item| item.n + 1),
        }
    }
}

/// Collects deletes and marker removals into batches, and passes all other changes on.
pub(super) struct Batches<I> {
    items: I,
    deletes: Vec<Item>,
    marker_removals: Vec<Item>,
    markers: usize,
}

impl<I> Batches<I> {
    pub(super) fn new(items: I) -> Self {
        Self { items, deletes: Vec::new(), marker_removals: Vec::new(), markers: 0 }
    }

    /// Returns the items not handed out: those already collected, and the remaining iterator.
    pub(super) fn rest(self) -> (Vec<Item>, I) {
        let Self { items, mut deletes, marker_removals, .. } = self;
        deletes.extend(marker_removals);
        (deletes, items)
    }

    fn deletes(&mut self) -> Work {
        Work::Delete(std::mem::take(&mut self.deletes))
    }

    fn marker_removals(&mut self) -> Work {
        self.markers = 0;
        Work::RemoveMarkers(std::mem::take(&mut self.marker_removals))
    }
}

impl<I: Iterator<Item = Result<Item>>> Iterator for Batches<I> {
    type Item = Result<Work>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let item = match self.items.next() {
                Some(Ok(item)) => item,
                Some(Err(e)) => return Some(Err(e)),
                None if !self.deletes.is_empty() => return Some(Ok(self.deletes())),
                None if !self.marker_removals.is_empty() => return Some(Ok(self.marker_removals())),
                None => return None,
            };
            let Change { key, action, markers, .. } = &item.change;
            if item.open || !is_xml_safe(key) {
                return Some(Ok(Work::One(Box::new(item))));
            }
            if *action == Action::Delete {
                self.deletes.push(item);
                if self.deletes.len() == limits::DELETE_BATCH {
                    return Some(Ok(self.deletes()));
                }
            } else if markers.is_empty() {
                return Some(Ok(Work::One(Box::new(item))));
            } else {
                let full = self.markers + markers.len() > limits::DELETE_BATCH;
                let ready = full.then(|| self.marker_removals());
                self.markers += markers.len();
                self.marker_removals.push(item);
                if ready.is_some() {
                    return ready.map(Ok);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
