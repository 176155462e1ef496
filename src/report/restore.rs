//! The last lines of a restore.

use std::time::Duration;

use super::diff::sizes_only;
use super::last_words::NextCommands;
use super::tone::Tone;
use super::units::{bytes, count, plural};
use crate::apply::Outcome;
use crate::counters::Counters;
use crate::model::printable;
use crate::plan::Change;

/// Summarizes a restore in one line.
pub(crate) fn done_line(counters: &Counters, elapsed: Duration, interrupted: bool) -> String {
    let [copied, deleted, skipped] =
        [&counters.copied, &counters.deleted, &counters.skipped].map(|c| count(c.get()));
    let conflicts = plural(counters.conflicts.get(), "conflict", "conflicts");
    let failed = count(counters.failed.get());
    let head = if interrupted { "interrupted after" } else { "done in" };
    let markers_removed = match counters.markers_removed.get() {
        0 => String::new(),
        n => format!(" {} restored by removing markers,", count(n)),
    };
    let already =
        if counters.skipped.get() > 0 { format!(" {skipped} already correct,") } else { String::new() };
    let archived = match counters.archived.get() {
        0 => String::new(),
        n => format!(", {} archived", count(n)),
    };
    let superseded = match counters.superseded.get() {
        0 => String::new(),
        n => format!(", {} superseded", count(n)),
    };
    format!(
        "{head} {:.1} s: {copied} copied ({}), {deleted} deleted,{markers_removed}{already} {conflicts}, {failed} failed{archived}{superseded}",
        elapsed.as_secs_f64(),
        bytes(counters.bytes_copied.get())
    )
}

/// Summarizes the properties that copies lack, and how to keep them, in one line; `None` if copies lack nothing.
pub(crate) fn not_kept_line(counters: &Counters) -> Option<String> {
    let not_kept = &counters.not_kept;
    let parts: Vec<_> = [
        (&not_kept.acl, "the ACL", "no permission: s3:GetObjectVersionAcl"),
        (&not_kept.tags, "the tags", "no permission: s3:GetObjectVersionTagging"),
        (&not_kept.locks, "the retention or legal hold", "--locks keeps it"),
        (&not_kept.metadata, "metadata", "not UTF-8, or too large for headers"),
    ]
    .into_iter()
    .filter(|(counter, ..)| counter.get() > 0)
    .map(|(counter, what, why)| format!("{what} of {} ({why})", plural(counter.get(), "object", "objects")))
    .collect();
    (!parts.is_empty()).then(|| format!("not kept: {}", parts.join(", ")))
}

/// Describes a key that was skipped or failed in one line; `None` for one that succeeded. `conflict` describes a key in
/// conflict.
pub(crate) fn failure_line(change: &Change, outcome: &Outcome, conflict: &str) -> Option<String> {
    let key = printable(&change.key);
    match outcome {
        Outcome::Copied(_) | Outcome::Deleted(_) | Outcome::MarkersRemoved | Outcome::Skipped => None,
        Outcome::Conflict => {
            let word = Tone::Caution.paint_message("conflict");
            Some(format!("{word}  {key}: {conflict}"))
        }
        Outcome::Superseded { version, .. } => {
            let what = match version {
                Some(version) => format!("version {}, written", printable(&version.version_id)),
                None => "a delete, made".to_owned(),
            };
            Some(format!("superseded {key}: {what} after the plan, now below the restored version"))
        }
        Outcome::Archived { thawing: true } => {
            Some(format!("archived  {key}: thawing; unchanged until it has thawed"))
        }
        Outcome::Archived { thawing: false } => {
            Some(format!("archived  {key}: must be thawed first; left unchanged"))
        }
        Outcome::Failed(e) => Some(format!("{}    {key}: {e}", Tone::Danger.paint_message("failed"))),
    }
}

/// Describes how many uncertain keys are skipped.
pub(crate) fn left_out_line(keys: u64) -> String {
    plural(keys, "uncertain key is left unchanged", "uncertain keys are left unchanged")
}

/// Describes the keys whose versions are archived; `arrival` is when the requested ones become available.
pub(super) fn archived_line(keys: u64, arrival: Option<&str>, next: &NextCommands) -> String {
    let keys =
        plural(keys, "key is not restored: its version is", "keys are not restored: their versions are");
    match arrival {
        None => format!("{keys} archived; request them: {}", next.thaw),
        Some(arrival) => {
            format!("{keys} archived and will be thawed {arrival}; copy them then: {}", next.resume)
        }
    }
}

/// Returns the last lines of a download: what is left, and the command that verifies it.
pub(crate) fn download_words(
    counters: &Counters,
    finished: bool,
    hints: &[String],
    check: &str,
) -> Vec<String> {
    let (failed, conflicts) = (counters.failed.get(), counters.conflicts.get());
    let unverifiable = counters.unverifiable.get();
    let mut lines: Vec<_> = (unverifiable > 0).then(|| sizes_only(unverifiable)).into_iter().collect();
    if !finished {
        lines.push(
            "run the same command again to resume: files that are already correct are not read again"
                .to_owned(),
        );
        return lines;
    }
    if failed > 0 {
        lines.push(plural(failed, "key is not restored", "keys are not restored"));
        lines.extend(hints.iter().map(|hint| format!("  {hint}")));
    }
    if conflicts > 0 {
        let others = plural(conflicts, "other file was", "other files were");
        lines.push(format!(
            "{others} left unchanged in the place of keys; --on-conflict overwrite replaces files"
        ));
    }
    if failed + conflicts == 0 && counters.settled() > 0 {
        lines.push(format!("check it: {check}"));
    }
    lines
}
