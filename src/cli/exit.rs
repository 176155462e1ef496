//! Exit codes, and the errors that lead to them.

use std::process::ExitCode;

use crate::engine::Conclusion;
use crate::error::{Error, ErrorKind, Result};
use crate::report::{error_words, say};

/// The exit code of a command. The numbers are part of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Wrong usage; nothing was changed.
    Usage = 2,
    /// Some keys failed or conflicted.
    Incomplete = 3,
    /// `verify` or `diff --exit-code` found differences.
    Differences = 4,
    /// Refused, because continuing could lose data or mislead.
    Refused = 5,
    /// Interrupted.
    Interrupted = 130,
}

impl Exit {
    /// Returns the worse of two exit codes, for a command that continues after an error:
    ///
    /// | from bad to worse | |
    /// |---|---|
    /// | done | |
    /// | incomplete, differences | keys are left |
    /// | refused, usage | a person has to look at it |
    /// | failed | |
    /// | interrupted | some was not even tried |
    pub(super) fn worse(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Done => 0,
            Self::Incomplete => 1,
            Self::Differences => 2,
            Self::Refused => 3,
            Self::Usage => 4,
            Self::Failed => 5,
            Self::Interrupted => 6,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl Exit {
    /// The exit code of a command that ends like this.
    pub(super) fn of(ended: &Result<Self>) -> Self {
        ended.as_ref().map_or_else(|e| Self::from(e.kind()), |exit| *exit)
    }

    /// Ends a command whose work has ended like this, and that had something left to do: if that failed, the command
    /// cannot have succeeded, and nothing turns a failure into a success.
    pub(super) fn after(ended: Result<Self>, rest: Result<()>) -> Result<Self> {
        match (rest, ended) {
            (Err(e), Ok(Self::Done)) => Err(e),
            (Err(e), ended) => {
                say(&error_words(&e, false));
                ended
            }
            (Ok(()), ended) => ended,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

impl From<ErrorKind> for Exit {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Usage => Exit::Usage,
            ErrorKind::Refused => Exit::Refused,
            ErrorKind::Overtaken => Exit::Incomplete,
            ErrorKind::Interrupted => Exit::Interrupted,
            _ => Exit::Failed,
        }
    }
}

impl From<Conclusion> for Exit {
    fn from(conclusion: Conclusion) -> Self {
        match conclusion {
            Conclusion::Done => Exit::Done,
            Conclusion::Failed => Exit::Failed,
            Conclusion::Incomplete => Exit::Incomplete,
            Conclusion::Inconsistent => Exit::Differences,
            Conclusion::Interrupted => Exit::Interrupted,
        }
    }
}

/// Shows the error and its hints. For a command that only shows results, a reader that has closed the pipe is no error:
/// `asof diff | head`. For other commands it is, because their work is not done.
pub(super) fn report(error: &Error, verbose: bool, shows_only: bool) -> Exit {
    if is_broken_pipe(error) {
        if shows_only {
            return Exit::Done;
        }
        say("error: cannot write results: the reader of stdout has gone away\n  run the command again\n");
        return Exit::Failed;
    }
    say(&error_words(error, verbose));
    Exit::from(error.kind())
}

fn is_broken_pipe(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|e| e.downcast_ref::<std::io::Error>());
    source.is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests;
