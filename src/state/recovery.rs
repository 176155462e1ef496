//! A recovery on disk: its manifest and its journal.
//!
//! | file | contents | written |
//! |---|---|---|
//! | `recovery.json` | [`RecoveryManifest`] | once, before anything is changed |
//! | `journal` | [`Record`]s, each on disk before the action it announces | as the steps are taken |
//! | `report.json` | the report | each time the recovery ends |
//! | `lock` | nothing; locked by the process that works on it | |

mod begin;
mod list;

use std::cell::RefCell;
use std::fs::File;
use std::path::{Path, PathBuf};

pub(crate) use list::{Glimpse, Unreadable};

use super::dir::{lock, read as read_file, write};
use super::journal::{Journal, Replay, read};
use crate::error::{Error, Result};
use crate::model::Instant;
use crate::recover::{
    Ending, FORMAT, Finding, Overtaker, Purpose, Record, RecoveryFile, RecoveryManifest, RecoveryState,
    Report,
};
use crate::s3::ServerClock;

/// The file name of the manifest.
const MANIFEST: &str = "recovery.json";

/// The file name of the journal.
const JOURNAL: &str = "journal";

/// The file name of the report.
const REPORT: &str = "report.json";

/// A recovery held by this process.
#[derive(Debug)]
pub(crate) struct Recovery {
    place: Place,
    manifest: RecoveryManifest,
    journal: RefCell<Journal<RecoveryState>>,
    /// The clock used to time the steps.
    clock: ServerClock,
    /// True if an earlier process has worked on it.
    taken_up: bool,
    _lock: File,
}

impl Replay for RecoveryState {
    type Record = Record;

    /// The hint does not suggest another state directory: there, the same command would start over.
    const UNWRITTEN: &'static str =
        "once it is writable, run the same command again to resume from the journal";

    fn check(&self, record: &Record) -> std::result::Result<(), String> {
        self.clone().apply(record)
    }

    fn apply(&mut self, record: &Record) -> std::result::Result<(), String> {
        let mut next = self.clone();
        next.apply(record)?;
        *self = next;
        Ok(())
    }

    fn on_damage(&self) -> Vec<String> {
        let start_over = "after fixing that, move its directory away to start over";
        vec![list::known(self), start_over.to_owned()]
    }
}

impl Recovery {
    /// Resumes the newest unfinished recovery of a file that `suits`. Fails if another process is working on it.
    pub(crate) fn take_up(
        state_dir: &Path,
        purpose: Purpose,
        file: &Path,
        suits: impl Fn(&RecoveryManifest) -> bool,
        clock: &ServerClock,
    ) -> Result<Option<Self>> {
        let open = |manifest: &RecoveryManifest, state: &RecoveryState| suits(manifest) && state.is_open();
        let Some(recovery) = Self::open_newest(state_dir, purpose, file, open, clock)? else {
            return Ok(None);
        };
        if !recovery.state().is_aborting() {
            recovery.note(|at| Record::Resumed { at })?;
        }
        Ok(Some(recovery))
    }

    /// Opens the newest recovery of a file that `suits`. Fails if another process is working on it.
    pub(crate) fn open_newest(
        state_dir: &Path,
        purpose: Purpose,
        file: &Path,
        suits: impl Fn(&RecoveryManifest, &RecoveryState) -> bool,
        clock: &ServerClock,
    ) -> Result<Option<Self>> {
        for id in Self::ids(state_dir)?.into_iter().rev() {
            let place = Place::new(state_dir, &id);
            let Some(manifest) = place.manifest_of(purpose, file)? else { continue };
            if !suits(&manifest, &place.read_state()?) {
                continue;
            }
            // Another process may have written to it meanwhile.
            let recovery = Self::open(place, manifest, clock)?;
            if suits(&recovery.manifest, &recovery.state()) {
                return Ok(Some(recovery));
            }
        }
        Ok(None)
    }

    /// Opens a recovery that an earlier process started.
    fn open(place: Place, manifest: RecoveryManifest, clock: &ServerClock) -> Result<Self> {
        let lock = place.lock()?;
        Self::of_locked(place, manifest, clock, lock)
    }

    fn of_locked(place: Place, manifest: RecoveryManifest, clock: &ServerClock, lock: File) -> Result<Self> {
        let journal = RefCell::new(Journal::open_or_create(&place.dir.join(JOURNAL))?);
        Ok(Self { place, manifest, journal, clock: clock.clone(), taken_up: true, _lock: lock })
    }

    /// Returns the recovery ID, which is also the tag of everything that the recovery creates.
    pub(crate) fn id(&self) -> &str {
        &self.place.id
    }

    /// Reads a file stored next to the journal; `None` if it does not exist.
    pub(crate) fn read_file(&self, name: &str) -> Result<Option<Vec<u8>>> {
        read_file(&self.place.dir.join(name))
    }

    /// Stores a file next to the journal.
    pub(crate) fn keep_file(&self, name: &str, bytes: &[u8]) -> Result<()> {
        write(&self.place.dir.join(name), bytes)
    }

    /// Returns the status of the recovery.
    pub(crate) fn glimpse(&self) -> Glimpse {
        Glimpse {
            id: self.place.id.clone(),
            manifest: self.manifest.clone(),
            state: self.state(),
            running: true,
        }
    }

    /// Returns the manifest.
    pub(crate) fn manifest(&self) -> &RecoveryManifest {
        &self.manifest
    }

    /// Returns the state after the journal so far.
    pub(crate) fn state(&self) -> RecoveryState {
        self.journal.borrow().state().clone()
    }

    /// Creates the report of the recovery.
    pub(crate) fn report(&self, file: &RecoveryFile, ending: Ending, findings: Vec<Finding>) -> Report {
        Report {
            findings,
            ..Report::of(&self.place.id, &self.manifest, &self.state(), file, ending, self.now())
        }
    }

    /// Returns the time by the S3 server's clock, in milliseconds; steps are timed by it.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Returns true if the stored report was made after the recovery ended. If not, the user has not been told the
    /// result.
    pub(crate) fn has_been_told(&self) -> bool {
        let report = std::fs::read(self.place.dir.join(REPORT)).unwrap_or_default();
        let report = serde_json::from_slice::<serde_json::Value>(&report).unwrap_or_default();
        report.get("ended").is_some()
    }

    /// Stores the report. Returns its path.
    pub(crate) fn keep_report(&self, report: &[u8]) -> Result<PathBuf> {
        let path = self.place.dir.join(REPORT);
        write(&path, report).map(|()| path)
    }

    /// Returns true if an earlier process has worked on it.
    pub(crate) fn is_taken_up(&self) -> bool {
        self.taken_up
    }

    /// Records that a later operation has overtaken the recovery, which closes it.
    pub(crate) fn overtake(&self, by: &Overtaker) -> Result<()> {
        let (why, by_recovery) = (by.why().to_owned(), matches!(by, Overtaker::Recovery(_)));
        self.note(|at| Record::Overtaken { at, why, by_recovery })
    }

    /// Records an action or its result, with the present time. On disk when this returns.
    pub(crate) fn note(&self, record: impl FnOnce(Instant) -> Record) -> Result<()> {
        self.journal.borrow_mut().commit(&record(self.now()))
    }
}

/// The directory of a recovery.
#[derive(Debug)]
struct Place {
    id: String,
    dir: PathBuf,
}

impl Place {
    fn new(state_dir: &Path, id: &str) -> Self {
        Self { id: id.to_owned(), dir: recoveries(state_dir).join(id) }
    }

    fn lock(&self) -> Result<File> {
        lock(&self.dir, &format!("recovery {}", self.id))
    }

    /// Reads the state from the journal.
    fn read_state(&self) -> Result<RecoveryState> {
        read(&self.dir.join(JOURNAL), |_, _| {})
    }

    /// Reads the manifest; `None` if it does not exist.
    fn read_manifest(&self) -> Result<Option<serde_json::Result<RecoveryManifest>>> {
        let bytes = read_file(&self.dir.join(MANIFEST))?;
        Ok(bytes.map(|bytes| serde_json::from_slice(&bytes)))
    }

    /// Returns the manifest of a recovery of this file. A recovery killed before its manifest was written has done
    /// nothing. A manifest that cannot be read is an error unless the recovery has ended: it may be of this file, and
    /// may have an operation in progress.
    fn manifest_of(&self, purpose: Purpose, file: &Path) -> Result<Option<RecoveryManifest>> {
        let why = match self.read_manifest()? {
            None => return Ok(None),
            Some(Ok(manifest)) if manifest.purpose != purpose || manifest.file != file => return Ok(None),
            Some(Ok(manifest)) if manifest.format <= FORMAT => return Ok(Some(manifest)),
            Some(Ok(manifest)) => format!("it was written by the newer asof {}", manifest.asof),
            Some(Err(e)) => e.to_string(),
        };
        if self.read_state().is_ok_and(|state| !state.is_open()) {
            return Ok(None);
        }
        let dir = self.dir.display();
        Err(Error::usage(format!("cannot read the manifest of the recovery in {dir}: {why}")).hint(
            "resume it with the asof version that started it, or move that directory away to start over",
        ))
    }
}

fn recoveries(state_dir: &Path) -> PathBuf {
    state_dir.join("recoveries")
}

#[cfg(test)]
mod tests;
