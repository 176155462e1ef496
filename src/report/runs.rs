//! Shows the runs of a state directory.

use std::io::{BufWriter, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::columns::Columns;
use super::json::{JsonLines, Line};
use super::screen::Screen;
use super::table_out::TableOut;
use super::units::count;
use crate::engine::{RunProgress, RunState, RunStatus};
use crate::error::Result;
use crate::model::{Instant, printable};

/// A run as listed by `asof runs`.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RunLine<'a> {
    /// The run ID.
    pub run: &'a str,
    /// The state of the run.
    pub state: RunProgress,
    /// The time the run began; null if its `run.json` cannot be read.
    pub began: Option<Instant>,
    /// The ID of the run that this run undoes.
    pub undoes: Option<&'a str>,
    /// The ID of the newest run that undoes this one and was not itself undone.
    pub undone_by: Option<&'a str>,
    /// The bucket and prefix whose past state is restored.
    pub location: Option<String>,
    /// The target of the restore; null if it is in place.
    pub to: Option<String>,
    /// The target time.
    pub at: Option<Instant>,
    /// The number of changes in the run's plan.
    pub changes: u64,
    /// The number of changes that are made or were already correct.
    pub done: u64,
    /// The number of changes that failed, or were skipped because of a conflict or an archived version.
    pub left: u64,
}

impl<'a> RunLine<'a> {
    /// Describes a run, looked up among all runs.
    pub(crate) fn of(run: &'a RunStatus, all: &'a [RunStatus]) -> Self {
        let RunStatus { id, manifest, state, .. } = run;
        let tally = run.tally();
        Self {
            run: id,
            state: run.progress(),
            began: manifest.as_ref().map(|manifest| manifest.began),
            undoes: manifest.as_ref().and_then(|manifest| manifest.undoes.as_deref()),
            undone_by: RunStatus::undone_by(id, all),
            location: manifest.as_ref().map(|manifest| manifest.location.to_string()),
            to: manifest.as_ref().and_then(|manifest| manifest.to.as_ref()).map(ToString::to_string),
            at: manifest.as_ref().map(|manifest| manifest.at),
            changes: state.as_ref().map_or(0, RunState::changes),
            done: tally.done(),
            left: tally.left(),
        }
    }

    fn row(&self, now: Instant) -> [String; 7] {
        let none = || "-".to_owned();
        [
            self.run.to_owned(),
            self.began.map_or_else(none, |began| began.age(now)),
            self.state.name().to_owned(),
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
            _ => "its run.json is unreadable".to_owned(),
        }
    }
}

/// Writes the runs to stdout.
pub(crate) fn show_runs(format: Format, runs: &[RunLine<'_>], now: Instant) -> Result<()> {
    if format == Format::Json {
        let mut out = BufWriter::new(std::io::stdout());
        let mut json = JsonLines::new(&mut out);
        runs.iter().try_for_each(|run| json.run(run))?;
        return Ok(out.flush()?);
    }
    let mut out = TableOut::new();
    let table = runs_table(runs, now, out.screen());
    out.write_all(table.as_bytes())?;
    Ok(out.flush()?)
}

/// Removes the runs one by one with `remove`, and prints each in JSON as soon as it is removed.
pub(crate) fn removed_runs(
    format: Format,
    runs: &[RunLine<'_>],
    remove: impl Fn(&str) -> Result<()>,
) -> Result<()> {
    let mut json = JsonLines::new(std::io::stdout());
    for run in runs {
        remove(run.run)?;
        if format == Format::Json {
            json.removed_run(run)?;
        }
    }
    Ok(())
}

/// Formats the runs as a table; empty if there are none.
fn runs_table(runs: &[RunLine<'_>], now: Instant, screen: Screen) -> String {
    let heading = ["RUN", "AGE", "STATE", "DONE", "LEFT", "UNDONE BY", "WHAT"];
    Columns::new(heading, runs.iter().map(|run| run.row(now))).state(2).render(screen)
}

impl<W: Write> JsonLines<W> {
    /// Writes a run.
    fn run(&mut self, run: &RunLine<'_>) -> Result<()> {
        self.line(Line::Run(run))
    }

    /// Writes a removed run.
    fn removed_run(&mut self, run: &RunLine<'_>) -> Result<()> {
        self.line(Line::RemovedRun(run))
    }
}

#[cfg(test)]
mod tests;
