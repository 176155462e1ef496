//! The last line: the counts of a command.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::{Counter, Counters};
use crate::limits;
use crate::model::{Instant, Location};
use crate::plan::{Action, Estimate, Sums};
use crate::report::checks::CheckSummary;
use crate::report::cost::{ThawCost, rounded};
use crate::report::references::ReferencesSummary;
use crate::report::timeline::TimelineSummary;

/// The counts of a command, by the command.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::report) enum SummaryLine<'a> {
    Changes(&'a Summary<'a>),
    Check(CheckSummary<'a>),
    References(&'a ReferencesSummary<'a>),
    Timeline(TimelineSummary<'a>),
}

/// The command that a summary is of, with what only it tells.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "command", rename_all = "lowercase")]
pub(crate) enum Command {
    /// `asof diff`.
    Diff {
        /// The later time, where two past times are compared.
        #[serde(skip_serializing_if = "Option::is_none")]
        versus: Option<Instant>,
    },
    /// `asof show`.
    Show,
    /// `asof restore`.
    Restore(Done),
    /// `asof resume`: all that the run has done, also before it was interrupted.
    Resume(Done),
    /// `asof undo`.
    Undo(Done),
    /// `asof verify`.
    Verify {
        /// Keys that hold what they should.
        matched: u64,
        /// Keys that do not.
        mismatched: u64,
        /// Keys that nothing differs of, but whose state at the past time is uncertain.
        uncertain: u64,
    },
}

/// What a run did.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Done {
    /// The run's name; none where there was nothing to do.
    run: Option<String>,
    copied: u64,
    deleted: u64,
    markers_removed: u64,
    skipped: u64,
    conflicts: u64,
    failed: u64,
    archived: u64,
    superseded: u64,
    bytes_copied: u64,
    not_kept: NotKept,
}

impl Done {
    /// What a run did, by its counters.
    pub(crate) fn new(run: Option<&str>, counters: &Counters) -> Self {
        Self {
            run: run.map(ToOwned::to_owned),
            copied: counters.copied.get(),
            deleted: counters.deleted.get(),
            markers_removed: counters.markers_removed.get(),
            skipped: counters.skipped.get(),
            conflicts: counters.conflicts.get(),
            failed: counters.failed.get(),
            archived: counters.archived.get(),
            superseded: counters.superseded.get(),
            bytes_copied: counters.bytes_copied.get(),
            not_kept: NotKept::of(counters),
        }
    }
}

/// Objects that were copied without something that belongs to them, by what that is.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct NotKept {
    acl: u64,
    tags: u64,
    locks: u64,
    metadata: u64,
}

impl NotKept {
    fn of(counters: &Counters) -> Self {
        let not_kept = &counters.not_kept;
        let [acl, tags, locks, metadata] =
            [&not_kept.acl, &not_kept.tags, &not_kept.locks, &not_kept.metadata].map(Counter::get);
        Self { acl, tags, locks, metadata }
    }
}

/// The sums of a command.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Summary<'a> {
    #[serde(flatten)]
    command: Command,
    bucket: &'a str,
    prefix: &'a str,
    at: Instant,
    keys: u64,
    versions: u64,
    unchanged: u64,
    same_content: u64,
    #[serde(skip_serializing_if = "is_zero")]
    excluded: u64,
    unverifiable: u64,
    reverts: u64,
    undeletes: u64,
    deletes: u64,
    doubtful: u64,
    bytes_to_copy: u64,
    list_requests: u64,
    write_requests: u64,
    /// The estimated cost of a restore in US dollars, without thawing. In previews only; absent if prices are unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_cost_usd: Option<f64>,
    /// The estimated cost of thawing, if there are archived versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_thaw_usd: Option<ThawCost>,
    elapsed_ms: u64,
}

impl<'a> Summary<'a> {
    /// The summary of a command over `location` at `at`. `write_requests` are those sent, or, of a diff or a plan, those that
    /// a restore would send.
    pub(crate) fn new(
        command: Command,
        location: &'a Location,
        at: Instant,
        sums: &Sums,
        counters: &Counters,
        elapsed: Duration,
    ) -> Self {
        let write_requests = match command {
            Command::Diff { .. } | Command::Show => writes_needed(sums),
            _ => counters.write_requests.get(),
        };
        Self {
            command,
            bucket: &location.bucket,
            prefix: &location.prefix,
            at,
            keys: counters.keys.get(),
            versions: counters.versions.get(),
            unchanged: sums.unchanged,
            same_content: sums.same_content,
            excluded: sums.excluded,
            unverifiable: sums.unverifiable,
            reverts: sums.of(Action::Revert).keys,
            undeletes: sums.of(Action::Undelete).keys,
            deletes: sums.of(Action::Delete).keys,
            doubtful: sums.doubtful + sums.uncertain.keys,
            bytes_to_copy: sums.to_copy().bytes,
            list_requests: counters.list_requests.get(),
            write_requests,
            estimated_cost_usd: None,
            estimated_thaw_usd: None,
            elapsed_ms: millis(elapsed),
        }
    }

    /// With the estimated cost of a restore, if it is known.
    pub(crate) fn estimated(self, estimate: Option<&Estimate>) -> Self {
        let cost = estimate.map(|estimate| rounded(estimate.usd));
        Self { estimated_cost_usd: cost, estimated_thaw_usd: estimate.and_then(ThawCost::of), ..self }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

pub(in crate::report) fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// Requests that a restore would send: a copy each, deletes by the thousand.
pub(in crate::report) fn writes_needed(sums: &Sums) -> u64 {
    let deletes = sums.of(Action::Delete).keys.div_ceil(limits::DELETE_BATCH as u64);
    sums.to_copy().keys + deletes + sums.to_remove_markers().requests()
}
