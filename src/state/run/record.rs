//! The entries of a run's journal.

use serde::{Deserialize, Serialize};

use crate::model::{Instant, Version};

/// The version of the journal's format. One that is newer is refused.
pub(super) const FORMAT: u32 = 2;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// The first one: what the run is about.
    Started {
        /// The journal's format.
        format: u32,
        /// When the run began.
        at: Instant,
        /// How many changes its plan has.
        changes: u64,
    },
    /// The run was gone on with.
    Resumed {
        /// When.
        at: Instant,
    },
    /// An intent: every change before this one may be under way from now on.
    Taken {
        /// The number of the first change that is not.
        upto: u64,
    },
    /// Every result so far was compared with the histories of the keys.
    Checked,
    /// Changes that were announced and not begun when the run stopped: no request of theirs was carried out.
    Left {
        /// The number of the first one.
        from: u64,
        /// The number behind the last one.
        upto: u64,
    },
    /// What became of a change.
    Result {
        /// The change's number in the plan, from 0.
        n: u64,
        /// What became of it.
        #[serde(flatten)]
        ending: Ending,
    },
}

/// What became of a change, as a later `resume` or `undo` needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Ending {
    /// The version was copied.
    Copied {
        /// The id of the version that the copy made; none where the server did not say.
        version_id: Option<String>,
        /// Its ETag; none where the server did not say.
        etag: Option<String>,
        /// What it buried, where that is not what the plan saw.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<Superseded>>,
    },
    /// The key got a delete marker.
    Deleted {
        /// The marker's version id; none where the server did not say.
        version_id: Option<String>,
        /// What it buried, where that is not what the plan saw.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<Superseded>>,
    },
    /// Delete markers were removed, and the version below them is live again.
    #[serde(alias = "uncovered")]
    MarkersRemoved,
    /// The key held already what it should.
    Skipped,
    /// Somebody changed the key since the plan.
    Conflict,
    /// The version is archived, and was not there yet.
    Archived,
    /// It could not be changed.
    Failed {
        /// Why.
        error: String,
        /// What it would have buried, where that is not what the plan saw: it may have done so unheard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        over: Option<Box<Superseded>>,
    },
}

/// What a key held just before its change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Superseded {
    /// The live version; none if there was none.
    pub version: Option<Version>,
    /// It was found there only after the change: nobody had seen it, and the change superseded it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

impl Ending {
    /// What it lies on, where that is not what the plan saw.
    pub fn over(&self) -> Option<&Superseded> {
        match self {
            Ending::Copied { over, .. } | Ending::Deleted { over, .. } | Ending::Failed { over, .. } => {
                over.as_deref()
            }
            Ending::MarkersRemoved | Ending::Skipped | Ending::Conflict | Ending::Archived => None,
        }
    }

    /// The same, with the id of what was made, where the server did not say it. What was taken for failed and is there was made.
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

    /// The same, lying on something else.
    #[must_use]
    pub fn lying_on(mut self, what: Superseded) -> Self {
        if let Ending::Copied { over, .. } | Ending::Deleted { over, .. } | Ending::Failed { over, .. } =
            &mut self
        {
            *over = Some(Box::new(what));
        }
        self
    }

    /// Whether the change needs nothing more. What is not final is tried again by `resume`.
    pub fn is_final(&self) -> bool {
        match self {
            Ending::Copied { .. } | Ending::Deleted { .. } | Ending::MarkersRemoved | Ending::Skipped => true,
            Ending::Conflict | Ending::Archived | Ending::Failed { .. } => false,
        }
    }
}
