//! A file of records that grows line by line: the CRC-32 of a record in eight hexadecimal digits, a space, the record as JSON.
//!
//! JSON has no line break within a record, so a line is a frame: its CRC shows what a crash tore, and the next line is where
//! the next whole record begins.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dir::sync_names;
use crate::limits;

/// A record as a line.
pub(super) fn to_line<T: Serialize>(record: &T) -> Result<String> {
    let json = serde_json::to_string(record)?;
    let line = format!("{} {json}\n", crc(json.as_bytes()));
    if line.len() as u64 > limits::JOURNAL_LINE {
        // It could not be read.
        return Err(Error::new(ErrorKind::InvalidData, "the record is too long"));
    }
    Ok(line)
}

/// The record of a line with its line break; none if the line is not whole, or the record of another kind.
pub(super) fn of_line<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(json_of(line)?).ok()
}

/// The JSON of a line with its line break; none if the line is not whole.
pub(super) fn json_of(line: &[u8]) -> Option<&[u8]> {
    let (said, json) = line.strip_suffix(b"\n")?.split_at_checked(8)?;
    json.strip_prefix(b" ").filter(|json| crc(json).as_bytes() == said)
}

fn crc(json: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(json))
}

/// The lines of a file, one at a time.
#[derive(Debug)]
pub(super) struct Lines {
    file: BufReader<File>,
    line: Vec<u8>,
    /// Where the next line begins.
    next: u64,
}

/// A line and the byte at which it begins.
pub(super) struct Line<'a> {
    pub(super) at: u64,
    pub(super) bytes: &'a [u8],
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self { file: BufReader::new(File::open(path)?), line: Vec::new(), next: 0 })
    }

    /// Goes to a line that begins at a byte.
    pub(super) fn seek(&mut self, at: u64) -> Result<()> {
        self.next = self.file.seek(SeekFrom::Start(at))?;
        Ok(())
    }

    /// The next line. Garbage without line breaks is handed out in pieces, so that it does not fill the memory.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>> {
        self.line.clear();
        let read = self.file.by_ref().take(limits::JOURNAL_LINE).read_until(b'\n', &mut self.line)?;
        let at = self.next;
        self.next += read as u64;
        Ok((read > 0).then_some(Line { at, bytes: &self.line }))
    }
}

/// A file that lines are appended to.
#[derive(Debug)]
pub(super) struct Appender {
    file: File,
    /// The length up to which it holds whole lines.
    whole: u64,
    tail: Tail,
}

/// The state of the file behind its whole lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// Nothing lies there.
    Clean,
    /// A part of a line may lie there.
    Torn,
    /// Lines may be missing on the disk: the system reports a failed write once, and may drop the data.
    Lost,
}

impl Appender {
    /// Opens a file whose first `whole` bytes are whole lines, and cuts off the rest. Makes it if it is not there; its name is
    /// on disk when this returns.
    pub(super) fn open(path: &Path, whole: u64) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(whole)?;
        path.parent().map_or(Ok(()), sync_names)?;
        Ok(Self { file, whole, tail: Tail::Clean })
    }

    /// Appends lines, whole or not at all: a full disk may leave a part of them, behind which no line could be read.
    pub(super) fn append(&mut self, lines: &str) -> Result<()> {
        match self.tail {
            Tail::Clean => {}
            Tail::Torn => self.file.set_len(self.whole)?,
            Tail::Lost => return Err(Error::other("an earlier write did not reach the disk")),
        }
        let written = self.file.write_all(lines.as_bytes());
        self.tail = match written {
            Ok(()) => Tail::Clean,
            Err(_) if self.file.set_len(self.whole).is_ok() => Tail::Clean,
            Err(_) => Tail::Torn,
        };
        written?;
        self.whole += lines.len() as u64;
        Ok(())
    }

    /// Brings everything to the disk.
    pub(super) fn sync(&mut self) -> Result<()> {
        if self.tail == Tail::Lost {
            return Err(Error::other("an earlier write did not reach the disk"));
        }
        self.file.sync_data().inspect_err(|_| self.tail = Tail::Lost)
    }
}

#[cfg(test)]
mod tests;
