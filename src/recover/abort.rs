//! What aborting a recovery takes.

use schemars::JsonSchema;
use serde::Serialize;

use super::file::RecoveryFile;
use super::journal::RecoveryState;
use super::outcome::Conclusion;
use crate::model::Instant;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AbortPart {
    /// A run of a bucket is undone.
    Undo {
        bucket: usize,
        run: String,
    },
    /// A run was undone already.
    Undone {
        run: String,
        by: String,
    },
    /// A run is left as it is: something newer has changed its bucket.
    Left {
        run: String,
    },
    /// A bucket is left that runs may have changed which are lost with the state directory.
    Lost {
        /// The bucket's number in the file.
        bucket: usize,
    },
    /// A restored database has its source's name, or is getting it: both get their own again.
    SwapBack {
        database: usize,
    },
    /// A restored database has got its source's name, and a later recovery may have renamed it, or uses it: it is left.
    LeftSwapped {
        database: usize,
    },
    /// The restored database is removed, if it is there and carries the recovery's tag.
    Remove {
        database: usize,
    },
    /// A database is left that was restored in place: nothing takes that back, and its teardown command would remove the
    /// one in use.
    Stays {
        database: usize,
    },
    Resume,
}

/// An abort before anything of it is done.
#[derive(Debug)]
pub(crate) struct AbortPlan<'a> {
    pub id: &'a str,
    pub at: Instant,
    pub began: Instant,
    pub now: Instant,
    /// The file, which names what is numbered.
    pub file: &'a RecoveryFile,
    /// What would be done.
    pub parts: &'a [AbortPart],
    /// The application may use databases that would be removed.
    pub in_use: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PartState {
    /// Done.
    Done,
    /// Left as it is: asof cannot undo it, or it is not asof's to undo.
    Left,
    /// It cannot be undone, or its state is unknown. The application is not resumed.
    #[serde(rename = "not undone")]
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
    /// The target time.
    pub at: Instant,
    /// Whether the recovery is closed. If not, run the same command again to finish the abort.
    pub aborted: bool,
    /// The parts of the abort.
    pub parts: Vec<AbortedPart>,
}

#[derive(Debug)]
pub(crate) struct AbortResult {
    pub told: AbortedRecovery,
    /// What its journal says now.
    pub state: RecoveryState,
    pub conclusion: Conclusion,
    /// The command that goes on with the abort.
    pub command: String,
    /// The command that finishes the recovery instead.
    pub recover: String,
}

/// Why an abort is refused without `--after-resume`.
pub(crate) const ABORTED_IN_USE: &str =
    "the application may have been resumed on the restored databases that would be removed";

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
    /// What is done in it, for a recovery by this file.
    pub(crate) fn in_words(&self, file: &RecoveryFile, id: &str) -> String {
        let bucket =
            |n: usize| file.buckets.get(n).map(|bucket| bucket.source.to_string()).unwrap_or_default();
        let database = |n: usize| {
            let (name, (source, target)) =
                file.databases.get(n).map_or_else(Default::default, |one| (one.name(), one.places()));
            (name, source.unwrap_or_default(), target.unwrap_or_default())
        };
        match self {
            AbortPart::Undo { bucket: n, run } => format!("undo run {run} of {}", bucket(*n)),
            AbortPart::Undone { run, by } => format!("run {run} was undone by run {by}"),
            AbortPart::Left { run } => format!("leave the changes of run {run}"),
            AbortPart::Lost { bucket: n } => {
                format!("leave {} as the recovery that was adopted may have restored it", bucket(*n))
            }
            AbortPart::Stays { database: n } => {
                let (name, ..) = database(*n);
                format!("leave the database {name}: it was restored in place, which cannot be undone")
            }
            AbortPart::SwapBack { database: n } => {
                let (name, source, target) = database(*n);
                format!(
                    "rename the restored database {name} back to {target}, then its source back to {source}; connections drop"
                )
            }
            AbortPart::LeftSwapped { database: n } => {
                let (name, source, _) = database(*n);
                format!("leave the restored database {name}, which got the name {source}")
            }
            AbortPart::Remove { database: n } => {
                let (name, _, target) = database(*n);
                let named = if target.is_empty() { name.to_owned() } else { format!("{name} {target}") };
                format!("remove the restored database {named} if it has the tag {id}")
            }
            AbortPart::Resume => "run the resume hook".to_owned(),
        }
    }
}

/// Whether databases are removed that the application may use by now.
///
/// | the resume hook | the other steps, swaps of names too, but configure | in use |
/// |---|---|---|
/// | was ever begun, or configure was | | perhaps |
/// | there is none | were done once | perhaps: it is resumed by hand |
/// | there is none | were never | no |
/// | was not begun | | no |
pub(crate) fn loses_what_is_in_use(state: &RecoveryState, parts: &[AbortPart]) -> bool {
    let removes = parts.iter().any(|part| matches!(part, AbortPart::Remove { .. }));
    removes && (state.may_have_been_cut_over() || state.may_have_been_cut_over_by_hand())
}

/// What has become of a run since it was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum UndoState {
    /// It is undone, by this run.
    Undone(String),
    /// These have to be undone, the newest first: the run itself, or the run that has undone its undo.
    InForce(Vec<String>),
}

/// What aborting a recovery takes, in this order; `standing` says what has become of a run, `stays` names the
/// databases that are restored in place, `has_hook` says whether the file names a resume hook.
///
/// | | overtaken | |
/// |---|---|---|
/// | each database whose names are swapped, or half swapped | no, or by a run or an undo | gets its own name back, then its source |
/// | each database whose names are half swapped | by a recovery | the same: nothing may have the source's name |
/// | each of its runs, the newest first | no | is undone, unless it was; where its undo was undone, that one is undone |
/// | each of its runs | yes | is left: the undo would change what is newer |
/// | each bucket in place, of a recovery that was adopted | no, or by a run or an undo | is left: its runs are not known |
/// | each database whose names are swapped | by a recovery | is left, and not removed: it is the source of what is newer |
/// | each database that was asked for, in place | | stays |
/// | each other database that was asked for | | is removed |
/// | the application may be quiesced | | the resume hook is run; a later recovery that has overtaken this one sees to that itself |
pub(crate) fn abort_parts(
    state: &RecoveryState,
    standing: impl Fn(&str) -> UndoState,
    stays: impl Fn(usize) -> bool,
    has_hook: bool,
) -> Vec<AbortPart> {
    let overtaken = state.overtaken().is_some();
    let undo = |(bucket, run): &(usize, String)| match standing(run) {
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
