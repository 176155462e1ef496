//! The commands that a drill runs after its verdict, to tell people.

use std::path::PathBuf;

use super::source::Source;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::program::RunLimits;

/// The verdict of a drill.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// True if it passed: only then its exit code is 0.
    pub passed: bool,
    /// The exit code.
    pub exit_code: u8,
    /// The verdict in one line.
    pub summary: String,
    /// The report, if there is one.
    pub report: Option<PathBuf>,
}

impl Verdict {
    /// Runs the command of the file for this verdict, if it has one. An interrupted drill did not pass, so Ctrl-C does
    /// not end the command.
    pub(crate) async fn tell(self, source: &Source) -> Result<()> {
        let Self { passed, exit_code, summary, report } = self;
        let drill = &source.file.drill;
        let (program, what) = if passed {
            (&drill.on_success, "the on-success command of the drill")
        } else {
            (&drill.on_failure, "the on-failure command of the drill")
        };
        let Some(program) = program else { return Ok(()) };
        // Always set, so that a command does not see the report of something else.
        let report = report.map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
        let environment =
            [("ASOF_SUMMARY", summary), ("ASOF_EXIT_CODE", exit_code.to_string()), ("ASOF_REPORT", report)];
        let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
        let run_limits = RunLimits { deadline: Some(limits::VERDICT_COMMAND), cancel: None };
        let told = program.run(what, &environment, run_limits).await.map(drop);
        // Not a usage error, even if the command does not exist: the drill itself has run.
        told.map_err(|e| Error::new(ErrorKind::Local, e.in_one_line()))
    }
}
