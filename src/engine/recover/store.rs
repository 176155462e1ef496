//! A recovery on disk: what it was told, and its journal.
//!
//! | file | holds | written |
//! |---|---|---|
//! | `recovery.json` | [`Told`] | once, before anything is changed |
//! | `journal` | [`Record`]s, each on disk before what it announces is done | as the steps are taken |
//! | `report.json` | the report | each time the recovery ends |
//! | `lock` | nothing; locked by the process that works on it | |

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::apply::journal::{of_line, to_line};
use crate::db::Errand;
use crate::engine::store::{cannot, lock, make, make_private, sync_names, write};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Instant;
use crate::recover::{
    Ending, FORMAT, Finding, Purpose, Record, RecoveryFile, Report, Shape, State, Step, StepResult, Told,
};
use crate::s3::ServerClock;

/// The file of what it was told.
const TOLD: &str = "recovery.json";

/// The file of the report.
const REPORT: &str = "report.json";

/// A recovery that this process has for itself.
#[derive(Debug)]
pub struct Recovery {
    id: String,
    dir: PathBuf,
    told: Told,
    journal: RefCell<Journal>,
    /// What it is timed by.
    clock: ServerClock,
    _lock: File,
}

#[derive(Debug)]
struct Journal {
    path: PathBuf,
    file: File,
    /// What is on disk.
    state: State,
    /// Why a record could not be written. What comes after a torn one could not be read: nothing is written any more.
    broken: Option<String>,
}

impl Recovery {
    /// Begins a recovery. One of the same file and purpose that is not ended, and was told the same or is to the same second,
    /// has been begun by another process meanwhile, and is refused.
    pub fn create(state_dir: &Path, told: Told, shape: Shape, clock: ServerClock) -> Result<Self> {
        let json = serde_json::to_vec_pretty(&told).map_err(|e| {
            Error::usage(format!("the path {} cannot be noted: {e}", told.file.display()))
                .hint("nothing was changed; give the recovery file, and its directory, a name in UTF-8")
        })?;
        let all = recoveries(state_dir);
        make_private(&all).map_err(|e| cannot(&all, "make", &e))?;
        let _alone = lock(state_dir, "recoveries")?;
        let of = (told.purpose, &*told.file);
        for other in Self::ids(state_dir)? {
            let dir = all.join(&other);
            let same = |begun: Told| begun.is_meant_by(&told.typed, Some(told.at));
            if read_told(&dir, of)?.is_some_and(same) && is_open(&read_journal(&dir.join("journal"))?.0) {
                let message =
                    format!("the recovery {other} of this file has been begun by another process meanwhile");
                return Err(Error::new(ErrorKind::Refused, message)
                    .hint("nothing was changed by this one; once that ends, the same command goes on with it, if anything is left"));
            }
        }
        let (id, dir) = make(&all, told.began)?;
        let locked = lock(&dir, &format!("recovery {id}"))?;
        write(&dir, TOLD, &json)?;
        let path = dir.join("journal");
        let file = OpenOptions::new().append(true).create_new(true).open(&path);
        let file = file.map_err(|e| cannot(&path, "begin", &e))?;
        let journal = RefCell::new(Journal { path, file, state: State::default(), broken: None });
        let at = told.began;
        let recovery = Self { id, dir, told, journal, clock, _lock: locked };
        recovery.note(&Record::Started { format: FORMAT, at, shape })?;
        sync_names(&recovery.dir)?;
        Ok(recovery)
    }

    /// Takes up the newest recovery of a file that is not ended and that `suits`. What another process works on is refused.
    pub fn take_up(
        state_dir: &Path,
        (purpose, file): (Purpose, &Path),
        suits: impl Fn(&Told) -> bool,
        clock: &ServerClock,
    ) -> Result<Option<Self>> {
        for id in Self::ids(state_dir)?.into_iter().rev() {
            let dir = recoveries(state_dir).join(&id);
            let Some(told) = read_told(&dir, (purpose, file))?.filter(&suits) else { continue };
            let path = dir.join("journal");
            if !is_open(&read_journal(&path)?.0) {
                continue;
            }
            // What another process has written meanwhile counts.
            let locked = lock(&dir, &format!("recovery {id}"))?;
            let (state, whole) = read_journal(&path)?;
            if !is_open(&state) {
                continue;
            }
            let file = OpenOptions::new().append(true).open(&path).map_err(|e| cannot(&path, "open", &e))?;
            file.set_len(whole).map_err(|e| cannot(&path, "cut", &e))?;
            let journal = RefCell::new(Journal { path, file, state, broken: None });
            let recovery = Self { id, dir, told, journal, clock: clock.clone(), _lock: locked };
            recovery.note(&Record::Resumed { at: recovery.now() })?;
            return Ok(Some(recovery));
        }
        Ok(None)
    }

    /// The names of all recoveries, the oldest first.
    fn ids(state_dir: &Path) -> Result<Vec<String>> {
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
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it was told.
    pub fn told(&self) -> &Told {
        &self.told
    }

    /// To which second, and by which tag, databases are restored.
    pub fn errand(&self) -> Errand {
        let drill = self.told.purpose == Purpose::Drill;
        Errand { drill, ..Errand::new(self.told.at, &*self.id) }
    }

    /// The same of one database, with what is known of what was made.
    pub fn errand_of(&self, database: usize) -> Errand {
        let state = self.state();
        let age = |at: Instant| {
            Duration::from_millis(
                self.now().millis().saturating_sub(at.millis()).try_into().unwrap_or_default(),
            )
        };
        let made = state.made(database).map(str::to_owned);
        Errand { asked: state.asked_for(database).map(age), made, ..self.errand() }
    }

    /// What the journal says so far.
    pub fn state(&self) -> State {
        self.journal.borrow().state.clone()
    }

    /// What it has come to.
    pub fn report(&self, file: &RecoveryFile, ending: Ending, findings: Vec<Finding>) -> Report {
        Report::of((&self.id, &self.told), &self.state(), file, (ending, findings), self.now())
    }

    /// The present by the buckets' server's clock, to the millisecond: steps are timed by it.
    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    /// Keeps the report. Gives where.
    pub fn keep_report(&self, report: &[u8]) -> Result<PathBuf> {
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
        next.apply(record).map_err(|why| damaged(path, &why))?;
        let line = to_line(record).map_err(std::io::Error::from);
        let written = line.and_then(|line| file.write_all(line.as_bytes())).and_then(|()| file.sync_data());
        if let Err(e) = written {
            return Err(unwritten(path, broken.insert(e.to_string())));
        }
        *state = next;
        Ok(())
    }
}

fn recoveries(state_dir: &Path) -> PathBuf {
    state_dir.join("recoveries")
}

/// What a recovery of this file was told. One that was killed before this was written has done nothing. What cannot be read
/// is refused unless it has ended: it may be of this file, and have something under way.
fn read_told(dir: &Path, (purpose, file): (Purpose, &Path)) -> Result<Option<Told>> {
    let path = dir.join(TOLD);
    let bytes = match fs::read(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        bytes => bytes.map_err(|e| cannot(&path, "read", &e))?,
    };
    let why = match serde_json::from_slice::<Told>(&bytes) {
        Ok(told) if told.purpose != purpose || told.file != file => return Ok(None),
        Ok(told) if told.format <= FORMAT => return Ok(Some(told)),
        Ok(told) => format!("it was written by the newer asof {}", told.asof),
        Err(e) => e.to_string(),
    };
    if read_journal(&dir.join("journal")).is_ok_and(|(state, _)| !is_open(&state)) {
        return Ok(None);
    }
    Err(Error::usage(format!("cannot read what the recovery in {} was told: {why}", dir.display()))
        .hint("go on with it by the asof that began it; or move that directory away, to begin anew"))
}

/// Whether something may be left to do. One that was killed before its journal began has done nothing.
fn is_open(state: &State) -> bool {
    !state.is_ended() && state.shape().is_some()
}

/// What a journal says, and how many bytes hold whole records. A torn end is passed over; none is an empty one.
fn read_journal(path: &Path) -> Result<(State, u64)> {
    let bytes = match fs::read(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok((State::default(), 0)),
        bytes => bytes.map_err(|e| cannot(path, "read", &e))?,
    };
    let (mut state, mut whole, mut at) = (State::default(), 0, 0);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if let Some(record) = of_line::<Record>(line) {
            if at != whole {
                return Err(damaged(path, &format!("it cannot be read from byte {whole} to byte {at}")));
            }
            state.apply(&record).map_err(|why| damaged(path, &format!("at byte {at} {why}")))?;
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

fn damaged(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the journal {} is damaged: {why}", path.display()))
        .hint("nothing was changed; move its directory away to begin anew")
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    const NOW: Instant = Instant::from_millis(1_763_389_805_000);
    const FILE: &str = "/etc/asof/recovery.toml";

    fn begin(state_dir: &Path, file: &Path) -> Result<Recovery> {
        let told = Told::new(Purpose::Recover, file, Vec::new(), ("latest", NOW), NOW);
        let text = "[[bucket]]\nsource = \"s3://prod\"\ntarget = \"in-place\"\n";
        Recovery::create(
            state_dir,
            told,
            RecoveryFile::parse("r.toml", text).unwrap().shape(),
            ServerClock::default(),
        )
    }

    fn take_up(state_dir: &Path) -> Result<Option<Recovery>> {
        Recovery::take_up(state_dir, (Purpose::Recover, Path::new(FILE)), |_| true, &ServerClock::default())
    }

    #[test]
    fn a_path_that_cannot_be_noted_is_refused_before_anything_is_begun() {
        let dir = tempfile::tempdir().unwrap();
        let told = begin(dir.path(), Path::new(OsStr::from_bytes(b"/etc/asof/\xFF.toml"))).unwrap_err();
        assert_eq!(told.kind(), ErrorKind::Usage, "{told}");
        assert!(!recoveries(dir.path()).exists());
    }

    /// `change` is made to what a recovery was told that is not ended, or is; whether it is refused then.
    fn is_refused(ended: bool, file: &str, change: impl Fn(String) -> String) -> bool {
        let dir = tempfile::tempdir().unwrap();
        let recovery = begin(dir.path(), Path::new(file)).unwrap();
        if ended {
            let (step, at, result) = (Step::Bucket(0), NOW, StepResult::default());
            recovery.note(&Record::Begun { step, at }).unwrap();
            recovery.note(&Record::Done { step, at, result }).unwrap();
            recovery.end().unwrap();
        }
        let path = recovery.dir.join(TOLD);
        drop(recovery);
        fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
        match take_up(dir.path()) {
            Ok(None) => false,
            Ok(Some(_)) => panic!("taken up"),
            Err(e) => {
                assert_eq!(e.kind(), ErrorKind::Usage, "{e}");
                true
            }
        }
    }

    /// Passed over, the same command would begin another beside it.
    #[test]
    fn what_cannot_be_read_is_refused_unless_it_has_ended() {
        let newer = |told: String| told.replace(&format!("\"format\": {FORMAT}"), "\"format\": 99");
        assert!(is_refused(false, FILE, newer));
        assert!(is_refused(false, FILE, |_| String::new()));
        assert!(!is_refused(false, "/etc/asof/other.toml", newer));
        assert!(!is_refused(true, FILE, newer));
        assert!(!is_refused(true, FILE, |_| String::new()));
    }

    /// What comes after a torn record could not be read.
    #[test]
    fn nothing_is_written_after_a_record_that_could_not_be() {
        let dir = tempfile::tempdir().unwrap();
        let recovery = begin(dir.path(), Path::new(FILE)).unwrap();
        let path = recovery.dir.join("journal");
        let whole = recovery.journal.replace_with(|journal| Journal {
            path: journal.path.clone(),
            file: File::open(&path).unwrap(),
            state: journal.state.clone(),
            broken: None,
        });
        let begun = Record::Begun { step: Step::Bucket(0), at: NOW };
        assert!(recovery.note(&begun).is_err());
        recovery.journal.borrow_mut().file = whole.file;
        let told = recovery.note(&begun).unwrap_err();
        assert!(told.to_string().starts_with("cannot write the journal"), "{told}");
        assert_eq!((recovery.state(), read_journal(&path).unwrap().0), (whole.state.clone(), whole.state));
    }
}
