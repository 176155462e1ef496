//! An append-only file of records, one per line: the CRC-32 of the record as eight hexadecimal digits, a space, and the
//! record as JSON.
//!
//! JSON has no line break within a record, so a line is a frame: a wrong CRC shows a torn record, and the next line
//! starts the next record.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::dir::sync_names;
use crate::limits;

/// Formats a record as a line.
pub(super) fn to_line<T: Serialize>(record: &T) -> Result<String> {
    let json = serde_json::to_string(record)?;
    let line = format!("{} {json}\n", crc(json.as_bytes()));
    if line.len() as u64 > limits::JOURNAL_LINE {
        // The reader would reject it.
        return Err(Error::new(ErrorKind::InvalidData, "the record is too long"));
    }
    Ok(line)
}

/// Parses a line that includes its line break; `None` if it is torn or damaged, or the record is of another kind.
pub(super) fn of_line<T: DeserializeOwned>(line: &[u8]) -> Option<T> {
    serde_json::from_slice(json_of(line)?).ok()
}

/// Returns the JSON of a line that includes its line break; `None` if it is torn or damaged.
pub(super) fn json_of(line: &[u8]) -> Option<&[u8]> {
    let (said, json) = line.strip_suffix(b"\n")?.split_at_checked(8)?;
    json.strip_prefix(b" ").filter(|json| crc(json).as_bytes() == said)
}

fn crc(json: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(json))
}

/// The lines of a file, read one at a time.
#[derive(Debug)]
pub(super) struct Lines {
    file: BufReader<File>,
    line: Vec<u8>,
    /// The offset of the next line.
    next: u64,
}

/// A line and its offset in the file.
pub(super) struct Line<'a> {
    pub(super) at: u64,
    pub(super) bytes: &'a [u8],
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self { file: BufReader::new(File::open(path)?), line: Vec::new(), next: 0 })
    }

    /// Moves to the line at this offset.
    pub(super) fn seek(&mut self, at: u64) -> Result<()> {
        self.next = self.file.seek(SeekFrom::Start(at))?;
        Ok(())
    }

    /// Returns the next line. Garbage without line breaks is returned in pieces, to limit memory.
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
    /// The length of the file up to its last complete line.
    whole: u64,
    tail: Tail,
}

/// The state of the file after its complete lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// Nothing follows.
    Clean,
    /// Part of a line may follow.
    Torn,
    /// Lines may be missing on disk: the system reports a failed write once, and may drop the data.
    Lost,
}

impl Appender {
    /// Opens a file with `whole` bytes of complete lines, and truncates the rest. Creates it if it does not exist; its
    /// name is on disk when this returns.
    pub(super) fn open(path: &Path, whole: u64) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        file.set_len(whole)?;
        path.parent().map_or(Ok(()), sync_names)?;
        Ok(Self { file, whole, tail: Tail::Clean })
    }

    /// Appends lines completely or not at all: a full disk may leave part of a line, after which no line could be read.
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

    /// Syncs the file to disk.
    pub(super) fn sync(&mut self) -> Result<()> {
        if self.tail == Tail::Lost {
            return Err(Error::other("an earlier write did not reach the disk"));
        }
        self.file.sync_data().inspect_err(|_| self.tail = Tail::Lost)
    }
}

#[cfg(test)]
mod tests;
