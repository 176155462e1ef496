//! The state that a recovery's journal records: a pure transition function over its records.
//!
//! | record | allowed | effect |
//! |---|---|---|
//! | `started` | first, and only there | gives the recovery's steps |
//! | `adopted` | before any step is begun | the original state directory is lost: each database may have been requested |
//! | `resumed` | after that | failed steps may be begun again |
//! | `begun` | the step is not done, and the steps it waits for are | the step may have taken effect |
//! | `run` | the bucket's step is begun | this run, and no other, restores the bucket |
//! | `healing` | the references' step is begun | the run restores late uploads in the bucket |
//! | `request` | the start of its database is begun | it may have been requested; or certainly nothing was created |
//! | `swapping` | the swap of its database is begun | its names may be swapped: from now on it is found by its resource ID |
//! | `swapped_back` | after `aborting` | it has its own name again |
//! | `done` | its step is begun | the step is not begun again |
//! | `failed` | its step is begun | |
//! | `lapsed` | its step is done | a check found that it no longer holds: it counts as failed, and dependent steps as not begun; a bucket gets a new run |
//! | `overtaken` | anywhere | another recovery, run or undo has changed what this one restored: it is closed; only an abort may follow |
//! | `aborting` | anywhere | only the rest of the abort may follow |
//! | `undoing` | after `aborting` | that run, and no other, undoes a run of this recovery |
//! | `aborted` | after `aborting` | nothing may follow |
//! | `ended` | every step is done or, in a drill, everything is torn down | nothing may follow |
//!
//! Any other sequence is not a journal of asof and is rejected.

mod application;
mod queries;

use std::collections::BTreeMap;

use super::record::{FORMAT, NOTES_REQUESTS, Record, StepResult};
use super::rests::rests_on;
use super::steps::{Shape, Step};
use crate::db::Swap;
use crate::model::Instant;

pub(crate) use queries::InUse;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Status {
    /// The step may have taken effect.
    Begun,
    Done,
    Failed(String),
}

/// A change to what a recovery restored, which closes it; each holds the reason in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Overtaker {
    /// A later recovery, which takes over the application.
    Recovery(String),
    /// A run, or the undo of one of its own: the application may still be quiesced.
    Run(String),
}

impl Overtaker {
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::Recovery(why) | Self::Run(why) => why,
        }
    }
}

/// The times and the outcome that a step's records give.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    status: Status,
    began: Instant,
    ended: Option<Instant>,
    result: StepResult,
}

/// The state after all records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact that stays true, whatever the others are")]
pub(crate) struct RecoveryState {
    shape: Option<Shape>,
    steps: BTreeMap<Step, Taken>,
    runs: BTreeMap<usize, String>,
    /// Every run begun for a bucket, with the bucket's number, oldest first; includes runs that restore late uploads.
    all_runs: Vec<(usize, String)>,
    format: u32,
    /// It was begun in a lost state directory, so runs of its buckets may be lost too.
    adopted: bool,
    /// Databases whose restore may have been requested, and when, whatever the outcome.
    asked: BTreeMap<usize, Instant>,
    /// The resource IDs of the databases created for it.
    made: BTreeMap<usize, String>,
    /// The renames of databases whose names may be swapped with their sources'.
    swaps: BTreeMap<usize, Swap>,
    /// The resume hook, or another step that releases the application, was begun since the last quiesce: it may be
    /// writing.
    resume_begun: bool,
    /// The same, but regardless of any later quiesce: the application may have been cut over and have written.
    was_resumed: bool,
    /// There is no resume hook, and all other steps have been done: the application may have been cut over by hand,
    /// which no journal records. Repeating steps does not reset this.
    left_to_hand: bool,
    /// The time since which the application may be quiesced, whatever the outcome of the quiesce hook or its step.
    quiesced: Option<Instant>,
    /// The total time it was quiesced, in milliseconds.
    downtime_ms: Option<i64>,
    overtaken: Option<Overtaker>,
    aborting: bool,
    /// The run that undoes each run being undone.
    undone: BTreeMap<String, String>,
    ended: Option<Instant>,
}

impl RecoveryState {
    /// Applies one record. Fails with the reason if the record is not allowed here.
    pub(crate) fn apply(&mut self, record: &Record) -> Result<(), String> {
        if self.ended.is_some() {
            return Err("it has a record after the end".to_owned());
        }
        if let Record::Started { format, shape, .. } = record {
            if *format > FORMAT {
                return Err(format!("its format {format} is newer than this asof"));
            }
            if self.shape.replace(shape.clone()).is_some() {
                return Err("it starts twice".to_owned());
            }
            self.format = *format;
            return Ok(());
        }
        let Some(shape) = self.shape.clone() else {
            return Err("it does not name its recovery".to_owned());
        };
        let closes = matches!(
            record,
            Record::Aborting { .. }
                | Record::Undoing { .. }
                | Record::SwappedBack { .. }
                | Record::Aborted { .. }
                | Record::Overtaken { .. }
        );
        if (self.overtaken.is_some() || self.aborting) && !closes {
            return Err("it has a step after it was closed".to_owned());
        }
        self.take(&shape, record)?;
        let all_swapped = shape.swapped().all(|n| self.status(Step::Swap(n)) == Some(&Status::Done));
        self.left_to_hand |= !shape.resume && all_swapped && self.is_done_but_for_resume();
        Ok(())
    }

    /// Applies a record after checking that no earlier record closes the journal to it.
    fn take(&mut self, shape: &Shape, record: &Record) -> Result<(), String> {
        match record {
            Record::Started { .. } => {}
            Record::Adopted { .. } if self.has_begun() => return Err("it is adopted after a step".to_owned()),
            Record::Adopted { at } => {
                self.adopted = true;
                self.asked = (0..shape.databases).map(|n| (n, *at)).collect();
            }
            Record::Resumed { .. } => self.reopen(),
            Record::Begun { step, at } => self.begin(shape, *step, *at)?,
            Record::Run { bucket, run } => {
                self.add_run(Step::Bucket(*bucket), *bucket, run)?;
                self.runs.insert(*bucket, run.clone());
            }
            Record::Healing { bucket, run } => self.add_run(Step::References, *bucket, run)?,
            Record::Request { database, at, refused } => self.request(*database, *at, *refused)?,
            Record::Swapping { database, swap } => self.swapping(shape, *database, swap)?,
            Record::Done { step, at, result } => self.end(*step, *at, Status::Done, result.clone())?,
            Record::Failed { step, at, why } => {
                self.end(*step, *at, Status::Failed(why.clone()), StepResult::default())?;
            }
            Record::Lapsed { step, at, why } => self.lapse(shape, *step, *at, why)?,
            Record::QuiescedAlready { since } => self.quiesced = Some(*since),
            Record::ApplicationResumed { at } => self.let_go(*at),
            Record::Overtaken { why, by_recovery: true, .. } => {
                self.quiesced = None;
                self.overtaken = Some(Overtaker::Recovery(why.clone()));
            }
            Record::Overtaken { why, .. } => self.overtaken = Some(Overtaker::Run(why.clone())),
            Record::Aborting { .. } => self.aborting = true,
            Record::Undoing { .. } | Record::SwappedBack { .. } | Record::Aborted { .. }
                if !self.aborting =>
            {
                return Err("it is aborted without having started to abort".to_owned());
            }
            Record::SwappedBack { database } => drop(self.swaps.remove(database)),
            Record::Undoing { run, by } => drop(self.undone.insert(run.clone(), by.clone())),
            Record::Aborted { at } | Record::Ended { at } => self.ended = Some(*at),
        }
        Ok(())
    }

    /// Adds a run of a bucket, begun in this step.
    fn add_run(&mut self, step: Step, bucket: usize, run: &str) -> Result<(), String> {
        if self.status(step) != Some(&Status::Begun) {
            return Err(format!("it has a run of bucket {bucket} before its step started"));
        }
        self.all_runs.push((bucket, run.to_owned()));
        Ok(())
    }

    fn lapse(&mut self, shape: &Shape, step: Step, at: Instant, why: &str) -> Result<(), String> {
        let Some(taken) = self.steps.get_mut(&step).filter(|taken| taken.status == Status::Done) else {
            return Err(format!("the step {step:?} lapses before it was done"));
        };
        (taken.status, taken.ended, taken.result) =
            (Status::Failed(why.to_owned()), Some(at), StepResult::default());
        for other in rests_on(shape, step) {
            self.steps.remove(&other);
        }
        if let Step::Bucket(n) = step {
            self.runs.remove(&n);
        }
        Ok(())
    }

    /// Reopens the steps to repeat when the recovery is resumed:
    ///
    /// | step | reopened |
    /// |---|---|
    /// | failed | the step |
    /// | failed while waiting for a database or later | its start too, which checks whether the database exists: it may have been removed |
    /// | a comparison with findings, while the application is still quiesced and no names are swapped | the step: the cause may have been fixed, and the findings were reported only once |
    fn reopen(&mut self) {
        let resumed = self.status(Step::Resume) == Some(&Status::Done) || !self.swaps.is_empty();
        let again: Vec<Step> = self
            .steps
            .iter()
            .filter(|(_, taken)| {
                matches!(taken.status, Status::Failed(_)) || (!resumed && taken.result.has_found())
            })
            .map(|(step, _)| *step)
            .collect();
        for step in again {
            self.steps.remove(&step);
            if let Step::Wait(n) | Step::Settle(n) = step {
                self.steps.remove(&Step::Start(n));
                self.steps.remove(&Step::Wait(n));
            }
        }
    }

    fn begin(&mut self, shape: &Shape, step: Step, at: Instant) -> Result<(), String> {
        if !shape.steps().contains(&step) {
            return Err(format!("there is no step {step:?}"));
        }
        let done = |step: &Step| self.status(*step) == Some(&Status::Done);
        if matches!(self.status(step), Some(Status::Done | Status::Failed(_))) {
            return Err(format!("the step {step:?} starts again"));
        }
        if !self.is_swapping(step) && !shape.needs(step).iter().all(done) {
            return Err(format!("the step {step:?} starts too early"));
        }
        match step {
            Step::Start(n) if self.format < NOTES_REQUESTS => {
                self.asked.insert(n, at);
            }
            Step::Quiesce => {
                self.resume_begun = false;
                self.quiesced.get_or_insert(at);
            }
            // Nothing is renamed before the record that lists the renames.
            Step::Swap(_) => {}
            _ if shape.lets_go(step) => (self.resume_begun, self.was_resumed) = (true, true),
            _ => {}
        }
        let began = self.steps.get(&step).map_or(at, |taken| taken.began);
        self.steps
            .insert(step, Taken { status: Status::Begun, began, ended: None, result: StepResult::default() });
        Ok(())
    }

    fn request(&mut self, database: usize, at: Instant, refused: bool) -> Result<(), String> {
        if self.status(Step::Start(database)) != Some(&Status::Begun) {
            return Err(format!("it has a request for the database {database} before its step started"));
        }
        if refused {
            self.asked.remove(&database);
        } else {
            self.asked.insert(database, at);
        }
        Ok(())
    }

    fn swapping(&mut self, shape: &Shape, database: usize, swap: &Swap) -> Result<(), String> {
        if self.status(Step::Swap(database)) != Some(&Status::Begun) {
            return Err(format!("it swaps the names of the database {database} before that step started"));
        }
        if shape.lets_go(Step::Swap(database)) {
            (self.resume_begun, self.was_resumed) = (true, true);
        }
        self.swaps.insert(database, swap.clone());
        Ok(())
    }

    fn end(&mut self, step: Step, at: Instant, status: Status, result: StepResult) -> Result<(), String> {
        match self.steps.get_mut(&step) {
            Some(taken) if taken.status == Status::Begun => {
                if let (Step::Start(n), Some(made)) = (step, &result.note) {
                    self.made.insert(n, made.clone());
                }
                let is_resumed = step == Step::Resume && status == Status::Done;
                (taken.status, taken.ended, taken.result) = (status, Some(at), result);
                if is_resumed {
                    self.let_go(at);
                }
                Ok(())
            }
            _ => Err(format!("the step {step:?} ends before it started")),
        }
    }

    fn let_go(&mut self, at: Instant) {
        if let Some(since) = self.quiesced.take() {
            self.downtime_ms = Some(self.downtime_ms.unwrap_or_default() + at.millis() - since.millis());
        }
    }
}

#[cfg(test)]
mod tests;
