//! The results of a run by the number of their change.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::{Ending, Record};
use super::replay::RunState;
use crate::error::{Error, ErrorKind, Result};
use crate::state::frame::{Lines, of_line};
use crate::state::journal::{cannot, damaged, read};

/// The results of a run, each read from the journal when asked for: in memory there is nothing of them, on disk eight bytes a
/// change.
#[derive(Debug)]
pub(crate) struct Results {
    journal: Lines,
    /// Of each change, where its last result's line begins; 0 where there is none.
    places: File,
    path: PathBuf,
}

impl Results {
    /// Reads a journal through. Also gives what it says.
    pub(super) fn read(path: &Path) -> Result<(Self, RunState)> {
        let temporary = |e: std::io::Error| {
            let place = std::env::temp_dir();
            Error::new(ErrorKind::Local, format!("cannot keep the run's results in {}: {e}", place.display()))
                .hint("point TMPDIR to a directory with room for eight bytes a change")
        };
        let mut places = tempfile::tempfile().map_err(temporary)?;
        let mut failed = None;
        let state = read::<RunState>(path, |at, record| {
            if let Record::Result { n, .. } = record {
                let put =
                    places.seek(SeekFrom::Start(n * 8)).and_then(|_| places.write_all(&at.to_le_bytes()));
                failed = failed.take().or(put.err());
            }
        })?;
        if let Some(e) = failed {
            return Err(temporary(e));
        }
        let journal = Lines::open(path).map_err(|e| cannot::<RunState>(path, "open", &e))?;
        Ok((Self { journal, places, path: path.to_owned() }, state))
    }

    /// A change's last result, if it has one.
    pub(crate) fn get(&mut self, n: u64) -> Result<Option<Ending>> {
        let cannot_read = |e: std::io::Error| cannot::<RunState>(&self.path, "read", &e);
        let mut place = [0; 8];
        self.places.seek(SeekFrom::Start(n * 8)).map_err(cannot_read)?;
        match self.places.read_exact(&mut place) {
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read.map_err(cannot_read)?,
        }
        let at = u64::from_le_bytes(place);
        if at == 0 {
            return Ok(None);
        }
        self.journal.seek(at).map_err(cannot_read)?;
        match self.journal.next().map_err(cannot_read)?.and_then(|line| of_line(line.bytes)) {
            Some(Record::Result { ending, .. }) => Ok(Some(ending)),
            _ => Err(damaged(&self.path, "it changed while it was read", &RunState::default())),
        }
    }
}
