//! The relation of earlier recoveries to a newly requested one.

use std::path::PathBuf;

use super::journal::RecoveryState;
use super::manifest::{Purpose, RecoveryManifest};
use super::resource::Resource;
use super::steps::Shape;
use crate::limits;
use crate::model::{Instant, printable};

#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub typed: String,
    /// The target time, if it is known before databases are queried.
    pub at: Option<Instant>,
    pub now: Instant,
    pub file: PathBuf,
    pub about: Vec<String>,
    pub targets: Vec<String>,
    /// Every resource that the recovery would work on.
    pub holds: Vec<Resource>,
    pub shape: Shape,
}

/// The relation of an earlier recovery to the requested one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Earlier {
    Unrelated,
    /// The same recovery, unfinished: it is resumed.
    Resumed,
    /// The same recovery, finished: it is checked and reported again.
    Ended,
    /// Another recovery none of whose changes remain: it is closed when the new one has begun.
    Closes,
    /// Another recovery, which must be resumed or aborted first.
    InTheWay,
    /// A recovery to another time, and too old for the same words to mean it.
    OtherTime,
    /// The same recovery, begun when its file named other buckets or databases.
    OtherAbout,
    /// The same recovery, begun on another server: a bucket of the same name there is another bucket.
    OtherServer,
    /// The same recovery, begun when its file had fewer steps; holds the new one.
    FewerSteps(String),
    /// The same recovery, which is being aborted.
    Aborting,
}

/// Facts about a finished recovery that its journal does not record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AfterEnd {
    /// Its report was saved, so the user has seen the result.
    pub told: bool,
    /// The target of one of its databases is taken, or its name was swapped with the source's.
    pub taken: bool,
}

impl Asked {
    /// Returns true if the same command may mean this recovery.
    pub(crate) fn may_mean(&self, manifest: &RecoveryManifest) -> bool {
        manifest.is_meant_by(&self.typed, self.at)
    }

    /// Returns true if the same command may mean this recovery, which has finished.
    pub(crate) fn may_mean_ended(&self, manifest: &RecoveryManifest, state: &RecoveryState) -> bool {
        let same = manifest.about == self.about && manifest.targets == self.targets;
        same && !self.is_elsewhere(manifest) && state.ended_at().is_some() && self.may_mean(manifest)
    }

    /// Returns true if a recovery of the same buckets and databases works on another server or in another region. A
    /// target that the file no longer names says nothing about that.
    fn is_elsewhere(&self, manifest: &RecoveryManifest) -> bool {
        let is_own = |resource: &Resource| self.holds.iter().any(|own| own.meets(resource));
        let is_named = |resource: &Resource| self.holds.iter().any(|own| own.is_namesake(resource));
        manifest.holds.iter().any(|resource| is_named(resource) && !is_own(resource))
    }

    /// Classifies the newest open recovery that the same command may mean. The caller checks whether it was overtaken
    /// only if it would be resumed.
    ///
    /// | its time | its buckets and databases | its steps | being aborted | |
    /// |---|---|---|---|---|
    /// | another, for the same words, and it began longer than [`limits::SAME_COMMAND`] ago | | | | other time |
    /// | any other | others | | | other about |
    /// | | the same, on another server | | | other server |
    /// | | the same | lack one that the file has now | | fewer steps |
    /// | | | lack none | yes | aborting |
    /// | | | lack none | no | resumed |
    pub(crate) fn to_open(&self, manifest: &RecoveryManifest, state: &RecoveryState) -> Earlier {
        if Some(manifest.at) != self.at && !self.is_recent(manifest.began) {
            Earlier::OtherTime
        } else if manifest.about != self.about {
            Earlier::OtherAbout
        } else if self.is_elsewhere(manifest) {
            Earlier::OtherServer
        } else if let Some(new) = state.shape().and_then(|begun| self.shape.beyond(begun)) {
            Earlier::FewerSteps(new)
        } else if state.is_aborting() {
            Earlier::Aborting
        } else {
            Earlier::Resumed
        }
    }

    /// Classifies a finished recovery that the same command may mean, if nothing has overtaken it:
    ///
    /// | its time | its report | its database targets | |
    /// |---|---|---|---|
    /// | the requested one | not saved: the process was killed while reporting | | ended |
    /// | the requested one | saved | taken, or free because their names were swapped with the sources' | ended: a new recovery would be refused |
    /// | the requested one | saved | free, or there are none | unrelated |
    /// | another by now, for the same words, and it ended within [`limits::SAME_COMMAND`] | not saved | | ended |
    /// | another by now, for the same words | any other case | | unrelated |
    pub(crate) fn to_ended(&self, manifest: &RecoveryManifest, ended: Instant, after: AfterEnd) -> Earlier {
        let is_same_time = self.at == Some(manifest.at);
        let is_ended = match after {
            AfterEnd { told: false, .. } => is_same_time || self.is_recent(ended),
            AfterEnd { told: true, taken } => is_same_time && taken,
        };
        if is_ended { Earlier::Ended } else { Earlier::Unrelated }
    }

    /// Classifies any other recovery. `is_overtaken` tells whether a later recovery, run or undo has changed what it
    /// restored:
    ///
    /// | the other recovery | |
    /// |---|---|
    /// | is finished, a drill, or about other files, buckets and databases | unrelated |
    /// | has changed nothing | closes |
    /// | is of another file and may have quiesced its application | in the way: the new recovery has other hooks |
    /// | was overtaken: its run was undone, or a later run changed the bucket | closes |
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

    /// Returns true if an unfinished recovery works on the same file, buckets or databases.
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
    /// The part that a file has now and the recovery lacked when it `begun`: an added hook, check or comparison might
    /// never run, since the journal lists the steps. A part that was removed no longer runs. The cut-over decides the
    /// names of instances.
    fn beyond(&self, begun: &Self) -> Option<String> {
        let parts = [
            (self.quiesce && !begun.quiesce, "a quiesce hook"),
            (self.resume && !begun.resume, "a resume hook"),
            (self.after_database && !begun.after_database, "an after-database hook"),
            (self.references && !begun.references, "[references]"),
            (!self.swapped().eq(begun.swapped()), "another cut-over"),
            (!self.checked().all(|n| begun.checked().any(|other| other == n)), "another check command"),
        ];
        let part = parts.into_iter().find(|(is_new, _)| *is_new).map(|(_, part)| part.to_owned());
        part.or_else(|| {
            // A journal of an earlier format does not list them.
            let known = Some(&begun.comparisons).filter(|known| !known.is_empty())?;
            let new = self.comparisons.iter().find(|comparison| !known.contains(comparison))?;
            Some(format!("another comparison: the references {}", printable(new)))
        })
    }
}

#[cfg(test)]
mod tests;
