//! What a journal says: a pure transition function, one record after another.
//!
//! | record | where it may stand | what it does |
//! |---|---|---|
//! | `started` | first, and only there | gives the number of changes |
//! | `resumed` | after that | what is not done may be tried again: the results are not compared until the next `checked` |
//! | `taken` | not before an earlier one's number, nor after the number of changes | those changes may be under way, and those that were left too |
//! | `left` | its changes are taken, and have no final result | nothing was done about them |
//! | `result` | its change is taken, and has no final result | final: the change is done with; else it is tried again |
//! | `result` | its change is copied or deleted, and the result is of that kind, or a failure | says more of it, or that it is not there |
//! | `checked` | anywhere | every result before it was compared with the keys' histories |
//!
//! Anything else is no journal of asof's, and refused.
//!
//! | a change is | so `resume` |
//! |---|---|
//! | not taken, or left | carries it out |
//! | taken, without a final result | looks at its key first: the request may have been carried out |
//! | done | leaves it |

use super::record::{Ending, FORMAT, Record};
use crate::model::Instant;
use crate::state::journal::Replay;

/// How far a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeProgress {
    /// Nothing was done about it.
    Untouched,
    /// It may have been carried out.
    Open,
    /// The version was copied.
    Copied,
    /// The key got a delete marker.
    Deleted,
    /// The key's delete markers were removed.
    MarkersRemoved,
    /// The key held already what it should.
    Skipped,
}

impl ChangeProgress {
    /// Whether the change needs nothing more.
    pub fn is_done(self) -> bool {
        !matches!(self, ChangeProgress::Untouched | ChangeProgress::Open)
    }
}

/// How many changes ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Versions copied.
    pub copied: u64,
    /// Keys that got a delete marker.
    pub deleted: u64,
    /// Keys whose delete markers were removed.
    pub markers_removed: u64,
    /// Keys that held already what they should.
    pub skipped: u64,
    /// Keys that somebody changed since the plan.
    pub conflicts: u64,
    /// Keys whose version is archived.
    pub archived: u64,
    /// Keys that could not be changed.
    pub failed: u64,
    /// Of those copied or deleted, keys on which a write was superseded that nobody had seen.
    pub superseded: u64,
}

impl Tally {
    /// Changes that need nothing more.
    pub fn done(&self) -> u64 {
        self.copied + self.deleted + self.markers_removed + self.skipped
    }

    fn of(&mut self, kind: u8) -> Option<&mut u64> {
        Some(match kind {
            1 | 8 => &mut self.copied,
            2 | 9 => &mut self.deleted,
            3 => &mut self.markers_removed,
            4 => &mut self.skipped,
            5 => &mut self.conflicts,
            6 => &mut self.archived,
            7 => &mut self.failed,
            _ => return None,
        })
    }
}

/// What is known of a run after some of its records. Holds half a byte a change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunState {
    started: Option<Instant>,
    resumed: Option<Instant>,
    changes: u64,
    taken: u64,
    /// How many of the taken changes are left.
    left: u64,
    tally: Tally,
    /// The last result's kind of each change, two a byte, up to the last that has one.
    kinds: Vec<u8>,
    /// Nothing has come after the last check.
    checked: bool,
}

impl Replay for RunState {
    type Record = Record;

    const UNWRITTEN: &'static str = "nothing more is changed without it; check free space and permissions";

    /// The table above.
    fn check(&self, record: &Record) -> Result<(), String> {
        match record {
            Record::Started { format, .. } if *format > FORMAT => {
                Err(format!("it has format {format}, and this asof reads up to {FORMAT}"))
            }
            Record::Started { .. } if self.started.is_none() => Ok(()),
            Record::Started { .. } => Err("it starts twice".to_owned()),
            _ if self.started.is_none() => Err("it does not begin with its start".to_owned()),
            Record::Taken { upto } if *upto < self.taken || *upto > self.changes => {
                Err(format!("it takes {upto} changes, after {} of {}", self.taken, self.changes))
            }
            Record::Left { from, upto }
                if from >= upto
                    || *upto > self.taken
                    || (*from..*upto).any(|n| self.progress(n) != ChangeProgress::Open) =>
            {
                Err(format!("it leaves the changes from {from} to {upto}, which are not all under way"))
            }
            Record::Result { n, ending } if !self.may_end(*n, ending) => {
                Err(format!("it has a result of change {n}, which is not under way"))
            }
            Record::Resumed { .. }
            | Record::Taken { .. }
            | Record::Left { .. }
            | Record::Checked
            | Record::Result { .. } => Ok(()),
        }
    }

    fn apply(&mut self, record: &Record) -> Result<(), String> {
        self.check(record)?;
        self.enter(record);
        Ok(())
    }

    fn on_damage(&self) -> Vec<String> {
        let hint =
            "nothing was changed; see the remaining changes with asof diff and apply them with asof restore";
        vec![hint.to_owned()]
    }
}

impl RunState {
    /// Takes in a record that can come next.
    fn enter(&mut self, record: &Record) {
        match record {
            Record::Started { at, changes, .. } => (self.started, self.changes) = (Some(*at), *changes),
            Record::Resumed { at } => {
                self.resumed = Some(*at);
                // What was not done may be tried again before a word of it is written.
                self.checked &= self.tally.done() == self.changes;
            }
            Record::Checked => self.checked = true,
            Record::Taken { upto } => {
                self.retake();
                self.taken = *upto;
            }
            Record::Left { from, upto } => {
                self.left += upto - from;
                (*from..*upto).for_each(|n| self.end(n, LEFT));
            }
            Record::Result { n, ending } => {
                self.checked = false;
                self.end(*n, kind(ending));
            }
        }
    }

    /// What was left may be under way again.
    fn retake(&mut self) {
        if self.left == 0 {
            return;
        }
        let without = |kind: u8| if kind == LEFT { 0 } else { kind };
        for pair in &mut self.kinds {
            *pair = without(*pair & 0xF) | without(*pair >> 4) << 4;
        }
        self.left = 0;
    }

    /// Whether a change can have this result next.
    fn may_end(&self, n: u64, ending: &Ending) -> bool {
        match (self.progress(n), ending) {
            (ChangeProgress::Open, _)
            | (ChangeProgress::Copied, Ending::Copied { .. } | Ending::Failed { .. })
            | (ChangeProgress::Deleted, Ending::Deleted { .. } | Ending::Failed { .. }) => true,
            (
                ChangeProgress::Untouched
                | ChangeProgress::Copied
                | ChangeProgress::Deleted
                | ChangeProgress::MarkersRemoved
                | ChangeProgress::Skipped,
                _,
            ) => false,
        }
    }

    /// Whether every result was compared with the histories of the keys.
    pub fn is_checked(&self) -> bool {
        self.checked || self.taken == 0
    }

    /// How far a change is.
    pub fn progress(&self, n: u64) -> ChangeProgress {
        match self.kind(n) {
            1 | 8 => ChangeProgress::Copied,
            2 | 9 => ChangeProgress::Deleted,
            3 => ChangeProgress::MarkersRemoved,
            4 => ChangeProgress::Skipped,
            LEFT => ChangeProgress::Untouched,
            _ if n < self.taken => ChangeProgress::Open,
            _ => ChangeProgress::Untouched,
        }
    }

    /// When the run began; none before the first record.
    pub fn started(&self) -> Option<Instant> {
        self.started
    }

    /// When it was last gone on with, if it was.
    pub fn resumed(&self) -> Option<Instant> {
        self.resumed
    }

    /// How many changes the run's plan has.
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The number of the first change that was not taken.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// How many changes before that one were left: they are taken once more before they are carried out.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// How many changes ended how, by the last result of each.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Whether every change needs nothing more, and was looked at after it was made.
    pub fn is_done(&self) -> bool {
        self.started.is_some() && self.tally.done() == self.changes && self.is_checked()
    }

    fn kind(&self, n: u64) -> u8 {
        let pair = usize::try_from(n / 2).ok().and_then(|at| self.kinds.get(at)).copied().unwrap_or(0);
        if n.is_multiple_of(2) { pair & 0xF } else { pair >> 4 }
    }

    fn end(&mut self, n: u64, kind: u8) {
        let before = self.kind(n);
        if let Some(count) = self.tally.of(before) {
            *count -= 1;
        }
        if let Some(count) = self.tally.of(kind) {
            *count += 1;
        }
        self.tally.superseded -= u64::from(is_superseding(before));
        self.tally.superseded += u64::from(is_superseding(kind));
        let Ok(at) = usize::try_from(n / 2) else { return };
        if self.kinds.len() <= at {
            self.kinds.resize(at + 1, 0);
        }
        if let Some(pair) = self.kinds.get_mut(at) {
            *pair = if n.is_multiple_of(2) { *pair & 0xF0 | kind } else { *pair & 0xF | kind << 4 };
        }
    }
}

/// The number of a change that was left, in the place of its ending's.
const LEFT: u8 = 10;

fn is_superseding(kind: u8) -> bool {
    matches!(kind, 8 | 9)
}

/// A number for each ending.
fn kind(ending: &Ending) -> u8 {
    let superseding = ending.over().is_some_and(|over| over.superseded);
    match ending {
        Ending::Copied { .. } if superseding => 8,
        Ending::Deleted { .. } if superseding => 9,
        Ending::Copied { .. } => 1,
        Ending::Deleted { .. } => 2,
        Ending::MarkersRemoved => 3,
        Ending::Skipped => 4,
        Ending::Conflict => 5,
        Ending::Archived => 6,
        Ending::Failed { .. } => 7,
    }
}

#[cfg(test)]
mod tests;
