//! The state of a run's journal: a pure transition function, applied to one record after another.
//!
//! | record | allowed | effect |
//! |---|---|---|
//! | `started` | as the first record only | sets the number of changes, and of the lanes that order them |
//! | `resumed` | after that | unfinished changes may be tried again: the results are not compared until the next `checked` |
//! | `taken` | not before an earlier one's position, nor after the number of changes | the changes before that position may be in progress, including those that were left |
//! | `left` | its changes are taken, and have no final result | nothing was done about them |
//! | `result` | its change is taken, and has no final result | final: the change is done; otherwise it is tried again |
//! | `result` | its change is copied or deleted, and the result is of that kind, or a failure | adds details, or says that the result is missing |
//! | `checked` | anywhere | every result before it was compared with the keys' histories |
//!
//! Any other sequence was not written by asof, and is an error.
//!
//! | a change is | `resume` |
//! |---|---|
//! | not taken, or left | applies it |
//! | taken, without a final result | reads its key first: the request may have been applied |
//! | done | skips it |

use super::record::{Ending, FORMAT, Record};
use crate::limits;
use crate::model::{Instant, LaneOrder};
use crate::state::journal::Replay;

/// The progress of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeProgress {
    /// Nothing was done about it.
    Untouched,
    /// It may have been applied.
    Open,
    /// The version was copied.
    Copied,
    /// The key was deleted with a delete marker.
    Deleted,
    /// The key's delete markers were removed.
    MarkersRemoved,
    /// The key was already correct.
    Skipped,
}

impl ChangeProgress {
    /// Returns true if the change is done.
    pub fn is_done(self) -> bool {
        !matches!(self, ChangeProgress::Untouched | ChangeProgress::Open)
    }
}

/// The number of changes by result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Versions copied.
    pub copied: u64,
    /// Keys deleted with a delete marker.
    pub deleted: u64,
    /// Keys whose delete markers were removed.
    pub markers_removed: u64,
    /// Keys that were already correct.
    pub skipped: u64,
    /// Keys that another client changed since the plan.
    pub conflicts: u64,
    /// Keys whose version is archived.
    pub archived: u64,
    /// Keys that could not be changed.
    pub failed: u64,
    /// Of the keys copied or deleted, those with a superseded write.
    pub superseded: u64,
}

impl Tally {
    /// The number of changes that are done.
    pub fn done(&self) -> u64 {
        self.copied + self.deleted + self.markers_removed + self.skipped
    }

    /// The number of changes that failed or were skipped: `resume` tries them again.
    pub fn left(&self) -> u64 {
        self.conflicts + self.archived + self.failed
    }

    /// The number of changes that have a result.
    pub fn settled(&self) -> u64 {
        self.done() + self.left()
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            copied: self.copied + other.copied,
            deleted: self.deleted + other.deleted,
            markers_removed: self.markers_removed + other.markers_removed,
            skipped: self.skipped + other.skipped,
            conflicts: self.conflicts + other.conflicts,
            archived: self.archived + other.archived,
            failed: self.failed + other.failed,
            superseded: self.superseded + other.superseded,
        }
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

/// The state of a run after some of its records. Needs half a byte per change.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunState {
    started: Option<Instant>,
    resumed: Option<Instant>,
    order: LaneOrder,
    /// The position of the first change that was not taken.
    taken: u64,
    /// The number of taken changes that were left.
    left: u64,
    tally: Tally,
    /// The kind of the last result of each change, two per byte, up to the last change with a result.
    kinds: Vec<u8>,
    /// True if no result came after the last check.
    checked: bool,
}

impl Replay for RunState {
    type Record = Record;

    const UNWRITTEN: &'static str = "nothing more is changed without it; check free space and permissions";

    /// See the table above.
    fn check(&self, record: &Record) -> Result<(), String> {
        match record {
            Record::Started { format, .. } if *format > FORMAT => {
                Err(format!("it has format {format}, and this asof reads up to {FORMAT}"))
            }
            Record::Started { .. } if self.started.is_some() => Err("it starts twice".to_owned()),
            Record::Started { lanes, .. } if !(1..=limits::MAX_LANES).contains(lanes) => {
                Err(format!("it has {lanes} lanes, and this asof applies up to {}", limits::MAX_LANES))
            }
            Record::Started { .. } => Ok(()),
            _ if self.started.is_none() => Err("it does not begin with its start".to_owned()),
            Record::Taken { upto } if *upto < self.taken || *upto > self.changes() => {
                Err(format!("it takes {upto} changes, after {} of {}", self.taken, self.changes()))
            }
            Record::Left { from, upto }
                if from >= upto
                    || *upto > self.changes()
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
    /// Applies a valid record.
    fn enter(&mut self, record: &Record) {
        match record {
            Record::Started { at, changes, lanes, .. } => {
                self.started = Some(*at);
                self.order = LaneOrder::new(*changes, *lanes);
            }
            Record::Resumed { at } => {
                self.resumed = Some(*at);
                // Unfinished changes may be tried again before a record says so.
                self.checked &= self.tally.done() == self.changes();
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

    /// Changes that were left may be in progress again.
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

    /// Returns true if a change can have this result next.
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

    /// Returns true if every result was compared with the keys' histories.
    pub fn is_checked(&self) -> bool {
        self.checked || self.taken == 0
    }

    /// Returns the progress of a change.
    pub fn progress(&self, n: u64) -> ChangeProgress {
        match self.kind(n) {
            1 | 8 => ChangeProgress::Copied,
            2 | 9 => ChangeProgress::Deleted,
            3 => ChangeProgress::MarkersRemoved,
            4 => ChangeProgress::Skipped,
            LEFT => ChangeProgress::Untouched,
            _ if self.is_taken(n) => ChangeProgress::Open,
            _ => ChangeProgress::Untouched,
        }
    }

    /// Returns the time the run started; `None` before the first record.
    pub fn started(&self) -> Option<Instant> {
        self.started
    }

    /// Returns the time the run was last resumed, if it was.
    pub fn resumed(&self) -> Option<Instant> {
        self.resumed
    }

    /// Returns the number of changes in the plan.
    pub fn changes(&self) -> u64 {
        self.order.changes()
    }

    /// Returns the order in which changes are taken.
    pub fn order(&self) -> LaneOrder {
        self.order
    }

    /// Returns the number of changes that were taken: the first so many in the order.
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Returns true if a change was taken.
    pub fn is_taken(&self, n: u64) -> bool {
        self.order.position(n) < self.taken
    }

    /// Returns the number of taken changes that were left: they are taken again before they are applied.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Returns the number of changes that may be in progress without any result.
    pub fn unheard(&self) -> u64 {
        let Tally { conflicts, archived, failed, .. } = self.tally;
        self.taken.saturating_sub(self.left + self.tally.done() + conflicts + archived + failed)
    }

    /// Returns the number of changes by their last result.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Returns true if every change is done and was compared with its key's history.
    pub fn is_done(&self) -> bool {
        self.started.is_some() && self.tally.done() == self.changes() && self.is_checked()
    }

    /// Returns a checksum of the state: another one means that the run has made or retried changes since.
    pub fn fingerprint(&self) -> String {
        let Self { started, resumed, order, taken, left, tally: _, kinds, checked } = self;
        let time = |at: &Option<Instant>| at.map(|at| at.to_string()).unwrap_or_default();
        let (started, resumed) = (time(started), time(resumed));
        let (changes, lanes) = (order.changes(), order.lanes());
        let mut crc = crc32fast::Hasher::new();
        crc.update(format!("{started} {resumed} {changes} {lanes} {taken} {left} {checked} ").as_bytes());
        crc.update(kinds);
        format!("{:08x}", crc.finalize())
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

/// The kind of a change that was left, stored in place of a result's.
const LEFT: u8 = 10;

fn is_superseding(kind: u8) -> bool {
    matches!(kind, 8 | 9)
}

/// Returns the number that stands for a result.
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
