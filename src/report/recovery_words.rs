//! The last lines about a recovery or an abort: what was done, what was not, and the next commands.

use std::path::Path;

use super::notices::STILL_QUIESCED;
use crate::model::{Instant, printable};
use crate::recover::{
    AbortResult, Compared, Conclusion, Ending, FollowUp, NextCommand, RecoveryFile, RecoveryOutcome,
    RecoveryState, Shape, Status, Step, StepResult, Suggest, in_words, swapped,
};

/// A recovery after its last step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended<'a> {
    /// The path of the recovery file.
    pub path: &'a Path,
    /// The recovery file.
    pub file: &'a RecoveryFile,
    /// The target time.
    pub at: Instant,
    /// The state after its journal.
    pub state: &'a RecoveryState,
    /// The outcome of its steps.
    pub outcome: &'a RecoveryOutcome,
    /// The settings that the restored databases lack.
    pub follow_ups: &'a [FollowUp],
}

/// Shown if references to other references dangle.
const DANGLING: &str = "dangling references: their keys are in the report";

/// Shown if references to a bucket dangle.
const DANGLING_IN_BUCKET: &str = "dangling references: their keys are in the report; restore late uploads with asof references --heal, or next time with heal in [references]";

/// Shown if there were no references to compare.
const NOTHING_COMPARED: &str = "the rows were not compared with the bucket: check the output of the references' command (a pipe hides a failure of its first command), and compare them with asof references";

/// Shown if named references printed no keys.
const CHECK_OUTPUT: &str = "check the output of their commands (a pipe hides a failure of its first command)";

/// Returns the last lines of a recovery.
pub(crate) fn recovery_words(ended: &Ended<'_>, suggest: Suggest) -> Vec<String> {
    let Ended { path, file, at, state, outcome, follow_ups } = *ended;
    let mut lines = match outcome.ending {
        Ending::Done | Ending::Inconsistent => words_of_done(ended, suggest),
        Ending::NotBegun => {
            let is_resumed = file.hooks.resume.is_some() && !outcome.still_quiesced;
            let resumed = if is_resumed { "; the resume hook has been run" } else { "" };
            vec![
                format!("the quiesce hook failed, so nothing was changed{resumed}"),
                format!("after fixing this: {}", suggest(NextCommand::Again(path, at))),
                format!("or abort it: {}", suggest(NextCommand::Abort(path))),
            ]
        }
        // It had ended before: there is nothing to resume.
        Ending::Failed | Ending::Interrupted if state.is_ended() => Vec::new(),
        Ending::Failed | Ending::Interrupted => ways_on(ended, suggest),
    };
    if outcome.still_quiesced {
        let stands =
            if state.status(Step::Quiesce) == Some(&Status::Done) { "is still" } else { "may still be" };
        let why = match file.hooks.resume {
            Some(_) => "the resume hook has not finished",
            None => "the file has no resume hook",
        };
        lines.push(format!("the application {stands} quiesced: {why}"));
    }
    lines.extend(follow_ups.iter().map(|FollowUp { database, what, command }| {
        format!("database {database}: not carried over: {what}; add it: {command}")
    }));
    lines
}

fn words_of_done(ended: &Ended<'_>, suggest: Suggest) -> Vec<String> {
    let Ended { file, state, .. } = *ended;
    // The newest first: each run builds on the earlier ones.
    let runs = state.all_runs().iter().rev();
    let mut lines: Vec<_> = runs
        .map(|(_, run)| format!("undo the bucket's restore: {}", suggest(NextCommand::Undo(run))))
        .collect();
    if !state.all_runs().is_empty() {
        lines.extend(state.swaps().map(swapped::stays));
    }
    if file.hooks.stop_for_good() {
        lines.push(STILL_QUIESCED.to_owned());
    }
    lines.extend(
        state.result(Step::References).map(|result| words_of_references(file, result)).unwrap_or_default(),
    );
    lines
}

fn words_of_references(file: &RecoveryFile, result: &StepResult) -> Vec<String> {
    let has = |what: &str| result.counts.get(what).is_some_and(|n| *n > 0);
    let in_bucket = |one: &Compared| one.has("dangling") && file.references.is_with_bucket(&one.name);
    let is_in_bucket = result.comparisons.is_empty() || result.comparisons.iter().any(in_bucket);
    let dangling = has("dangling").then_some(if is_in_bucket { DANGLING_IN_BUCKET } else { DANGLING });
    let empty = result.comparisons.iter().filter(|one| one.has("nothing_compared"));
    let empty: Vec<_> = empty.map(|one| printable(&one.name)).collect();
    let nothing = has("nothing_compared").then(|| match empty.as_slice() {
        [] => NOTHING_COMPARED.to_owned(),
        names => format!("nothing was compared for the references {}: {CHECK_OUTPUT}", names.join(", ")),
    });
    dangling.map(str::to_owned).into_iter().chain(nothing).collect()
}

/// Returns the unfinished steps of a recovery, and the commands that resume or undo it.
fn ways_on(ended: &Ended<'_>, suggest: Suggest) -> Vec<String> {
    let Ended { path, file, at, state, .. } = *ended;
    let steps = state.shape().map(Shape::steps).unwrap_or_default().into_iter();
    let left = steps.filter(|step| state.status(*step) != Some(&Status::Done));
    let left: Vec<_> = left.map(|step| in_words(file, step)).collect();
    let unconfirmed = "every step is done, but asof could not confirm that it is still in place";
    let left = if left.is_empty() { unconfirmed.to_owned() } else { left.join(", ") };
    let mut lines = vec![format!("not done: {left}")];
    lines.extend(state.half_swapped().map(swapped::half));
    lines.push(format!("after fixing this, resume it: {}", suggest(NextCommand::Again(path, at))));
    // Once the application may use the databases that an abort removes, aborting is no longer an equal choice; but
    // while a swap is half done, no database has the name it uses.
    let is_cut_over = state.may_have_been_cut_over();
    if !is_cut_over || state.half_swapped().next().is_some() {
        let abort = if is_cut_over { NextCommand::AbortInUse(path) } else { NextCommand::Abort(path) };
        lines.push(format!("or undo it: {}", suggest(abort)));
    }
    lines
}

/// Describes how to start another recovery to the same time after one that has ended.
pub(crate) fn start_over(file: &RecoveryFile, state: &RecoveryState) -> String {
    if let Some(swap) = state.swaps().next() {
        return swapped::start_over(swap);
    }
    let how = if file.databases.is_empty() {
        "to recover to this time again, run the same command again"
    } else {
        "to recover to this time again, set other targets for its databases and stores in the recovery file or remove the existing ones, then run the same command again"
    };
    how.to_owned()
}

/// Returns the last lines of an abort.
pub(crate) fn abort_words(result: &AbortResult) -> Vec<String> {
    let AbortResult { told, state, conclusion, command, recover } = result;
    if told.aborted {
        let mut lines = vec![format!("the recovery {} is aborted, and closed", told.id)];
        if *conclusion != Conclusion::Done {
            lines.push("not everything was undone: finish the rest by hand".to_owned());
        }
        return lines;
    }
    let mut lines: Vec<_> = state.swaps().map(swapped::not_back).collect();
    lines.push(format!("not finished; after fixing this: {command}"));
    if !state.is_aborting() && state.overtaken().is_none() {
        lines.push(format!("nothing was undone; or finish the recovery instead: {recover}"));
    }
    lines
}
