//! Reports the results of a plan set whose shards are applied one after another.

use std::sync::Arc;
use std::time::Duration;

use super::Output;
use super::json::{Command, Done, Summary};
use super::last_words::{UNGUARDED, keep_summary};
use super::outcomes::{CHANGED_MEANWHILE, Reporter};
use super::progress::{Phase, Progress};
use super::restore::{done_line, left_out_line, not_kept_line};
use super::units::{count, plural};
use crate::counters::Counters;
use crate::engine::{
    EndedShard, PlanSet, ReadyShard, ResumedSet, SetEvent, SetProgress, ShardState, ShardStatus,
};
use crate::error::Result;

/// The results of a plan set.
pub(crate) struct SetResults<'a> {
    output: Output,
    /// Count what all shards do.
    totals: &'a Counters,
    results: Reporter,
    progress: Option<Progress>,
}

/// The commands that may follow.
pub(crate) struct NextOfSet {
    /// Applies what is left.
    pub resume: String,
    /// Shows the progress of the set.
    pub runs: String,
    /// Plans the undo of the set.
    pub undo: String,
}

impl<'a> SetResults<'a> {
    /// Starts the report.
    pub(crate) fn begin(output: Output, totals: &'a Counters) -> Result<Self> {
        let results = Reporter::begin(output.format, CHANGED_MEANWHILE, &[], &[])?;
        Ok(Self { output, totals, results, progress: None })
    }

    /// Reports an event.
    pub(crate) fn on(&mut self, event: &SetEvent<'_>) -> Result<()> {
        match event {
            SetEvent::Begins { shard, counters } => self.begins(shard, counters),
            SetEvent::Outcome { change, outcome } => self.results.outcome(change, outcome),
            SetEvent::Ended(ended) => self.ended(ended),
            SetEvent::Shard(status) => {
                self.output.note(&shard_line(status));
                self.results.shard(status)
            }
            SetEvent::LeftAlone { index, why } => {
                let message = format!("shard {index} is left alone: {}", why.in_one_line());
                self.results.left_alone(&message)
            }
        }
    }

    fn begins(
        &mut self,
        ReadyShard { run, left_out, .. }: &ReadyShard,
        counters: &Arc<Counters>,
    ) -> Result<()> {
        if *left_out > 0 {
            self.output.note(&left_out_line(*left_out));
        }
        if let Some(warning) = run.damaged_uploads()? {
            self.output.note(&warning);
        }
        self.progress = Some(Progress::start(self.output.display, Phase::Restoring, counters));
        Ok(())
    }

    fn ended(&mut self, ended: &EndedShard<'_>) -> Result<()> {
        let EndedShard { run, sums, counters, elapsed, .. } = ended;
        self.progress = None;
        self.totals.add(counters);
        let (done, manifest) = (Done::new(Some(run.id()), counters), run.manifest());
        let command = Command::Resume(done);
        let summary = Summary::new(command, &manifest.location, manifest.at, sums, counters, *elapsed);
        keep_summary(run, &summary)
    }

    /// Ends the report.
    pub(crate) fn finish(
        self,
        set: &PlanSet,
        resumed: &ResumedSet,
        next: &NextOfSet,
        elapsed: Duration,
    ) -> Result<()> {
        let Self { output, totals, results, .. } = self;
        let plan = &set.manifest.plan;
        let location = plan.location();
        let done = Command::Resume(Done::of_set(&set.id, totals));
        results.finish(&Summary::new(done, &location, plan.at, set.sums(), totals, elapsed))?;
        output.note(&done_line(totals, elapsed, !resumed.finished));
        if resumed.unguarded {
            output.note(UNGUARDED);
        }
        if let Some(line) = not_kept_line(totals) {
            output.note(&line);
        }
        output.note(&format!("plan set {}: {}", set.id, states_line(&resumed.progress)));
        if !resumed.finished {
            output.note(&format!("to go on: {}", next.resume));
        } else if resumed.progress.shards(ShardState::Applied) == set.len() {
            output.note(&format!("undo it: {}", next.undo));
        } else {
            output.note(&format!("shards with problems: {}     try again: {}", next.runs, next.resume));
        }
        Ok(())
    }
}

/// Returns the shards of a set by progress, in one line.
fn states_line(progress: &SetProgress) -> String {
    let of = |state: &ShardState| match progress.shards(*state) {
        0 => None,
        shards => Some(format!("{} {}", plural(shards.into(), "shard", "shards"), state.name())),
    };
    ShardState::ALL.iter().filter_map(of).collect::<Vec<_>>().join(", ")
}

fn shard_line(status: &ShardStatus) -> String {
    let ShardStatus { index, run, state, changes, tally, .. } = status;
    let (done, changes) = (count(tally.done()), count(*changes));
    let run = run.as_deref().unwrap_or_default();
    format!("shard {index}: {}, {done} of {changes} changes done     run {run}", state.name())
}
