//! The end of a restore, for a person.

use std::time::Duration;

use super::units::{bytes, count, plural};
use crate::apply::Outcome;
use crate::event::Counters;
use crate::model::printable;
use crate::plan::Change;

/// What was done, in one line.
pub fn done_line(counters: &Counters, elapsed: Duration, interrupted: bool) -> String {
    let [copied, deleted, skipped] =
        [&counters.copied, &counters.deleted, &counters.skipped].map(|c| count(c.get()));
    let conflicts = plural(counters.conflicts.get(), "conflict", "conflicts");
    let failed = count(counters.failed.get());
    let head = if interrupted { "interrupted after" } else { "done in" };
    let already =
        if counters.skipped.get() > 0 { format!(" {skipped} right already,") } else { String::new() };
    format!(
        "{head} {:.1} s: {copied} copied ({}), {deleted} deleted,{already} {conflicts}, {failed} failed",
        elapsed.as_secs_f64(),
        bytes(counters.bytes_copied.get())
    )
}

/// A key that was left alone or failed, in one line; `None` for one that went well.
/// `conflict` says what a key in conflict is.
pub fn failure_line(change: &Change, outcome: &Outcome, conflict: &str) -> Option<String> {
    let key = printable(&change.key);
    match outcome {
        Outcome::Copied | Outcome::Deleted | Outcome::Skipped => None,
        Outcome::Conflict => Some(format!("conflict  {key}: {conflict}")),
        Outcome::Failed(e) => Some(format!("failed    {key}: {e}")),
    }
}
