//! Turns a plan's changes into requests: a copy each, deletes by the thousand.

use crate::error::Result;
use crate::limits;
use crate::model::is_xml_safe;
use crate::plan::{Action, Change};

/// What one request does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// Copies one version.
    Copy(Change),
    /// Puts delete markers on these keys.
    Delete(Vec<Change>),
    /// Puts a delete marker on a key that XML cannot carry.
    DeleteOne(Change),
}

/// Gathers deletes while it passes copies on.
pub(super) struct Batches<I> {
    changes: I,
    deletes: Vec<Change>,
}

impl<I> Batches<I> {
    pub(super) fn new(changes: I) -> Self {
        Self { changes, deletes: Vec::new() }
    }
}

impl<I: Iterator<Item = Result<Change>>> Iterator for Batches<I> {
    type Item = Result<Work>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let change = match self.changes.next() {
                Some(Ok(change)) => change,
                Some(Err(e)) => return Some(Err(e)),
                None if self.deletes.is_empty() => return None,
                None => return Some(Ok(Work::Delete(std::mem::take(&mut self.deletes)))),
            };
            match change.action {
                Action::Undelete | Action::Revert => return Some(Ok(Work::Copy(change))),
                Action::Delete if !is_xml_safe(&change.key) => return Some(Ok(Work::DeleteOne(change))),
                Action::Delete => {
                    self.deletes.push(change);
                    if self.deletes.len() == limits::DELETE_BATCH {
                        return Some(Ok(Work::Delete(std::mem::take(&mut self.deletes))));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deletes_go_by_the_thousand_and_odd_keys_alone() {
        let change = |key: String, action| Change {
            key,
            action,
            now: None,
            then: None,
            cautions: vec![],
            doubts: vec![],
        };
        let mut changes: Vec<_> = (0..2500).map(|n| change(format!("{n:05}"), Action::Delete)).collect();
        changes.insert(7, change("x\u{1}".into(), Action::Delete));
        changes.insert(9, change("y".into(), Action::Revert));
        let works: Vec<_> = Batches::new(changes.into_iter().map(Ok)).map(Result::unwrap).collect();
        let sizes: Vec<_> = works
            .iter()
            .map(|work| match work {
                Work::Copy(_) => 0,
                Work::DeleteOne(_) => 1,
                Work::Delete(changes) => changes.len(),
            })
            .collect();
        assert_eq!(sizes, [1, 0, 1000, 1000, 500]);
    }
}
