//! The records of a recovery's journal.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::steps::{Shape, Step};
use crate::db::{Connection, Swap};
use crate::model::Instant;

/// The version of the journal's format. Newer versions are refused.
pub(crate) const FORMAT: u32 = 2;

/// The first version that records restore requests; before it, a begun start implies one.
pub(super) const NOTES_REQUESTS: u32 = 2;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Record {
    Started {
        format: u32,
        at: Instant,
        shape: Shape,
    },
    /// The original state directory is lost: each database may have been requested.
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
    /// A run that restores late uploads in a bucket.
    Healing {
        /// The bucket's number in the file.
        bucket: usize,
        /// The ID of the run.
        run: String,
    },
    /// The restore of a database may have been requested from here on.
    Request {
        database: usize,
        at: Instant,
        /// The server has refused the request and creates nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
    /// The names of a database and its source may be swapped from here on.
    Swapping {
        database: usize,
        swap: Swap,
    },
    /// An abort has swapped the names back.
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
        /// A later recovery has overtaken it and takes over the application.
        #[serde(default)]
        by_recovery: bool,
    },
    /// The application may already have been quiesced by an earlier recovery that this one has overtaken.
    QuiescedAlready {
        since: Instant,
    },
    /// The resume hook ran outside its step: after a failed quiesce hook, or in an abort.
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

/// The counts of a named comparison of references.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Compared {
    /// The name of the references.
    pub name: String,
    /// The place where the keys must exist: a bucket, or the name of other references.
    pub with: String,
    /// Counts, by name.
    pub counts: BTreeMap<String, u64>,
}

impl Compared {
    pub(crate) fn new(name: &str, with: &str, counts: &BTreeMap<String, u64>) -> Self {
        Self { name: name.to_owned(), with: with.to_owned(), counts: counts.clone() }
    }

    /// Returns true if it counted any of these.
    pub(crate) fn has(&self, what: &str) -> bool {
        self.counts.get(what).is_some_and(|n| *n > 0)
    }
}

/// The names of the counts that are findings.
pub(crate) const FOUND: [&str; 7] = [
    "mismatched",
    "superseded",
    "dangling",
    "nothing_compared",
    "failed_checks",
    "unreadable",
    "incomplete_history",
];

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct StepResult {
    /// The resource ID of a requested database, or the endpoint of a settled one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Counts by name: `copied`, `dangling` and so on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, u64>,
    /// The counts of each named comparison of references.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Compared>,
    /// The connection settings of a database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<Connection>,
}

impl StepResult {
    /// Adds the counts of a comparison, by name if it has one.
    pub(crate) fn add(&mut self, named: Option<Compared>, counts: &BTreeMap<String, u64>) {
        for (what, n) in counts {
            *self.counts.entry(what.clone()).or_default() += n;
        }
        self.comparisons.extend(named);
    }

    /// Returns true if the step found a problem or had nothing to compare.
    pub(crate) fn has_found(&self) -> bool {
        FOUND.iter().any(|name| self.counts.get(*name).is_some_and(|n| *n > 0))
    }
}
