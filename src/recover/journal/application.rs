//! The state of the application as recorded in a journal: whether it may be quiesced or using restored data.

use super::{RecoveryState, Status};
use crate::model::Instant;
use crate::recover::Step;

impl RecoveryState {
    /// The time since which the application may be quiesced.
    pub(crate) fn quiesced_since(&self) -> Option<Instant> {
        self.quiesced
    }

    /// Returns true if the application may be quiesced: the quiesce hook was begun, and no resume hook has finished
    /// since.
    pub(crate) fn may_be_quiesced(&self) -> bool {
        self.quiesced.is_some()
    }

    /// Returns the time for which the application was quiesced, in milliseconds; `None` if it was not, or still may be.
    pub(crate) fn downtime_ms(&self) -> Option<i64> {
        self.downtime_ms.filter(|_| !self.may_be_quiesced())
    }

    /// Returns true if something in use may have been changed: a bucket in place, a database's name, or a database that
    /// is not restored beside the one in use.
    pub(crate) fn has_changed_what_is_in_use(&self) -> bool {
        let Some(shape) = &self.shape else { return false };
        let in_place = |(n, _): &(usize, String)| shape.in_place.get(*n) == Some(&true);
        let renamed = !self.swaps.is_empty();
        renamed || self.all_runs.iter().any(in_place) || self.asked.keys().any(|n| !shape.is_beside(*n))
    }

    /// Returns true if the resume hook was begun since the last quiesce: the application may be writing.
    pub(crate) fn is_resume_begun(&self) -> bool {
        self.resume_begun
    }

    /// Returns true if the resume hook was ever begun: the application may have been cut over and have written. Running
    /// the quiesce hook again does not reset this.
    pub(crate) fn may_have_been_cut_over(&self) -> bool {
        self.was_resumed
    }

    /// Returns true if the application may have been cut over by hand: there is no resume hook, and all other steps
    /// have been done.
    pub(crate) fn may_have_been_cut_over_by_hand(&self) -> bool {
        self.left_to_hand
    }

    /// Returns the time the application was resumed, if the resume hook has finished.
    pub(crate) fn resumed_at(&self) -> Option<Instant> {
        let is_done = self.status(Step::Resume) == Some(&Status::Done);
        self.times(Step::Resume).filter(|_| is_done).and_then(|(_, ended)| ended)
    }
}
