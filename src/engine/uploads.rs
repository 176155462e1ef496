//! Multipart uploads of a run, noted before their first part: what a kill leaves of them would be paid for.
//!
//! A line is framed as one of the journal, by its CRC. The list is read as far as it can be read: without it, nothing more could
//! be done about the run.
//!
//! | a line | so |
//! |---|---|
//! | whole | its upload is abandoned |
//! | the last one, without its end | a crash tore it: none of its parts was ever sent |
//! | damaged otherwise | it is passed over, and named in a warning |

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::apply::Uploads;
use crate::apply::journal::{of_line, to_line};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::s3::{Client, Upload};

/// What a list says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Noted {
    uploads: Vec<Upload>,
    /// The numbers of lines that cannot be read, from 1.
    damaged: Vec<usize>,
}

/// Abandons those that an earlier process noted and did not end. One that has become a version is gone, which is fine. A list
/// with damaged lines is kept under another name: somebody may be able to read them.
pub(super) async fn abandon_noted(client: &Client, path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let Noted { uploads, damaged } = read(path)?;
    for upload in uploads {
        client.abort_upload(&upload).await?;
    }
    if damaged.is_empty() {
        return std::fs::remove_file(path).map_err(|e| cannot(path, "remove", &e));
    }
    std::fs::rename(path, path.with_extension("damaged")).map_err(|e| cannot(path, "rename", &e))
}

/// What is to be done by hand, where lines of a list are damaged.
pub(super) fn warning(path: &Path, bucket: &str) -> Result<Option<String>> {
    if !path.exists() {
        return Ok(None);
    }
    let Noted { damaged, .. } = read(path)?;
    let lines: Vec<_> = damaged.iter().map(usize::to_string).collect();
    let what = match lines.len() {
        0 => return Ok(None),
        1 => "line",
        _ => "lines",
    };
    Ok(Some(format!(
        "cannot read {what} {} of {}: multipart uploads noted there may be unfinished, and are charged for until they are \
         aborted; look for them: aws s3api list-multipart-uploads --bucket {}",
        lines.join(", "),
        printable(&path.display().to_string()),
        printable(bucket)
    )))
}

fn read(path: &Path) -> Result<Noted> {
    let file = File::open(path).map_err(|e| cannot(path, "read", &e))?;
    let (mut lines, mut line) = (BufReader::new(file), Vec::new());
    let mut noted = Noted::default();
    for number in 1.. {
        line.clear();
        let read = lines.by_ref().take(limits::JOURNAL_LINE).read_until(b'\n', &mut line);
        if read.map_err(|e| cannot(path, "read", &e))? == 0 {
            break;
        }
        let upload = of_line(&line).or_else(|| serde_json::from_slice(&line).ok());
        match upload {
            Some(upload) => noted.uploads.push(upload),
            None if line.ends_with(b"\n") => noted.damaged.push(number),
            None => {}
        }
    }
    Ok(noted)
}

/// Uploads that are noted in a file.
pub(super) fn noted(path: &Path) -> Result<Uploads> {
    let list = Mutex::new(List::open(path)?);
    Ok(Uploads::default().recorded(move |upload| {
        let mut list = list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(upload)
    }))
}

/// A list that is being written.
#[derive(Debug)]
struct List {
    path: PathBuf,
    file: File,
    /// Bytes of it, all of them of whole lines.
    whole: u64,
    /// Something torn may lie behind them.
    torn: bool,
}

impl List {
    fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path);
        let file = file.map_err(|e| cannot(path, "open", &e))?;
        let whole = file.metadata().map_err(|e| cannot(path, "open", &e))?.len();
        Ok(Self { path: path.to_owned(), file, whole, torn: false })
    }

    /// On disk when this returns. What a full disk leaves of a line is cut away: the next one would be read as a part of it.
    fn push(&mut self, upload: &Upload) -> Result<()> {
        let line = to_line(upload).map_err(|e| cannot(&self.path, "write", &e.into()))?;
        let cut = if self.torn { self.file.set_len(self.whole) } else { Ok(()) };
        let written = cut.and_then(|()| self.file.write_all(line.as_bytes()));
        if let Err(e) = written.and_then(|()| self.file.sync_data()) {
            self.torn = self.file.set_len(self.whole).is_err();
            return Err(cannot(&self.path, "write", &e));
        }
        (self.torn, self.whole) = (false, self.whole + line.len() as u64);
        Ok(())
    }
}

fn cannot(path: &Path, what: &str, e: &std::io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot {what} {}: {e}", path.display()))
        .hint("the run's multipart uploads are noted there; without it none is begun")
}

#[cfg(test)]
mod tests;
