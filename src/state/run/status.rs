//! The progress of a run, as it is listed.

use schemars::JsonSchema;
use serde::Serialize;

use super::{RunState, RunStatus, Tally, Worker};

/// The progress of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunProgress {
    /// A process executes the run.
    Running,
    /// A file of the run cannot be read.
    Damaged,
    /// The run was killed before its first change.
    NotBegun,
    /// Every change is made or was already correct.
    Done,
    /// Changes failed or were skipped.
    Incomplete,
    /// The run was stopped before its last change.
    Interrupted,
    /// Changes are left, and the run may be executed elsewhere: its state is in a bucket.
    Unfinished,
}

impl RunProgress {
    /// Returns the words for it.
    pub fn name(self) -> &'static str {
        match self {
            RunProgress::Running => "running",
            RunProgress::Damaged => "damaged",
            RunProgress::NotBegun => "not begun",
            RunProgress::Done => "done",
            RunProgress::Incomplete => "incomplete",
            RunProgress::Interrupted => "interrupted",
            RunProgress::Unfinished => "unfinished",
        }
    }
}

impl RunStatus {
    /// Returns the progress of the run:
    ///
    /// | a process holds it | its journal | progress |
    /// |---|---|---|
    /// | yes | | running |
    /// | no | cannot be read | damaged |
    /// | no | has no record | not begun |
    /// | no | every change is done and checked | done |
    /// | unknown | any other with a record | unfinished |
    /// | no | every change has a result | incomplete |
    /// | no | any other | interrupted |
    pub fn progress(&self) -> RunProgress {
        match &self.state {
            _ if self.worker == Worker::Running => RunProgress::Running,
            _ if self.damaged => RunProgress::Damaged,
            None => RunProgress::NotBegun,
            Some(state) if state.is_done() => RunProgress::Done,
            Some(_) if self.worker == Worker::Unknown => RunProgress::Unfinished,
            Some(state) if state.tally().settled() == state.changes() => RunProgress::Incomplete,
            Some(_) => RunProgress::Interrupted,
        }
    }

    /// Returns the number of changes by result; zeros without a journal.
    pub fn tally(&self) -> Tally {
        self.state.as_ref().map(RunState::tally).unwrap_or_default()
    }
}
