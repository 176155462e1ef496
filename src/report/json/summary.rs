//! The summary line: the counts of a command.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use crate::counters::{Counter, Counters};
use crate::engine::Tally;
use crate::limits;
use crate::model::{Instant, Location};
use crate::plan::{Action, Estimate, Sums};
use crate::report::checks::CheckSummary;
use crate::report::cost::{ThawCost, rounded};
use crate::report::listing::ListSummary;
use crate::report::references::ReferencesSummary;
use crate::report::set_runs::SetRunsSummary;
use crate::report::timeline::TimelineSummary;

/// The counts of a command; `command` names it.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(in crate::report) enum SummaryLine<'a> {
    /// `diff`, `show`, `verify`, `restore`, `resume`, `undo` and `work`.
    Changes(&'a Summary<'a>),
    /// `ls`.
    List(ListSummary<'a>),
    /// `check`.
    Check(CheckSummary<'a>),
    /// `references`.
    References(&'a ReferencesSummary<'a>),
    /// `timeline`.
    Timeline(TimelineSummary<'a>),
    /// `runs` of a plan set.
    SetRuns(SetRunsSummary<'a>),
}

/// The command that a summary is about, with the fields that only this command has.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "command", rename_all = "lowercase")]
pub(crate) enum Command {
    /// `asof diff`.
    Diff {
        /// The later target time, if two past times are compared.
        #[serde(skip_serializing_if = "Option::is_none")]
        versus: Option<Instant>,
    },
    /// `asof show`.
    Show,
    /// `asof restore`.
    Restore(Done),
    /// `asof resume`: counts everything that the run has done, including before it was interrupted.
    Resume(Done),
    /// `asof undo`.
    Undo(Done),
    /// `asof work`: counts everything that the shard's run has done, including before it was interrupted.
    Work(Done),
    /// `asof verify`.
    Verify {
        /// Keys in their state at T.
        matched: u64,
        /// Keys not in their state at T.
        mismatched: u64,
        /// Keys without a difference whose state at T is uncertain.
        uncertain: u64,
    },
}

/// The results of a run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Done {
    /// The run's ID; null if there was nothing to do, and for a plan set, whose shards have runs.
    run: Option<String>,
    /// The ID of the plan set, if the command is about one: the runs of all shards that it worked on are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<String>,
    #[serde(flatten)]
    results: Results,
    /// Bytes copied.
    bytes_copied: u64,
    /// Objects that were copied without some of their properties.
    not_kept: NotKept,
}

impl Done {
    /// Collects the results of the runs of a plan set.
    pub(crate) fn of_set(set: &str, counters: &Counters) -> Self {
        Self { set: Some(set.to_owned()), ..Self::new(None, counters) }
    }

    /// Collects the results of a run from its counters.
    pub(crate) fn new(run: Option<&str>, counters: &Counters) -> Self {
        Self {
            run: run.map(ToOwned::to_owned),
            set: None,
            results: Results::counted(counters),
            bytes_copied: counters.bytes_copied.get(),
            not_kept: NotKept::of(counters),
        }
    }
}

/// Changes by result.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(crate) struct Results {
    /// Keys restored by a copy.
    copied: u64,
    /// Keys deleted with a delete marker.
    deleted: u64,
    /// Keys restored by removing their delete markers.
    markers_removed: u64,
    /// Keys that were already correct.
    skipped: u64,
    /// Keys not changed because another client changed them.
    conflicts: u64,
    /// Keys that could not be changed.
    failed: u64,
    /// Keys waiting for an archived version.
    archived: u64,
    /// Keys whose change superseded a write of another client.
    superseded: u64,
}

impl Results {
    fn counted(counters: &Counters) -> Self {
        Self {
            copied: counters.copied.get(),
            deleted: counters.deleted.get(),
            markers_removed: counters.markers_removed.get(),
            skipped: counters.skipped.get(),
            conflicts: counters.conflicts.get(),
            failed: counters.failed.get(),
            archived: counters.archived.get(),
            superseded: counters.superseded.get(),
        }
    }

    /// Collects the results in the journals of runs.
    pub(crate) fn of(tally: Tally) -> Self {
        let Tally { copied, deleted, markers_removed, skipped, conflicts, archived, failed, superseded } =
            tally;
        Self { copied, deleted, markers_removed, skipped, conflicts, failed, archived, superseded }
    }
}

/// Objects that were copied without some of their properties.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
struct NotKept {
    /// Objects copied without their ACL, which could not be read.
    acl: u64,
    /// Objects copied without their tags, which could not be read.
    tags: u64,
    /// Objects copied without their retention or legal hold.
    locks: u64,
    /// Objects copied without user metadata that no header can carry.
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

/// The summary of a command on a bucket.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Summary<'a> {
    #[serde(flatten)]
    command: Command,
    /// The bucket.
    bucket: &'a str,
    /// The prefix.
    prefix: &'a str,
    /// The target time.
    at: Instant,
    /// Keys listed.
    keys: u64,
    /// Versions and delete markers listed.
    versions: u64,
    /// Keys in the same state now as at T.
    unchanged: u64,
    /// Keys whose live version differs from the one at T but has the same content.
    same_content: u64,
    /// Changes of a kind that was not selected; their content was not compared.
    #[serde(skip_serializing_if = "is_zero")]
    excluded: u64,
    /// Keys whose content could not be compared because of a missing permission or checksum; included in `reverts`.
    unverifiable: u64,
    /// Keys overwritten since T.
    reverts: u64,
    /// Keys deleted since T.
    undeletes: u64,
    /// Keys created since T.
    deletes: u64,
    /// Keys that `--doubtful` is about: uncertain, or with an archived version.
    doubtful: u64,
    /// Bytes to copy.
    bytes_to_copy: u64,
    /// List requests sent.
    list_requests: u64,
    /// Write requests sent; for `diff` and `show`, those that a restore would send.
    write_requests: u64,
    /// The estimated cost of a restore in US dollars, without thawing. In previews only; absent if prices are unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_cost_usd: Option<f64>,
    /// The estimated cost of thawing, if there are archived versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_thaw_usd: Option<ThawCost>,
    /// The duration of the command in milliseconds.
    elapsed_ms: u64,
}

impl<'a> Summary<'a> {
    /// Creates the summary of a command over `location` at `at`. `write_requests` counts the requests sent or, for a
    /// diff or a plan, those that a restore would send.
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

/// The number of requests that a restore would send: one for each copy, one for up to a thousand deletes.
pub(in crate::report) fn writes_needed(sums: &Sums) -> u64 {
    let deletes = sums.of(Action::Delete).keys.div_ceil(limits::DELETE_BATCH as u64);
    sums.to_copy().keys + deletes + sums.to_remove_markers().requests()
}
