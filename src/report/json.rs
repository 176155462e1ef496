//! JSON Lines.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use serde::Serialize;

use super::checks::Answer;
use crate::apply::Outcome;
use crate::counters::{Counter, Counters};
use crate::error::Result;
use crate::limits;
use crate::model::{Check, Instant, Location, Past, Version};
use crate::plan::file::Header;
use crate::plan::{Action, Change, Sums, UnsureKey};
use crate::recover::Report;
use crate::resolve::{Caution, Doubt, Kind};

/// A writer of JSON objects, one a line. The first carries `"schema": 1`.
#[derive(Debug)]
pub(crate) struct JsonLines<W> {
    out: W,
    begun: bool,
}

#[derive(Serialize)]
struct Line<T> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema: Option<u32>,
    #[serde(flatten)]
    body: T,
}

#[derive(Serialize)]
pub(super) struct VersionLine<'a> {
    version_id: &'a str,
    last_modified: Instant,
    size: u64,
    etag: &'a str,
    storage_class: &'a str,
}

impl<'a> VersionLine<'a> {
    pub(super) fn of(version: Option<&'a Version>) -> Option<Self> {
        let Version { version_id, last_modified, size, etag, storage_class, .. } = version?;
        Some(Self { version_id, last_modified: *last_modified, size: *size, etag, storage_class })
    }
}

#[derive(Serialize)]
struct ChangeLine<'a> {
    key: &'a str,
    change: Action,
    now: Option<VersionLine<'a>>,
    then: Option<VersionLine<'a>>,
    doubts: &'a [Doubt],
    cautions: &'a [Caution],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    markers: &'a [String],
}

#[derive(Serialize)]
struct MismatchLine<'a> {
    key: &'a str,
    expected: Option<VersionLine<'a>>,
    found: Option<VersionLine<'a>>,
}

#[derive(Serialize)]
struct OutcomeLine<'a> {
    key: &'a str,
    change: Action,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

#[derive(Serialize)]
struct ArchivedLine<'a> {
    key: &'a str,
    change: Action,
    thawing: bool,
}

/// A write that was superseded: what was live just before the change. Without a version id, the key had been deleted.
#[derive(Serialize)]
struct SupersededLine<'a> {
    key: &'a str,
    change: Action,
    version_id: Option<&'a str>,
    last_modified: Option<Instant>,
    size: Option<u64>,
    etag: Option<&'a str>,
}

#[derive(Serialize)]
struct EntryLine<'a> {
    key: &'a str,
    version_id: &'a str,
    last_modified: Instant,
    size: Option<u64>,
    etag: Option<&'a str>,
    storage_class: Option<&'a str>,
    is_latest: bool,
    live_at: bool,
}

#[derive(Serialize)]
struct DoubtLine<'a> {
    doubt: Doubt,
    keys: u64,
    some: &'a BTreeSet<String>,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    /// What a plan file is about.
    pub(crate) fn plan(&mut self, header: &Header) -> Result<()> {
        self.line("plan", header)
    }

    /// What was found out about the bucket.
    pub(crate) fn checks(&mut self, checks: &[Check]) -> Result<()> {
        checks.iter().try_for_each(|check| self.line("check", check))
    }

    /// Whether a past can be restored: the checks, the doubts, a summary.
    pub(super) fn answer(
        &mut self,
        answer: &Answer<'_>,
        counters: &Counters,
        elapsed: Duration,
    ) -> Result<()> {
        self.checks(answer.checks)?;
        self.warnings(answer.warnings)?;
        for (doubt, Kind { keys, some }) in answer.doubtful.kinds() {
            self.line("doubt", DoubtLine { doubt, keys: *keys, some })?;
        }
        self.straddling(&answer.doubtful.straddling)?;
        self.line("summary", answer.summary(counters, elapsed))
    }

    /// A change that a restore would make.
    pub(crate) fn change(&mut self, change: &Change) -> Result<()> {
        let Change { key, action, now, then, markers, cautions, doubts } = change;
        let (now, then) = (VersionLine::of(now.as_ref()), VersionLine::of(then.as_ref()));
        self.line("change", ChangeLine { key, change: *action, now, then, doubts, cautions, markers })
    }

    /// A key that nothing would be done to, though what it held is in doubt.
    pub(crate) fn unsure(&mut self, unsure: &UnsureKey) -> Result<()> {
        self.line("unsure", unsure)
    }

    /// A key that does not hold what it should.
    pub(crate) fn mismatch(&mut self, change: &Change) -> Result<()> {
        let Change { key, now, then, .. } = change;
        let (expected, found) = (VersionLine::of(then.as_ref()), VersionLine::of(now.as_ref()));
        self.line("mismatch", MismatchLine { key, expected, found })
    }

    /// A key that a restore left alone, or could not change. Keys that went well have no line.
    pub(crate) fn outcome(&mut self, change: &Change, outcome: &Outcome) -> Result<()> {
        let Change { key, action, .. } = change;
        let (kind, code, message) = match outcome {
            Outcome::Copied(_) | Outcome::Deleted(_) | Outcome::Uncovered | Outcome::Skipped => return Ok(()),
            Outcome::Conflict => ("conflict", None, None),
            Outcome::Superseded { version, .. } => {
                let version = version.as_ref();
                let line = SupersededLine {
                    key,
                    change: *action,
                    version_id: version.map(|version| &*version.version_id),
                    last_modified: version.map(|version| version.last_modified),
                    size: version.map(|version| version.size),
                    etag: version.map(|version| &*version.etag),
                };
                return self.line("superseded", line);
            }
            Outcome::Archived { thawing } => {
                return self.line("archived", ArchivedLine { key, change: *action, thawing: *thawing });
            }
            Outcome::Failed(e) => ("failure", e.code(), Some(e.to_string())),
        };
        self.line(kind, OutcomeLine { key, change: *action, code, message })
    }

    /// One entry of a key's history.
    pub(crate) fn entry(&mut self, key: &str, past: &Past) -> Result<()> {
        let version = &past.version;
        let of_version = !past.delete_marker;
        let body = EntryLine {
            key,
            version_id: &version.version_id,
            last_modified: version.last_modified,
            size: of_version.then_some(version.size),
            etag: of_version.then_some(&version.etag),
            storage_class: of_version.then_some(&version.storage_class),
            is_latest: past.is_latest,
            live_at: past.live_at,
        };
        self.line(if of_version { "version" } else { "delete_marker" }, body)
    }

    /// The last line.
    pub(crate) fn summary(&mut self, summary: &Summary<'_>) -> Result<()> {
        self.last(summary)
    }

    /// A summary of any kind, which is the last line.
    pub(super) fn last<T: Serialize>(&mut self, summary: T) -> Result<()> {
        self.line("summary", summary)?;
        self.flush()
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }

    /// What was written to.
    pub(crate) fn into_inner(self) -> W {
        self.out
    }

    /// What a recovery came to.
    pub(crate) fn recovery(&mut self, report: &Report) -> Result<()> {
        self.line("recovery", report)
    }

    pub(super) fn line<T: Serialize>(&mut self, kind: &'static str, body: T) -> Result<()> {
        let schema = (!std::mem::replace(&mut self.begun, true)).then_some(1);
        serde_json::to_writer(&mut self.out, &Line { kind, schema, body }).map_err(std::io::Error::from)?;
        Ok(self.out.write_all(b"\n")?)
    }
}

/// The command that a summary is of, with what only it tells.
#[derive(Debug, Clone, Serialize)]
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
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Done {
    /// The run's name; none where there was nothing to do.
    run: Option<String>,
    copied: u64,
    deleted: u64,
    uncovered: u64,
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
            uncovered: counters.uncovered.get(),
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
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct NotKept {
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
#[derive(Debug, Clone, Serialize)]
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
    unproven: u64,
    reverts: u64,
    undeletes: u64,
    deletes: u64,
    doubtful: u64,
    bytes_to_copy: u64,
    list_requests: u64,
    write_requests: u64,
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
            unproven: sums.unproven,
            reverts: sums.of(Action::Revert).keys,
            undeletes: sums.of(Action::Undelete).keys,
            deletes: sums.of(Action::Delete).keys,
            doubtful: sums.doubtful + sums.unsure.keys,
            bytes_to_copy: sums.to_copy().bytes,
            list_requests: counters.list_requests.get(),
            write_requests,
            elapsed_ms: millis(elapsed),
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}

pub(super) fn millis(elapsed: Duration) -> u64 {
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// Requests that a restore would send: a copy each, deletes by the thousand.
pub(super) fn writes_needed(sums: &Sums) -> u64 {
    let deletes = sums.of(Action::Delete).keys.div_ceil(limits::DELETE_BATCH as u64);
    sums.to_copy().keys + deletes + sums.to_uncover().requests()
}
