//! The records of a run's journal.

use serde::{Deserialize, Serialize};

use crate::model::{Instant, Version};

/// The format version of the journal. A newer one is an error. Format 3 added lanes.
pub(super) const FORMAT: u32 = 3;

/// A record of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Record {
    /// The first record.
    Started {
        /// The format version of the journal.
        format: u32,
        /// The time the run started.
        at: Instant,
        /// The number of changes in the plan.
        changes: u64,
        /// The number of lanes, which sets the order of the changes: see [`LaneOrder`](crate::model::LaneOrder).
        #[serde(default = "one_lane", skip_serializing_if = "is_one_lane")]
        lanes: u32,
    },
    /// The run was resumed.
    Resumed {
        /// The time it was resumed.
        at: Instant,
    },
    /// An intent: every change before this position in the order may be in progress from now on.
    Taken {
        /// The position of the first change that is not.
        upto: u64,
    },
    /// Every result so far was compared with the keys' histories.
    Checked,
    /// Changes that were announced but not started when the run stopped: none of their requests was applied.
    Left {
        /// The number of the first change.
        from: u64,
        /// The number after the last change.
        upto: u64,
    },
    /// The result of a change.
    Result {
        /// The number of the change in the plan, starting at 0.
        n: u64,
        /// The result.
        #[serde(flatten)]
        ending: Ending,
    },
}

/// The lanes of a journal that names no number, as in formats before 3.
fn one_lane() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_one_lane(lanes: &u32) -> bool {
    *lanes == 1
}

/// The result of a change, as a later `resume` or `undo` needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Ending {
    /// The version was copied.
    Copied {
        /// The ID of the new version; `None` if the server did not return it.
        version_id: Option<String>,
        /// Its ETag; `None` if the server did not return it.
        etag: Option<String>,
        /// The superseded version, if it is not the one the plan saw.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<Superseded>>,
    },
    /// The key was deleted with a delete marker.
    Deleted {
        /// The version ID of the marker; `None` if the server did not return it.
        version_id: Option<String>,
        /// The superseded version, if it is not the one the plan saw.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<Superseded>>,
    },
    /// Delete markers were removed, and the version below them is current again.
    #[serde(alias = "uncovered")]
    MarkersRemoved,
    /// The key was already correct.
    Skipped,
    /// Another client changed the key since the plan.
    Conflict,
    /// The version is archived and not available yet.
    Archived,
    /// The change failed.
    Failed {
        /// The error.
        error: String,
        /// The version that would be superseded, if it is not the one the plan saw: the change may have been made
        /// without a reply.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<Superseded>>,
    },
}

/// The state of a key just before its change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    /// The live version; `None` if there was none.
    pub version: Option<Version>,
    /// True if it was found only after the change, which superseded it without a conflict being seen.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

impl Ending {
    /// Returns the superseded version, if it is not the one the plan saw.
    pub fn over(&self) -> Option<&Superseded> {
        match self {
            Ending::Copied { over, .. } | Ending::Deleted { over, .. } | Ending::Failed { over, .. } => {
                over.as_deref()
            }
            Ending::MarkersRemoved | Ending::Skipped | Ending::Conflict | Ending::Archived => None,
        }
    }

    /// Adds the ID of the created version, if the server did not return it. A failed change whose version exists counts
    /// as made.
    #[must_use]
    pub fn named(self, id: String, etag: Option<String>, is_delete: bool) -> Self {
        match self {
            Ending::Copied { version_id: None, etag, over } => {
                Ending::Copied { version_id: Some(id), etag, over }
            }
            Ending::Deleted { version_id: None, over } => Ending::Deleted { version_id: Some(id), over },
            Ending::Failed { over, .. } if is_delete => Ending::Deleted { version_id: Some(id), over },
            Ending::Failed { over, .. } => Ending::Copied { version_id: Some(id), etag, over },
            other => other,
        }
    }

    /// Sets the superseded version.
    #[must_use]
    pub fn lying_on(mut self, what: Superseded) -> Self {
        if let Ending::Copied { over, .. } | Ending::Deleted { over, .. } | Ending::Failed { over, .. } =
            &mut self
        {
            *over = Some(Box::new(what));
        }
        self
    }

    /// Returns true if the change is done. If not, `resume` tries it again.
    pub fn is_final(&self) -> bool {
        match self {
            Ending::Copied { .. } | Ending::Deleted { .. } | Ending::MarkersRemoved | Ending::Skipped => true,
            Ending::Conflict | Ending::Archived | Ending::Failed { .. } => false,
        }
    }
}
