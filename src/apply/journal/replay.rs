//! What a journal says: a pure transition function, one record after another.
//!
//! | record | where it may stand | what it does |
//! |---|---|---|
//! | `started` | first, and only there | gives the number of changes |
//! | `resumed` | after that | |
//! | `taken` | not before an earlier one's number, nor after the number of changes | those changes may be under way, and those that were left too |
//! | `left` | its changes are taken, and have no final result | nothing was done about them |
//! | `result` | its change is taken, and has no final result | final: the change is done with; else it is tried again |
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

/// How far a change is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was done about it.
    Untouched,
    /// It may have been carried out.
    Open,
    /// The version was copied.
    Copied,
    /// The key got a delete marker.
    Deleted,
    /// The key's delete markers were removed.
    Uncovered,
    /// The key held already what it should.
    Skipped,
}

impl Progress {
    /// Whether the change needs nothing more.
    pub fn is_done(self) -> bool {
        !matches!(self, Progress::Untouched | Progress::Open)
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
    pub uncovered: u64,
    /// Keys that held already what they should.
    pub skipped: u64,
    /// Keys that somebody changed since the plan.
    pub conflicts: u64,
    /// Keys whose version is archived.
    pub archived: u64,
    /// Keys that could not be changed.
    pub failed: u64,
}

impl Tally {
    /// Changes that need nothing more.
    pub fn done(&self) -> u64 {
        self.copied + self.deleted + self.uncovered + self.skipped
    }

    fn of(&mut self, kind: u8) -> Option<&mut u64> {
        Some(match kind {
            1 => &mut self.copied,
            2 => &mut self.deleted,
            3 => &mut self.uncovered,
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
pub struct State {
    started: Option<Instant>,
    changes: u64,
    taken: u64,
    /// How many of the taken changes are left.
    left: u64,
    tally: Tally,
    /// The last result's kind of each change, two a byte, up to the last that has one.
    kinds: Vec<u8>,
}

impl State {
    /// Takes in the next record. An error says why it cannot stand there.
    pub fn apply(&mut self, record: &Record) -> Result<(), String> {
        self.check(record)?;
        self.enter(record);
        Ok(())
    }

    /// Whether a record can come next: the table above. An error says why it cannot.
    pub fn check(&self, record: &Record) -> Result<(), String> {
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
                    || (*from..*upto).any(|n| self.progress(n) != Progress::Open) =>
            {
                Err(format!("it leaves the changes from {from} to {upto}, which are not all under way"))
            }
            Record::Result { n, .. } if self.progress(*n) != Progress::Open => {
                Err(format!("it has a result of change {n}, which is not under way"))
            }
            Record::Resumed { .. } | Record::Taken { .. } | Record::Left { .. } | Record::Result { .. } => {
                Ok(())
            }
        }
    }

    /// Takes in a record that can come next.
    pub(super) fn enter(&mut self, record: &Record) {
        match record {
            Record::Started { at, changes, .. } => (self.started, self.changes) = (Some(*at), *changes),
            Record::Resumed { .. } => {}
            Record::Taken { upto } => {
                self.retake();
                self.taken = *upto;
            }
            Record::Left { from, upto } => {
                self.left += upto - from;
                (*from..*upto).for_each(|n| self.end(n, LEFT));
            }
            Record::Result { n, ending } => self.end(*n, kind(ending)),
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

    /// How far a change is.
    pub fn progress(&self, n: u64) -> Progress {
        match self.kind(n) {
            1 => Progress::Copied,
            2 => Progress::Deleted,
            3 => Progress::Uncovered,
            4 => Progress::Skipped,
            LEFT => Progress::Untouched,
            _ if n < self.taken => Progress::Open,
            _ => Progress::Untouched,
        }
    }

    /// When the run began; none before the first record.
    pub fn started(&self) -> Option<Instant> {
        self.started
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

    /// Whether every change needs nothing more.
    pub fn is_done(&self) -> bool {
        self.started.is_some() && self.tally.done() == self.changes
    }

    fn kind(&self, n: u64) -> u8 {
        let pair = usize::try_from(n / 2).ok().and_then(|at| self.kinds.get(at)).copied().unwrap_or(0);
        if n.is_multiple_of(2) { pair & 0xF } else { pair >> 4 }
    }

    fn end(&mut self, n: u64, kind: u8) {
        if let Some(before) = self.tally.of(self.kind(n)) {
            *before -= 1;
        }
        if let Some(now) = self.tally.of(kind) {
            *now += 1;
        }
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
const LEFT: u8 = 8;

/// A number for each ending; the final ones come first.
fn kind(ending: &Ending) -> u8 {
    match ending {
        Ending::Copied { .. } => 1,
        Ending::Deleted { .. } => 2,
        Ending::Uncovered => 3,
        Ending::Skipped => 4,
        Ending::Conflict => 5,
        Ending::Archived => 6,
        Ending::Failed { .. } => 7,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const ENDINGS: [Ending; 7] = [
        Ending::Copied { version_id: None, etag: None, over: None },
        Ending::Deleted { version_id: None, over: None },
        Ending::Uncovered,
        Ending::Skipped,
        Ending::Conflict,
        Ending::Archived,
        Ending::Failed { error: String::new(), over: None },
    ];

    fn started(changes: u64) -> Record {
        Record::Started { format: FORMAT, at: Instant::default(), changes }
    }

    fn result(n: u64, ending: Ending) -> Record {
        Record::Result { n, ending }
    }

    fn replay(records: &[Record]) -> Result<State, String> {
        let mut state = State::default();
        records.iter().try_for_each(|record| state.apply(record)).map(|()| state)
    }

    #[test]
    fn the_table_holds() {
        let taken = |upto| Record::Taken { upto };
        let left = |from, upto| Record::Left { from, upto };
        let resumed = || Record::Resumed { at: Instant::default() };
        for (records, wrong) in [
            (vec![started(3), taken(2), result(1, Ending::Skipped), resumed(), taken(3)], ""),
            (vec![started(3), taken(2), result(1, Ending::Conflict), result(1, Ending::Skipped)], ""),
            (vec![started(0)], ""),
            (vec![taken(1)], "it does not begin with its start"),
            (vec![started(3), started(3)], "it starts twice"),
            (vec![started(3), taken(2), taken(1)], "it takes 1 changes, after 2 of 3"),
            (vec![started(3), taken(4)], "it takes 4 changes, after 0 of 3"),
            (vec![started(3), taken(3), left(1, 3), taken(3), result(1, Ending::Skipped)], ""),
            (vec![started(3), taken(2), result(1, Ending::Conflict), left(0, 2)], ""),
            (
                vec![started(3), taken(3), left(1, 3), result(1, Ending::Skipped)],
                "it has a result of change 1, which is not under way",
            ),
            (
                vec![started(3), taken(2), left(1, 3)],
                "it leaves the changes from 1 to 3, which are not all under way",
            ),
            (
                vec![started(3), taken(2), result(1, Ending::Skipped), left(0, 2)],
                "it leaves the changes from 0 to 2, which are not all under way",
            ),
            (
                vec![started(3), taken(2), left(1, 1)],
                "it leaves the changes from 1 to 1, which are not all under way",
            ),
            (
                vec![started(3), taken(1), result(1, Ending::Skipped)],
                "it has a result of change 1, which is not under way",
            ),
            (
                vec![started(3), taken(1), result(0, Ending::Skipped), result(0, Ending::Skipped)],
                "it has a result of change 0, which is not under way",
            ),
            (
                vec![Record::Started { format: 2, at: Instant::default(), changes: 1 }],
                "it has format 2, and this asof reads up to 1",
            ),
        ] {
            let said = replay(&records).err().unwrap_or_default();
            assert_eq!(said, wrong, "{records:?}");
        }
    }

    proptest! {
        /// Against the naive model: a map of each change's last ending.
        #[test]
        fn any_run_is_counted_right(changes in 1..200_u64, steps in prop::collection::vec((0..200_u64, 0..7_usize), 0..400)) {
            let mut state = replay(&[started(changes)]).unwrap();
            let (mut taken, mut model) = (0, BTreeMap::new());
            let mut left = std::collections::BTreeSet::new();
            for (n, ending) in steps {
                if n % 3 == 0 {
                    let fits = n >= taken && n <= changes;
                    prop_assert_eq!(state.apply(&Record::Taken { upto: n }).is_ok(), fits);
                    if fits {
                        taken = n;
                        left.clear();
                    }
                    continue;
                }
                let open = n < taken
                    && !left.contains(&n)
                    && model.get(&n).is_none_or(|ending: &usize| !ENDINGS[*ending].is_final());
                if n % 5 == 0 {
                    prop_assert_eq!(state.apply(&Record::Left { from: n, upto: n + 1 }).is_ok(), open);
                    if open {
                        left.insert(n);
                        model.remove(&n);
                    }
                    continue;
                }
                prop_assert_eq!(state.apply(&result(n, ENDINGS[ending].clone())).is_ok(), open);
                if open {
                    model.insert(n, ending);
                }
            }
            let count = |which: usize| model.values().filter(|ending| **ending == which).count() as u64;
            let tally = state.tally();
            let counts =
                [tally.copied, tally.deleted, tally.uncovered, tally.skipped, tally.conflicts, tally.archived, tally.failed];
            prop_assert_eq!(counts.to_vec(), (0..7).map(count).collect::<Vec<_>>());
            for n in 0..changes {
                let done = model.get(&n).is_some_and(|ending| ENDINGS[*ending].is_final());
                prop_assert_eq!(state.progress(n).is_done(), done);
                prop_assert_eq!(state.progress(n) == Progress::Untouched, !done && (n >= taken || left.contains(&n)));
            }
            prop_assert_eq!(state.is_done(), tally.done() == changes);
        }
    }
}
