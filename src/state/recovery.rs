//! A recovery on disk: what it was told, and its journal.
//!
//! | file | holds | written |
//! |---|---|---|
//! | `recovery.json` | [`RecoveryManifest`] | once, before anything is changed |
//! | `journal` | [`Record`]s, each on disk before what it announces is done | as the steps are taken |
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

/// The file of what it was told.
const MANIFEST: &str = "recovery.json";

/// The file of its journal.
const JOURNAL: &str = "journal";

/// The file of the report.
const REPORT: &str = "report.json";

/// A recovery that this process has for itself.
#[derive(Debug)]
pub(crate) struct Recovery {
    place: Place,
    manifest: RecoveryManifest,
    journal: RefCell<Journal<RecoveryState>>,
    /// What it is timed by.
    clock: ServerClock,
    /// An earlier process has worked on it.
    taken_up: bool,
    _lock: File,
}

impl Replay for RecoveryState {
    type Record = Record;

    /// The state stays where it is: in another directory the same command would begin anew.
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
    /// Takes up the newest recovery of a file that is not ended and that `suits`. What another process works on is refused.
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

    /// Opens the newest recovery of a file that `suits`. What another process works on is refused.
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
            // What another process has written meanwhile counts.
            let recovery = Self::open(place, manifest, clock)?;
            if suits(&recovery.manifest, &recovery.state()) {
                return Ok(Some(recovery));
            }
        }
        Ok(None)
    }

    /// Opens a recovery that an earlier process began.
    fn open(place: Place, manifest: RecoveryManifest, clock: &ServerClock) -> Result<Self> {
        let lock = place.lock()?;
        Self::of_locked(place, manifest, clock, lock)
    }

    fn of_locked(place: Place, manifest: RecoveryManifest, clock: &ServerClock, lock: File) -> Result<Self> {
        let journal = RefCell::new(Journal::open_or_create(&place.dir.join(JOURNAL))?);
        Ok(Self { place, manifest, journal, clock: clock.clone(), taken_up: true, _lock: lock })
    }

    /// Its name, which is the tag of all that it makes.
    pub(crate) fn id(&self) -> &str {
        &self.place.id
    }

    /// Reads a file that is kept beside its journal; none if it is not there.
    pub(crate) fn read_file(&self, name: &str) -> Result<Option<Vec<u8>>> {
        read_file(&self.place.dir.join(name))
    }

    /// Keeps a file beside its journal.
    pub(crate) fn keep_file(&self, name: &str, bytes: &[u8]) -> Result<()> {
        write(&self.place.dir.join(name), bytes)
    }

    /// What can be said of it.
    pub(crate) fn glimpse(&self) -> Glimpse {
        Glimpse {
            id: self.place.id.clone(),
            manifest: self.manifest.clone(),
            state: self.state(),
            running: true,
        }
    }

    /// What it was told.
    pub(crate) fn manifest(&self) -> &RecoveryManifest {
        &self.manifest
    }

    /// What the journal says so far.
    pub(crate) fn state(&self) -> RecoveryState {
        self.journal.borrow().state().clone()
    }

    /// What it has come to.
    pub(crate) fn report(&self, file: &RecoveryFile, ending: Ending, findings: Vec<Finding>) -> Report {
        Report {
            findings,
            ..Report::of(&self.place.id, &self.manifest, &self.state(), file, ending, self.now())
        }
    }

    /// The present by the buckets' server's clock, to the millisecond: steps are timed by it.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Whether a report is kept that was made after it had ended: else whoever typed the command has not been told.
    pub(crate) fn has_been_told(&self) -> bool {
        let report = std::fs::read(self.place.dir.join(REPORT)).unwrap_or_default();
        let report = serde_json::from_slice::<serde_json::Value>(&report).unwrap_or_default();
        report.get("ended").is_some()
    }

    /// Keeps the report. Gives where.
    pub(crate) fn keep_report(&self, report: &[u8]) -> Result<PathBuf> {
        let path = self.place.dir.join(REPORT);
        write(&path, report).map(|()| path)
    }

    /// Whether an earlier process has worked on it.
    pub(crate) fn is_taken_up(&self) -> bool {
        self.taken_up
    }

    /// Notes that something has overtaken it, which closes it.
    pub(crate) fn overtake(&self, by: &Overtaker) -> Result<()> {
        let (why, by_recovery) = (by.why().to_owned(), matches!(by, Overtaker::Recovery(_)));
        self.note(|at| Record::Overtaken { at, why, by_recovery })
    }

    /// Notes what is about to be done or what came of it, with the present. On disk when this returns.
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

    /// What the journal says.
    fn read_state(&self) -> Result<RecoveryState> {
        read(&self.dir.join(JOURNAL), |_, _| {})
    }

    /// What it was told, if that can be read; none if it is not there.
    fn read_manifest(&self) -> Result<Option<serde_json::Result<RecoveryManifest>>> {
        let bytes = read_file(&self.dir.join(MANIFEST))?;
        Ok(bytes.map(|bytes| serde_json::from_slice(&bytes)))
    }

    /// What a recovery of this file was told. One that was killed before this was written has done nothing. What cannot be
    /// read is refused unless it has ended: it may be of this file, and have something under way.
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
