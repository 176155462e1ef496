//! Shows the marks of a state directory.

use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::columns::Columns;
use super::json::{JsonLines, Line};
use super::screen::Screen;
use super::table_out::TableOut;
use super::units::plural;
use crate::error::Result;
use crate::model::{Instant, printable};
use crate::recover::MarkLine;

/// Shows a new mark; `recover` is the command that returns to it.
pub(crate) fn show_mark(format: Format, mark: &MarkLine, recover: &str) -> Result<()> {
    if format == Format::Json {
        return JsonLines::new(std::io::stdout()).line(Line::Mark(MarkListing { mark, age_s: None }));
    }
    let MarkLine { at, name, snapshots, .. } = mark;
    let mut out = TableOut::new();
    let with = match snapshots.len() {
        0 => String::new(),
        n => format!(" with {}", plural(n as u64, "snapshot", "snapshots")),
    };
    writeln!(out, "marked {} as {name}{with}; recover to it: {recover}", at.human())?;
    Ok(out.flush()?)
}

/// Shows the marks that have expired.
pub(crate) fn show_expired(format: Format, marks: &[MarkLine], now: Instant) -> Result<()> {
    if format != Format::Json {
        let mut out = TableOut::new();
        for MarkLine { name, at, .. } in marks {
            writeln!(out, "expired {}, made {} ago at {}", printable(name), at.age(now), at.human())?;
        }
        return Ok(out.flush()?);
    }
    let mut lines = JsonLines::new(std::io::stdout());
    marks.iter().try_for_each(|mark| {
        let age_s = now.second() - mark.at.second();
        lines.line(Line::ExpiredMark(MarkListing { mark, age_s: Some(age_s) }))
    })
}

/// Lists marks.
pub(crate) fn show_marks(format: Format, marks: &[MarkLine], now: Instant) -> Result<()> {
    if format != Format::Json {
        let mut out = TableOut::new();
        let table = marks_table(marks, now, out.screen());
        out.write_all(table.as_bytes())?;
        return Ok(out.flush()?);
    }
    let mut lines = JsonLines::new(std::io::stdout());
    marks.iter().try_for_each(|mark| {
        let age_s = now.second() - mark.at.second();
        lines.line(Line::Mark(MarkListing { mark, age_s: Some(age_s) }))
    })
}

/// Formats the marks as a table; empty if there are none.
fn marks_table(marks: &[MarkLine], now: Instant, screen: Screen) -> String {
    let row = |mark: &MarkLine| {
        let MarkLine { name, at, file, consistency, snapshots } = mark;
        let (name, file) = (printable(name).into_owned(), printable(file).into_owned());
        let snapshots = snapshots.len().to_string();
        [name, at.human(), at.age(now), consistency.name().to_owned(), snapshots, file]
    };
    let heading = ["NAME", "SECOND", "AGE", "CONSISTENCY", "SNAPSHOTS", "FILE"];
    Columns::new(heading, marks.iter().map(row)).render(screen)
}

/// A mark.
#[derive(Serialize, JsonSchema)]
pub(super) struct MarkListing<'a> {
    #[serde(flatten)]
    mark: &'a MarkLine,
    /// The age of the mark in seconds; in a list only.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<i64>,
}
