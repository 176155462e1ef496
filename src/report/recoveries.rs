//! Shows unfinished recoveries, and the result of an aborted one.

use std::io::Write;
use std::path::Path;

use super::columns::Columns;
use super::json::{JsonLines, Line};
use super::screen::Screen;
use super::table_out::TableOut;
use super::{Format, Output};
use crate::engine::recover::OpenRecoveries;
use crate::error::Result;
use crate::model::{Instant, printable};
use crate::recover::{ABORTED_IN_USE, AbortPart, AbortPlan, AbortedPart, AbortedRecovery, OpenRecovery};

/// Lists the parts of an abort, one per line.
pub(crate) fn abort_text(plan: &AbortPlan<'_>) -> String {
    let AbortPlan { id, at, began, now, file, parts, in_use } = plan;
    let mut text =
        format!("aborting the recovery {id} to {}, started {} ago:\n", at.human(), began.age(*now));
    let mut line = |line: &str| text.extend(["  ", line, "\n"]);
    parts.iter().for_each(|part| line(&part.in_words(file, id)));
    if *in_use {
        line(&format!("{ABORTED_IN_USE}: data the application has written to them is lost"));
    }
    if parts.iter().any(|part| matches!(part, AbortPart::Stays { .. })) {
        line("the bucket and that database will be at different times: the application is not resumed");
    }
    if parts.is_empty() {
        line("it changed nothing and is only closed");
    }
    text
}

/// Formats the result of a part of an abort.
pub(crate) fn aborted_line(AbortedPart { part, state, note }: &AbortedPart) -> String {
    let note = note.as_ref().map(|note| format!(": {}", printable(note))).unwrap_or_default();
    format!("{:<7} {part}{note}\n", state.name())
}

/// Shows the recoveries of a state directory.
pub(crate) fn show_recoveries(
    output: Output,
    OpenRecoveries { open, unreadable }: &OpenRecoveries,
    state_dir: &Path,
    now: Instant,
) -> Result<()> {
    if output.format == Format::Json {
        let mut lines = JsonLines::new(std::io::stdout());
        open.iter().try_for_each(|recovery| lines.open_recovery(recovery))?;
    } else {
        let mut out = TableOut::new();
        let table = recoveries_table(open, now, out.screen());
        out.write_all(table.as_bytes())?;
        out.flush()?;
    }
    for one in unreadable {
        let (id, dir, why) = (&one.id, one.dir.display(), one.why.in_one_line());
        output.note(&format!("unreadable: the recovery {id} in {dir}: {why}"));
    }
    if open.is_empty() && unreadable.is_empty() {
        output.note(&format!("no unfinished recoveries in {}", state_dir.display()));
    }
    Ok(())
}

/// Formats the recoveries as a table; empty if there are none.
fn recoveries_table(recoveries: &[OpenRecovery], now: Instant, screen: Screen) -> String {
    let row = |recovery: &OpenRecovery| {
        let OpenRecovery { id, state, file, at, began, age_s: _, done, steps, trouble, runs: _ } = recovery;
        let (file, trouble) = (printable(file).into_owned(), printable(&trouble.join("; ")).into_owned());
        let steps = format!("{done}/{steps}");
        [id.clone(), began.age(now), at.human(), state.name().to_owned(), steps, file, trouble]
    };
    let heading = ["RECOVERY", "AGE", "TARGET TIME", "STATE", "STEPS", "FILE", "TROUBLE"];
    Columns::new(heading, recoveries.iter().map(row)).state(3).render(screen)
}

impl<W: Write> JsonLines<W> {
    /// Writes an unfinished recovery.
    fn open_recovery(&mut self, recovery: &OpenRecovery) -> Result<()> {
        self.line(Line::OpenRecovery(recovery))
    }

    /// Writes an aborted recovery.
    pub(crate) fn aborted_recovery(&mut self, aborted: &AbortedRecovery) -> Result<()> {
        self.line(Line::AbortedRecovery(aborted))
    }
}
