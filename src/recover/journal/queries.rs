//! Queries on the state of a journal.

use super::{Overtaker, RecoveryState, Status};
use crate::db::Swap;
use crate::model::Instant;
use crate::recover::record::StepResult;
use crate::recover::steps::{Shape, Step};

/// The use that may be made of a recovery's database by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InUse {
    No,
    /// The names of the database and its source may be swapped; no application uses it yet.
    Named,
    /// The application may be writing.
    Written,
}

impl RecoveryState {
    /// The status of a step; `None` if it was not begun.
    pub(crate) fn status(&self, step: Step) -> Option<&Status> {
        self.steps.get(&step).map(|taken| &taken.status)
    }

    /// Returns the times at which a step was first begun and at which it ended.
    pub(crate) fn times(&self, step: Step) -> Option<(Instant, Option<Instant>)> {
        self.steps.get(&step).map(|taken| (taken.began, taken.ended))
    }

    pub(crate) fn result(&self, step: Step) -> Option<&StepResult> {
        self.steps.get(&step).map(|taken| &taken.result)
    }

    /// Every run begun for a bucket, with the bucket's number, oldest first; includes runs that restore late uploads.
    pub(crate) fn all_runs(&self) -> &[(usize, String)] {
        &self.all_runs
    }

    /// The buckets in place that lost runs may have changed, if the recovery was adopted because its state directory
    /// was lost.
    pub(crate) fn lost_runs(&self) -> impl Iterator<Item = usize> {
        let in_place = self.shape.iter().filter(|_| self.adopted).flat_map(|shape| &shape.in_place);
        in_place.enumerate().filter(|(_, in_place)| **in_place).map(|(n, _)| n)
    }

    /// Returns the use that may be made of a database by now.
    pub(crate) fn in_use(&self, database: usize) -> InUse {
        match self.swap(database) {
            _ if self.may_have_been_cut_over() => InUse::Written,
            Some(_) => InUse::Named,
            None => InUse::No,
        }
    }

    /// Returns true if every step is done except those that release the application and those after them.
    pub(crate) fn is_done_but_for_resume(&self) -> bool {
        let Some(shape) = &self.shape else { return false };
        let done = |step: Step| shape.lets_go(step) || self.status(step) == Some(&Status::Done);
        shape.steps().into_iter().all(done)
    }

    /// The renames, if the names of a database and its source may be swapped.
    pub(crate) fn swap(&self, database: usize) -> Option<&Swap> {
        self.swaps.get(&database)
    }

    /// Returns true if this recovery has certainly swapped the names of a database and its source.
    pub(crate) fn is_swapped(&self, database: usize) -> bool {
        self.swaps.contains_key(&database) && self.status(Step::Swap(database)) == Some(&Status::Done)
    }

    /// The swaps that may be begun and are not known to be done: the source's name may belong to no database.
    pub(crate) fn half_swapped(&self) -> impl Iterator<Item = &Swap> {
        self.swaps.iter().filter(|(n, _)| !self.is_swapped(**n)).map(|(_, swap)| swap)
    }

    /// The renames of all databases whose names may be swapped.
    pub(crate) fn swaps(&self) -> impl Iterator<Item = &Swap> {
        self.swaps.values()
    }

    /// Returns true if this step swaps names and may have renamed something.
    pub(in crate::recover) fn is_swapping(&self, step: Step) -> bool {
        matches!(step, Step::Swap(n) if self.swaps.contains_key(&n))
    }

    pub(crate) fn overtaken(&self) -> Option<&str> {
        self.overtaken.as_ref().map(Overtaker::why)
    }

    /// Returns true if a later recovery has overtaken it, whose sources may be this one's databases. A run or an undo
    /// of a bucket does not touch databases.
    pub(crate) fn is_overtaken_by_recovery(&self) -> bool {
        matches!(self.overtaken, Some(Overtaker::Recovery(_)))
    }

    pub(crate) fn is_aborting(&self) -> bool {
        self.aborting
    }

    /// The run that undoes another, begun when the recovery was aborted.
    pub(crate) fn undone_by(&self, run: &str) -> Option<&str> {
        self.undone.get(run).map(String::as_str)
    }

    /// Returns true if a bucket may have been changed, a database requested, or the application quiesced.
    pub(crate) fn has_changed_anything(&self) -> bool {
        self.has_restored_anything() || self.may_be_quiesced()
    }

    /// Returns true if a bucket may have been changed or a database requested.
    pub(crate) fn has_restored_anything(&self) -> bool {
        !self.all_runs.is_empty() || !self.asked.is_empty()
    }

    pub(crate) fn run(&self, bucket: usize) -> Option<&str> {
        self.runs.get(&bucket).map(String::as_str)
    }

    pub(crate) fn was_asked_for(&self, database: usize) -> bool {
        self.asked.contains_key(&database)
    }

    /// Returns the time a database was last requested, if it may have been; repeating the start does not clear this.
    pub(crate) fn asked_for(&self, database: usize) -> Option<Instant> {
        self.asked.get(&database).copied()
    }

    /// The resource ID of the database that was created, if known.
    pub(crate) fn made(&self, database: usize) -> Option<&str> {
        self.made.get(&database).map(String::as_str)
    }

    /// Returns true if any step was begun; if not, nothing was created.
    pub(crate) fn has_begun(&self) -> bool {
        let steps = self.shape.as_ref().map(Shape::steps).unwrap_or_default();
        steps.into_iter().any(|step| self.status(step).is_some())
    }

    /// The recovery's steps; `None` before its first record.
    pub(crate) fn shape(&self) -> Option<&Shape> {
        self.shape.as_ref()
    }

    /// Returns true if it may be unfinished. A recovery killed before its journal began has done nothing.
    pub(crate) fn is_open(&self) -> bool {
        !self.is_ended() && self.overtaken().is_none() && self.shape().is_some()
    }

    /// Returns true if nothing is left to do: it ended or was aborted.
    pub(crate) fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Returns the time it ended with every step done; `None` if it was aborted or has not ended.
    pub(crate) fn ended_at(&self) -> Option<Instant> {
        self.ended.filter(|_| !self.aborting)
    }

    pub(crate) fn is_done(&self) -> bool {
        let done = |step: Step| self.status(step) == Some(&Status::Done);
        self.shape.as_ref().is_some_and(|shape| shape.steps().into_iter().all(done))
    }
}
