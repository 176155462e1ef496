//! The progress of a plan set: the runs of its shards, and their sums. Of the runs' journals, only one is in memory at a
//! time: each takes half a byte per change.

use std::cmp::Reverse;

use schemars::JsonSchema;
use serde::Serialize;

use super::work::{is_run_of, shard_id};
use crate::error::Result;
use crate::plan::set::{PlanSet, Shard};
use crate::state::{Run, RunProgress, RunState, StateHome, Tally, Undos};

/// The progress of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShardState {
    /// Every change is made or was already correct.
    Applied,
    /// A worker applies it.
    Running,
    /// Its run was stopped before its last change.
    Interrupted,
    /// Changes failed or were skipped.
    Incomplete,
    /// Changes are left, and a worker may be applying it: its state is in a bucket.
    Unfinished,
    /// No change was made.
    NotBegun,
    /// Its run was undone, at least in part.
    Undone,
    /// A file of its run cannot be read, or belongs to another plan set.
    Damaged,
}

impl ShardState {
    /// Every state, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Applied,
        Self::Running,
        Self::Interrupted,
        Self::Incomplete,
        Self::Unfinished,
        Self::NotBegun,
        Self::Undone,
        Self::Damaged,
    ];

    /// Returns the words for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Running => "running",
            Self::Interrupted => "interrupted",
            Self::Incomplete => "incomplete",
            Self::Unfinished => "unfinished",
            Self::NotBegun => "not begun",
            Self::Undone => "undone",
            Self::Damaged => "damaged",
        }
    }

    /// Returns the state of a shard:
    ///
    /// | its run | undone | its plan is empty | state |
    /// |---|---|---|---|
    /// | none | | no | not begun |
    /// | none | | yes | applied: there is nothing to apply |
    /// | any | yes | | undone |
    /// | any other | no | | that of its run |
    fn of(run: Option<RunProgress>, is_undone: bool, is_empty: bool) -> Self {
        match run {
            None if is_empty => Self::Applied,
            Some(_) if is_undone => Self::Undone,
            Some(RunProgress::Running) => Self::Running,
            Some(RunProgress::Damaged) => Self::Damaged,
            None | Some(RunProgress::NotBegun) => Self::NotBegun,
            Some(RunProgress::Done) => Self::Applied,
            Some(RunProgress::Incomplete) => Self::Incomplete,
            Some(RunProgress::Interrupted) => Self::Interrupted,
            Some(RunProgress::Unfinished) => Self::Unfinished,
        }
    }
}

/// A shard and its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardStatus {
    /// The index of the shard, starting at 0.
    pub index: u32,
    /// The ID of its run; `None` if there is none.
    pub run: Option<String>,
    /// Its progress.
    pub state: ShardState,
    /// The number of its changes, without those that its run leaves out.
    pub changes: u64,
    /// Its changes by result.
    pub tally: Tally,
    /// The newest run that undoes its run, finished or not.
    pub undone_by: Option<String>,
}

impl ShardStatus {
    /// The number of changes that are left to make: none of an undone shard, which is not applied again.
    pub fn left(&self) -> u64 {
        if self.state == ShardState::Undone { 0 } else { self.changes.saturating_sub(self.tally.done()) }
    }
}

/// The sums over the shards of a set. The changes of undone shards are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetProgress {
    shards: [u32; ShardState::ALL.len()],
    /// The changes by result.
    pub tally: Tally,
    /// The changes that are left to make.
    pub left: u64,
}

impl SetProgress {
    /// Counts a shard.
    pub fn add(&mut self, shard: &ShardStatus) {
        if let Some(n) = self.shards.get_mut(shard.state as usize) {
            *n += 1;
        }
        if shard.state != ShardState::Undone {
            self.tally = self.tally.plus(shard.tally);
        }
        self.left += shard.left();
    }

    /// The number of shards in a state.
    pub fn shards(&self, state: ShardState) -> u32 {
        self.shards.get(state as usize).copied().unwrap_or_default()
    }

    /// Returns true if a run could resume or begin something.
    pub fn has_left(&self) -> bool {
        use ShardState::{Incomplete, Interrupted, NotBegun, Unfinished};
        [NotBegun, Interrupted, Incomplete, Unfinished].iter().any(|state| self.shards(*state) > 0)
    }

    /// Returns true if a change of the set may be in the bucket.
    pub fn has_changed(&self) -> bool {
        self.tally.done() + self.tally.failed > 0
    }
}

/// The shards of a set with their runs in a state directory, in order; each is read when it is asked for.
#[derive(Debug)]
pub struct ShardRuns<'a> {
    set: &'a PlanSet,
    home: &'a StateHome,
    undos: Undos,
    next: u32,
}

impl<'a> ShardRuns<'a> {
    /// Finds the runs.
    pub async fn read(set: &'a PlanSet, home: &'a StateHome) -> Result<Self> {
        home.fetch_all().await?;
        Ok(Self { set, home, undos: Undos::read(home.dir())?, next: 0 })
    }

    /// Reads the status of a shard.
    pub(super) fn status(&self, index: u32) -> ShardStatus {
        let planned = self.set.manifest.shards.get(index as usize).map_or(0, Shard::changes);
        let shard = shard_id(self.set, index);
        let id = shard.run();
        let (none, state_dir) = (Tally::default(), self.home.dir());
        if !Run::exists(state_dir, &id) || Run::has_changed_nothing(state_dir, &id) {
            let state = ShardState::of(None, false, planned == 0);
            return ShardStatus { index, run: None, state, changes: planned, tally: none, undone_by: None };
        }
        let run = self.home.glance(&id);
        let is_ours = run.manifest.as_ref().is_some_and(|manifest| is_run_of(self.set, &shard, manifest));
        if !is_ours {
            let state = ShardState::Damaged;
            return ShardStatus {
                index,
                run: Some(id),
                state,
                changes: planned,
                tally: none,
                undone_by: None,
            };
        }
        let undone_by = self.undos.begun(state_dir, &id);
        let state = ShardState::of(Some(run.progress()), undone_by.is_some(), planned == 0);
        let changes = run.state.as_ref().map_or(planned, RunState::changes);
        ShardStatus { index, run: Some(id), state, changes, tally: run.tally(), undone_by }
    }
}

impl Iterator for ShardRuns<'_> {
    type Item = ShardStatus;

    fn next(&mut self) -> Option<ShardStatus> {
        let index = self.next;
        self.next += 1;
        (index < self.set.len()).then(|| self.status(index))
    }
}

/// Returns at most `most` shards that need attention, the worst first:
///
/// | state | order |
/// |---|---|
/// | damaged | first |
/// | running, interrupted, incomplete, unfinished | by keys that failed, then conflicts, then changes left |
/// | applied, not begun, undone | not among them |
pub fn worst(mut shards: Vec<ShardStatus>, most: usize) -> Vec<ShardStatus> {
    use ShardState::{Damaged, Incomplete, Interrupted, Running, Unfinished};
    shards.retain(|shard| matches!(shard.state, Damaged | Running | Interrupted | Incomplete | Unfinished));
    let rank = |shard: &ShardStatus| {
        (shard.state == Damaged, shard.tally.failed, shard.tally.conflicts, shard.left())
    };
    shards.sort_by_key(|shard| Reverse(rank(shard)));
    shards.truncate(most);
    shards
}

#[cfg(test)]
mod tests;
