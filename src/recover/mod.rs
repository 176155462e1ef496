//! A recovery as data: its file, its steps and their order, its journal, and the comparison of the keys in rows with
//! those in a bucket. [`crate::engine`] performs it.

mod abort;
mod critical;
mod database;
mod drill;
mod earlier;
mod entry;
mod file;
mod holds;
mod init;
mod journal;
mod manifest;
mod marks;
mod notice;
mod open;
mod outcome;
mod places;
mod recipes;
mod record;
mod references;
mod report;
mod resource;
mod rests;
#[cfg(test)]
mod shapes;
mod snapshots;
mod steps;
mod store;
pub(crate) mod swapped;

pub(crate) use abort::{
    ABORTED_IN_USE, AbortPart, AbortPlan, AbortResult, AbortedPart, AbortedRecovery, PartState, UndoState,
    abort_parts, loses_what_is_in_use,
};
pub(crate) use database::DatabaseKind;
pub(crate) use drill::{check_drill, check_recovery, drill_shape, is_scratch_of, scratch};
pub(crate) use earlier::{AfterEnd, Asked, Earlier};
pub(crate) use file::{Bucket, ComparedWith, Comparison, Hooks, KeyList, RecoveryFile, References, Target};
pub(crate) use holds::{Held, Seen, quiesces_again, what_holds};
pub(crate) use init::TEMPLATE;
pub(crate) use journal::{InUse, Overtaker, RecoveryState, Status};
pub(crate) use manifest::{LATEST, Purpose, RecoveryManifest, mark_name};
pub(crate) use marks::{Consistency, MarkLine, MarkSnapshot, Marks, Named};
pub(crate) use notice::{BucketPlan, NextCommand, Notice, Resumed, SnapshotFate, Suggest};
pub(crate) use open::{OpenRecovery, OpenState};
pub(crate) use outcome::{Conclusion, RecoveryOutcome};
pub(crate) use recipes::{RECIPES, Recipe};
pub(crate) use record::{Compared, FORMAT, FOUND, Record, StepResult};
pub(crate) use references::{Dangling, Existed, Moment, Orphan, ReferenceSums, dangling, heal};
pub(crate) use report::{Ending, Event, Finding, FollowUp, Report, Running, StepReport, counts, in_words};
pub(crate) use resource::{DRILL, Holder, RESTORE, Resource, UNDO, WORKER};
pub(crate) use snapshots::{LooseSnapshot, MarkEvent};
pub(crate) use steps::{Shape, Step};
