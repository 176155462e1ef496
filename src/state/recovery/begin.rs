//! Starts a recovery: a new one, or one whose state directory is lost.

use std::path::Path;

use super::{JOURNAL, MANIFEST, Place, Recovery, recoveries};
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{FORMAT, Record, RecoveryManifest, Shape};
use crate::s3::ServerClock;
use crate::state::dir::{NewDir, cannot, lock, make, make_private, write};
use crate::state::frame::to_line;

impl Recovery {
    /// Starts a recovery. Fails if another process has meanwhile started one for the same file and purpose that is not
    /// finished and has the same arguments or the same target time.
    pub(crate) fn create(
        state_dir: &Path,
        manifest: RecoveryManifest,
        shape: Shape,
        clock: &ServerClock,
    ) -> Result<Self> {
        Self::begin_as(state_dir, None, manifest, shape, clock)
    }

    /// Starts a recovery, under its own ID, whose state directory is lost: each of its databases may have been
    /// requested. Fails if this state directory has a recovery with this ID; one that was killed before its journal
    /// began is started again.
    pub(crate) fn adopt(
        state_dir: &Path,
        id: &str,
        manifest: RecoveryManifest,
        shape: Shape,
        clock: &ServerClock,
    ) -> Result<Self> {
        Self::begin_as(state_dir, Some(id), manifest, shape, clock)
    }

    fn begin_as(
        state_dir: &Path,
        adopted: Option<&str>,
        manifest: RecoveryManifest,
        shape: Shape,
        clock: &ServerClock,
    ) -> Result<Self> {
        let json = serde_json::to_vec_pretty(&manifest).map_err(|e| {
            Error::usage(format!("cannot record the path {}: {e}", manifest.file.display()))
                .hint("nothing was changed; rename the recovery file and its directory to valid UTF-8")
        })?;
        let all = recoveries(state_dir);
        make_private(&all)?;
        let _alone = lock(state_dir, "recoveries")?;
        Self::require_new(state_dir, &manifest)?;
        let place = match adopted {
            None => {
                let NewDir { id, path: dir } = make(&all, manifest.began)?;
                Place { id, dir }
            }
            Some(id) if Self::is_known(state_dir, id)? => {
                let message = format!("the recovery {id} already exists in {}", state_dir.display());
                return Err(Error::new(ErrorKind::Refused, message).hint("nothing was changed"));
            }
            Some(id) => Place::new(state_dir, id),
        };
        make_private(&place.dir)?;
        let locked = place.lock()?;
        write(&place.dir.join(MANIFEST), &json)?;
        // Written atomically: an adopted recovery always has the record that its databases may have been requested.
        let started = Record::Started { format: FORMAT, at: manifest.began, shape };
        let asked = adopted.map(|_| Record::Adopted { at: manifest.began });
        let journal = place.dir.join(JOURNAL);
        let lines = std::iter::once(started).chain(asked).map(|record| to_line(&record));
        let lines: String =
            lines.collect::<std::io::Result<_>>().map_err(|e| cannot(&journal, "write", &e))?;
        write(&journal, lines.as_bytes())?;
        let recovery = Self::of_locked(place, manifest, clock, locked)?;
        Ok(Self { taken_up: false, ..recovery })
    }

    /// Returns true if a recovery or drill with this ID was started.
    pub(crate) fn is_known(state_dir: &Path, id: &str) -> Result<bool> {
        Ok(Place::new(state_dir, id).read_state()?.shape().is_some())
    }

    fn require_new(state_dir: &Path, manifest: &RecoveryManifest) -> Result<()> {
        for other in Self::ids(state_dir)? {
            let place = Place::new(state_dir, &other);
            let same = |begun: RecoveryManifest| begun.is_meant_by(&manifest.typed, Some(manifest.at));
            if place.manifest_of(manifest.purpose, &manifest.file)?.is_some_and(same)
                && place.read_state()?.is_open()
            {
                let message = format!("another process has started the recovery {other} of this file");
                return Err(Error::new(ErrorKind::Refused, message)
                    .hint("nothing was changed; run the command again when it has finished"));
            }
        }
        Ok(())
    }
}
