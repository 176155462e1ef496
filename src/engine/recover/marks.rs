//! The file of marks in a state directory.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::engine::store::make_private;
use crate::error::{Error, ErrorKind, Result};
use crate::recover::{MarkLine, Marks};

/// The file of marks, to write in.
#[derive(Debug)]
pub(super) struct MarksFile {
    file: File,
    path: PathBuf,
}

/// Where the marks are kept.
pub(crate) fn marks_path(state_dir: &Path) -> PathBuf {
    state_dir.join("marks")
}

/// The marks; none where there is no file.
pub(crate) fn read_marks(state_dir: &Path) -> Result<Marks> {
    let path = marks_path(state_dir);
    match std::fs::read(&path) {
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Marks::default()),
        Err(e) => {
            Err(Error::new(ErrorKind::Local, format!("cannot read the marks in {}: {e}", path.display())))
        }
        Ok(bytes) => Ok(Marks::read(&bytes)),
    }
}

impl MarksFile {
    pub(super) fn open(state_dir: &Path) -> Result<Self> {
        let path = marks_path(state_dir);
        let opened = make_private(state_dir)
            .and_then(|()| File::options().create(true).read(true).append(true).open(&path));
        let file = opened.map_err(|e| cannot(&path, &e))?;
        Ok(Self { file, path })
    }

    /// Refuses the name of a mark that the recovery file has: the second that it stands for would be lost.
    pub(super) fn require_free(&self, name: &str, file: &str) -> Result<()> {
        match read_marks(self.path.parent().unwrap_or(Path::new(".")))?.own(name, file) {
            None => Ok(()),
            Some(mark) => {
                Err(Error::usage(format!("there is a mark {name} already, at {}", mark.at.human()))
                    .hint("give another --name; --replace replaces the mark"))
            }
        }
    }

    /// Adds a line of its own, which is on disk when this returns. The name may have been given meanwhile.
    pub(super) fn keep(mut self, line: &MarkLine, replace: bool) -> Result<()> {
        self.file.lock().map_err(|e| cannot(&self.path, &e))?;
        if !replace {
            self.require_free(&line.name, &line.file)?;
        }
        let text = serde_json::to_string(line).map_err(std::io::Error::from)?;
        let begin = if is_torn(&self.file).map_err(|e| cannot(&self.path, &e))? { "\n" } else { "" };
        self.file
            .write_all(format!("{begin}{text}\n").as_bytes())
            .and_then(|()| self.file.sync_data())
            .map_err(|e| cannot(&self.path, &e))
    }
}

/// Whether the file's last line was not written whole: the next one would be no line of its own.
fn is_torn(marks: &File) -> std::io::Result<bool> {
    let Some(last) = marks.metadata()?.len().checked_sub(1) else { return Ok(false) };
    let mut byte = [0];
    marks.read_exact_at(&mut byte, last)?;
    Ok(byte != *b"\n")
}

fn cannot(path: &Path, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot write the marks in {}: {e}", path.display()))
}
