//! The report of a recovery or a drill.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::critical::critical_path;
use super::database::DatabaseKind;
use super::file::{Comparison, RecoveryFile, Target};
use super::journal::{RecoveryState, Status};
use super::manifest::{Purpose, RecoveryManifest};
use super::record::{Compared, StepResult};
use super::references::{Dangling, Orphan};
use super::steps::{Shape, Step};
use crate::db::{self, RestoreProgress};
use crate::error::Error;
use crate::model::{Instant, Location, Version, shell_word};
use crate::plan::{Action, Change};

#[derive(Debug)]
pub(crate) enum Event<'a> {
    Begun(Step),
    Done(Step),
    Failed(Step, &'a str),
    /// The step was done and no longer holds; why.
    Lapsed(Step, &'a str),
    /// Every bucket and database is checked once more.
    LastLook,
    Database(usize, &'a RestoreProgress),
    /// Progress could not be queried; it will be queried again.
    Unanswered(usize, &'a Error),
    /// The number of settled changes of a bucket, and of all.
    Bucket(usize, u64, u64),
}

/// The result of a recovery or a drill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ending {
    /// Every step is done, and the result is consistent.
    Done,
    /// Every step is done, but references dangle or copies have mismatches.
    Inconsistent,
    /// The quiesce hook failed before any other step began: nothing was changed.
    NotBegun,
    /// A later step failed.
    Failed,
    /// The recovery was stopped.
    Interrupted,
}

/// A finding: something that is not as expected after the restore.
#[expect(clippy::struct_field_names, reason = "named as it is printed")]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// `missing`, `differs` or `extra` (a key of a copy), `superseded` (a write), `written` (since the application was
    /// resumed), `dangling` (a reference), `orphan`, `unreadable` (keys of a view),
    /// `incomplete-history`, or `nothing-compared`.
    pub finding: &'static str,
    /// The bucket and prefix where it was found, or the name of the references that lack the key.
    pub place: String,
    /// The key in the source bucket; empty if the finding is not about a key.
    pub key: String,
    /// The name of the references that it is about, if they have one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub references: Option<String>,
    /// Details, as text.
    pub detail: String,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct StepReport {
    /// The action of the step, as text.
    pub step: String,
    /// `done`, `failed`, `begun` or `not_begun`.
    pub state: &'static str,
    /// The start of the step, in milliseconds since the recovery began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun_ms: Option<i64>,
    /// The duration in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ms: Option<i64>,
    /// True if the step is on the critical path: the chain of steps that decided the duration of the recovery.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub critical: bool,
    /// The reason that the step failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The endpoint of a database, or the run ID of a bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Counts, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, u64>,
    /// The comparisons of named references.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub comparisons: Vec<Compared>,
}

/// The report of a recovery or a drill.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Report {
    /// The purpose: a recovery or a drill.
    pub purpose: Purpose,
    /// The ID of the recovery, which is also the tag of what it created.
    pub id: String,
    /// The path of the recovery file.
    pub file: String,
    /// The target time.
    pub at: Instant,
    /// The result.
    pub ending: Ending,
    /// The recovery point age: how old T was when the recovery began, in milliseconds.
    pub age_ms: i64,
    /// The recovery time (RTO) in milliseconds.
    pub elapsed_ms: i64,
    /// The time for which the application was quiesced, in milliseconds; missing if it was not quiesced, or still is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub downtime_ms: Option<i64>,
    /// The steps.
    pub steps: Vec<StepReport>,
    /// The findings, at most a thousand.
    pub findings: Vec<Finding>,
    /// The copies that a drill could not tear down.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<String>,
    /// The time the recovery ended, if every step is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Instant>,
    /// The application, if an earlier process has resumed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<Running>,
    /// Settings of the source databases that a restore does not carry over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<FollowUp>,
}

/// An application that was resumed on the restored data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Running {
    /// The time the resume hook finished.
    pub since: Instant,
    /// The number of keys changed since; the application may change them.
    pub keys_changed: u64,
}

/// A setting that a restore does not carry over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FollowUp {
    /// The name of the database.
    pub database: String,
    /// The setting, as text.
    pub what: String,
    /// The shell command that adds it.
    pub command: String,
}

impl FollowUp {
    /// Converts a missing setting of the database with this name.
    pub(crate) fn of(database: &str, lacks: db::FollowUp) -> Self {
        let command: Vec<_> = lacks.command.iter().map(|word| shell_word(word)).collect();
        Self { database: database.to_owned(), what: lacks.what, command: command.join(" ") }
    }
}

/// Collects counts by name.
pub(crate) fn counts<const N: usize>(named: [(&str, u64); N]) -> BTreeMap<String, u64> {
    named.into_iter().map(|(name, n)| (name.to_owned(), n)).collect()
}

impl Ending {
    pub(crate) fn is_done(self) -> bool {
        matches!(self, Ending::Done | Ending::Inconsistent)
    }

    /// Classifies the outcome; `written` tells whether keys were written since the resume hook began.
    ///
    /// | quiesce failed, nothing else begun | a step failed | stopped | mismatched, superseded, dangling, nothing compared, a failed check, unreadable, incomplete history, or `written` | |
    /// |---|---|---|---|---|
    /// | yes | | | | not begun |
    /// | no | yes | | | failed |
    /// | no | no | with steps left | | interrupted |
    /// | no | no | | yes | inconsistent |
    /// | no | no | | no | done |
    pub(crate) fn of(state: &RecoveryState, stopped: bool, written: bool) -> Self {
        let steps = state.shape().map(Shape::steps).unwrap_or_default();
        let failed = |step: &Step| matches!(state.status(*step), Some(Status::Failed(_)));
        let has_found = |step: &Step| state.result(*step).is_some_and(StepResult::has_found);
        let begun = |step: &Step| *step != Step::Quiesce && state.status(*step).is_some();
        if failed(&Step::Quiesce) && !state.has_restored_anything() && !steps.iter().any(begun) {
            Ending::NotBegun
        } else if steps.iter().any(failed) {
            Ending::Failed
        } else if !state.is_done() {
            if stopped { Ending::Interrupted } else { Ending::Failed }
        } else if written || steps.iter().any(has_found) {
            Ending::Inconsistent
        } else {
            Ending::Done
        }
    }
}

impl Finding {
    fn new(
        finding: &'static str,
        place: &(impl ToString + ?Sized),
        key: &str,
        detail: impl Into<String>,
    ) -> Self {
        let (place, key, detail) = (place.to_string(), key.to_owned(), detail.into());
        Self { finding, place, key, references: None, detail }
    }

    /// With the name of the references that it is about.
    pub(crate) fn of_references(self, comparison: &Comparison) -> Self {
        Self { references: comparison.name.clone(), ..self }
    }

    /// A key that the references of this name lack.
    pub(crate) fn absent(lacking: &str, key: &str) -> Self {
        Self::new("dangling", lacking, key, format!("is missing from {lacking}"))
    }

    /// A key of the references `place` that others do not name.
    pub(crate) fn unnamed(place: &str, key: &str, others: &str) -> Self {
        Self::new("orphan", place, key, format!("is not named by {others}"))
    }

    /// A key of a copy that differs from the state at T.
    pub(crate) fn of_copy(place: &Location, change: &Change) -> Self {
        let (finding, detail) = match change.action {
            Action::Undelete => ("missing", "is missing from the copy"),
            Action::Revert => ("differs", "differs in the copy"),
            Action::Delete => ("extra", "is in the copy but did not exist at T"),
        };
        Self::new(finding, place, &change.key, detail)
    }

    /// A write that a restore superseded before it was seen.
    pub(crate) fn superseded(place: &Location, key: &str, version: Option<&Version>) -> Self {
        let detail = match version {
            Some(version) => format!("version {} was written meanwhile and superseded", version.version_id),
            None => "a delete was made meanwhile and superseded".to_owned(),
        };
        Self::new("superseded", place, key, detail)
    }

    /// Keys that were written after the resume hook was begun but did not finish.
    pub(crate) fn written(place: &Location, detail: String) -> Self {
        Self::new("written", place, "", detail)
    }

    /// A dangling reference.
    pub(crate) fn dangling(place: &Location, dangling: &Dangling, at: Instant) -> Self {
        let detail = match (dangling.delay(at), dangling.deleted) {
            (Some(delay), _) => format!("arrived {} s after T", delay.as_secs()),
            (None, Some(deleted)) => format!("had been deleted at {deleted}"),
            (None, None) => format!("existed: {}", dangling.existed.name()),
        };
        Self::new("dangling", place, &dangling.key, detail)
    }

    /// A row whose object arrived late and could not be restored.
    pub(crate) fn unhealed(place: &Location, key: &str, why: &str) -> Self {
        Self::new("dangling", place, key, format!("arrived late and was not restored: {why}"))
    }

    /// No keys were compared: a pipe's exit code is that of its last command, so the command that should print them may
    /// have failed.
    pub(crate) fn nothing_compared(place: &str, command: &str) -> Self {
        let detail = format!("{command} printed no keys, so nothing was compared");
        Self::new("nothing-compared", place, "", detail)
    }

    /// A location that was empty at the target time, so that neither a restore nor a comparison proves anything.
    pub(crate) fn nothing_restored(place: &Location, oldest: Option<Instant>) -> Self {
        let why = match oldest {
            Some(oldest) => format!("the oldest version here is from {}", oldest.human()),
            None => "there are no versions here".to_owned(),
        };
        let detail =
            format!("no key existed at the target time, so nothing was restored and compared: {why}");
        Self::new("nothing-compared", place, "", detail)
    }

    /// Keys that a view refuses to read.
    pub(crate) fn unreadable(place: &Location, uncertain: u64, archived: u64) -> Self {
        let some = |n: u64, what: &str| (n > 0).then(|| format!("{n} {what}"));
        let keys = [
            some(uncertain, "uncertain at the target time"),
            some(archived, "archived (unless copies of them have been restored from the archive)"),
        ];
        let keys = keys.into_iter().flatten().collect::<Vec<_>>().join(", ");
        Self::new("unreadable", place, "", format!("keys that the view refuses to read: {keys}"))
    }

    /// Keys may have been removed with all their versions since the target time.
    pub(crate) fn incomplete_history(place: &Location) -> Self {
        let detail = "keys of the target time may have expired entirely since, which no listing shows; --doubtful trust takes the listing as complete";
        Self::new("incomplete-history", place, "", detail)
    }

    /// An object that no row names.
    pub(crate) fn orphan(place: &Location, orphan: &Orphan) -> Self {
        Self::new("orphan", place, &orphan.key, "no row names it")
    }
}

impl Report {
    /// Creates the report of a recovery.
    pub(crate) fn of(
        id: &str,
        manifest: &RecoveryManifest,
        state: &RecoveryState,
        file: &RecoveryFile,
        ending: Ending,
        now: Instant,
    ) -> Self {
        let steps = state.shape().map(Shape::steps).unwrap_or_default();
        let path = state.shape().map(|shape| critical_path(shape, state)).unwrap_or_default();
        let step = |step: Step| StepReport {
            begun_ms: state.times(step).map(|(begun, _)| begun.millis() - manifest.began.millis()),
            critical: path.contains(&step),
            ..StepReport::of(state, file, step)
        };
        Self {
            purpose: manifest.purpose,
            id: id.to_owned(),
            file: manifest.file.to_string_lossy().into_owned(),
            at: manifest.at,
            ending,
            age_ms: manifest.began.millis() - manifest.at.millis(),
            elapsed_ms: state.ended_at().unwrap_or(now).millis() - manifest.began.millis(),
            downtime_ms: state.downtime_ms(),
            steps: steps.into_iter().map(step).collect(),
            findings: Vec::new(),
            left: Vec::new(),
            ended: state.ended_at(),
            running: None,
            follow_ups: Vec::new(),
        }
    }
}

impl StepReport {
    fn of(state: &RecoveryState, file: &RecoveryFile, step: Step) -> Self {
        let result = state.result(step).cloned().unwrap_or_default();
        let ms = match state.times(step) {
            Some((began, Some(ended))) => Some(ended.millis() - began.millis()),
            _ => None,
        };
        let (state, why) = match state.status(step) {
            None => ("not_begun", None),
            Some(Status::Begun) => ("begun", None),
            Some(Status::Done) => ("done", None),
            Some(Status::Failed(why)) => ("failed", Some(why.clone())),
        };
        let StepResult { note, counts, comparisons, .. } = result;
        let step = in_words(file, step);
        Self { step, state, begun_ms: None, ms, critical: false, why, note, counts, comparisons }
    }
}

/// Describes a step in words.
pub(crate) fn in_words(file: &RecoveryFile, step: Step) -> String {
    let title = |n: usize| file.databases.get(n).map(DatabaseKind::title).unwrap_or_default();
    let bucket = |n: usize| file.buckets.get(n).map(|bucket| bucket.source.to_string()).unwrap_or_default();
    let is_view = |n: usize| file.buckets.get(n).is_some_and(|bucket| bucket.target == Target::View);
    match step {
        Step::Quiesce => "quiesce hook".to_owned(),
        Step::Start(n) => format!("{}: request restore", title(n)),
        Step::Wait(n) => format!("{}: wait until available", title(n)),
        Step::Settle(n) => format!("{}: apply settings", title(n)),
        Step::Bucket(n) if is_view(n) => format!("bucket {}: read its state at T", bucket(n)),
        Step::Bucket(n) => format!("bucket {}: restore", bucket(n)),
        Step::Verify(n) => format!("bucket {}: verify copy", bucket(n)),
        Step::AfterDatabase => "after-database hook".to_owned(),
        Step::Check(n) => format!("{}: check", title(n)),
        Step::References => "references".to_owned(),
        Step::DrillCheck => "check command of the drill".to_owned(),
        Step::Swap(n) => format!("{}: swap names with source", title(n)),
        Step::Resume => "resume hook".to_owned(),
        Step::Configure(n) => format!("{}: configure", title(n)),
    }
}
