//! The marks file: one appended line per mark, and per event of its snapshots. A line torn by a crash does not affect the others.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::dir::{cannot, make_private, read, sync_names};
use crate::error::{Error, Result};
use serde::Serialize;

use crate::recover::{MarkEvent, MarkLine, Marks};

/// The marks file, open for adding a mark.
#[derive(Debug)]
pub(crate) struct MarksFile {
    file: File,
    path: PathBuf,
}

impl MarksFile {
    /// Returns the path of the marks file in a state directory.
    pub(crate) fn path(state_dir: &Path) -> PathBuf {
        state_dir.join("marks")
    }

    /// Reads the marks of a state directory; none if the file does not exist.
    pub(crate) fn read(state_dir: &Path) -> Result<Marks> {
        Ok(Marks::read(&read(&Self::path(state_dir))?.unwrap_or_default()))
    }

    /// Opens the file, creating it if it does not exist.
    pub(crate) fn open(state_dir: &Path) -> Result<Self> {
        let path = Self::path(state_dir);
        make_private(state_dir)?;
        let file = File::options().create(true).read(true).append(true).open(&path);
        let file = file.and_then(|file| sync_names(state_dir).map(|()| file));
        Ok(Self { file: file.map_err(|e| cannot(&path, "open", &e))?, path })
    }

    /// Reads the marks again.
    pub(crate) fn read_again(&self) -> Result<Marks> {
        Ok(Marks::read(&read(&self.path)?.unwrap_or_default()))
    }

    /// Returns an error if the recovery file already has a mark with this name: its time would be lost.
    pub(crate) fn require_free(&self, name: &str, file: &str) -> Result<()> {
        let Some(mark) = self.read_again()?.own(name, file) else { return Ok(()) };
        Err(Error::usage(format!("the mark {name} already exists, at {}", mark.at.human()))
            .hint("choose another --name, or use --replace"))
    }

    /// Appends a mark, which is on disk when this returns. Checks the name again, because it may have been used
    /// meanwhile.
    pub(crate) fn keep(&self, line: &MarkLine, replace: bool) -> Result<()> {
        self.locked(|| {
            if !replace {
                self.require_free(&line.name, &line.file)?;
            }
            self.append(std::slice::from_ref(line))
        })
    }

    /// Appends events, which are on disk when this returns.
    pub(crate) fn note(&self, events: &[MarkEvent]) -> Result<()> {
        self.locked(|| self.append(events))
    }

    fn locked(&self, write: impl FnOnce() -> Result<()>) -> Result<()> {
        self.file.lock().map_err(|e| cannot(&self.path, "lock", &e))?;
        let written = write();
        self.file.unlock().map_err(|e| cannot(&self.path, "unlock", &e))?;
        written
    }

    fn append(&self, lines: &[impl Serialize]) -> Result<()> {
        let append = || {
            let mut text = if self.is_torn()? { "\n".to_owned() } else { String::new() };
            for line in lines {
                text.push_str(&serde_json::to_string(line)?);
                text.push('\n');
            }
            (&self.file).write_all(text.as_bytes())?;
            self.file.sync_data()
        };
        append().map_err(|e| cannot(&self.path, "write", &e))
    }

    /// Returns true if the last line of the file is torn: the next mark would continue it.
    fn is_torn(&self) -> std::io::Result<bool> {
        let Some(last) = self.file.metadata()?.len().checked_sub(1) else { return Ok(false) };
        let mut byte = [0];
        self.file.read_exact_at(&mut byte, last)?;
        Ok(byte != *b"\n")
    }
}

#[cfg(test)]
mod tests;
