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

/// The changes of a run that is started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Begun {
    /// Their number.
    pub(crate) changes: u64,
    /// The number of lanes; a run that is resumed keeps the one it was started with.
    pub(crate) lanes: u32,
}

impl Begun {
    /// This many changes in one lane.
    pub(crate) fn in_key_order(changes: u64) -> Self {
        Self { changes, lanes: 1 }
    }
}

impl Journal<RunState> {
    /// Starts the journal of a run with these changes, or resumes it.
    pub(in crate::state) fn open(path: &Path, begun: Begun, at: Instant) -> Result<Self> {
        let mut journal = Self::open_or_create(path)?;
        let is_begun = journal.state().started().is_some();
        journal.begin(begun, at)?;
        if is_begun {
            journal.commit(&Record::Resumed { at })?;
        }
        Ok(journal)
    }

    /// Opens the journal to add to its results. Starts it if a crash has left it empty.
    pub(in crate::state) fn reopen(path: &Path, changes: u64, at: Instant) -> Result<Self> {
        let mut journal = Self::open_or_create(path)?;
        journal.begin(Begun::in_key_order(changes), at)?;
        Ok(journal)
    }

    fn begin(&mut self, Begun { changes, lanes }: Begun, at: Instant) -> Result<()> {
        let state = self.state();
        if state.started().is_none() {
            return self.commit(&Record::Started { format: FORMAT, at, changes, lanes });
        }
        if state.changes() == changes {
            return Ok(());
        }
        let why = format!("it covers {} changes, but the run's plan has {changes}", state.changes());
        Err(self.damaged(&why))
    }

    /// Records the intent to apply the change `n` and every one before it in the order. On disk when this returns; to
    /// avoid one sync per change, some more changes are announced in advance.
    pub(in crate::state) fn take(&mut self, n: u64) -> Result<()> {
        if self.is_announced(n) {
            return Ok(());
        }
        let state = self.state();
        let upto = state.order().position(n) + 1;
        let upto = (upto + limits::INTENTS).min(state.changes()).max(state.taken());
        self.commit(&Record::Taken { upto })
    }

    /// Returns true if the change `n` and every one before it in the order are announced.
    pub(in crate::state) fn is_announced(&self, n: u64) -> bool {
        self.state().is_taken(n) && self.state().left() == 0
    }

    /// Records the results of changes, one for each. On disk no later than the next intent: `resume` recovers lost
    /// results by reading the keys.
    pub(in crate::state) fn end(&mut self, results: impl IntoIterator<Item = (u64, Ending)>) -> Result<()> {
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
    pub(in crate::state) fn leave(&mut self, mut changes: Vec<u64>) -> Result<()> {
        // Changes left by an earlier process are still left, until they are taken again.
        changes.retain(|n| self.state().progress(*n) == ChangeProgress::Open);
        changes.sort_unstable();
        let ranges = changes.chunk_by(|a, b| a + 1 == *b);
        let record = |range: &[u64]| Some(Record::Left { from: *range.first()?, upto: range.last()? + 1 });
        self.append(&ranges.filter_map(record).collect::<Vec<_>>())
    }

    /// Records that every result so far was compared with the keys' histories.
    pub(in crate::state) fn checked(&mut self) -> Result<()> {
        self.commit(&Record::Checked)
    }
}

#[cfg(test)]
mod tests;
