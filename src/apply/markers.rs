//! Delete markers that are to be removed by their ids: whether they are delete markers at all.
//!
//! An id names a version of any kind, and a version that is deleted by its id is gone for good. A plan is a file, which
//! anybody may have written: so each id is looked up in its key's history before it is sent.
//!
//! | the key's history has | so |
//! |---|---|
//! | a version of an object under one of the ids, or an id is empty | refused: it would be erased, or a marker put |
//! | no longer the version that is to come back | refused: what lies further below would come to light |
//! | the version, and under the ids delete markers or nothing | they are removed |

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
    /// Ids that were not met yet.
    unmet: usize,
    version_is_there: bool,
    /// An id that is of an object's version.
    wrong: Option<String>,
}

impl<'a> MarkersReader<'a> {
    pub(super) fn new(change: &'a Change) -> Self {
        // Without an id, the key itself would be deleted.
        let wrong = change.markers.iter().find(|id| id.is_empty()).cloned();
        Self { change, unmet: change.markers.len(), version_is_there: change.then.is_none(), wrong }
    }

    /// An error unless they may be removed.
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
