//! Shows the marks of a state directory.

use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::columns::Columns;
use super::json::{JsonLines, Line};
use super::screen::Screen;
use super::table_out::TableOut;
use crate::error::Result;
use crate::model::{Instant, printable};
use crate::recover::MarkLine;

/// Shows a new mark; `recover` is the command that returns to it.
pub(crate) fn show_mark(format: Format, mark: &MarkLine, recover: &str) -> Result<()> {
    if format == Format::Json {
        return JsonLines::new(std::io::stdout()).line(Line::Mark(MarkListing { mark, age_s: None }));
    }
    let MarkLine { at, name, .. } = mark;
    let mut out = TableOut::new();
    writeln!(out, "marked {} as {name}; recover to it: {recover}", at.human())?;
    Ok(out.flush()?)
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
        let MarkLine { name, at, file, consistency } = mark;
        let name = printable(name).into_owned();
        [name, at.human(), at.age(now), consistency.name().to_owned(), printable(file).into_owned()]
    };
    let heading = ["NAME", "SECOND", "AGE", "CONSISTENCY", "FILE"];
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
