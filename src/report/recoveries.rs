//! Recoveries that are not finished, and what became of one that was aborted.

use std::io::Write;

use serde::Serialize;

use super::columns::columns;
use super::json::JsonLines;
use crate::error::Result;
use crate::model::{Instant, printable};

/// A recovery that is not finished.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct OpenRecovery {
    /// Its name, and the tag of what it restored.
    pub id: String,
    /// `running`, `open`, `aborting`, or `overtaken`: closed, with a database of it left.
    pub state: &'static str,
    /// The recovery file.
    pub file: String,
    /// The target time.
    pub at: Instant,
    /// When it began.
    pub began: Instant,
    /// How long ago that is, in seconds.
    pub age_s: i64,
    /// The steps that are done.
    pub done: usize,
    /// All steps.
    pub steps: usize,
    /// The steps that failed, and why; what overtook it.
    pub trouble: Vec<String>,
    /// The runs that it began.
    pub runs: Vec<String>,
}

/// What became of a recovery that was aborted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AbortedRecovery {
    /// Its name.
    pub id: String,
    /// The recovery file.
    pub file: String,
    /// The target time.
    pub at: Instant,
    /// Whether it is closed; else the same command finishes it.
    pub aborted: bool,
    /// Each part.
    pub parts: Vec<AbortedPart>,
}

/// What became of a part of an abort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct AbortedPart {
    /// What is done in it, in words.
    pub part: String,
    /// `done`, `left`, `not undone` or `failed`.
    pub state: &'static str,
    /// More, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The recoveries below a heading, in columns; nothing where there are none.
pub(crate) fn recoveries_table(recoveries: &[OpenRecovery], now: Instant) -> String {
    if recoveries.is_empty() {
        return String::new();
    }
    let row = |recovery: &OpenRecovery| {
        let OpenRecovery { id, state, file, at, began, age_s: _, done, steps, trouble, runs: _ } = recovery;
        let (file, trouble) = (printable(file).into_owned(), printable(&trouble.join("; ")).into_owned());
        let steps = format!("{done}/{steps}");
        [id.clone(), began.age(now), at.human(), (*state).to_owned(), steps, file, trouble]
    };
    let heading = ["RECOVERY", "AGE", "TARGET TIME", "STATE", "STEPS", "FILE", "TROUBLE"];
    let heading = heading.map(ToOwned::to_owned);
    columns(&[vec![heading], recoveries.iter().map(row).collect()].concat())
}

impl<W: Write> JsonLines<W> {
    /// A recovery that is not finished.
    pub(crate) fn open_recovery(&mut self, recovery: &OpenRecovery) -> Result<()> {
        self.line("open_recovery", recovery)
    }

    /// A recovery that was aborted.
    pub(crate) fn aborted_recovery(&mut self, aborted: &AbortedRecovery) -> Result<()> {
        self.line("aborted_recovery", aborted)
    }
}
