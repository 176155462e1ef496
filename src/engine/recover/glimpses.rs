//! The recoveries in a state directory, those too that cannot be read: what is passed over would count as finished.

use std::fs;
use std::path::{Path, PathBuf};

use super::store::{Glimpse, Recovery, TOLD, read_journal, recoveries};
use crate::engine::store::{cannot, is_locked};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{Purpose, RecoveryManifest, RecoveryState};

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
        let glimpse = |id: String| {
            let dir = recoveries(state_dir).join(&id);
            let manifest = read_manifest(&dir)?;
            let journal = read_journal(&dir.join("journal"));
            match (manifest, journal) {
                (Ok(manifest), Ok((state, _))) => {
                    Some(Ok(Glimpse { id, manifest, state, running: is_locked(&dir) }))
                }
                (Err(_), Ok((state, _))) if state.is_ended() => None,
                (manifest, journal) => {
                    let why = journal
                        .err()
                        .or_else(|| manifest.as_ref().err().map(Error::to_string).map(Error::usage));
                    let why = why.unwrap_or_else(|| Error::usage("it cannot be read"));
                    Some(Err(Unreadable { id, dir, manifest: manifest.ok(), why }))
                }
            }
        };
        Ok(Self::ids(state_dir)?.into_iter().filter_map(glimpse).collect())
    }
}

/// What a recovery was told; none if that is not there.
fn read_manifest(dir: &Path) -> Option<Result<RecoveryManifest>> {
    let path = dir.join(TOLD);
    let bytes = match fs::read(&path) {
        // It is written before the journal.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound && !dir.join("journal").exists() => return None,
        Err(e) => return Some(Err(cannot(&path, "read", &e))),
        Ok(bytes) => bytes,
    };
    Some(serde_json::from_slice(&bytes).map_err(|e| {
        let message = format!("cannot read {}: {e}", path.display());
        Error::new(ErrorKind::Corrupt, message).hint("go on with it by the asof that began it")
    }))
}

/// What a journal says that can be read up to some byte only, as a hint.
pub(super) fn known(state: &RecoveryState) -> String {
    let runs: Vec<_> = state.all_runs().iter().map(|(_, run)| run.as_str()).collect();
    let databases = state.shape().map_or(0, |shape| shape.databases);
    let asked = (0..databases).filter(|n| state.was_asked_for(*n)).count();
    let mut known = Vec::new();
    if !runs.is_empty() {
        known.push(format!("begun the runs {} (asof undo takes each back)", runs.join(", ")));
    }
    if asked > 0 {
        known.push(format!("asked for {asked} of its {databases} databases"));
    }
    if known.is_empty() {
        return "as far as it can be read, it has changed nothing; what came after that is not known"
            .to_owned();
    }
    format!("as far as it can be read, it has {}; what came after that is not known", known.join(", and "))
}
