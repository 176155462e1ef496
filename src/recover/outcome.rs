//! The outcome of a recovery or a drill, for the process that performed it.

use super::report::{Ending, Running};
use crate::error::Error;

/// The outcome of the steps of a recovery or a drill.
#[derive(Debug)]
pub(crate) struct RecoveryOutcome {
    pub ending: Ending,
    /// The application, or part of it, may be quiesced and has not been resumed.
    pub still_quiesced: bool,
    /// This process ran the resume hook to completion.
    pub resumed: bool,
    /// The running application, if an earlier process completed the resume hook.
    pub running: Option<Running>,
    /// An error outside the steps: the journal cannot be written, or the resume hook failed after a failed quiesce
    /// hook.
    pub trouble: Option<Error>,
}

/// The result of a command, for its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conclusion {
    /// Everything is done and correct.
    Done,
    /// Nothing was done, or nothing is left to resume.
    Failed,
    Incomplete,
    /// Everything is done, but there are findings.
    Inconsistent,
    Interrupted,
}

impl Conclusion {
    /// The conclusion of a restore; `left` keys failed or were left alone.
    pub(crate) fn of_restore(finished: bool, left: u64) -> Self {
        match left {
            _ if !finished => Conclusion::Interrupted,
            0 => Conclusion::Done,
            _ => Conclusion::Incomplete,
        }
    }

    /// The conclusion of a recovery, which the same command resumes.
    pub(crate) fn of_recovery(ending: Ending) -> Self {
        match ending {
            Ending::Done => Conclusion::Done,
            Ending::Inconsistent => Conclusion::Inconsistent,
            Ending::NotBegun => Conclusion::Failed,
            Ending::Failed => Conclusion::Incomplete,
            Ending::Interrupted => Conclusion::Interrupted,
        }
    }

    /// The conclusion of a drill, which is never resumed; `left` are the copies that could not be torn down.
    pub(crate) fn of_drill(ending: Ending, left: &[String]) -> Self {
        match ending {
            _ if !left.is_empty() => Conclusion::Failed,
            Ending::Failed | Ending::NotBegun => Conclusion::Failed,
            ending => Self::of_recovery(ending),
        }
    }
}
