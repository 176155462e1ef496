//! The marks of a state directory.

use std::io::Write;

use schemars::JsonSchema;
use serde::Serialize;

use super::columns::columns;
use super::json::{JsonLines, Line};
use crate::error::Result;
use crate::model::{Instant, printable};
use crate::recover::MarkLine;

/// The marks below a heading, in columns; nothing where there are none.
pub(crate) fn marks_table(marks: &[MarkLine], now: Instant) -> String {
    if marks.is_empty() {
        return String::new();
    }
    let row = |mark: &MarkLine| {
        let MarkLine { name, at, file, consistency } = mark;
        let name = printable(name).into_owned();
        [name, at.human(), at.age(now), consistency.name().to_owned(), printable(file).into_owned()]
    };
    let heading = ["NAME", "SECOND", "AGE", "CONSISTENCY", "FILE"].map(ToOwned::to_owned);
    columns(&[vec![heading], marks.iter().map(row).collect()].concat())
}

/// A mark.
#[derive(Serialize, JsonSchema)]
pub(super) struct MarkListing<'a> {
    #[serde(flatten)]
    mark: &'a MarkLine,
    /// Its age in seconds. In a list only.
    #[serde(skip_serializing_if = "Option::is_none")]
    age_s: Option<i64>,
}

impl<W: Write> JsonLines<W> {
    /// A mark that was made.
    pub(crate) fn mark(&mut self, mark: &MarkLine) -> Result<()> {
        self.line(Line::Mark(MarkListing { mark, age_s: None }))
    }

    /// A mark of those that there are.
    pub(crate) fn listed_mark(&mut self, mark: &MarkLine, now: Instant) -> Result<()> {
        let age_s = Some(now.second() - mark.at.second());
        self.line(Line::Mark(MarkListing { mark, age_s }))
    }
}
