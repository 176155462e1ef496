//! A journal: framed records, and the state that they add up to.
//!
//! One commit rule holds for every kind: the state in memory changes after the record is in the file, so it never says more than
//! the file does. A crash tears the end: whatever follows the last whole record is cut off. Damage before that is refused.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::frame::{Appender, Line, Lines, json_of, to_line};
use crate::error::{Error, ErrorKind, Result};

/// The state that the records of one kind of journal add up to: a pure transition function.
pub trait Replay: Default {
    /// An entry of the journal.
    type Record: Serialize + DeserializeOwned;

    /// The hint beside an error in writing the journal.
    const UNWRITTEN: &'static str;

    /// Refuses a record that cannot come next: why.
    fn check(&self, record: &Self::Record) -> std::result::Result<(), String>;

    /// Takes in the next record, or refuses it as `check` does and stays as it is.
    fn apply(&mut self, record: &Self::Record) -> std::result::Result<(), String>;

    /// Hints beside the error that a journal is damaged, which says this up to the damage.
    fn on_damage(&self) -> Vec<String>;
}

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal<S> {
    path: PathBuf,
    file: Appender,
    state: S,
}

impl<S: Replay> Journal<S> {
    /// Opens a journal, and cuts off what a crash tore. Makes it if it is not there.
    pub(super) fn open_or_create(path: &Path) -> Result<Self> {
        let Replayed { state, whole } = replay::<S>(path, |_, _| {})?;
        let file = Appender::open(path, whole).map_err(|e| cannot::<S>(path, "open", &e))?;
        Ok(Self { path: path.to_owned(), file, state })
    }

    /// The state by the records so far.
    pub fn state(&self) -> &S {
        &self.state
    }

    /// Appends a record. On disk when this returns.
    pub(super) fn commit(&mut self, record: &S::Record) -> Result<()> {
        self.write(std::slice::from_ref(record))?;
        self.sync()?;
        self.enter(record)
    }

    /// Appends records that do not depend on each other. On disk with the next that is committed.
    pub(super) fn append(&mut self, records: &[S::Record]) -> Result<()> {
        self.write(records)?;
        records.iter().try_for_each(|record| self.enter(record))
    }

    /// Brings everything to the disk.
    pub fn sync(&mut self) -> Result<()> {
        self.file.sync().map_err(|e| cannot::<S>(&self.path, "write", &e))
    }

    /// The error of a journal that does not fit what it is about.
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

/// Reads a journal, and hands each record to `on` with the byte at which its line begins. None is an empty one.
pub(super) fn read<S: Replay>(path: &Path, on: impl FnMut(u64, &S::Record)) -> Result<S> {
    Ok(replay(path, on)?.state)
}

/// The records of a file taken together.
struct Replayed<S> {
    state: S,
    /// The length up to which the file holds whole records.
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
        // No crash wrote it: it must not be cut off.
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

/// `state` is what it says before the damage.
pub(super) fn damaged<S: Replay>(path: &Path, why: &str, state: &S) -> Error {
    let damaged = Error::new(ErrorKind::Corrupt, format!("the journal {} is damaged: {why}", path.display()));
    state.on_damage().into_iter().fold(damaged, Error::hint)
}

#[cfg(test)]
mod tests;
