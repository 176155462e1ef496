//! The lines of a plan, and the frames at which reading them can begin.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde::de::DeserializeOwned;

use super::read::{damaged, parse, unreadable};
use crate::error::Result;
use crate::limits;

/// A plan that several readers read, each at an offset of its own. They share one open file, so that all of them read the
/// plan that was verified even if another file is renamed over it.
#[derive(Debug, Clone)]
pub(super) struct Source {
    file: Arc<Mutex<File>>,
    offset: u64,
}

impl Source {
    pub(super) fn new(file: File) -> Self {
        Self { file: Arc::new(Mutex::new(file)), offset: 0 }
    }

    /// Returns a reader of the same file that begins at this offset.
    pub(super) fn at(&self, offset: u64) -> Self {
        Self { file: Arc::clone(&self.file), offset }
    }
}

impl Read for Source {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.offset))?;
        let read = file.read(bytes)?;
        self.offset += read as u64;
        Ok(read)
    }
}

type Frame = BufReader<zstd::Decoder<'static, BufReader<Source>>>;

/// The lines of a plan.
pub(super) struct Lines {
    /// The frame being read; `None` after the last one.
    frame: Option<Frame>,
    /// The offset of the frame that begins with the last line read, if one does.
    begins: Option<u64>,
    pub(super) line: Vec<u8>,
    pub(super) path: PathBuf,
}

impl Lines {
    /// Starts where `source` does, which must be the beginning of a frame.
    pub(super) fn of(source: Source, path: &Path) -> Result<Self> {
        let source = BufReader::with_capacity(limits::PLAN_BLOCK, source);
        let frame = frame(source).map_err(|e| unreadable(path, &e))?;
        Ok(Self { frame: Some(frame), begins: None, line: Vec::new(), path: path.to_owned() })
    }

    pub(super) fn next(&mut self) -> Result<Option<&[u8]>> {
        self.line.clear();
        self.begins = None;
        loop {
            if let Some(frame) = &mut self.frame {
                let most = limits::PLAN_LINE.saturating_sub(self.line.len()) as u64;
                let read = frame.by_ref().take(most).read_until(b'\n', &mut self.line);
                read.map_err(|e| not_zstd(&self.path, e))?;
            }
            if self.line.last() == Some(&b'\n') || !self.next_frame()? {
                break;
            }
        }
        match self.line.last() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(&self.line)),
            Some(_) if self.line.len() < limits::PLAN_LINE => {
                Err(damaged(&self.path, "its last line is truncated"))
            }
            Some(_) => Err(damaged(&self.path, "it has a line of more than 16 MiB")),
        }
    }

    pub(super) fn first<T: DeserializeOwned>(&mut self) -> Result<T> {
        self.next()?;
        parse(&self.line, &self.path)
    }

    /// Returns the offset of the frame that begins with the line last read; `None` if it is not the first of a frame.
    pub(super) fn frame_start(&self) -> Option<u64> {
        self.begins
    }

    /// Goes to the next frame; false if there is none, or if the line is too long to be read on.
    fn next_frame(&mut self) -> Result<bool> {
        if self.line.len() == limits::PLAN_LINE {
            return Ok(false);
        }
        let Some(ended) = self.frame.take() else { return Ok(false) };
        let mut source = ended.into_inner().finish();
        if source.fill_buf().map_err(|e| not_zstd(&self.path, e))?.is_empty() {
            return Ok(false);
        }
        if self.line.is_empty() {
            self.begins = Some(source.get_ref().offset - source.buffer().len() as u64);
        }
        self.frame = Some(frame(source).map_err(|e| unreadable(&self.path, &e))?);
        Ok(true)
    }
}

/// Starts reading a frame; it ends where the frame does.
fn frame(source: BufReader<Source>) -> io::Result<Frame> {
    Ok(BufReader::new(zstd::Decoder::with_buffer(source)?.single_frame()))
}

fn not_zstd(path: &Path, e: io::Error) -> crate::error::Error {
    damaged(path, "it cannot be decompressed").because(e)
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The beginning of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameStart {
    /// The number of its first change.
    pub(super) n: u64,
    /// Its offset in the file.
    pub(super) offset: u64,
}

/// The frames of a plan: the beginnings of all or, of a large plan, of every second, every fourth, and so on.
#[derive(Debug, Clone)]
pub(super) struct Frames {
    kept: Vec<FrameStart>,
    seen: u64,
    every: u64,
}

impl Default for Frames {
    fn default() -> Self {
        Self { kept: Vec::new(), seen: 0, every: 1 }
    }
}

impl Frames {
    /// Adds the next frame.
    pub(super) fn add(&mut self, start: FrameStart) {
        if self.seen.is_multiple_of(self.every) {
            if self.kept.len() == limits::PLAN_FRAMES {
                let mut index = 0;
                self.kept.retain(|_| {
                    index += 1;
                    index % 2 == 1
                });
                self.every *= 2;
            }
            if self.seen.is_multiple_of(self.every) {
                self.kept.push(start);
            }
        }
        self.seen += 1;
    }

    /// Returns the last kept frame that begins with the change `n` or an earlier one.
    pub(super) fn before(&self, n: u64) -> Option<FrameStart> {
        let after = self.kept.partition_point(|start| start.n <= n);
        self.kept.get(after.checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests;
