//! What the journal of a recovery says: a pure transition function, one record after another.
//!
//! | record | where it may stand | what it does |
//! |---|---|---|
//! | `started` | first, and only there | gives what the recovery consists of |
//! | `resumed` | after that | steps that failed may be begun again |
//! | `begun` | its step is not done, and what it waits for is | the step may have been carried out |
//! | `run` | its bucket's step is begun | the bucket is restored by this run, and by no other |
//! | `request` | the start of its database is begun | it may have been asked for; or nothing was made for certain |
//! | `done` | its step is begun | the step is not begun again |
//! | `failed` | its step is begun | |
//! | `ended` | every step is done, or, in a drill, all is torn down | nothing comes after it |
//!
//! Anything else is no journal of asof's, and refused.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::steps::{Shape, Step};
use crate::model::Instant;

/// The version of the journal's format. One that is newer is refused.
pub const FORMAT: u32 = 2;

/// The first version in which a request for a restore is noted; before it, a start that is begun stands for it.
const NOTES_REQUESTS: u32 = 2;

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// The first one.
    Started {
        /// The journal's format.
        format: u32,
        /// When it began.
        at: Instant,
        /// What the recovery consists of.
        shape: Shape,
    },
    /// It was gone on with.
    Resumed {
        /// When.
        at: Instant,
    },
    /// A step may be under way from now on.
    Begun {
        /// The step.
        step: Step,
        /// When.
        at: Instant,
    },
    /// The run that restores a bucket.
    Run {
        /// The bucket's number in the file.
        bucket: usize,
        /// The run's name.
        run: String,
    },
    /// A server is asked for a database's restore from now on.
    Request {
        /// The database's number in the file.
        database: usize,
        /// When.
        at: Instant,
        /// It has refused, and makes nothing.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        refused: bool,
    },
    /// A step has been carried out.
    Done {
        /// The step.
        step: Step,
        /// When.
        at: Instant,
        /// What came of it.
        #[serde(flatten)]
        result: StepResult,
    },
    /// A step failed.
    Failed {
        /// The step.
        step: Step,
        /// When.
        at: Instant,
        /// Why.
        why: String,
    },
    /// There is nothing left to do.
    Ended {
        /// When.
        at: Instant,
    },
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct StepResult {
    /// In words: of a database that was asked for, its resource id; of one that is settled, where it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What was counted: `copied`, `dangling` and the like.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, u64>,
}

impl StepResult {
    /// Whether a comparison found something that is not as it should be, or had nothing to compare.
    pub fn has_found(&self) -> bool {
        let found = ["mismatched", "superseded", "dangling", "nothing_compared"];
        found.iter().any(|name| self.counts.get(*name).is_some_and(|n| *n > 0))
    }
}

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
    format: u32,
    /// Databases whose restores may have been asked for, and when, whatever has come of it.
    asked: BTreeMap<usize, Instant>,
    /// The resource ids of what was made for it.
    made: BTreeMap<usize, String>,
    ended: bool,
}

impl State {
    /// Takes one record. An error says why it cannot stand there.
    pub fn apply(&mut self, record: &Record) -> Result<(), String> {
        if self.ended {
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
        match record {
            Record::Started { .. } => Ok(()),
            Record::Resumed { .. } => {
                self.reopen();
                Ok(())
            }
            Record::Begun { step, at } => self.begin(&shape, *step, *at),
            Record::Run { bucket, run } => {
                if self.status(Step::Bucket(*bucket)) != Some(&Status::Begun) {
                    return Err(format!("a run of bucket {bucket}, whose step is not begun"));
                }
                self.runs.insert(*bucket, run.clone());
                Ok(())
            }
            Record::Request { database, at, refused } => self.request(*database, *at, *refused),
            Record::Done { step, at, result } => self.end(*step, (*at, Status::Done), result.clone()),
            Record::Failed { step, at, why } => {
                self.end(*step, (*at, Status::Failed(why.clone())), StepResult::default())
            }
            Record::Ended { .. } => {
                self.ended = true;
                Ok(())
            }
        }
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
        if let Step::Start(n) = step
            && self.format < NOTES_REQUESTS
        {
            self.asked.insert(n, at);
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
                (taken.status, taken.ended, taken.result) = (status, Some(at), result);
                Ok(())
            }
            _ => Err(format!("the step {step:?} ends without being begun")),
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

    /// The run that restores a bucket.
    pub fn run(&self, bucket: usize) -> Option<&str> {
        self.runs.get(&bucket).map(String::as_str)
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

    /// Whether there is nothing left to do.
    pub fn is_ended(&self) -> bool {
        self.ended
    }

    /// Whether every step is done.
    pub fn is_done(&self) -> bool {
        let done = |step: Step| self.status(step) == Some(&Status::Done);
        self.shape.as_ref().is_some_and(|shape| shape.steps().into_iter().all(done))
    }

    /// The state in which these steps are done.
    #[cfg(test)]
    pub(super) fn played(shape: &Shape, done: &[Step]) -> Self {
        let at = Instant::default();
        let mut state = Self::default();
        state.apply(&Record::Started { format: FORMAT, at, shape: shape.clone() }).unwrap();
        for step in done {
            state.apply(&Record::Begun { step: *step, at }).unwrap();
            state.apply(&Record::Done { step: *step, at, result: StepResult::default() }).unwrap();
        }
        state
    }
}

#[cfg(test)]
#[path = "journal_tests.rs"]
mod tests;
