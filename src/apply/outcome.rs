//! The outcome of a change.

use crate::counters::{Counters, Failures};
use crate::error::{Error, ErrorKind};
use crate::limits;
use crate::model::Version;
use crate::plan::Change;
use crate::s3::{Copied, Deleted};
use crate::state::{Ending, Superseded};

/// The outcome of one change.
#[derive(Debug)]
pub enum Outcome {
    /// The version was copied; with the new version.
    Copied(Copied),
    /// The key was deleted; with the delete marker.
    Deleted(Deleted),
    /// The delete markers above the version were removed.
    MarkersRemoved,
    /// The key was already correct.
    Skipped,
    /// Another client changed the key since the plan; it was not changed.
    Conflict,
    /// The key was changed, which superseded a write without a conflict being seen.
    Superseded {
        /// The result of the change.
        made: Ending,
        /// The superseded version; `None` if the key had been deleted.
        version: Option<Version>,
    },
    /// The version to copy is archived; the key was not changed.
    Archived {
        /// True if a restore from the archive has been requested, now or before.
        thawing: bool,
    },
    /// The change failed.
    Failed(Error),
}

/// Counts a change that failed.
pub(crate) fn count_failure(counters: &Counters, reason: ErrorKind) {
    counters.failed.add(1);
    let Failures { denied, missing, throttled, transient, other } = &counters.failures;
    let failures = match reason {
        ErrorKind::Denied | ErrorKind::Credentials => denied,
        ErrorKind::Missing => missing,
        ErrorKind::Throttled => throttled,
        ErrorKind::Transient => transient,
        _ => other,
    };
    failures.add(1);
}

impl Outcome {
    /// Returns true if the change was left because the run ends: it is neither done nor failed.
    pub(crate) fn is_left(&self) -> bool {
        matches!(self, Outcome::Failed(e) if e.ends_the_run())
    }

    /// Adds the outcome to the counters.
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
            Outcome::Failed(e) => count_failure(counters, e.kind()),
        }
    }

    /// Converts to the journal's form; `over` is the superseded version, if it is not the one the plan saw.
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
