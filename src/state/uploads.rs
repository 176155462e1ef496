//! The multipart uploads of a run, recorded before their first part: uploads left by a killed process would be charged
//! for.
//!
//! A line is framed with a CRC like one of the journal. Damaged lines are skipped: if they were an error, the run could
//! not be resumed.
//!
//! | a line | result |
//! |---|---|
//! | complete | its upload is aborted |
//! | the last one, without its end | a crash tore it: none of its parts was ever sent |
//! | damaged otherwise | skipped, and named in a warning |

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::bucket::RunFolder;
use super::frame::{Appender, Line, Lines, of_line, to_line};
use crate::error::{Error, ErrorKind, Result};
use crate::model::printable;
use crate::s3::Upload;

/// The uploads recorded by an earlier process.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotedUploads {
    path: PathBuf,
    uploads: Vec<Upload>,
    /// The numbers of damaged lines, starting at 1.
    damaged: Vec<usize>,
    /// The length of the file up to its last complete line.
    whole: u64,
}

impl NotedUploads {
    /// Reads a list; a missing one is empty.
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

    /// Returns the uploads, the oldest first.
    pub(crate) fn uploads(&self) -> &[Upload] {
        &self.uploads
    }

    /// Removes the list after its uploads were aborted. A list with damaged lines is renamed instead, so that it can be
    /// inspected.
    pub(crate) fn remove(self) -> Result<()> {
        if self.damaged.is_empty() {
            return super::dir::remove(&self.path);
        }
        fs::rename(&self.path, self.path.with_extension("damaged"))
            .map_err(|e| cannot(&self.path, "rename", &e))
    }

    /// Returns the manual steps needed if lines of the list are damaged.
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

/// A list open for writing.
#[derive(Debug)]
pub struct UploadList {
    path: PathBuf,
    file: Mutex<Appender>,
    folder: Option<RunFolder>,
}

impl UploadList {
    /// Opens a list, which is also kept in `folder` if there is one.
    pub(super) fn open(path: &Path, folder: Option<RunFolder>) -> Result<Self> {
        let whole = NotedUploads::read(path)?.whole;
        let file = Appender::open(path, whole).map_err(|e| cannot(path, "open", &e))?;
        Ok(Self { path: path.to_owned(), file: Mutex::new(file), folder })
    }

    /// Records an upload. On disk, and in the bucket, when this returns.
    pub(crate) async fn push(&self, upload: &Upload) -> Result<()> {
        let line = to_line(upload).map_err(|e| cannot(&self.path, "write", &e))?;
        self.append(&line).map_err(|e| cannot(&self.path, "write", &e))?;
        match &self.folder {
            None => Ok(()),
            Some(folder) => folder.note_upload(&line).await,
        }
    }

    fn append(&self, line: &str) -> std::io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.append(line).and_then(|()| file.sync())
    }
}

fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} {}: {e}", path.display()))
        .hint("the run's multipart uploads are recorded there; without it none is started")
}

#[cfg(test)]
mod tests;
