//! What a journal says of the application: whether it may be quiesced, or runs on what was restored.

use super::{RecoveryState, Status};
use crate::model::Instant;
use crate::recover::Step;

impl RecoveryState {
    /// Since when the application may be quiesced.
    pub(crate) fn quiesced_since(&self) -> Option<Instant> {
        self.quiesced
    }

    /// Whether the application may be quiesced: the quiesce hook was begun, and no resume hook was run to its end since.
    pub(crate) fn may_be_quiesced(&self) -> bool {
        self.quiesced.is_some()
    }

    /// How long the application was quiesced; none if it was not, or may still be.
    pub(crate) fn downtime_ms(&self) -> Option<i64> {
        self.downtime_ms.filter(|_| !self.may_be_quiesced())
    }

    /// Whether something in use may have been changed: a bucket in place, the name of a database, or a database that is not
    /// restored beside it.
    pub(crate) fn has_changed_what_is_in_use(&self) -> bool {
        let Some(shape) = &self.shape else { return false };
        let in_place = |(n, _): &(usize, String)| shape.in_place.get(*n) == Some(&true);
        let renamed = !self.swaps.is_empty();
        renamed || self.all_runs.iter().any(in_place) || self.asked.keys().any(|n| !shape.is_beside(*n))
    }

    /// Whether the resume hook was begun since the quiesce hook was last run: the application may be writing.
    pub(crate) fn is_resume_begun(&self) -> bool {
        self.resume_begun
    }

    /// Whether it ever was: the application may have been cut over, and have written into what was restored. A quiesce hook
    /// that is run again takes nothing of that back.
    pub(crate) fn may_have_been_cut_over(&self) -> bool {
        self.was_resumed
    }

    /// Whether the application may have been cut over by hand: all else was done once, and there is no resume hook.
    pub(crate) fn may_have_been_cut_over_by_hand(&self) -> bool {
        self.left_to_hand
    }

    /// Since when the application runs again: the resume hook was run to its end.
    pub(crate) fn resumed_at(&self) -> Option<Instant> {
        let is_done = self.status(Step::Resume) == Some(&Status::Done);
        self.times(Step::Resume).filter(|_| is_done).and_then(|(_, ended)| ended)
    }
}
