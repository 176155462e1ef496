//! The lines of JSON: every object that `--format json` can print. `asof schema` is derived from these types.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Serialize;

use super::SummaryLine;
use crate::db::rds::Leftover;
use crate::model::{Check, Instant, Version};
use crate::plan::file::Header;
use crate::plan::{Action, UncertainKey};
use crate::recover::{AbortedRecovery, OpenRecovery, Report};
use crate::report::marks::MarkListing;
use crate::report::references::{DanglingLine, OrphanLine};
use crate::report::runs::RunLine;
use crate::report::timeline::{BarLine, BurstLine};
use crate::report::warning::{CautionLine, WarningLine};
use crate::resolve::{Caution, Doubt};

/// One line of the output of a command with `--format json`.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "asof JSON Lines")]
pub(super) struct Object<'a> {
    /// The version of this schema. In the first line only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("const" = super::SCHEMA))]
    pub schema: Option<u32>,
    #[serde(flatten)]
    pub line: Line<'a>,
}

/// The object of a line, by its type.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::report) enum Line<'a> {
    /// The header of a plan.
    Plan(&'a Header),
    /// The result of a bucket check or of a database check.
    Check(&'a Check),
    /// A reason to look again before going on.
    Warning(WarningLine<'a>),
    /// The keys with a doubt.
    Doubt(DoubtLine<'a>),
    /// The keys with a caution.
    Caution(CautionLine<'a>),
    /// A change that a restore makes.
    Change(ChangeLine<'a>),
    /// A key whose state at T is uncertain and that the listing shows no change for.
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
    /// A version in the history of a key.
    Version(EntryLine<'a>),
    /// A delete marker in the history of a key.
    DeleteMarker(EntryLine<'a>),
    /// A dangling reference.
    Dangling(DanglingLine<'a>),
    /// An object without rows.
    Orphan(OrphanLine<'a>),
    /// The events of one step of a timeline.
    Bar(BarLine),
    /// A burst of events.
    Burst(BurstLine<'a>),
    /// A run.
    Run(&'a RunLine<'a>),
    /// A run whose directory was removed.
    RemovedRun(&'a RunLine<'a>),
    /// A mark.
    Mark(MarkListing<'a>),
    /// The result of a recovery or a drill.
    Recovery(&'a Report),
    /// A recovery that is not finished.
    OpenRecovery(&'a OpenRecovery),
    /// A recovery that was aborted.
    AbortedRecovery(&'a AbortedRecovery),
    /// A database that a drill has left behind.
    Leftover(&'a Leftover),
    /// The counts of a command.
    Summary(SummaryLine<'a>),
}

/// A version of an object.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct VersionLine<'a> {
    version_id: &'a str,
    last_modified: Instant,
    /// Bytes.
    size: u64,
    /// Without quotes.
    etag: &'a str,
    storage_class: &'a str,
}

impl<'a> VersionLine<'a> {
    pub(in crate::report) fn of(version: Option<&'a Version>) -> Option<Self> {
        let Version { version_id, last_modified, size, etag, storage_class, .. } = version?;
        Some(Self { version_id, last_modified: *last_modified, size: *size, etag, storage_class })
    }
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ChangeLine<'a> {
    pub key: &'a str,
    pub change: Action,
    /// The version live now; null if the key does not exist.
    pub now: Option<VersionLine<'a>>,
    /// The version live at T; null if the key did not exist.
    pub then: Option<VersionLine<'a>>,
    pub doubts: &'a [Doubt],
    pub cautions: &'a [Caution],
    /// The delete markers that the restore removes, newest first.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    pub markers: &'a [String],
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct MismatchLine<'a> {
    pub key: &'a str,
    /// The version live at T; null if the key did not exist.
    pub expected: Option<VersionLine<'a>>,
    /// The object found; null if there is none.
    pub found: Option<VersionLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ConflictLine<'a> {
    pub key: &'a str,
    pub change: Action,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct FailureLine<'a> {
    pub key: &'a str,
    pub change: Action,
    /// The error code of S3.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'a str>,
    pub message: String,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct ArchivedLine<'a> {
    pub key: &'a str,
    pub change: Action,
    /// Whether S3 is thawing the version.
    pub thawing: bool,
}

/// The superseded write: the version that was live just before the change. All null if it was a delete.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct SupersededLine<'a> {
    pub key: &'a str,
    pub change: Action,
    pub version_id: Option<&'a str>,
    pub last_modified: Option<Instant>,
    pub size: Option<u64>,
    pub etag: Option<&'a str>,
}

/// An entry in the history of a key. A delete marker has no size, ETag and storage class.
#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct EntryLine<'a> {
    pub key: &'a str,
    pub version_id: &'a str,
    pub last_modified: Instant,
    pub size: Option<u64>,
    pub etag: Option<&'a str>,
    pub storage_class: Option<&'a str>,
    pub is_latest: bool,
    /// Whether the entry was live at the time given with --at.
    pub live_at: bool,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct DoubtLine<'a> {
    pub doubt: Doubt,
    pub keys: u64,
    pub examples: &'a BTreeSet<String>,
}
