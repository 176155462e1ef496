//! What earlier recoveries are to one that is asked for now.

use std::path::PathBuf;

use super::journal::RecoveryState;
use super::manifest::{Purpose, RecoveryManifest};
use super::resource::Resource;
use super::steps::Shape;
use crate::limits;
use crate::model::Instant;

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub typed: String,
    /// The time that this means now, if that is known before databases are asked.
    pub at: Option<Instant>,
    pub now: Instant,
    pub file: PathBuf,
    pub about: Vec<String>,
    pub targets: Vec<String>,
    /// Everything that the recovery would work on.
    pub holds: Vec<Resource>,
    pub shape: Shape,
}

/// What an earlier recovery is to the one that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    Unrelated,
    /// The same, and not finished: it is resumed.
    Resumed,
    /// The same, and finished: it is looked at and told again.
    Ended,
    /// Another, which changed nothing that is still there: it is closed when the new one has begun.
    Closes,
    /// Another, which has to be resumed or aborted first.
    InTheWay,
    /// To another time, and too old for the same words to mean it.
    OtherTime,
    /// The same, when its file named something else.
    OtherAbout,
    /// The same, when its file had fewer steps: this is new.
    FewerSteps(&'static str),
    /// The same, and it is being aborted.
    Aborting,
}

/// Facts about a recovery that has ended which its journal does not tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AfterEnd {
    /// Its report was kept, so that whoever typed the command has been told.
    pub told: bool,
    /// The target of one of its databases is taken, or was swapped with its source's name.
    pub taken: bool,
}

impl Asked {
    /// Whether the same command may mean this recovery.
    pub(crate) fn may_mean(&self, manifest: &RecoveryManifest) -> bool {
        manifest.is_meant_by(&self.typed, self.at)
    }

    /// Whether the same command may mean this recovery, which has ended.
    pub(crate) fn may_mean_ended(&self, manifest: &RecoveryManifest, state: &RecoveryState) -> bool {
        let same = manifest.about == self.about && manifest.targets == self.targets;
        same && state.ended_at().is_some() && self.may_mean(manifest)
    }

    /// What the newest open recovery is that the same command may mean. Whether something has overtaken it is looked up
    /// only where it would be resumed.
    ///
    /// | its time | it was about | its steps | being aborted | |
    /// |---|---|---|---|---|
    /// | another, for the same words, and it began longer than [`limits::SAME_COMMAND`] ago | | | | other time |
    /// | any other | something else | | | other about |
    /// | | the same | lack one that the file has now | | fewer steps |
    /// | | | no such | yes | aborting |
    /// | | | no such | no | resumed |
    pub(crate) fn to_open(&self, manifest: &RecoveryManifest, state: &RecoveryState) -> Earlier {
        if Some(manifest.at) != self.at && !self.is_recent(manifest.began) {
            Earlier::OtherTime
        } else if manifest.about != self.about {
            Earlier::OtherAbout
        } else if let Some(new) = state.shape().and_then(|begun| self.shape.beyond(begun)) {
            Earlier::FewerSteps(new)
        } else if state.is_aborting() {
            Earlier::Aborting
        } else {
            Earlier::Resumed
        }
    }

    /// What a recovery is that has ended and that the same command may mean, unless something has overtaken it:
    ///
    /// | its time | its report | the place of its databases | |
    /// |---|---|---|---|
    /// | that which is typed | was not kept: the process was killed while it reported | | ended |
    /// | that which is typed | was kept | is taken, or its name was swapped with its source's, which set it free | ended: a new one would be refused |
    /// | that which is typed | was kept | is free, or there is none | unrelated |
    /// | another by now, for the same words, and it ended within [`limits::SAME_COMMAND`] | was not kept | | ended |
    /// | another by now, for the same words | else | | unrelated |
    pub(crate) fn to_ended(&self, manifest: &RecoveryManifest, ended: Instant, after: AfterEnd) -> Earlier {
        let is_same_time = self.at == Some(manifest.at);
        let is_ended = match after {
            AfterEnd { told: false, .. } => is_same_time || self.is_recent(ended),
            AfterEnd { told: true, taken } => is_same_time && taken,
        };
        if is_ended { Earlier::Ended } else { Earlier::Unrelated }
    }

    /// What any other recovery is to a new one; `is_overtaken` says whether another recovery, run or undo has changed what
    /// it had restored:
    ///
    /// | the other recovery | |
    /// |---|---|
    /// | is finished, a drill's, or about other files, buckets and databases | unrelated |
    /// | has changed nothing | closes |
    /// | is of another file, and may have quiesced its application | in the way: the hooks of the new one are others |
    /// | was overtaken: its run was undone, a later run changed the bucket | closes |
    /// | any other | in the way |
    pub(crate) fn to_other(
        &self,
        manifest: &RecoveryManifest,
        state: &RecoveryState,
        is_overtaken: bool,
    ) -> Earlier {
        let is_quiesced = state.may_be_quiesced() && manifest.file != self.file;
        if !self.meets(manifest, state) {
            Earlier::Unrelated
        } else if is_quiesced || (state.has_changed_anything() && !is_overtaken) {
            Earlier::InTheWay
        } else {
            Earlier::Closes
        }
    }

    /// Whether something is left of a recovery that works on the same.
    pub(crate) fn meets(&self, manifest: &RecoveryManifest, state: &RecoveryState) -> bool {
        let is_left = state.is_open() || state.may_be_quiesced() && !state.is_ended();
        let meet = |resource: &Resource| self.holds.iter().any(|own| own.meets(resource));
        let is_same = manifest.file == self.file || manifest.holds.iter().any(meet);
        manifest.purpose == Purpose::Recover && is_left && is_same
    }

    fn is_recent(&self, when: Instant) -> bool {
        self.now.since(when) <= limits::SAME_COMMAND
    }
}

impl Shape {
    /// What a file has now that a recovery did not have when it `begun`: a hook, a check or references that were added would
    /// never be run, since the journal says of which steps it consists. One that was taken out is not run any more. The
    /// names of instances depend on the cut-over.
    fn beyond(&self, begun: &Self) -> Option<&'static str> {
        let parts = [
            (self.quiesce && !begun.quiesce, "a quiesce hook"),
            (self.resume && !begun.resume, "a resume hook"),
            (self.after_database && !begun.after_database, "an after-database hook"),
            (self.references && !begun.references, "[references]"),
            (!self.swapped().eq(begun.swapped()), "another cut-over"),
            (self.checks.contains(&true) && !begun.checks.contains(&true), "check commands"),
        ];
        parts.into_iter().find(|(is_new, _)| *is_new).map(|(_, part)| part)
    }
}

#[cfg(test)]
mod tests;
