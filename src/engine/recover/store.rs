//! A recovery on disk: what it was told, and its journal.
//!
//! | file | holds | written |
//! |---|---|---|
//! | `recovery.json` | [`RecoveryManifest`] | once, before anything is changed |
//! | `journal` | [`Record`]s, each on disk before what it announces is done | as the steps are taken |
//! | `report.json` | the report | each time the recovery ends |
//! | `lock` | nothing; locked by the process that works on it | |

mod begin;

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::glimpses;
use super::overtaken::Overtaker;
use crate::apply::journal::{of_line, to_line};
use crate::db::{RestoreRequest, Swap};
use crate::engine::store::{cannot, lock, write};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;
use crate::recover::{
    Ending, FORMAT, Finding, Purpose, Record, RecoveryFile, RecoveryManifest, RecoveryState, Report, Step,
    StepResult,
};
use crate::s3::ServerClock;

/// The file of what it was told.
pub(super) const TOLD: &str = "recovery.json";

/// The file of the report.
const REPORT: &str = "report.json";

/// A recovery that this process has for itself.
#[derive(Debug)]
pub(crate) struct Recovery {
    id: String,
    dir: PathBuf,
    manifest: RecoveryManifest,
    journal: RefCell<Journal>,
    /// What it is timed by.
    clock: ServerClock,
    /// An earlier process has worked on it.
    taken_up: bool,
    _lock: File,
}

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

#[derive(Debug)]
struct Journal {
    path: PathBuf,
    file: File,
    /// What is on disk.
    state: RecoveryState,
    /// Why a record could not be written. What comes after a torn one could not be read: nothing is written any more.
    broken: Option<String>,
}

impl Recovery {
    /// Takes up the newest recovery of a file that is not ended and that `suits`. What another process works on is refused.
    pub(crate) fn take_up(
        state_dir: &Path,
        of: (Purpose, &Path),
        suits: impl Fn(&RecoveryManifest) -> bool,
        clock: &ServerClock,
    ) -> Result<Option<Self>> {
        let open = |manifest: &RecoveryManifest, state: &RecoveryState| suits(manifest) && state.is_open();
        let Some(recovery) = Self::open_newest(state_dir, of, open, clock)? else { return Ok(None) };
        if !recovery.state().is_aborting() {
            recovery.resumed()?;
        }
        Ok(Some(recovery))
    }

    /// Opens the newest recovery of a file that `suits`. What another process works on is refused.
    pub(crate) fn open_newest(
        state_dir: &Path,
        (purpose, file): (Purpose, &Path),
        suits: impl Fn(&RecoveryManifest, &RecoveryState) -> bool,
        clock: &ServerClock,
    ) -> Result<Option<Self>> {
        for id in Self::ids(state_dir)?.into_iter().rev() {
            let dir = recoveries(state_dir).join(&id);
            let Some(manifest) = read_manifest(&dir, (purpose, file))? else { continue };
            if !suits(&manifest, &read_journal(&dir.join("journal"))?.0) {
                continue;
            }
            // What another process has written meanwhile counts.
            let recovery = Self::open((id, dir), manifest, clock)?;
            if suits(&recovery.manifest, &recovery.state()) {
                return Ok(Some(recovery));
            }
        }
        Ok(None)
    }

    /// Opens a recovery that an earlier process began.
    fn open((id, dir): (String, PathBuf), manifest: RecoveryManifest, clock: &ServerClock) -> Result<Self> {
        let locked = lock(&dir, &format!("recovery {id}"))?;
        Self::of_locked((id, dir), manifest, clock, locked)
    }

    fn of_locked(
        (id, dir): (String, PathBuf),
        manifest: RecoveryManifest,
        clock: &ServerClock,
        locked: File,
    ) -> Result<Self> {
        let path = dir.join("journal");
        let (state, whole) = read_journal(&path)?;
        let file = OpenOptions::new().append(true).open(&path).map_err(|e| cannot(&path, "open", &e))?;
        file.set_len(whole).map_err(|e| cannot(&path, "cut", &e))?;
        let journal = RefCell::new(Journal { path, file, state, broken: None });
        Ok(Self { id, dir, manifest, journal, clock: clock.clone(), taken_up: true, _lock: locked })
    }

    /// The recovery that was begun after this one and has changed something that this one works on too.
    pub(super) fn later_of_same(state_dir: &Path, recovery: &Glimpse) -> Result<Option<String>> {
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
        let dir = recoveries(state_dir).join(&glimpse.id);
        let recovery = Self::open((glimpse.id.clone(), dir), glimpse.manifest.clone(), clock)?;
        if recovery.state().is_ended() { Ok(()) } else { recovery.overtake(by) }
    }

    /// The names of all recoveries, the oldest first.
    pub(super) fn ids(state_dir: &Path) -> Result<Vec<String>> {
        let dir = recoveries(state_dir);
        let entries = match fs::read_dir(&dir) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(|e| cannot(&dir, "read", &e))?,
        };
        let directories = entries.filter_map(|entry| entry.ok().filter(|entry| entry.path().is_dir()));
        let mut ids: Vec<_> = directories.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        ids.sort();
        Ok(ids)
    }

    /// Its name, which is the tag of all that it makes.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Where it is kept.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// What can be said of it.
    pub(crate) fn glimpse(&self) -> Glimpse {
        Glimpse { id: self.id.clone(), manifest: self.manifest.clone(), state: self.state(), running: true }
    }

    /// What it was told.
    pub(crate) fn manifest(&self) -> &RecoveryManifest {
        &self.manifest
    }

    /// To which second, and by which tag, databases are restored.
    pub(crate) fn errand(&self) -> RestoreRequest {
        let drill = self.manifest.purpose == Purpose::Drill;
        RestoreRequest { drill, ..RestoreRequest::new(self.manifest.at, &*self.id) }
    }

    /// What the journal says so far.
    pub(crate) fn state(&self) -> RecoveryState {
        self.journal.borrow().state.clone()
    }

    /// What it has come to.
    pub(crate) fn report(&self, file: &RecoveryFile, ending: Ending, findings: Vec<Finding>) -> Report {
        Report { findings, ..Report::of(&self.id, &self.manifest, &self.state(), file, ending, self.now()) }
    }

    /// The present by the buckets' server's clock, to the millisecond: steps are timed by it.
    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Whether a report is kept that was made after it had ended: else whoever typed the command has not been told.
    pub(crate) fn has_been_told(&self) -> bool {
        let report = fs::read(self.dir.join(REPORT)).unwrap_or_default();
        let report = serde_json::from_slice::<serde_json::Value>(&report).unwrap_or_default();
        report.get("ended").is_some()
    }

    /// Keeps the report. Gives where.
    pub(crate) fn keep_report(&self, report: &[u8]) -> Result<PathBuf> {
        write(&self.dir, REPORT, report).map(|()| self.dir.join(REPORT))
    }

    /// Notes that a step is under way from now on.
    pub(super) fn begin(&self, step: Step) -> Result<()> {
        self.note(&Record::Begun { step, at: self.now() })
    }

    /// Notes that a database's restore is asked for from now on, or that nothing was made.
    pub(super) fn request(&self, database: usize, refused: bool) -> Result<()> {
        self.note(&Record::Request { database, at: self.now(), refused })
    }

    /// Notes that the names of a database and its source may be swapped from now on.
    pub(super) fn swapping(&self, database: usize, swap: Swap) -> Result<()> {
        self.note(&Record::Swapping { database, swap })
    }

    /// Notes that they are swapped back.
    pub(super) fn swapped_back(&self, database: usize) -> Result<()> {
        self.note(&Record::SwappedBack { database })
    }

    /// Notes what came of a step.
    pub(super) fn done(&self, step: Step, result: StepResult) -> Result<()> {
        self.note(&Record::Done { step, at: self.now(), result })
    }

    /// Notes why a step failed.
    pub(super) fn failed(&self, step: Step, why: String) -> Result<()> {
        self.note(&Record::Failed { step, at: self.now(), why })
    }

    /// Notes the run that restores a bucket.
    pub(super) fn run(&self, bucket: usize, run: &str) -> Result<()> {
        self.note(&Record::Run { bucket, run: run.to_owned() })
    }

    /// Whether an earlier process has worked on it.
    pub(super) fn is_taken_up(&self) -> bool {
        self.taken_up
    }

    /// Notes that it is resumed: what failed or lapsed may be begun again.
    pub(super) fn resumed(&self) -> Result<()> {
        self.note(&Record::Resumed { at: self.now() })
    }

    /// Notes that a step that was done no longer holds.
    pub(super) fn lapsed(&self, step: Step, why: String) -> Result<()> {
        self.note(&Record::Lapsed { step, at: self.now(), why })
    }

    /// Notes that something has overtaken it, which closes it.
    pub(crate) fn overtake(&self, by: &Overtaker) -> Result<()> {
        let (why, by_recovery) = (by.why().to_owned(), matches!(by, Overtaker::Recovery(_)));
        self.note(&Record::Overtaken { at: self.now(), why, by_recovery })
    }

    /// Notes that the application may be quiesced by a recovery that this one has overtaken.
    pub(crate) fn quiesced_already(&self, since: Instant) -> Result<()> {
        self.note(&Record::QuiescedAlready { since })
    }

    /// Notes that the resume hook was run outside its step.
    pub(super) fn application_resumed(&self) -> Result<()> {
        self.note(&Record::ApplicationResumed { at: self.now() })
    }

    /// Notes that it is being aborted.
    pub(super) fn aborting(&self) -> Result<()> {
        self.note(&Record::Aborting { at: self.now() })
    }

    /// Notes that a run of it is undone by another.
    pub(super) fn undoing(&self, run: &str, by: &str) -> Result<()> {
        self.note(&Record::Undoing { run: run.to_owned(), by: by.to_owned() })
    }

    /// Notes that the abort is complete.
    pub(super) fn aborted(&self) -> Result<()> {
        self.note(&Record::Aborted { at: self.now() })
    }

    /// Notes that there is nothing left to do.
    pub(super) fn end(&self) -> Result<()> {
        self.note(&Record::Ended { at: self.now() })
    }

    /// On disk when this returns.
    fn note(&self, record: &Record) -> Result<()> {
        let mut journal = self.journal.borrow_mut();
        let Journal { path, file, state, broken } = &mut *journal;
        if let Some(why) = broken {
            return Err(unwritten(path, why));
        }
        let mut next = state.clone();
        next.apply(record).map_err(|why| damaged(path, &why, state))?;
        let line = to_line(record).map_err(std::io::Error::from);
        let written = line.and_then(|line| file.write_all(line.as_bytes())).and_then(|()| file.sync_data());
        if let Err(e) = written {
            return Err(unwritten(path, broken.insert(e.to_string())));
        }
        *state = next;
        Ok(())
    }
}

pub(super) fn recoveries(state_dir: &Path) -> PathBuf {
    state_dir.join("recoveries")
}

/// What a recovery of this file was told. One that was killed before this was written has done nothing. What cannot be read
/// is refused unless it has ended: it may be of this file, and have something under way.
fn read_manifest(dir: &Path, (purpose, file): (Purpose, &Path)) -> Result<Option<RecoveryManifest>> {
    let path = dir.join(TOLD);
    let bytes = match fs::read(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|e| cannot(&path, "read", &e))?,
    };
    let why = match serde_json::from_slice::<RecoveryManifest>(&bytes) {
        Ok(manifest) if manifest.purpose != purpose || manifest.file != file => return Ok(None),
        Ok(manifest) if manifest.format <= FORMAT => return Ok(Some(manifest)),
        Ok(manifest) => format!("it was written by the newer asof {}", manifest.asof),
        Err(e) => e.to_string(),
    };
    if read_journal(&dir.join("journal")).is_ok_and(|(state, _)| !state.is_open()) {
        return Ok(None);
    }
    Err(Error::usage(format!("cannot read what the recovery in {} was told: {why}", dir.display()))
        .hint("go on with it by the asof that began it; or move that directory away, to begin anew"))
}

/// What a journal says, and how many bytes hold whole records. A torn end is passed over; none is an empty one.
pub(super) fn read_journal(path: &Path) -> Result<(RecoveryState, u64)> {
    let bytes = match fs::read(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((RecoveryState::default(), 0)),
        bytes => bytes.map_err(|e| cannot(path, "read", &e))?,
    };
    let (mut state, mut whole, mut at) = (RecoveryState::default(), 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(record) = of_line::<Record>(line) {
            if at != whole {
                return Err(damaged(
                    path,
                    &format!("it cannot be read from byte {whole} to byte {at}"),
                    &state,
                ));
            }
            let mut next = state.clone();
            next.apply(&record).map_err(|why| damaged(path, &format!("at byte {at} {why}"), &state))?;
            state = next;
            whole = at + line.len() as u64;
        }
        at += line.len() as u64;
    }
    Ok((state, whole))
}

/// The state stays where it is: in another directory the same command would begin anew.
fn unwritten(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Local, format!("cannot write the journal {}: {why}", path.display()))
        .hint("once it can be written, the same command goes on with what the journal says")
}

/// `state` is what it says before the damage.
fn damaged(path: &Path, why: &str, state: &RecoveryState) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the journal {} is damaged: {why}", path.display()))
        .hint(glimpses::known(state))
        .hint("once you have seen to that, move its directory away to begin anew")
}

#[cfg(test)]
mod tests;
