//! The journal of a run: an intent reaches the disk before the first request that it announces is sent.

use std::collections::HashSet;
use std::path::Path;

use super::record::{Ending, FORMAT, Record};
use super::replay::{ChangeProgress, RunState};
use crate::error::Result;
use crate::limits;
use crate::model::Instant;
use crate::state::journal::Journal;

/// The journal of a run.
pub(crate) type RunJournal = Journal<RunState>;

impl Journal<RunState> {
    /// Starts the journal of a run with this many changes, or resumes it.
    pub(in crate::state) fn open(path: &Path, changes: u64, at: Instant) -> Result<Self> {
        let mut journal = Self::open_or_create(path)?;
        let is_begun = journal.state().started().is_some();
        journal.begin(changes, at)?;
        if is_begun {
            journal.commit(&Record::Resumed { at })?;
        }
        Ok(journal)
    }

    /// Opens the journal to add to its results. Starts it if a crash has left it empty.
    pub(super) fn reopen(path: &Path, changes: u64, at: Instant) -> Result<Self> {
        let mut journal = Self::open_or_create(path)?;
        journal.begin(changes, at)?;
        Ok(journal)
    }

    fn begin(&mut self, changes: u64, at: Instant) -> Result<()> {
        let state = self.state();
        if state.started().is_none() {
            return self.commit(&Record::Started { format: FORMAT, at, changes });
        }
        if state.changes() == changes {
            return Ok(());
        }
        let why = format!("it covers {} changes, but the run's plan has {changes}", state.changes());
        Err(self.damaged(&why))
    }

    /// Records the intent to apply every change before `upto`. On disk when this returns; to avoid one sync per change,
    /// some more changes are announced in advance.
    pub fn take(&mut self, upto: u64) -> Result<()> {
        let state = self.state();
        if upto <= state.taken() && state.left() == 0 {
            return Ok(());
        }
        let upto = (upto + limits::INTENTS).min(state.changes()).max(state.taken());
        self.commit(&Record::Taken { upto })
    }

    /// Records the results of changes, one for each. On disk no later than the next intent: `resume` recovers lost
    /// results by reading the keys.
    pub fn end(&mut self, results: impl IntoIterator<Item = (u64, Ending)>) -> Result<()> {
        let mut ended = HashSet::new();
        let mut records = Vec::new();
        for (n, ending) in results {
            if !ended.insert(n) {
                return Err(self.damaged(&format!("it has two results of change {n}")));
            }
            records.push(Record::Result { n, ending });
        }
        self.append(&records)
    }

    /// Records that these announced changes were not started. Like results, on disk no later than the next intent.
    pub fn leave(&mut self, mut changes: Vec<u64>) -> Result<()> {
        // Changes left by an earlier process are still left, until they are taken again.
        changes.retain(|n| self.state().progress(*n) == ChangeProgress::Open);
        changes.sort_unstable();
        let ranges = changes.chunk_by(|a, b| a + 1 == *b);
        let record = |range: &[u64]| Some(Record::Left { from: *range.first()?, upto: range.last()? + 1 });
        self.append(&ranges.filter_map(record).collect::<Vec<_>>())
    }

    /// Records that every result so far was compared with the keys' histories.
    pub fn checked(&mut self) -> Result<()> {
        self.commit(&Record::Checked)
    }
}

#[cfg(test)]
mod tests;
