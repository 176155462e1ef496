//! Recoveries that are not finished, and what became of one that was aborted.

use std::io::Write;

use super::columns::columns;
use super::json::{JsonLines, Line};
use crate::error::Result;
use crate::model::{Instant, printable};
use crate::recover::{ABORTED_IN_USE, AbortPart, AbortPlan, AbortedPart, AbortedRecovery, OpenRecovery};

/// What an abort would do, a line each part.
pub(crate) fn abort_text(plan: &AbortPlan<'_>) -> String {
    let AbortPlan { id, at, began, now, file, parts, in_use } = plan;
    let mut text = format!("aborting the recovery {id} to {}, begun {} ago:\n", at.human(), began.age(*now));
    let mut line = |line: &str| text.extend(["  ", line, "\n"]);
    parts.iter().for_each(|part| line(&part.in_words(file, id)));
    if *in_use {
        line(&format!("{ABORTED_IN_USE}: what the application has written into them is lost with them"));
    }
    if parts.iter().any(|part| matches!(part, AbortPart::Stays { .. })) {
        line("the bucket and that database will be at different times: the application is not resumed");
    }
    if parts.is_empty() {
        line("it has changed nothing: it is only closed");
    }
    text
}

/// What became of a part of an abort.
pub(crate) fn aborted_line(AbortedPart { part, state, note }: &AbortedPart) -> String {
    let note = note.as_ref().map(|note| format!(": {}", printable(note))).unwrap_or_default();
    format!("{:<7} {part}{note}\n", state.name())
}

/// The recoveries below a heading, in columns; nothing where there are none.
pub(crate) fn recoveries_table(recoveries: &[OpenRecovery], now: Instant) -> String {
    if recoveries.is_empty() {
        return String::new();
    }
    let row = |recovery: &OpenRecovery| {
        let OpenRecovery { id, state, file, at, began, age_s: _, done, steps, trouble, runs: _ } = recovery;
        let (file, trouble) = (printable(file).into_owned(), printable(&trouble.join("; ")).into_owned());
        let steps = format!("{done}/{steps}");
        [id.clone(), began.age(now), at.human(), state.name().to_owned(), steps, file, trouble]
    };
    let heading = ["RECOVERY", "AGE", "TARGET TIME", "STATE", "STEPS", "FILE", "TROUBLE"];
    let heading = heading.map(ToOwned::to_owned);
    columns(&[vec![heading], recoveries.iter().map(row).collect()].concat())
}

impl<W: Write> JsonLines<W> {
    /// A recovery that is not finished.
    pub(crate) fn open_recovery(&mut self, recovery: &OpenRecovery) -> Result<()> {
        self.line(Line::OpenRecovery(recovery))
    }

    /// A recovery that was aborted.
    pub(crate) fn aborted_recovery(&mut self, aborted: &AbortedRecovery) -> Result<()> {
        self.line(Line::AbortedRecovery(aborted))
    }
}
