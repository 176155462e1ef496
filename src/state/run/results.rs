//! The results of a run by change.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::record::{Ending, Record};
use super::replay::{ChangeProgress, RunState};
use crate::error::{Error, ErrorKind, Result};
use crate::state::frame::{Lines, of_line};
use crate::state::journal::{cannot, damaged, read};

/// The error of a change without a known result.
const UNHEARD: &str = "stopped before its result was known";

/// The results of a run, each read from the journal on demand: none is kept in memory, and the index on disk has eight
/// bytes per change.
#[derive(Debug)]
pub(crate) struct Results {
    journal: Lines,
    /// For each change, the offset of its last result's line; 0 if there is none.
    places: File,
    /// The offset at which the run was last resumed; 0 if it was not.
    resumed: u64,
    path: PathBuf,
}

impl Results {
    /// Reads a journal. Also returns its state.
    pub(super) fn read(path: &Path) -> Result<(Self, RunState)> {
        let temporary = |e: std::io::Error| {
            let place = std::env::temp_dir();
            Error::new(
                ErrorKind::Local,
                format!("cannot write the run's results to {}: {e}", place.display()),
            )
            .hint("set TMPDIR to a directory with room for eight bytes per change")
        };
        let mut places = tempfile::tempfile().map_err(temporary)?;
        let (mut failed, mut resumed) = (None, 0);
        let state = read::<RunState>(path, |at, record| match record {
            Record::Result { n, .. } => {
                let put =
                    places.seek(SeekFrom::Start(n * 8)).and_then(|_| places.write_all(&at.to_le_bytes()));
                failed = failed.take().or(put.err());
            }
            Record::Resumed { .. } => resumed = at,
            _ => {}
        })?;
        if let Some(e) = failed {
            return Err(temporary(e));
        }
        let journal = Lines::open(path).map_err(|e| cannot::<RunState>(path, "open", &e))?;
        Ok((Self { journal, places, resumed, path: path.to_owned() }, state))
    }

    /// Returns the result of a change. A change that may be in progress counts as failed, because its request may have
    /// been applied. `None` if nothing was done about it.
    ///
    /// | its last result | it may be in progress | returned |
    /// |---|---|---|
    /// | a conflict or an archived version, from before the run was last resumed | yes | failed: the resumed run may have tried it again |
    /// | any other | | that |
    /// | none | yes | failed |
    /// | none, or such a conflict | no | none |
    pub(crate) fn heard(&mut self, n: u64, state: &RunState) -> Result<Option<Ending>> {
        let unheard = || Ending::Failed { error: UNHEARD.to_owned(), over: None };
        let last = self.get(n)?;
        Ok(last.or_else(|| (state.progress(n) == ChangeProgress::Open).then(unheard)))
    }

    /// Returns the last result of a change, unless it did not change the key and the run was resumed since.
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
            Some(Record::Result { ending: Ending::Conflict | Ending::Archived, .. }) if at < self.resumed => {
                Ok(None)
            }
            Some(Record::Result { ending, .. }) => Ok(Some(ending)),
            _ => Err(damaged(&self.path, "it changed while it was read", &RunState::default())),
        }
    }
}
