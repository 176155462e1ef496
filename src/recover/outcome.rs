//! How a recovery or a drill ended, for the process that worked on it.

use super::report::{Ending, Running};
use crate::error::Error;

/// How the steps of a recovery or a drill ended.
#[derive(Debug)]
pub(crate) struct RecoveryOutcome {
    pub ending: Ending,
    /// The application was stopped, or a part of it may have been, and has not been let go on.
    pub still_quiesced: bool,
    /// The resume hook was run to its end by this process.
    pub resumed: bool,
    /// The application, where an earlier process had run the resume hook to its end.
    pub running: Option<Running>,
    /// What went wrong outside the steps: the journal cannot be written, or the resume hook failed after a quiesce hook that
    /// failed.
    pub trouble: Option<Error>,
}

/// What a command comes to, for its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conclusion {
    /// Everything is done, and as it should be.
    Done,
    /// Nothing was done, or nothing of it is left to resume.
    Failed,
    Incomplete,
    /// Everything is done, and not as it should be.
    Inconsistent,
    Interrupted,
}

impl Conclusion {
    /// Of a restore; `left` keys failed or were left alone.
    pub(crate) fn of_restore(finished: bool, left: u64) -> Self {
        match left {
            _ if !finished => Conclusion::Interrupted,
            0 => Conclusion::Done,
            _ => Conclusion::Incomplete,
        }
    }

    /// Of a recovery, which the same command resumes.
    pub(crate) fn of_recovery(ending: Ending) -> Self {
        match ending {
            Ending::Done => Conclusion::Done,
            Ending::Inconsistent => Conclusion::Inconsistent,
            Ending::NotBegun => Conclusion::Failed,
            Ending::Failed => Conclusion::Incomplete,
            Ending::Interrupted => Conclusion::Interrupted,
        }
    }

    /// Of a drill, of which nothing is resumed; `left` are the copies that could not be torn down.
    pub(crate) fn of_drill(ending: Ending, left: &[String]) -> Self {
        match ending {
            _ if !left.is_empty() => Conclusion::Failed,
            Ending::Failed | Ending::NotBegun => Conclusion::Failed,
            ending => Self::of_recovery(ending),
        }
    }
}
