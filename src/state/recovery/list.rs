//! Lists the recoveries in a state directory, including unreadable ones: an omitted one would count as finished.

use std::path::{Path, PathBuf};

use super::{JOURNAL, MANIFEST, Place, Recovery, recoveries};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Overtaker, Purpose, RecoveryManifest, RecoveryState};
use crate::s3::ServerClock;
use crate::state::dir::{cannot, is_locked, names};

/// The status of a recovery, read without working on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glimpse {
    /// The recovery ID.
    pub id: String,
    /// The manifest.
    pub manifest: RecoveryManifest,
    /// The state after its journal.
    pub state: RecoveryState,
    /// True if a process is working on it.
    pub running: bool,
}

/// A recovery that cannot be read, so that it is unknown whether it is finished.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// The recovery ID.
    pub id: String,
    /// The directory of the recovery.
    pub dir: PathBuf,
    /// The manifest, if it can be read.
    pub manifest: Option<RecoveryManifest>,
    /// The error from reading it, with hints.
    pub why: Error,
}

impl Recovery {
    /// Finds a recovery started after this one that has changed a resource of this one.
    pub(crate) fn later_of_same(state_dir: &Path, recovery: &Glimpse) -> Result<Option<String>> {
        let is_later = |other: &Glimpse| {
            (other.manifest.began, &other.id) > (recovery.manifest.began, &recovery.id)
                && other.manifest.purpose == Purpose::Recover
                && other.state.has_changed_anything()
                && !other.state.is_aborting()
                && other.manifest.meets(&recovery.manifest)
        };
        Ok(Self::list(state_dir)?.into_iter().rev().find(is_later).map(|other| other.id))
    }

    /// Closes a recovery that a later operation has overtaken. Fails if a process is working on it.
    pub(crate) fn close(
        state_dir: &Path,
        glimpse: &Glimpse,
        by: &Overtaker,
        clock: &ServerClock,
    ) -> Result<()> {
        let place = Place::new(state_dir, &glimpse.id);
        let recovery = Self::open(place, glimpse.manifest.clone(), clock)?;
        if recovery.state().is_ended() { Ok(()) } else { recovery.overtake(by) }
    }

    /// Returns the IDs of all recoveries, the oldest first.
    pub(super) fn ids(state_dir: &Path) -> Result<Vec<String>> {
        names(&recoveries(state_dir))
    }

    /// Returns all recoveries and drills, the oldest first. An unreadable one is an error unless it is a drill: it may
    /// have an operation in progress.
    pub(crate) fn list(state_dir: &Path) -> Result<Vec<Glimpse>> {
        let is_drill = |one: &Unreadable| {
            one.manifest.as_ref().is_some_and(|manifest| manifest.purpose == Purpose::Drill)
        };
        let mut list = Vec::new();
        for one in Self::glimpses(state_dir)? {
            match one {
                Ok(glimpse) => list.push(glimpse),
                Err(one) if is_drill(&one) => {}
                Err(Unreadable { id, why, .. }) => {
                    let message = format!("cannot tell whether the recovery {id} is finished: {why}");
                    let refused = Error::new(ErrorKind::Refused, message);
                    return Err(why.hints().iter().fold(refused, Error::hint));
                }
            }
        }
        Ok(list)
    }

    /// Returns all recoveries and drills, the oldest first, including unreadable ones.
    ///
    /// | its manifest | its journal | result |
    /// |---|---|---|
    /// | missing | missing | skipped: it was killed before it had begun |
    /// | missing | exists | as if the manifest were unreadable |
    /// | readable | readable | a glimpse |
    /// | unreadable | says that it has ended | skipped: it is finished |
    /// | unreadable | says anything else | unreadable |
    /// | | unreadable | unreadable |
    pub(crate) fn glimpses(state_dir: &Path) -> Result<Vec<std::result::Result<Glimpse, Unreadable>>> {
        let of = |id: String| Self::glimpse_of(Place::new(state_dir, &id));
        Ok(Self::ids(state_dir)?.into_iter().filter_map(of).collect())
    }

    fn glimpse_of(place: Place) -> Option<std::result::Result<Glimpse, Unreadable>> {
        let state = place.read_state();
        let path = place.dir.join(MANIFEST);
        let manifest = match place.read_manifest() {
            // The manifest is written before the journal.
            Ok(None) if !place.dir.join(JOURNAL).exists() => return None,
            Ok(None) => Err(cannot(&path, "read", &std::io::ErrorKind::NotFound.into())),
            Ok(Some(manifest)) => manifest.map_err(|e| {
                let message = format!("cannot read {}: {e}", path.display());
                Error::new(ErrorKind::Corrupt, message)
                    .hint("resume it with the asof version that started it")
            }),
            Err(e) => Err(e),
        };
        let running = is_locked(&place.dir);
        let Place { id, dir } = place;
        Some(match (manifest, state) {
            (Ok(manifest), Ok(state)) => Ok(Glimpse { id, manifest, state, running }),
            (Err(_), Ok(state)) if state.is_ended() => return None,
            (Ok(manifest), Err(why)) => Err(Unreadable { id, dir, manifest: Some(manifest), why }),
            (Err(_), Err(why)) => Err(Unreadable { id, dir, manifest: None, why }),
            (Err(e), Ok(_)) => Err(Unreadable { id, dir, manifest: None, why: Error::usage(e.to_string()) }),
        })
    }
}

/// Returns a hint with the contents of a journal up to its damage.
pub(super) fn known(state: &RecoveryState) -> String {
    let runs: Vec<_> = state.all_runs().iter().map(|(_, run)| run.as_str()).collect();
    let databases = state.shape().map_or(0, |shape| shape.databases);
    let asked = (0..databases).filter(|n| state.was_asked_for(*n)).count();
    let mut known = Vec::new();
    if !runs.is_empty() {
        known.push(format!("started the runs {} (undo each with asof undo)", runs.join(", ")));
    }
    if asked > 0 {
        known.push(format!("requested {asked} of its {databases} databases"));
    }
    if known.is_empty() {
        return "as far as its journal is readable, it changed nothing; later changes are unknown".to_owned();
    }
    format!("as far as its journal is readable, it has {}; later changes are unknown", known.join(", and "))
}
