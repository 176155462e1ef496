//! The parts of aborting a recovery.

use schemars::JsonSchema;
use serde::Serialize;

use super::file::RecoveryFile;
use super::journal::RecoveryState;
use super::outcome::Conclusion;
use crate::model::Instant;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AbortPart {
    /// Undo a run of a bucket.
    Undo {
        bucket: usize,
        run: String,
    },
    /// The run is already undone.
    Undone {
        run: String,
        by: String,
    },
    /// Leave the run's changes: something newer has changed its bucket.
    Left {
        run: String,
    },
    /// Leave a bucket that may have been changed by runs whose records are lost with the state directory.
    Lost {
        /// The bucket's number in the file.
        bucket: usize,
    },
    /// A restored database has its source's name, or is getting it: give both their own names back.
    SwapBack {
        database: usize,
    },
    /// Leave a restored database that has its source's name: a later recovery may have renamed it, or uses it.
    LeftSwapped {
        database: usize,
    },
    /// Remove the restored database, if it exists and carries the recovery's tag.
    Remove {
        database: usize,
    },
    /// Leave a database that was restored in place: that cannot be undone, and its teardown command would remove the
    /// database in use.
    Stays {
        database: usize,
    },
    Resume,
}

/// An abort before any part of it has run.
#[derive(Debug)]
pub(crate) struct AbortPlan<'a> {
    pub id: &'a str,
    pub at: Instant,
    pub began: Instant,
    pub now: Instant,
    /// The file, which names the numbered buckets and databases.
    pub file: &'a RecoveryFile,
    /// The parts of the abort, in order.
    pub parts: &'a [AbortPart],
    /// True if the application may be using databases that would be removed.
    pub in_use: bool,
}

/// The result of a part of an abort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PartState {
    /// Done.
    Done,
    /// Left as it is: asof cannot undo it, or it is not asof's to undo.
    Left,
    /// It cannot be undone, or its state is unknown. The application is not resumed.
    NotUndone,
    /// Failed; run the same command again.
    Failed,
}

/// A part of an aborted recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AbortedPart {
    /// The action, as text.
    pub part: String,
    /// The result of the action.
    pub state: PartState,
    /// Details, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// An aborted recovery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AbortedRecovery {
    /// The ID of the recovery.
    pub id: String,
    /// The path of the recovery file.
    pub file: String,
    /// The target time of the recovery.
    pub at: Instant,
    /// True if the recovery is closed. If not, run the same command again to finish the abort.
    pub aborted: bool,
    /// The parts of the abort.
    pub parts: Vec<AbortedPart>,
}

#[derive(Debug)]
pub(crate) struct AbortResult {
    pub told: AbortedRecovery,
    /// The state that the journal records now.
    pub state: RecoveryState,
    pub conclusion: Conclusion,
    /// The command that resumes the abort.
    pub command: String,
    /// The command that finishes the recovery instead.
    pub recover: String,
}

/// The reason for refusing an abort without `--after-resume`.
pub(crate) const ABORTED_IN_USE: &str =
    "the application may have been resumed on the restored databases or stores that would be removed";

impl PartState {
    pub(crate) fn name(self) -> &'static str {
        match self {
            PartState::Done => "done",
            PartState::Left => "left",
            PartState::NotUndone => "not undone",
            PartState::Failed => "failed",
        }
    }
}

impl AbortPart {
    /// Describes the part, for the recovery `id` of this file.
    pub(crate) fn in_words(&self, file: &RecoveryFile, id: &str) -> String {
        let bucket =
            |n: usize| file.buckets.get(n).map(|bucket| bucket.source.to_string()).unwrap_or_default();
        let database = |n: usize| {
            let (title, (source, target)) =
                file.databases.get(n).map_or_else(Default::default, |one| (one.title(), one.places()));
            (title, source.unwrap_or_default(), target.unwrap_or_default())
        };
        match self {
            AbortPart::Undo { bucket: n, run } => format!("undo run {run} of {}", bucket(*n)),
            AbortPart::Undone { run, by } => format!("run {run} was undone by run {by}"),
            AbortPart::Left { run } => format!("leave the changes of run {run}"),
            AbortPart::Lost { bucket: n } => {
                format!("leave {} as the recovery that was adopted may have restored it", bucket(*n))
            }
            AbortPart::Stays { database: n } => {
                let (title, ..) = database(*n);
                format!("leave the {title}: it was restored in place, which cannot be undone")
            }
            AbortPart::SwapBack { database: n } => {
                let (title, source, target) = database(*n);
                format!(
                    "rename the restored {title} back to {target}, then its source back to {source}; connections drop"
                )
            }
            AbortPart::LeftSwapped { database: n } => {
                let (title, source, _) = database(*n);
                format!("leave the restored {title}, which got the name {source}")
            }
            AbortPart::Remove { database: n } => {
                let (title, _, target) = database(*n);
                let named = if target.is_empty() { title } else { format!("{title} {target}") };
                format!("remove the restored {named} if it has the tag {id}")
            }
            AbortPart::Resume => "run the resume hook".to_owned(),
        }
    }
}

/// Returns true if the abort removes databases that the application may be using.
///
/// | resume hook | other steps, including name swaps, except configure | in use |
/// |---|---|---|
/// | was ever begun, or configure was | | perhaps |
/// | none | have all been done | perhaps: the application is resumed by hand |
/// | none | have not all been done | no |
/// | was not begun | | no |
pub(crate) fn loses_what_is_in_use(state: &RecoveryState, parts: &[AbortPart]) -> bool {
    let removes = parts.iter().any(|part| matches!(part, AbortPart::Remove { .. }));
    removes && (state.may_have_been_cut_over() || state.may_have_been_cut_over_by_hand())
}

/// The state of a run with respect to undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UndoState {
    /// The run is undone, by this run.
    Undone(String),
    /// The runs to undo, newest first: the run itself, or the run that undid its undo.
    InForce(Vec<String>),
}

/// The parts of aborting a recovery, in order. `undo_state` returns the undo state of a run, `stays` tells which
/// databases are restored in place, and `has_hook` whether the file has a resume hook.
///
/// | for | overtaken | |
/// |---|---|---|
/// | each database whose names are swapped, or half swapped | no, or by a run or an undo | give it, then its source, their own names back |
/// | each database whose names are half swapped | by a recovery | the same: the source's name may belong to no database |
/// | each of its runs, newest first | no | undo it, unless it is undone; if its undo was undone, undo that run |
/// | each of its runs | yes | leave it: the undo would change newer data |
/// | each bucket in place, of an adopted recovery | no, or by a run or an undo | leave it: its runs are unknown |
/// | each database whose names are swapped | by a recovery | leave it, do not remove it: it is the source of something newer |
/// | each database that was requested, in place | | leave it |
/// | each other database that was requested | | remove it |
/// | an application that may be quiesced | | run the resume hook; a later recovery that has overtaken this one runs its own |
pub(crate) fn abort_parts(
    state: &RecoveryState,
    undo_state: impl Fn(&str) -> UndoState,
    stays: impl Fn(usize) -> bool,
    has_hook: bool,
) -> Vec<AbortPart> {
    let overtaken = state.overtaken().is_some();
    let undo = |(bucket, run): &(usize, String)| match undo_state(run) {
        UndoState::Undone(by) => vec![AbortPart::Undone { run: run.clone(), by }],
        UndoState::InForce(_) if overtaken => vec![AbortPart::Left { run: run.clone() }],
        UndoState::InForce(runs) => {
            runs.into_iter().map(|run| AbortPart::Undo { bucket: *bucket, run }).collect()
        }
    };
    let left = |n: usize| state.is_overtaken_by_recovery() && state.is_swapped(n);
    let databases = state.shape().map_or(0, |shape| shape.databases);
    let back = (0..databases).filter(|n| state.swap(*n).is_some() && !left(*n));
    let mut parts: Vec<_> = back.map(|database| AbortPart::SwapBack { database }).collect();
    parts.extend(state.all_runs().iter().rev().flat_map(undo));
    if !state.is_overtaken_by_recovery() {
        parts.extend(state.lost_runs().map(|bucket| AbortPart::Lost { bucket }));
    }
    let asked = (0..databases).filter(|n| state.was_asked_for(*n));
    let removed = |database: usize| match () {
        () if left(database) => AbortPart::LeftSwapped { database },
        () if stays(database) => AbortPart::Stays { database },
        () => AbortPart::Remove { database },
    };
    parts.extend(asked.map(removed));
    if state.may_be_quiesced() && has_hook {
        parts.push(AbortPart::Resume);
    }
    parts
}

#[cfg(test)]
mod tests;
