//! A journal: framed records, and the state that results from them.
//!
//! One commit rule holds for every kind of journal: the state in memory changes after the record was written to the
//! file, so it is never ahead of the file. A crash can tear the end: anything after the last complete record is
//! truncated. Damage before that is an error.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frame::{Appender, Line, Lines, json_of, to_line};
use crate::error::{Error, ErrorKind, Result};

/// The state that results from the records of one kind of journal: a pure transition function.
pub(crate) trait Replay: Default {
    /// The type of a record.
    type Record: Serialize + DeserializeOwned;

    /// The hint for an error in writing the journal.
    const UNWRITTEN: &'static str;

    /// Returns an error if the record cannot be the next one.
    fn check(&self, record: &Self::Record) -> std::result::Result<(), String>;

    /// Applies the next record, or returns the error of `check` and does not change.
    fn apply(&mut self, record: &Self::Record) -> std::result::Result<(), String>;

    /// Returns the hints for a damaged journal; `self` is the state before the damage.
    fn on_damage(&self) -> Vec<String>;
}

/// A journal open for writing.
#[derive(Debug)]
pub(crate) struct Journal<S> {
    path: PathBuf,
    file: Appender,
    state: S,
}

impl<S: Replay> Journal<S> {
    /// Opens a journal and truncates a torn end. Creates it if it does not exist.
    pub(super) fn open_or_create(path: &Path) -> Result<Self> {
        let Replayed { state, whole } = replay::<S>(path, |_, _| {})?;
        let file = Appender::open(path, whole).map_err(|e| cannot::<S>(path, "open", &e))?;
        Ok(Self { path: path.to_owned(), file, state })
    }

    /// Returns the path of the journal.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the state after the records so far.
    pub(super) fn state(&self) -> &S {
        &self.state
    }

    /// Appends a record, which is on disk when this returns.
    pub(super) fn commit(&mut self, record: &S::Record) -> Result<()> {
        self.write(std::slice::from_ref(record))?;
        self.sync()?;
        self.enter(record)
    }

    /// Appends records that do not depend on each other. They are on disk when the next record is committed.
    pub(super) fn append(&mut self, records: &[S::Record]) -> Result<()> {
        self.write(records)?;
        records.iter().try_for_each(|record| self.enter(record))
    }

    /// Syncs the journal to disk.
    pub(super) fn sync(&mut self) -> Result<()> {
        self.file.sync().map_err(|e| cannot::<S>(&self.path, "write", &e))
    }

    /// The error of a journal that does not match its run or recovery.
    pub(super) fn damaged(&self, why: &str) -> Error {
        damaged(&self.path, why, &self.state)
    }

    fn write(&mut self, records: &[S::Record]) -> Result<()> {
        let mut lines = String::new();
        for record in records {
            self.state.check(record).map_err(|why| self.damaged(&why))?;
            lines += &to_line(record).map_err(|e| cannot::<S>(&self.path, "write", &e))?;
        }
        self.file.append(&lines).map_err(|e| cannot::<S>(&self.path, "write", &e))
    }

    fn enter(&mut self, record: &S::Record) -> Result<()> {
        self.state.apply(record).map_err(|why| self.damaged(&why))
    }
}

/// Reads a journal, and passes each record to `on` with the offset of its line. A missing journal is an empty one.
pub(super) fn read<S: Replay>(path: &Path, on: impl FnMut(u64, &S::Record)) -> Result<S> {
    Ok(replay(path, on)?.state)
}

/// The result of replaying the records of a file.
struct Replayed<S> {
    state: S,
    /// The length of the file up to its last complete record.
    whole: u64,
}

fn replay<S: Replay>(path: &Path, mut on: impl FnMut(u64, &S::Record)) -> Result<Replayed<S>> {
    let mut replayed = Replayed { state: S::default(), whole: 0 };
    let mut lines = match Lines::open(path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(replayed),
        lines => lines.map_err(|e| cannot::<S>(path, "open", &e))?,
    };
    while let Some(Line { at, bytes }) = lines.next().map_err(|e| cannot::<S>(path, "read", &e))? {
        let Some(json) = json_of(bytes) else { continue };
        let Replayed { state, whole } = &mut replayed;
        if at != *whole {
            return Err(damaged(path, &format!("it cannot be read from byte {whole} to byte {at}"), state));
        }
        // No crash produces such a record, so it must not be truncated.
        let record = serde_json::from_slice(json)
            .map_err(|e| damaged(path, &format!("at byte {at} it has an unknown record: {e}"), state))?;
        state.apply(&record).map_err(|why| damaged(path, &format!("at byte {at} {why}"), state))?;
        on(at, &record);
        *whole = at + bytes.len() as u64;
    }
    Ok(replayed)
}

pub(super) fn cannot<S: Replay>(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} the journal {}: {e}", path.display()))
        .hint(S::UNWRITTEN)
}

/// `state` is the state before the damage.
pub(super) fn damaged<S: Replay>(path: &Path, why: &str, state: &S) -> Error {
    let damaged = Error::new(ErrorKind::Corrupt, format!("the journal {} is damaged: {why}", path.display()));
    state.on_damage().into_iter().fold(damaged, Error::hint)
}

#[cfg(test)]
mod tests;
