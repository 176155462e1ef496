//! The JSON lines: every object that `--format json` can print. `asof schema` is derived from these types.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::SummaryLine;
use crate::db::rds::Leftover;
use crate::model::{Aspect, Changes, Check, Instant, Version};
use crate::plan::file::Header;
use crate::plan::{Action, UncertainKey};
use crate::recover::{AbortedRecovery, OpenRecovery, Report};
use crate::report::listing::{FolderLine, ObjectLine};
use crate::report::marks::MarkListing;
use crate::report::plan_set::{PlanSetLine, ShardLine};
use crate::report::progress::ProgressLine;
use crate::report::references::{DanglingLine, OrphanLine};
use crate::report::runs::RunLine;
use crate::report::set_runs::ShardRunLine;
use crate::report::timeline::{BarLine, BurstLine};
use crate::report::warning::{CautionLine, WarningLine};
use crate::resolve::{Caution, Doubt};

/// A line printed by a command with `--format json`.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "asof JSON Lines")]
pub(super) struct Object<'a> {
    /// The version of this schema; in the first line only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: Option<u32>,
    #[serde(flatten)]
    pub line: Line<'a>,
}

/// The object of a line; `type` names it.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::report) enum Line<'a> {
    /// The header of a plan.
    Plan(&'a Header),
    /// A plan set.
    PlanSet(PlanSetLine<'a>),
    /// A shard of a plan set.
    Shard(ShardLine<'a>),
    /// A shard of a plan set and its run.
    ShardRun(ShardRunLine<'a>),
    /// The progress of a worker; on stderr, if that is not a terminal.
    Progress(ProgressLine),
    /// The result of a bucket check or a database check.
    Check(&'a Check),
    /// A reason to review the target time or the result before continuing.
    Warning(WarningLine<'a>),
    /// The keys with this doubt.
    Doubt(DoubtLine<'a>),
    /// The keys with this caution.
    Caution(CautionLine<'a>),
    /// A change that a restore makes.
    Change(ChangeLine<'a>),
    /// A key whose state at T is uncertain although the listing shows no change for it.
    Uncertain(&'a UncertainKey),
    /// A key that is not in its state at T.
    Mismatch(MismatchLine<'a>),
    /// A change that was not made because another client changed the key.
    Conflict(ConflictLine<'a>),
    /// A change that failed.
    Failure(FailureLine<'a>),
    /// A change that covered a write of another client which was not seen as a conflict.
    Superseded(SupersededLine<'a>),
    /// A change that waits for an archived version.
    Archived(ArchivedLine<'a>),
    /// A change that superseded another client's write without a conflict being seen.
    Version(EntryLine<'a>),
    /// A change that is waiting for an archived version to be restored.
    DeleteMarker(EntryLine<'a>),
    /// A key that was live at T, or may have been.
    Object(ObjectLine<'a>),
    /// A folder in which a key was live at T, or may have been.
    Folder(FolderLine<'a>),
    /// A dangling reference.
    Dangling(DanglingLine<'a>),
    /// An orphan: an object without rows.
    Orphan(OrphanLine<'a>),
    /// The events of one step of the timeline.
    Bar(BarLine),
    /// A burst of events.
    Burst(BurstLine<'a>),
    /// A run.
    Run(&'a RunLine<'a>),
    /// A run whose directory was removed from the state directory.
    RemovedRun(&'a RunLine<'a>),
    /// A mark.
    Mark(MarkListing<'a>),
    /// A mark that has expired.
    ExpiredMark(MarkListing<'a>),
    /// The result of a recovery or a drill.
    Recovery(&'a Report),
    /// A recovery that is not finished.
    OpenRecovery(&'a OpenRecovery),
    /// A recovery that was aborted.
    AbortedRecovery(&'a AbortedRecovery),
    /// A database that a drill left behind.
    Leftover(&'a Leftover),
    /// The counts of a command; the last line.
    Summary(SummaryLine<'a>),
}

/// A version of an object.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct VersionLine<'a> {
    /// The version ID.
    version_id: &'a str,
    /// The time the version was created.
    last_modified: Instant,
    /// Size in bytes.
    size: u64,
    /// The ETag, without quotes.
    etag: &'a str,
    /// The storage class, such as `STANDARD`.
    storage_class: &'a str,
}

impl<'a> VersionLine<'a> {
    pub(in crate::report) fn of(version: Option<&'a Version>) -> Option<Self> {
        let Version { version_id, last_modified, size, etag, storage_class, .. } = version?;
        Some(Self { version_id, last_modified: *last_modified, size: *size, etag, storage_class })
    }
}

/// A change that a restore makes.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ChangeLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The kind of change.
    pub change: Action,
    /// The version live now; null if the key does not exist.
    pub now: Option<VersionLine<'a>>,
    /// The version live at T; null if the key did not exist.
    pub then: Option<VersionLine<'a>>,
    /// The reasons that the state at T is uncertain or cannot be restored yet.
    pub doubts: &'a [Doubt],
    /// Cautions; they do not block a restore.
    pub cautions: &'a [Caution],
    /// The version IDs of the delete markers that the restore removes, newest first.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub markers: &'a [String],
}

/// A key that is not in its state at T.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct MismatchLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The version live at T; null if the key did not exist.
    pub expected: Option<VersionLine<'a>>,
    /// The object found; null if there is none.
    pub found: Option<VersionLine<'a>>,
}

/// A change that was not made because another client changed the key.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ConflictLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The change that was not made.
    pub change: Action,
}

/// A change that failed.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct FailureLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The change that failed.
    pub change: Action,
    /// The S3 error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    /// The error message.
    pub message: String,
}

/// A change that is waiting for an archived version to be restored.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ArchivedLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The change that is waiting.
    pub change: Action,
    /// True if a restore of the archived version has been requested from S3.
    pub thawing: bool,
}

/// The superseded write: the version that was live just before the change. All fields are null if it was a delete.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SupersededLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The change that superseded the write.
    pub change: Action,
    /// The ID of the superseded version.
    pub version_id: Option<&'a str>,
    /// The time the superseded version was created.
    pub last_modified: Option<Instant>,
    /// The size of the superseded version in bytes.
    pub size: Option<u64>,
    /// The ETag of the superseded version, without quotes.
    pub etag: Option<&'a str>,
}

/// An entry in the history of a key. For a delete marker, `size`, `etag` and `storage_class` are null.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct EntryLine<'a> {
    /// The key.
    pub key: &'a str,
    /// The version ID.
    pub version_id: &'a str,
    /// The time the entry was created.
    pub last_modified: Instant,
    /// Size in bytes.
    pub size: Option<u64>,
    /// The ETag, without quotes.
    pub etag: Option<&'a str>,
    /// The storage class, such as `STANDARD`.
    pub storage_class: Option<&'a str>,
    /// True if the entry is the current one of its key.
    pub is_latest: bool,
    /// True if the entry was live at the time given with `--at`.
    pub live_at: bool,
    /// The differences from the next older version; with `--changes` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<ChangesLine<'a>>,
}

/// The differences of a version from the next older one.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ChangesLine<'a> {
    /// True if there is no older version.
    oldest: bool,
    /// The aspects that differ.
    changed: &'a [Aspect],
    /// The aspects that could not be compared.
    unknown: &'a [Aspect],
}

impl<'a> ChangesLine<'a> {
    pub(super) fn of(changes: &'a Changes) -> Self {
        match changes {
            Changes::Oldest => Self { oldest: true, changed: &[], unknown: &[] },
            Changes::Compared { changed, unknown } => Self { oldest: false, changed, unknown },
        }
    }
}

/// The keys with a doubt.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct DoubtLine<'a> {
    /// The doubt.
    pub doubt: Doubt,
    /// The number of keys with this doubt.
    pub keys: u64,
    /// Some of these keys.
    pub examples: &'a BTreeSet<String>,
}
