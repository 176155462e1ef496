//! An unfinished recovery, as listed.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Instant;

/// An unfinished recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OpenRecovery {
    /// The ID of the recovery, which is also the tag of the databases it restored.
    pub id: String,
    /// The progress of the recovery.
    pub state: OpenState,
    /// The path of the recovery file.
    pub file: String,
    /// The target time.
    pub at: Instant,
    /// The time the recovery began.
    pub began: Instant,
    /// The time since it began, in seconds.
    pub age_s: i64,
    /// The number of steps that are done.
    pub done: usize,
    /// The number of all steps.
    pub steps: usize,
    /// The errors of failed steps, or the later operation that has overtaken the recovery.
    pub trouble: Vec<String>,
    /// The IDs of the runs that it started.
    pub runs: Vec<String>,
}

/// The state of an unfinished recovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OpenState {
    /// A process is working on it.
    Running,
    /// It can be resumed.
    Open,
    /// It is being aborted.
    Aborting,
    /// It is closed because a later operation has overtaken it, but a database it restored still exists.
    Overtaken,
}

impl OpenState {
    /// The name in tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            OpenState::Running => "running",
            OpenState::Open => "open",
            OpenState::Aborting => "aborting",
            OpenState::Overtaken => "overtaken",
        }
    }
}
