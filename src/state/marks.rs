//! The marks file: one appended line per mark. A line torn by a crash does not affect the others.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::dir::{cannot, make_private, read, sync_names};
use crate::error::{Error, Result};
use crate::recover::{MarkLine, Marks};

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

    /// Returns an error if the recovery file already has a mark with this name: its time would be lost.
    pub(crate) fn require_free(&self, name: &str, file: &str) -> Result<()> {
        let marks = Marks::read(&read(&self.path)?.unwrap_or_default());
        let Some(mark) = marks.own(name, file) else { return Ok(()) };
        Err(Error::usage(format!("the mark {name} already exists, at {}", mark.at.human()))
            .hint("choose another --name, or use --replace"))
    }

    /// Appends a mark, which is on disk when this returns. Checks the name again, because it may have been used
    /// meanwhile.
    pub(crate) fn keep(mut self, line: &MarkLine, replace: bool) -> Result<()> {
        self.file.lock().map_err(|e| cannot(&self.path, "lock", &e))?;
        if !replace {
            self.require_free(&line.name, &line.file)?;
        }
        self.append(line).map_err(|e| cannot(&self.path, "write", &e))
    }

    fn append(&mut self, line: &MarkLine) -> std::io::Result<()> {
        let text = serde_json::to_string(line)?;
        let begin = if self.is_torn()? { "\n" } else { "" };
        self.file.write_all(format!("{begin}{text}\n").as_bytes())?;
        self.file.sync_data()
    }

    /// Whether the last line of the file is torn: the next mark would continue it.
    fn is_torn(&self) -> std::io::Result<bool> {
        let Some(last) = self.file.metadata()?.len().checked_sub(1) else { return Ok(false) };
        let mut byte = [0];
        self.file.read_exact_at(&mut byte, last)?;
        Ok(byte != *b"\n")
    }
}

#[cfg(test)]
mod tests;
