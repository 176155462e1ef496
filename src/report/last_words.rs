//! The last words about a run: what is left, and the commands that follow.

use super::restore::{archived_line, done_line, not_kept_line};
use super::units::plural;
use crate::counters::Counters;
use crate::engine::{Conclusion, Executed, RunManifest};

/// The commands that may follow a run.
#[derive(Debug)]
pub(crate) struct NextCommands {
    /// Continues it.
    pub resume: String,
    /// Continues it, and changes keys in conflict too.
    pub overwrite: String,
    /// Continues it, and asks for archived versions.
    pub thaw: String,
    /// Undoes it.
    pub undo: String,
    /// Checks it, if it can be checked.
    pub check: Option<String>,
}

/// What is said where the server does not honour conditions.
const UNGUARDED: &str =
    "this server takes no notice of conditions on writes: each key was looked at just before it was changed";

/// A run that was executed.
#[derive(Debug)]
pub(crate) struct RunEnd<'a> {
    /// Its name.
    pub id: &'a str,
    /// What it was told.
    pub manifest: &'a RunManifest,
    /// How it went.
    pub executed: Executed,
    /// What it did.
    pub counters: &'a Counters,
    /// What can be done about the keys that failed.
    pub hints: &'a [String],
    /// What may follow.
    pub next: &'a NextCommands,
}

impl RunEnd<'_> {
    /// That it was done, in one line.
    pub(crate) fn done_line(&self, elapsed: std::time::Duration) -> String {
        format!("{}     run {}", done_line(self.counters, elapsed, !self.executed.finished), self.id)
    }

    /// The last words, a line each.
    pub(crate) fn lines(&self) -> Vec<String> {
        let Self { manifest, executed, counters, hints, next, .. } = self;
        let mut lines = Vec::new();
        if executed.unguarded {
            let fate = if executed.undoable {
                "is now a noncurrent version"
            } else {
                "is gone: the bucket keeps no versions"
            };
            lines.push(format!("{UNGUARDED}, and what somebody wrote in that moment {fate}"));
        }
        lines.extend(not_kept_line(counters));
        if !executed.finished {
            lines.push(format!("to go on: {}", next.resume));
            return lines;
        }
        if counters.failed.get() > 0 {
            let keys = plural(counters.failed.get(), "key could not be changed", "keys could not be changed");
            lines.push(format!("{keys}; to try again: {}", next.resume));
            lines.extend(hints.iter().map(|hint| format!("  {hint}")));
        }
        if counters.conflicts.get() > 0 {
            let conflicts = counters.conflicts.get();
            let (keys, them) =
                (plural(conflicts, "key was", "keys were"), if conflicts == 1 { "it" } else { "them" });
            let overwrite = &next.overwrite;
            lines.push(format!(
                "{keys} changed by somebody meanwhile, and left alone; to change {them} too: {overwrite}"
            ));
        }
        if counters.archived.get() > 0 {
            let arrival = manifest.copying.thaw.map(|thaw| thaw.tier.arrival());
            lines.push(archived_line(counters.archived.get(), arrival, next));
        }
        if counters.superseded.get() > 0 {
            let writes = plural(counters.superseded.get(), "write was superseded", "writes were superseded");
            lines.push(format!(
                "{writes}: made after the plan, with the same bytes as the version that the plan saw; what was written \
                 is kept as a noncurrent version; to bring it back: {}",
                next.undo
            ));
        }
        if executed.conclusion(counters) != Conclusion::Done {
            return lines;
        }
        let check = next.check.iter().map(|check| format!("check it: {check}"));
        let undo = executed.undoable.then(|| format!("take it back: {}", next.undo));
        let follow: Vec<_> = check.chain(undo).collect();
        if !follow.is_empty() {
            lines.push(follow.join("     "));
        }
        lines
    }
}
