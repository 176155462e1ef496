//! The recoveries in a state directory, those too that cannot be read: what is passed over would count as finished.

use std::path::{Path, PathBuf};

use super::{JOURNAL, MANIFEST, Place, Recovery, recoveries};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Overtaker, Purpose, RecoveryManifest, RecoveryState};
use crate::s3::ServerClock;
use crate::state::dir::{cannot, is_locked, names};

/// What can be said of a recovery without working on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glimpse {
    /// Its name.
    pub id: String,
    /// What it was told.
    pub manifest: RecoveryManifest,
    /// What its journal says.
    pub state: RecoveryState,
    /// A process works on it.
    pub running: bool,
}

/// A recovery of which it cannot be told whether it is finished.
#[derive(Debug)]
pub(crate) struct Unreadable {
    /// Its name.
    pub id: String,
    /// Where it is kept.
    pub dir: PathBuf,
    /// What it was told, if that can be read.
    pub manifest: Option<RecoveryManifest>,
    /// Why it cannot be read, and what to do.
    pub why: Error,
}

impl Recovery {
    /// The recovery that was begun after this one and has changed something that this one works on too.
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

    /// Closes a recovery that something has overtaken. One that a process works on is refused.
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

    /// The names of all recoveries, the oldest first.
    pub(super) fn ids(state_dir: &Path) -> Result<Vec<String>> {
        names(&recoveries(state_dir))
    }

    /// All recoveries, drills too, the oldest first. One that cannot be read, unless it is a drill, is an error: it may have
    /// anything under way.
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

    /// All recoveries, drills too, the oldest first, with those that cannot be read.
    ///
    /// | what it was told | its journal | |
    /// |---|---|---|
    /// | is not there | is not there | nothing: it was killed before it had begun |
    /// | is not there | is there | as if what it was told could not be read |
    /// | can be read | can be read | a glimpse |
    /// | cannot be read | says that it has ended | nothing: it is finished |
    /// | cannot be read | says anything else | unreadable |
    /// | | cannot be read | unreadable |
    pub(crate) fn glimpses(state_dir: &Path) -> Result<Vec<std::result::Result<Glimpse, Unreadable>>> {
        let of = |id: String| Self::glimpse_of(Place::new(state_dir, &id));
        Ok(Self::ids(state_dir)?.into_iter().filter_map(of).collect())
    }

    fn glimpse_of(place: Place) -> Option<std::result::Result<Glimpse, Unreadable>> {
        let state = place.read_state();
        let path = place.dir.join(MANIFEST);
        let manifest = match place.read_manifest() {
            // It is written before the journal.
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

/// What a journal says that can be read up to some byte only, as a hint.
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
