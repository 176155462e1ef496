//! Merges several runs.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

use super::run::Cursor;
use crate::error::Result;

/// The remaining entries of several runs, in key order; of equal keys, that of the earlier run comes first.
#[derive(Debug)]
pub(super) struct Merge {
    heads: BinaryHeap<Head>,
}

/// The remaining entries of one run.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) cursor: Cursor,
    /// The index of the run.
    pub(super) run: usize,
}

impl Merge {
    pub(super) fn new(cursors: impl IntoIterator<Item = Cursor>) -> Self {
        let heads = cursors.into_iter().enumerate().map(|(run, cursor)| Head { cursor, run });
        Self { heads: heads.filter(|head| head.cursor.key().is_some()).collect() }
    }

    /// Returns the run whose entry is next; `None` after the last.
    pub(super) fn head(&self) -> Option<&Head> {
        self.heads.peek()
    }

    /// Advances to the next entry.
    pub(super) fn advance(&mut self) -> Result<()> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(()) };
        let advanced = head.cursor.advance();
        if head.cursor.key().is_none() {
            drop(PeekMut::pop(head));
        }
        advanced
    }
}

/// The greatest head is the one whose entry is next, because the heap is a max-heap.
impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.cursor.key(), other.run).cmp(&(self.cursor.key(), self.run))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Head {}
