//! A recovery that is not finished, for a list of them.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Instant;

/// A recovery that is not finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OpenRecovery {
    /// Its name, and the tag of what it restored.
    pub id: String,
    /// How far it is.
    pub state: OpenState,
    /// The recovery file.
    pub file: String,
    /// The target time.
    pub at: Instant,
    /// When it began.
    pub began: Instant,
    /// How long ago that is, in seconds.
    pub age_s: i64,
    /// The steps that are done.
    pub done: usize,
    /// All steps.
    pub steps: usize,
    /// The steps that failed, and why; what overtook it.
    pub trouble: Vec<String>,
    /// The runs that it began.
    pub runs: Vec<String>,
}

/// How far a recovery is that is not finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum OpenState {
    /// A process works on it.
    Running,
    /// It can be resumed.
    Open,
    /// It is being aborted.
    Aborting,
    /// It is closed, with a database of it left.
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
