//! The entries of a recovery's journal.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::steps::{Shape, Step};
use crate::db::{Connection, Swap};
use crate::model::Instant;

/// The version of the journal's format. One that is newer is refused.
pub(crate) const FORMAT: u32 = 2;

/// The first version in which a request for a restore is noted; before it, a start that is begun stands for it.
pub(super) const NOTES_REQUESTS: u32 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Record {
    Started {
        format: u32,
        at: Instant,
        shape: Shape,
    },
    /// It was begun in a state directory that is lost: each of its databases may have been asked for.
    Adopted {
        at: Instant,
    },
    Resumed {
        at: Instant,
    },
    Begun {
        step: Step,
        at: Instant,
    },
    Run {
        bucket: usize,
        run: String,
    },
    /// A run that brings late uploads back into a bucket.
    Healing {
        /// The bucket's number in the file.
        bucket: usize,
        /// The run's name.
        run: String,
    },
    /// A server is asked for a database's restore from now on.
    Request {
        database: usize,
        at: Instant,
        /// It has refused, and makes nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
    /// The names of a database and its source may be swapped from now on.
    Swapping {
        database: usize,
        swap: Swap,
    },
    /// They are swapped back, in an abort.
    SwappedBack {
        database: usize,
    },
    Done {
        step: Step,
        at: Instant,
        #[serde(flatten)]
        result: StepResult,
    },
    Failed {
        step: Step,
        at: Instant,
        why: String,
    },
    /// A step that was done no longer holds.
    Lapsed {
        step: Step,
        at: Instant,
        why: String,
    },
    /// Something else has changed what this recovery restored.
    Overtaken {
        at: Instant,
        why: String,
        /// A later recovery has overtaken it, which sees to the application.
        #[serde(default)]
        by_recovery: bool,
    },
    /// The application may have been quiesced before this recovery began, by one that it has overtaken.
    QuiescedAlready {
        since: Instant,
    },
    /// The resume hook was run outside its step: after a quiesce hook that failed, or in an abort.
    ApplicationResumed {
        at: Instant,
    },
    Aborting {
        at: Instant,
    },
    /// A run of the recovery is being undone.
    Undoing {
        run: String,
        by: String,
    },
    Aborted {
        at: Instant,
    },
    Ended {
        at: Instant,
    },
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct StepResult {
    /// In words: of a database that was asked for, its resource id; of one that is settled, where it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was counted: `copied`, `dangling` and the like.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, u64>,
    /// How a database is reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
}

impl StepResult {
    /// Whether a comparison found something that is not as it should be, or had nothing to compare.
    pub(crate) fn has_found(&self) -> bool {
        let found = ["mismatched", "superseded", "dangling", "nothing_compared", "failed_checks"];
        found.iter().any(|name| self.counts.get(*name).is_some_and(|n| *n > 0))
    }
}
