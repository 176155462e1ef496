//! What the journal of a recovery says: a pure transition function, one record after another.
//!
//! | record | where it may stand | what it does |
//! |---|---|---|
//! | `started` | first, and only there | gives what the recovery consists of |
//! | `adopted` | before any step is begun | the state directory that it was begun in is lost: each database may have been asked for |
//! | `resumed` | after that | steps that failed may be begun again |
//! | `begun` | its step is not done, and what it waits for is | the step may have been carried out |
//! | `run` | its bucket's step is begun | the bucket is restored by this run, and by no other |
//! | `request` | the start of its database is begun | it may have been asked for; or nothing was made for certain |
//! | `done` | its step is begun | the step is not begun again |
//! | `failed` | its step is begun | |
//! | `lapsed` | its step is done | a look at the world found that it no longer holds: it counts as failed, and what rests on it as not begun; a bucket is restored by a new run |
//! | `overtaken` | anywhere | another recovery, run or undo has changed what this one restored: it is closed; only an abort comes after it |
//! | `aborting` | anywhere | only the rest of the abort comes after it |
//! | `undoing` | after `aborting` | a run of this recovery is undone by that run, and by no other |
//! | `aborted` | after `aborting` | nothing comes after it |
//! | `ended` | every step is done, or, in a drill, all is torn down | nothing comes after it |
//!
//! Anything else is no journal of asof's, and refused.

mod application;

use std::collections::BTreeMap;

use super::record::{FORMAT, NOTES_REQUESTS, Record, StepResult};
use super::rests::rests_on;
use super::steps::{Shape, Step};
use crate::model::Instant;

/// How far a step is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It may have been carried out.
    Begun,
    /// It has been.
    Done,
    /// It failed: why.
    Failed(String),
}

/// What a step's records say of its time and outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Taken {
    status: Status,
    began: Instant,
    ended: Option<Instant>,
    result: StepResult,
}

/// What the records say together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct State {
    shape: Option<Shape>,
    steps: BTreeMap<Step, Taken>,
    runs: BTreeMap<usize, String>,
    /// Every run that was begun for a bucket, with the bucket's number, the oldest first.
    all_runs: Vec<(usize, String)>,
    format: u32,
    /// Databases whose restores may have been asked for, and when, whatever has come of it.
    asked: BTreeMap<usize, Instant>,
    /// The resource ids of what was made for it.
    made: BTreeMap<usize, String>,
    /// The resume hook, or what comes after it, was begun since the quiesce hook was last run: the application may be writing.
    resume_begun: bool,
    /// The same, whatever was run since: the application may have been cut over, and have written into what was restored.
    was_resumed: bool,
    /// The application may be quiesced, since then: whatever became of the quiesce hook, or of its step.
    quiesced: Option<Instant>,
    /// How long it was, each time.
    downtime_ms: Option<i64>,
    overtaken: Option<String>,
    aborting: bool,
    /// The runs that were begun to undo others, by the runs that they undo.
    undone: BTreeMap<String, String>,
    ended: Option<Instant>,
}

impl State {
    /// Takes one record. An error says why it cannot stand there.
    pub fn apply(&mut self, record: &Record) -> Result<(), String> {
        if self.ended.is_some() {
            return Err("a record stands after the end".to_owned());
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
            return Err("it does not say what it is about".to_owned());
        };
        let closes = matches!(
            record,
            Record::Aborting { .. }
                | Record::Undoing { .. }
                | Record::Aborted { .. }
                | Record::Overtaken { .. }
        );
        if (self.overtaken.is_some() || self.aborting) && !closes {
            return Err("a step stands after it was closed".to_owned());
        }
        self.take(&shape, record)
    }

    /// Takes a record that may stand here as far as those before it close nothing.
    fn take(&mut self, shape: &Shape, record: &Record) -> Result<(), String> {
        match record {
            Record::Started { .. } => Ok(()),
            Record::Adopted { .. } if self.has_begun() => Err("it is adopted after a step".to_owned()),
            Record::Adopted { at } => {
                self.asked = (0..shape.databases).map(|n| (n, *at)).collect();
                Ok(())
            }
            Record::Resumed { .. } => {
                self.reopen();
                Ok(())
            }
            Record::Begun { step, at } => self.begin(shape, *step, *at),
            Record::Run { bucket, run } => {
                if self.status(Step::Bucket(*bucket)) != Some(&Status::Begun) {
                    return Err(format!("a run of bucket {bucket}, whose step is not begun"));
                }
                self.runs.insert(*bucket, run.clone());
                self.all_runs.push((*bucket, run.clone()));
                Ok(())
            }
            Record::Request { database, at, refused } => self.request(*database, *at, *refused),
            Record::Done { step, at, result } => self.end(*step, (*at, Status::Done), result.clone()),
            Record::Failed { step, at, why } => {
                self.end(*step, (*at, Status::Failed(why.clone())), StepResult::default())
            }
            Record::Lapsed { step, at, why } => self.lapse(shape, *step, (*at, why)),
            Record::QuiescedAlready { since } => {
                self.quiesced = Some(*since);
                Ok(())
            }
            Record::ApplicationResumed { at } => {
                self.let_go(*at);
                Ok(())
            }
            Record::Overtaken { why, by_recovery, .. } => {
                self.overtaken = Some(why.clone());
                if *by_recovery {
                    self.quiesced = None;
                }
                Ok(())
            }
            Record::Aborting { .. } => {
                self.aborting = true;
                Ok(())
            }
            Record::Undoing { .. } | Record::Aborted { .. } if !self.aborting => {
                Err("it is aborted without being about to".to_owned())
            }
            Record::Undoing { run, by } => {
                self.undone.insert(run.clone(), by.clone());
                Ok(())
            }
            Record::Aborted { at } | Record::Ended { at } => {
                self.ended = Some(*at);
                Ok(())
            }
        }
    }

    fn lapse(&mut self, shape: &Shape, step: Step, (at, why): (Instant, &str)) -> Result<(), String> {
        let Some(taken) = self.steps.get_mut(&step).filter(|taken| taken.status == Status::Done) else {
            return Err(format!("the step {step:?} lapses without being done"));
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

    /// Opens again what is taken once more when the recovery is gone on with:
    ///
    /// | step | opened |
    /// |---|---|
    /// | failed | it |
    /// | failed in the wait for a database or after it | its start too, which looks whether it is there: it may have been removed |
    /// | a comparison that found something, while the application stands still | it: that may have been mended, and was told once only |
    fn reopen(&mut self) {
        let resumed = self.status(Step::Resume) == Some(&Status::Done);
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
            return Err(format!("the step {step:?} is begun again"));
        }
        if !shape.needs(step).iter().all(done) {
            return Err(format!("the step {step:?} is begun too early"));
        }
        match step {
            Step::Start(n) if self.format < NOTES_REQUESTS => {
                self.asked.insert(n, at);
            }
            Step::Quiesce => {
                self.resume_begun = false;
                self.quiesced.get_or_insert(at);
            }
            Step::Resume | Step::Configure(_) => (self.resume_begun, self.was_resumed) = (true, true),
            _ => {}
        }
        let began = self.steps.get(&step).map_or(at, |taken| taken.began);
        self.steps
            .insert(step, Taken { status: Status::Begun, began, ended: None, result: StepResult::default() });
        Ok(())
    }

    fn request(&mut self, database: usize, at: Instant, refused: bool) -> Result<(), String> {
        if self.status(Step::Start(database)) != Some(&Status::Begun) {
            return Err(format!("a request for the database {database}, whose start is not begun"));
        }
        if refused {
            self.asked.remove(&database);
        } else {
            self.asked.insert(database, at);
        }
        Ok(())
    }

    fn end(&mut self, step: Step, (at, status): (Instant, Status), result: StepResult) -> Result<(), String> {
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
            _ => Err(format!("the step {step:?} ends without being begun")),
        }
    }

    fn let_go(&mut self, at: Instant) {
        if let Some(since) = self.quiesced.take() {
            self.downtime_ms = Some(self.downtime_ms.unwrap_or_default() + at.millis() - since.millis());
        }
    }

    /// How far a step is; none where it was not begun.
    pub fn status(&self, step: Step) -> Option<&Status> {
        self.steps.get(&step).map(|taken| &taken.status)
    }

    /// When a step began first, and when it ended.
    pub fn times(&self, step: Step) -> Option<(Instant, Option<Instant>)> {
        self.steps.get(&step).map(|taken| (taken.began, taken.ended))
    }

    /// What came of a step.
    pub fn result(&self, step: Step) -> Option<&StepResult> {
        self.steps.get(&step).map(|taken| &taken.result)
    }

    /// Every run that was begun for a bucket, with the bucket's number, the oldest first.
    pub fn all_runs(&self) -> &[(usize, String)] {
        &self.all_runs
    }

    /// Whether every step is done but the resume hook, and what comes after it.
    pub fn is_done_but_for_resume(&self) -> bool {
        let later = |step: Step| matches!(step, Step::Resume | Step::Configure(_));
        let done = |step: Step| later(step) || self.status(step) == Some(&Status::Done);
        self.shape.as_ref().is_some_and(|shape| shape.steps().into_iter().all(done))
    }

    /// By what the recovery was overtaken.
    pub fn overtaken(&self) -> Option<&str> {
        self.overtaken.as_deref()
    }

    /// Whether the recovery is being aborted.
    pub fn is_aborting(&self) -> bool {
        self.aborting
    }

    /// The run that was begun to undo another, when the recovery was aborted.
    pub fn undone_by(&self, run: &str) -> Option<&str> {
        self.undone.get(run).map(String::as_str)
    }

    /// Whether a bucket may have been changed, a database asked for, or the application quiesced.
    pub fn has_changed_anything(&self) -> bool {
        self.has_restored_anything() || self.may_be_quiesced()
    }

    /// Whether a bucket may have been changed, or a database asked for.
    pub fn has_restored_anything(&self) -> bool {
        !self.all_runs.is_empty() || !self.asked.is_empty()
    }

    /// The run that restores a bucket.
    pub fn run(&self, bucket: usize) -> Option<&str> {
        self.runs.get(&bucket).map(String::as_str)
    }

    /// Whether a database may have been asked for.
    pub fn was_asked_for(&self, database: usize) -> bool {
        self.asked.contains_key(&database)
    }

    /// When a database was asked for last, if it may have been: a start that is taken once more forgets nothing.
    pub fn asked_for(&self, database: usize) -> Option<Instant> {
        self.asked.get(&database).copied()
    }

    /// The resource id of what was made for it, if that is known.
    pub fn made(&self, database: usize) -> Option<&str> {
        self.made.get(&database).map(String::as_str)
    }

    /// Whether a step was begun: else nothing was made.
    pub fn has_begun(&self) -> bool {
        let steps = self.shape.as_ref().map(Shape::steps).unwrap_or_default();
        steps.into_iter().any(|step| self.status(step).is_some())
    }

    /// What the recovery consists of; none before its first record.
    pub fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref()
    }

    /// Whether there is nothing left to do: it ended, or was aborted.
    pub fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// When it ended with every step done; none if it was aborted, or is not ended.
    pub fn ended_at(&self) -> Option<Instant> {
        self.ended.filter(|_| !self.aborting)
    }

    /// Whether every step is done.
    pub fn is_done(&self) -> bool {
        let done = |step: Step| self.status(step) == Some(&Status::Done);
        self.shape.as_ref().is_some_and(|shape| shape.steps().into_iter().all(done))
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
