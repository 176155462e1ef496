//! The last lines about a run: the unfinished changes, and the next commands.

use std::time::Duration;

use super::restore::{archived_line, done_line, not_kept_line};
use super::units::plural;
use super::{JsonLines, Output, Reporter, Summary};
use crate::counters::Counters;
use crate::engine::{Conclusion, Executed, Run};
use crate::error::{Error, ErrorKind, Result};

/// The commands that may follow a run.
#[derive(Debug)]
pub(crate) struct NextCommands {
    /// Resumes the run.
    pub resume: String,
    /// Resumes the run and overwrites keys in conflict.
    pub overwrite: String,
    /// Resumes the run and requests archived versions.
    pub thaw: String,
    /// Undoes the run.
    pub undo: String,
    /// Verifies the run, if it can be verified.
    pub check: Option<String>,
}

/// Stores the summary of a run in its directory.
pub(super) fn keep_summary(run: &Run, summary: &Summary<'_>) -> Result<()> {
    let mut kept = JsonLines::new(Vec::new());
    kept.summary(summary)?;
    run.write("report.json", &kept.into_inner())
}

/// Shown if the server ignores conditional writes.
pub(super) const UNGUARDED: &str =
    "this server ignores conditional writes (If-Match): each key was checked just before it was changed";

/// A run, and everything needed to describe its end.
#[derive(Debug)]
pub(crate) struct RunWords<'a> {
    /// The run.
    pub run: &'a Run,
    /// The counts of the run.
    pub counters: &'a Counters,
    /// The commands that may follow.
    pub next: NextCommands,
    /// The output to write to.
    pub output: Output,
}

impl RunWords<'_> {
    /// Adds the next command to an error that kept the run from starting.
    pub(crate) fn not_begun(&self, e: Error) -> Error {
        match e.kind() {
            ErrorKind::Local => e.hint(format!("after fixing this: {}", self.next.resume)),
            _ => e,
        }
    }

    /// Adds the next command to an error that stopped the run.
    pub(crate) fn stopped(&self, e: Error, elapsed: Duration) -> Error {
        let (id, counters, resume) = (self.run.id(), self.counters, &self.next.resume);
        let changed = counters.copied.get() + counters.deleted.get() + counters.markers_removed.get();
        match e.kind() {
            ErrorKind::Corrupt if changed == 0 => e,
            ErrorKind::Overtaken => {
                e.hint(format!("if the other one is lost, take the run over again: {resume}"))
            }
            ErrorKind::Credentials => {
                self.done(elapsed, true);
                e.hint(format!("completed changes are kept; resume the run: {resume}"))
            }
            _ => e.hint(format!(
                "completed changes are in the journal of run {id}; after fixing this: {resume}"
            )),
        }
    }

    /// Reports the end of the run, and prints and stores its summary.
    pub(crate) fn ended(
        &self,
        executed: Executed,
        results: Reporter,
        summary: &Summary<'_>,
        elapsed: Duration,
    ) -> Result<()> {
        self.done(elapsed, !executed.finished);
        let hints = results.finish(summary)?;
        keep_summary(self.run, summary)?;
        for line in self.lines(executed, &hints) {
            self.output.note(&line);
        }
        Ok(())
    }

    fn done(&self, elapsed: Duration, interrupted: bool) {
        let done = done_line(self.counters, elapsed, interrupted);
        self.output.note(&format!("{done}     run {}", self.run.id()));
    }

    /// Returns the last lines; `hints` are about the keys that failed.
    fn lines(&self, executed: Executed, hints: &[String]) -> Vec<String> {
        let Self { run, counters, next, .. } = self;
        let mut lines = Vec::new();
        if executed.unguarded {
            let fate = if executed.undoable {
                "is now a noncurrent version"
            } else {
                "is gone: the bucket keeps no versions"
            };
            lines.push(format!("{UNGUARDED}, and an object written in between {fate}"));
        }
        lines.extend(not_kept_line(counters));
        if !executed.finished {
            lines.push(format!("to go on: {}", next.resume));
            return lines;
        }
        if counters.failed.get() > 0 {
            let keys = plural(counters.failed.get(), "key could not be changed", "keys could not be changed");
            lines.push(format!("{keys}; try again: {}", next.resume));
            lines.extend(hints.iter().map(|hint| format!("  {hint}")));
        }
        if counters.conflicts.get() > 0 {
            let conflicts = counters.conflicts.get();
            let (keys, them) =
                (plural(conflicts, "key was", "keys were"), if conflicts == 1 { "it" } else { "them" });
            let overwrite = &next.overwrite;
            lines.push(format!(
                "{keys} changed by another writer and left unchanged; change {them} too: {overwrite}"
            ));
        }
        if counters.archived.get() > 0 {
            let arrival = run.manifest().copying.thaw.map(|thaw| thaw.tier.arrival());
            lines.push(archived_line(counters.archived.get(), arrival, next));
        }
        if counters.superseded.get() > 0 {
            let writes = plural(counters.superseded.get(), "write was superseded", "writes were superseded");
            lines.push(format!(
                "{writes}: made after the plan, with the same bytes as the version in the plan; kept as a noncurrent version; restore it: {}",
                next.undo
            ));
        }
        if executed.conclusion(counters) != Conclusion::Done {
            return lines;
        }
        let check = next.check.iter().map(|check| format!("check it: {check}"));
        let undo = executed.undoable.then(|| format!("undo it: {}", next.undo));
        let follow: Vec<_> = check.chain(undo).collect();
        if !follow.is_empty() {
            lines.push(follow.join("     "));
        }
        lines
    }
}
