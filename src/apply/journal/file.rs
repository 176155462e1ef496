//! The journal's file: records are appended, intents reach the disk before what they announce is sent, and what a crash
//! tore off the end is cut away.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::{Ending, FORMAT, Record, of_line, to_line};
use super::replay::{ChangeProgress, RunState};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::Instant;

/// A journal that is being written.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// Bytes of it, all of them of whole records.
    whole: u64,
    /// Something torn may lie behind them.
    torn: bool,
    state: RunState,
}

impl Journal {
    /// Begins the journal of a run with so many changes. The file must not exist.
    pub fn create(path: &Path, changes: u64, at: Instant) -> Result<Self> {
        let file = OpenOptions::new()
            .append(true)
            .create_new(true)
            .open(path)
            .map_err(|e| cannot(path, "begin", &e))?;
        let mut journal =
            Self { path: path.to_owned(), file, whole: 0, torn: false, state: RunState::default() };
        journal.announce(&Record::Started { format: FORMAT, at, changes })?;
        Ok(journal)
    }

    /// Goes on with the journal of a run with so many changes; what a crash tore off its end is cut away.
    pub fn open(path: &Path, changes: u64, at: Instant) -> Result<Self> {
        let is_begun = read(path, |_, _| {})?.0.started().is_some();
        let mut journal = Self::reopen(path, changes, at)?;
        if is_begun {
            journal.announce(&Record::Resumed { at })?;
        }
        Ok(journal)
    }

    /// Opens it to say more of what was done. One that a crash has left empty is begun.
    pub fn reopen(path: &Path, changes: u64, at: Instant) -> Result<Self> {
        let (state, whole) = read(path, |_, _| {})?;
        if state.started().is_some() && state.changes() != changes {
            let why = format!("it is about {} changes, and the run's plan has {changes}", state.changes());
            return Err(damaged(path, &why));
        }
        let file = OpenOptions::new().append(true).open(path).map_err(|e| cannot(path, "open", &e))?;
        file.set_len(whole).map_err(|e| cannot(path, "cut", &e))?;
        let mut journal = Self { path: path.to_owned(), file, whole, torn: false, state };
        if journal.state.started().is_none() {
            journal.announce(&Record::Started { format: FORMAT, at, changes })?;
        }
        Ok(journal)
    }

    /// What the journal says so far.
    pub fn state(&self) -> &RunState {
        &self.state
    }

    /// Announces that every change before this one may be carried out from now on. On disk when this returns; so that not
    /// each change waits for the disk, some more are announced with them.
    pub fn take(&mut self, upto: u64) -> Result<()> {
        if upto <= self.state.taken() && self.state.left() == 0 {
            return Ok(());
        }
        let upto = (upto + limits::INTENTS).min(self.state.changes()).max(self.state.taken());
        self.announce(&Record::Taken { upto })
    }

    /// Notes what became of changes, one result each. Not on disk before the next intent: what is lost is found out by looking
    /// at the keys.
    pub fn end(&mut self, results: impl IntoIterator<Item = (u64, Ending)>) -> Result<()> {
        let records: Vec<_> = results.into_iter().map(|(n, ending)| Record::Result { n, ending }).collect();
        let mut ended = HashSet::with_capacity(records.len());
        for record in &records {
            if let Record::Result { n, .. } = record
                && !ended.insert(*n)
            {
                return Err(damaged(&self.path, &format!("two results of change {n} come at once")));
            }
        }
        self.write(&records)
    }

    /// Notes that these changes, which are announced, have not been begun. Like results, not on disk before the next intent.
    pub fn leave(&mut self, mut changes: Vec<u64>) -> Result<()> {
        // Those that an earlier process left are so still, until they are taken once more.
        changes.retain(|n| self.state.progress(*n) == ChangeProgress::Open);
        changes.sort_unstable();
        let ranges = changes.chunk_by(|a, b| a + 1 == *b);
        let record = |range: &[u64]| Some(Record::Left { from: *range.first()?, upto: range.last()? + 1 });
        let records: Vec<_> = ranges.filter_map(record).collect();
        self.write(&records)
    }

    /// Notes that every result so far was compared with the keys' histories.
    pub fn checked(&mut self) -> Result<()> {
        self.write(&[Record::Checked])?;
        self.sync()
    }

    /// Brings everything to the disk.
    pub fn sync(&mut self) -> Result<()> {
        self.file.sync_data().map_err(|e| cannot(&self.path, "write", &e))
    }

    /// Appends a record, and brings it to the disk.
    fn announce(&mut self, record: &Record) -> Result<()> {
        self.append(std::slice::from_ref(record))?;
        self.sync()?;
        self.state.enter(record);
        Ok(())
    }

    /// Appends records that say nothing of each other's changes.
    fn write(&mut self, records: &[Record]) -> Result<()> {
        self.append(records)?;
        for record in records {
            self.state.enter(record);
        }
        Ok(())
    }

    /// Appends records. The state is as before until they are written: it says what the file says. What a full disk left of
    /// them is cut away again: other results may still come, and find room.
    fn append(&mut self, records: &[Record]) -> Result<()> {
        let mut lines = String::new();
        for record in records {
            self.state.check(record).map_err(|why| damaged(&self.path, &why))?;
            lines += &to_line(record).map_err(|e| cannot(&self.path, "write", &e.into()))?;
        }
        let cut = if self.torn { self.file.set_len(self.whole) } else { Ok(()) };
        if let Err(e) = cut.and_then(|()| self.file.write_all(lines.as_bytes())) {
            self.torn = self.file.set_len(self.whole).is_err();
            return Err(cannot(&self.path, "write", &e));
        }
        (self.torn, self.whole) = (false, self.whole + lines.len() as u64);
        Ok(())
    }
}

/// Reads a journal, and hands each record to `on` with where its line begins. Gives what the records say together, and
/// how many bytes hold whole ones.
///
/// A crash tears the end: whatever follows the last whole record is passed over. A line that is not whole with a whole
/// one behind it is damage of another kind, and an error.
pub fn read(path: &Path, mut on: impl FnMut(u64, &Record)) -> Result<(RunState, u64)> {
    let file = File::open(path).map_err(|e| cannot(path, "open", &e))?;
    let (mut lines, mut line) = (BufReader::new(file), Vec::new());
    let (mut state, mut at, mut whole) = (RunState::default(), 0, 0);
    loop {
        line.clear();
        let read = lines.by_ref().take(limits::JOURNAL_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|e| cannot(path, "read", &e))? as u64;
        if read == 0 {
            return Ok((state, whole));
        }
        if let Some(record) = of_line(&line) {
            if at != whole {
                return Err(damaged(path, &format!("it cannot be read from byte {whole} to byte {at}")));
            }
            state.apply(&record).map_err(|why| damaged(path, &format!("at byte {at} {why}")))?;
            on(at, &record);
            whole = at + read;
        }
        at += read;
    }
}

/// The results of a run by the number of their change, each read from the journal when asked for: in memory there is
/// nothing of them, on disk eight bytes a change.
#[derive(Debug)]
pub struct Results {
    journal: BufReader<File>,
    /// Of each change, where its last result's line begins; 0 where there is none.
    places: File,
    path: PathBuf,
}

impl Results {
    /// Reads a journal through. Also gives what it says.
    pub fn read(path: &Path) -> Result<(Self, RunState)> {
        let temporary = |e: std::io::Error| {
            let place = std::env::temp_dir();
            Error::new(ErrorKind::Local, format!("cannot keep the run's results in {}: {e}", place.display()))
                .hint("point TMPDIR to a directory with room for eight bytes a change")
        };
        let mut places = tempfile::tempfile().map_err(temporary)?;
        let mut failed = None;
        let (state, _) = read(path, |at, record| {
            if let Record::Result { n, .. } = record {
                let put =
                    places.seek(SeekFrom::Start(n * 8)).and_then(|_| places.write_all(&at.to_le_bytes()));
                failed = failed.take().or(put.err());
            }
        })?;
        if let Some(e) = failed {
            return Err(temporary(e));
        }
        let journal = BufReader::new(File::open(path).map_err(|e| cannot(path, "open", &e))?);
        Ok((Self { journal, places, path: path.to_owned() }, state))
    }

    /// A change's last result, if it has one.
    pub fn get(&mut self, n: u64) -> Result<Option<Ending>> {
        let (path, mut place) = (&self.path, [0; 8]);
        self.places.seek(SeekFrom::Start(n * 8)).map_err(|e| cannot(path, "read", &e))?;
        match self.places.read_exact(&mut place) {
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read.map_err(|e| cannot(path, "read", &e))?,
        }
        let at = u64::from_le_bytes(place);
        if at == 0 {
            return Ok(None);
        }
        self.journal.seek(SeekFrom::Start(at)).map_err(|e| cannot(path, "read", &e))?;
        let mut line = Vec::new();
        self.journal.read_until(b'\n', &mut line).map_err(|e| cannot(path, "read", &e))?;
        match of_line(&line) {
            Some(Record::Result { ending, .. }) => Ok(Some(ending)),
            _ => Err(damaged(path, "it changed while it was read")),
        }
    }
}

fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} the journal {}: {e}", path.display())).hint(
        "without it nothing more is changed; see that the disk has room and the directory can be written",
    )
}

fn damaged(path: &Path, why: &str) -> Error {
    Error::new(ErrorKind::Corrupt, format!("the journal {} is damaged: {why}", path.display()))
        .hint("nothing was changed; what the run has not done yet, asof diff shows and asof restore does")
}

#[cfg(test)]
mod tests;
