//! What becomes of a change.

use crate::counters::Counters;
use crate::error::Error;
use crate::limits;
use crate::model::Version;
use crate::plan::Change;
use crate::s3::{Copied, Deleted};
use crate::state::{Ending, Superseded};

/// What became of one change.
#[derive(Debug)]
pub enum Outcome {
    /// The version was copied: what that made.
    Copied(Copied),
    /// The key got this delete marker.
    Deleted(Deleted),
    /// The delete markers above the version were removed.
    MarkersRemoved,
    /// The key held already what it should.
    Skipped,
    /// Somebody changed the key since the plan; it was left alone.
    Conflict,
    /// The key was changed, and that has superseded a write which nobody had seen.
    Superseded {
        /// How the change ended.
        made: Ending,
        /// What was live before it; none where the key had been deleted.
        version: Option<Version>,
    },
    /// The version to copy lies in an archive; the key was left alone.
    Archived {
        /// Whether the version has been asked for, now or before.
        thawing: bool,
    },
    /// It could not be changed.
    Failed(Error),
}

impl Outcome {
    /// Whether nothing became of the change because the run ends: it is neither done nor failed.
    pub(crate) fn is_left(&self) -> bool {
        matches!(self, Outcome::Failed(e) if e.ends_the_run())
    }

    /// Adds it to the counters.
    pub(crate) fn count(&self, counters: &Counters, change: &Change) {
        match self {
            Outcome::Copied(_) => {
                counters.copied.add(1);
                counters.bytes_copied.add(change.bytes());
            }
            Outcome::Deleted(_) => counters.deleted.add(1),
            Outcome::MarkersRemoved => counters.markers_removed.add(1),
            Outcome::Skipped => counters.skipped.add(1),
            Outcome::Conflict => counters.conflicts.add(1),
            Outcome::Superseded { .. } => counters.superseded.add(1),
            Outcome::Archived { .. } => counters.archived.add(1),
            Outcome::Failed(_) => counters.failed.add(1),
        }
    }

    /// It as the journal keeps it; `over`: what was buried, where that is not what the plan saw.
    pub(crate) fn ending(&self, over: Option<Box<Superseded>>) -> Ending {
        match self {
            Outcome::Copied(Copied { version_id, etag }) => {
                Ending::Copied { version_id: version_id.clone(), etag: etag.clone(), over }
            }
            Outcome::Deleted(Deleted { version_id }) => {
                Ending::Deleted { version_id: version_id.clone(), over }
            }
            Outcome::MarkersRemoved => Ending::MarkersRemoved,
            Outcome::Skipped => Ending::Skipped,
            Outcome::Conflict => Ending::Conflict,
            Outcome::Superseded { made, version } => {
                made.clone().lying_on(Superseded { version: version.clone(), superseded: true })
            }
            Outcome::Archived { .. } => Ending::Archived,
            Outcome::Failed(e) => {
                let error = e.to_string().chars().take(limits::JOURNAL_ERROR).collect();
                Ending::Failed { error, over }
            }
        }
    }
}

#[cfg(test)]
mod tests;
