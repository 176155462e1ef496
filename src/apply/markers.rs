//! Verifies that delete markers to be removed by ID are delete markers.
//!
//! An ID can name a version of any kind, and deleting a version by its ID destroys it. A plan is a file that anyone can
//! have written, so each ID is looked up in its key's history before it is sent.
//!
//! | the key's history has | result |
//! |---|---|
//! | an object version under one of the IDs, or an ID is empty | refused: the version would be erased, or a marker put |
//! | no longer the version to restore | refused: an older version would become current |
//! | the version, and delete markers or nothing under the IDs | the markers are removed |

use super::copy::gone;
use super::place::Place;
use crate::error::{Error, ErrorKind, Result};
use crate::list::{HistoryReader, Want};
use crate::model::{Entry, printable};
use crate::plan::Change;

/// Reads a key's history for the delete markers of a change.
#[derive(Debug, Clone)]
pub(super) struct MarkersReader<'a> {
    change: &'a Change,
    /// IDs not seen yet.
    unmet: usize,
    version_is_there: bool,
    /// An ID that belongs to an object version.
    wrong: Option<String>,
}

impl<'a> MarkersReader<'a> {
    pub(super) fn new(change: &'a Change) -> Self {
        // Without a version ID, the key itself would be deleted.
        let wrong = change.markers.iter().find(|id| id.is_empty()).cloned();
        Self { change, unmet: change.markers.len(), version_is_there: change.then.is_none(), wrong }
    }

    /// Returns an error if the markers must not be removed.
    pub(super) fn finish(self, place: &Place) -> Result<()> {
        if let Some(id) = self.wrong {
            let (bucket, key) = (&place.bucket, printable(&self.change.key));
            let message = format!(
                "cannot remove the delete marker {:?} of s3://{bucket}/{key}: no delete marker has this version id",
                printable(&id)
            );
            return Err(Error::new(ErrorKind::Corrupt, message)
                .hint("the plan was altered or not written by asof; make a new one with asof diff"));
        }
        if self.version_is_there { Ok(()) } else { Err(gone(place, self.change)) }
    }
}

impl HistoryReader for MarkersReader<'_> {
    fn push(&mut self, entry: &Entry<'_>, _: bool) -> Want {
        if self.change.markers.iter().any(|id| id == entry.version_id) {
            self.unmet = self.unmet.saturating_sub(1);
            if !entry.kind.is_marker() {
                self.wrong = Some(entry.version_id.to_owned());
            }
        }
        let then = self.change.then.as_ref();
        self.version_is_there |= then.is_some_and(|then| then.version_id == entry.version_id);
        if self.is_settled() { Want::Enough } else { Want::More }
    }

    fn is_settled(&self) -> bool {
        self.wrong.is_some() || (self.version_is_there && self.unmet == 0)
    }
}

#[cfg(test)]
mod tests;
