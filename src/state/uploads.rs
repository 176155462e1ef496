//! Multipart uploads of a run, noted before their first part: what a kill leaves of them would be paid for.
//!
//! A line is framed as one of the journal, by its CRC. The list is read as far as it can be read: without it, nothing more could
//! be done about the run.
//!
//! | a line | so |
//! |---|---|
//! | whole | its upload is aborted |
//! | the last one, without its end | a crash tore it: none of its parts was ever sent |
//! | damaged otherwise | it is passed over, and named in a warning |

use std::fs;
use std::path::{Path, PathBuf};

use super::frame::{Appender, Line, Lines, of_line, to_line};
use crate::error::{Error, ErrorKind, Result};
use crate::model::printable;
use crate::s3::Upload;

/// The uploads that an earlier process noted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotedUploads {
    path: PathBuf,
    uploads: Vec<Upload>,
    /// The numbers of lines that cannot be read, from 1.
    damaged: Vec<usize>,
    /// The length up to which the file holds whole lines.
    whole: u64,
}

impl NotedUploads {
    /// Reads a list. None is an empty one.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let mut noted = Self { path: path.to_owned(), uploads: Vec::new(), damaged: Vec::new(), whole: 0 };
        let mut lines = match Lines::open(path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(noted),
            lines => lines.map_err(|e| cannot(path, "read", &e))?,
        };
        let mut number = 0;
        while let Some(Line { at, bytes }) = lines.next().map_err(|e| cannot(path, "read", &e))? {
            number += 1;
            let upload = of_line(bytes).or_else(|| serde_json::from_slice(bytes).ok());
            let is_whole = bytes.ends_with(b"\n");
            match upload {
                Some(upload) => noted.uploads.push(upload),
                None if is_whole => noted.damaged.push(number),
                None => {}
            }
            if is_whole {
                noted.whole = at + bytes.len() as u64;
            }
        }
        Ok(noted)
    }

    /// The uploads, the oldest first.
    pub(crate) fn uploads(&self) -> &[Upload] {
        &self.uploads
    }

    /// Removes the list, whose uploads are aborted. One with damaged lines is kept under another name: somebody may be able to
    /// read them.
    pub(crate) fn remove(self) -> Result<()> {
        if self.damaged.is_empty() {
            return super::dir::remove(&self.path);
        }
        fs::rename(&self.path, self.path.with_extension("damaged"))
            .map_err(|e| cannot(&self.path, "rename", &e))
    }

    /// What is to be done by hand, where lines of a list are damaged.
    pub(super) fn warning(&self, bucket: &str) -> Option<String> {
        let lines: Vec<_> = self.damaged.iter().map(usize::to_string).collect();
        let what = match lines.len() {
            0 => return None,
            1 => "line",
            _ => "lines",
        };
        Some(format!(
            "cannot read {what} {} of {}: multipart uploads recorded there may be unfinished and are charged for until aborted; list them: aws s3api list-multipart-uploads --bucket {}",
            lines.join(", "),
            printable(&self.path.display().to_string()),
            printable(bucket)
        ))
    }
}

/// A list that is being written.
#[derive(Debug)]
pub(crate) struct UploadList {
    path: PathBuf,
    file: Appender,
}

impl UploadList {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let whole = NotedUploads::read(path)?.whole;
        let file = Appender::open(path, whole).map_err(|e| cannot(path, "open", &e))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Notes an upload. On disk when this returns.
    pub(crate) fn push(&mut self, upload: &Upload) -> Result<()> {
        let noted = to_line(upload).and_then(|line| self.file.append(&line)).and_then(|()| self.file.sync());
        noted.map_err(|e| cannot(&self.path, "write", &e))
    }
}

fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} {}: {e}", path.display()))
        .hint("the run's multipart uploads are recorded there; without it none is started")
}

#[cfg(test)]
mod tests;
