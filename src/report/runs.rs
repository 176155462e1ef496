//! The runs of a state directory.

use std::io::Write;

use serde::Serialize;

use super::columns::columns;
use super::json::JsonLines;
use super::units::count;
use crate::error::Result;
use crate::model::{Instant, printable};

/// A run, as `asof runs` lists it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct RunLine<'a> {
    /// Its name.
    pub run: &'a str,
    /// How far it is.
    pub state: &'static str,
    /// When it began; none where its run.json cannot be read.
    pub began: Option<Instant>,
    /// The run that it takes back.
    pub undoes: Option<&'a str>,
    /// The newest run that takes this one back.
    pub undone_by: Option<&'a str>,
    /// The place whose past is restored.
    pub location: Option<String>,
    /// The place restored to, where that is another.
    pub to: Option<String>,
    /// The past instant.
    pub at: Option<Instant>,
    /// Changes that its plan has.
    pub changes: u64,
    /// Changes that need nothing more.
    pub done: u64,
    /// Changes that could not be made, or were left alone.
    pub left: u64,
}

impl RunLine<'_> {
    fn row(&self, now: Instant) -> [String; 7] {
        let none = || "-".to_owned();
        [
            self.run.to_owned(),
            self.began.map_or_else(none, |began| began.age(now)),
            self.state.to_owned(),
            format!("{} of {}", count(self.done), count(self.changes)),
            if self.left > 0 { count(self.left) } else { none() },
            self.undone_by.map_or_else(none, ToOwned::to_owned),
            self.what(),
        ]
    }

    fn what(&self) -> String {
        match (self.undoes, &self.location, self.at) {
            (Some(other), ..) => format!("undo of {other}"),
            (None, Some(location), Some(at)) => {
                let to = self.to.as_ref().map(|to| format!(", into {}", printable(to)));
                format!("{} as of {}{}", printable(location), at.human(), to.unwrap_or_default())
            }
            _ => "its run.json cannot be read".to_owned(),
        }
    }
}

/// The runs below a heading, in columns; nothing where there are none.
pub(crate) fn runs_table(runs: &[RunLine<'_>], now: Instant) -> String {
    if runs.is_empty() {
        return String::new();
    }
    let heading = ["RUN", "AGE", "STATE", "DONE", "LEFT", "UNDONE BY", "WHAT"].map(ToOwned::to_owned);
    columns(&[vec![heading], runs.iter().map(|run| run.row(now)).collect()].concat())
}

impl<W: Write> JsonLines<W> {
    /// One run of those that there are.
    pub(crate) fn run(&mut self, run: &RunLine<'_>) -> Result<()> {
        self.line("run", run)
    }

    /// A run that was removed.
    pub(crate) fn removed_run(&mut self, run: &RunLine<'_>) -> Result<()> {
        self.line("removed_run", run)
    }
}

#[cfg(test)]
mod tests;
