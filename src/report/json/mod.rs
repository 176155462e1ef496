//! Prints results as JSON Lines.

mod line;
mod summary;

use std::io::Write;
use std::time::Duration;

use serde_json::Value;

use self::line::{
    ArchivedLine, ChangeLine, ChangesLine, ConflictLine, DoubtLine, EntryLine, FailureLine, MismatchLine,
    Object, SupersededLine,
};
pub(super) use self::line::{Line, VersionLine};
pub(crate) use self::summary::{Command, Done, Results, Summary};
pub(super) use self::summary::{SummaryLine, millis, writes_needed};
use super::checks::Answer;
use crate::apply::Outcome;
use crate::counters::Counters;
use crate::error::Result;
use crate::model::{Check, Past};
use crate::plan::file::Header;
use crate::plan::{Change, UncertainKey};
use crate::recover::Report;
use crate::resolve::Kind;

/// The version of the JSON schema, printed in the first line.
const SCHEMA: u32 = 1;

/// Returns the JSON Schema of every line, derived from the types that are printed.
pub(crate) fn json_schema() -> Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<Object<'static>>().into()
}

/// Writes JSON objects, one per line. The first carries `"schema": 1`.
#[derive(Debug)]
pub(crate) struct JsonLines<W> {
    out: W,
    begun: bool,
}

impl<W: Write> JsonLines<W> {
    /// Creates a writer to `out`.
    pub(crate) fn new(out: W) -> Self {
        Self { out, begun: false }
    }

    /// Writes the header of a plan.
    pub(crate) fn plan(&mut self, header: &Header) -> Result<()> {
        self.line(Line::Plan(header))
    }

    /// Writes the results of the bucket checks.
    pub(crate) fn checks(&mut self, checks: &[Check]) -> Result<()> {
        checks.iter().try_for_each(|check| self.line(Line::Check(check)))
    }

    /// Writes the answer of `asof check`: the checks, the warnings, the doubts, and the summary.
    pub(super) fn answer(
        &mut self,
        answer: &Answer<'_>,
        counters: &Counters,
        elapsed: Duration,
    ) -> Result<()> {
        self.checks(answer.checks)?;
        self.warnings(answer.warnings)?;
        for (doubt, Kind { keys, examples }) in answer.doubtful.kinds() {
            self.line(Line::Doubt(DoubtLine { doubt, keys: *keys, examples }))?;
        }
        self.straddling(&answer.doubtful.straddling)?;
        self.line(Line::Summary(SummaryLine::Check(answer.summary(counters, elapsed))))
    }

    /// Writes a change that a restore would make.
    pub(crate) fn change(&mut self, change: &Change) -> Result<()> {
        let Change { key, action, now, then, markers, cautions, doubts } = change;
        let (now, then) = (VersionLine::of(now.as_ref()), VersionLine::of(then.as_ref()));
        let change = ChangeLine { key, change: *action, now, then, doubts, cautions, markers };
        self.line(Line::Change(change))
    }

    /// Writes a key without a change whose state at T is uncertain.
    pub(crate) fn uncertain(&mut self, uncertain: &UncertainKey) -> Result<()> {
        self.line(Line::Uncertain(uncertain))
    }

    /// Writes a key that is not in its state at T.
    pub(crate) fn mismatch(&mut self, change: &Change) -> Result<()> {
        let Change { key, now, then, .. } = change;
        let (expected, found) = (VersionLine::of(then.as_ref()), VersionLine::of(now.as_ref()));
        self.line(Line::Mismatch(MismatchLine { key, expected, found }))
    }

    /// Writes a change that a restore skipped or failed to make. A key that was restored or already correct has no
    /// line.
    pub(crate) fn outcome(&mut self, change: &Change, outcome: &Outcome) -> Result<()> {
        let Change { key, action, .. } = change;
        let (change, key) = (*action, key.as_str());
        let line = match outcome {
            Outcome::Copied(_) | Outcome::Deleted(_) | Outcome::MarkersRemoved | Outcome::Skipped => {
                return Ok(());
            }
            Outcome::Conflict => Line::Conflict(ConflictLine { key, change }),
            Outcome::Superseded { version, .. } => {
                let version = version.as_ref();
                Line::Superseded(SupersededLine {
                    key,
                    change,
                    version_id: version.map(|version| &*version.version_id),
                    last_modified: version.map(|version| version.last_modified),
                    size: version.map(|version| version.size),
                    etag: version.map(|version| &*version.etag),
                })
            }
            Outcome::Archived { thawing } => Line::Archived(ArchivedLine { key, change, thawing: *thawing }),
            Outcome::Failed(e) => {
                Line::Failure(FailureLine { key, change, code: e.code(), message: e.to_string() })
            }
        };
        self.line(line)
    }

    /// Writes an entry in the history of a key.
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
            changes: past.changes.as_ref().map(ChangesLine::of),
        };
        self.line(if of_version { Line::Version(body) } else { Line::DeleteMarker(body) })
    }

    /// Writes the summary, which is the last line.
    pub(crate) fn summary(&mut self, summary: &Summary<'_>) -> Result<()> {
        self.last(SummaryLine::Changes(summary))
    }

    /// Writes a summary of any kind, which is the last line.
    pub(super) fn last(&mut self, summary: SummaryLine<'_>) -> Result<()> {
        self.line(Line::Summary(summary))?;
        self.flush()
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }

    /// Returns the underlying writer.
    pub(crate) fn into_inner(self) -> W {
        self.out
    }

    /// Writes the report of a recovery or a drill.
    pub(crate) fn recovery(&mut self, report: &Report) -> Result<()> {
        self.line(Line::Recovery(report))
    }

    pub(super) fn line(&mut self, line: Line<'_>) -> Result<()> {
        let schema = (!std::mem::replace(&mut self.begun, true)).then_some(SCHEMA);
        object(&mut self.out, &Object { schema, line })
    }

    /// Writes lines made by [`append_line`].
    pub(super) fn text(&mut self, mut lines: &[u8]) -> Result<()> {
        if let Some(first) = lines.strip_prefix(b"{").filter(|_| !std::mem::replace(&mut self.begun, true)) {
            write!(self.out, "{{\"schema\":{SCHEMA},")?;
            lines = first;
        }
        Ok(self.out.write_all(lines)?)
    }
}

/// Appends a line to text that is written later, by [`JsonLines::text`].
pub(super) fn append_line(text: &mut Vec<u8>, line: Line<'_>) -> Result<()> {
    object(text, &Object { schema: None, line })
}

fn object(mut out: impl Write, object: &Object<'_>) -> Result<()> {
    serde_json::to_writer(&mut out, object).map_err(std::io::Error::from)?;
    Ok(out.write_all(b"\n")?)
}
