//! Turns changes into requests: one per copy, one per thousand deletes or delete marker removals.

use std::collections::BTreeMap;

use super::outcome::Outcome;
use crate::error::Result;
use crate::limits;
use crate::model::{LaneOrder, Version, is_xml_safe};
use crate::plan::{Action, Change};
use crate::state::Superseded;

/// A change, with its state from an earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The number of the change in the plan.
    pub n: u64,
    /// The change.
    pub change: Change,
    /// True if the change may have been applied already, so that its key must be read first.
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

    /// The number of its last change in the order of the run.
    pub(super) fn last(&self) -> u64 {
        match self {
            Work::One(item) => item.n,
            Work::Delete(items) | Work::RemoveMarkers(items) => items.last().map_or(0, |item| item.n),
        }
    }
}

/// Collects deletes and marker removals into batches, and passes all other changes on.
///
/// A batch of deletes has keys of every lane, so that it loads all of them alike. A batch of marker removals has keys of
/// one lane: their histories are read first, which takes few requests only for keys next to each other.
pub(super) struct Batches<I> {
    items: I,
    order: LaneOrder,
    deletes: Vec<Item>,
    removals: BTreeMap<u64, Removals>,
}

/// The marker removals of one lane.
#[derive(Default)]
struct Removals {
    items: Vec<Item>,
    markers: usize,
}

impl<I> Batches<I> {
    pub(super) fn new(items: I, order: LaneOrder) -> Self {
        Self { items, order, deletes: Vec::new(), removals: BTreeMap::new() }
    }

    /// Returns the items not handed out: those already collected, and the remaining iterator.
    pub(super) fn rest(self) -> (Vec<Item>, I) {
        let Self { items, mut deletes, removals, .. } = self;
        deletes.extend(removals.into_values().flat_map(|removals| removals.items));
        (deletes, items)
    }

    fn delete(&mut self, item: Item) -> Option<Work> {
        self.deletes.push(item);
        (self.deletes.len() == limits::DELETE_BATCH).then(|| self.deletes())
    }

    fn deletes(&mut self) -> Work {
        Work::Delete(std::mem::take(&mut self.deletes))
    }

    /// Adds a removal to those of its lane. Returns the lane's others if they fill a request with it, or the largest
    /// batch if all lanes together have collected too many.
    fn remove(&mut self, item: Item) -> Option<Work> {
        let markers = item.change.markers.len();
        let lane = self.removals.entry(self.order.lane(item.n)).or_default();
        let ready = (lane.markers + markers > limits::DELETE_BATCH).then(|| std::mem::take(lane));
        lane.markers += markers;
        lane.items.push(item);
        match ready {
            Some(ready) => Some(Work::RemoveMarkers(ready.items)),
            None => self.are_many().then(|| self.largest_removals()).flatten(),
        }
    }

    fn are_many(&self) -> bool {
        self.removals.values().map(|removals| removals.markers).sum::<usize>() > limits::MARKERS_COLLECTED
    }

    fn largest_removals(&mut self) -> Option<Work> {
        let largest = self.removals.iter().max_by_key(|(_, removals)| removals.markers);
        let lane = *largest?.0;
        self.removals.remove(&lane).map(|removals| Work::RemoveMarkers(removals.items))
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
                None => return self.largest_removals().map(Ok),
            };
            let Change { key, action, markers, .. } = &item.change;
            let is_single = item.open || !is_xml_safe(key);
            let ready = match action {
                Action::Delete if !is_single => self.delete(item),
                Action::Undelete | Action::Revert if !is_single && !markers.is_empty() => self.remove(item),
                _ => Some(Work::One(Box::new(item))),
            };
            if ready.is_some() {
                return ready.map(Ok);
            }
        }
    }
}

#[cfg(test)]
mod tests;
