//! The marks of a state directory.

use std::io::Write;

use serde::Serialize;

use super::columns::columns;
use super::json::JsonLines;
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

#[derive(Serialize)]
struct ListedMark<'a> {
    #[serde(flatten)]
    mark: &'a MarkLine,
    age_s: i64,
}

impl<W: Write> JsonLines<W> {
    /// A mark that was made.
    pub(crate) fn mark(&mut self, mark: &MarkLine) -> Result<()> {
        self.line("mark", mark)
    }

    /// A mark of those that there are.
    pub(crate) fn listed_mark(&mut self, mark: &MarkLine, now: Instant) -> Result<()> {
        let age_s = now.second() - mark.at.second();
        self.line("mark", ListedMark { mark, age_s })
    }
}
