//! Writes a plan file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crc32fast::Hasher;
use serde::Serialize;
use tempfile::NamedTempFile;

use super::read::may_replace;
use super::{Header, Kind, Line, Seen, Trailer};
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::plan::{Change, Sums};

type Frame = zstd::Encoder<'static, Hashing<BufWriter<NamedTempFile>>>;

/// A plan file being written. It has a temporary name next to its final one until it is complete.
pub struct Writer {
    path: PathBuf,
    /// The frame being written; `None` after an error.
    frame: Option<Frame>,
    counted: Sums,
    last: Option<String>,
}

impl Writer {
    /// Starts a plan that will be renamed to `path`. An existing file is kept until then, and is never replaced if it
    /// is neither a plan nor empty.
    pub fn create(path: &Path, header: &Header) -> Result<Self> {
        if std::fs::symlink_metadata(path).is_ok_and(|there| !there.is_file()) {
            let message = format!("cannot save the plan as {}: not a regular file", path.display());
            return Err(Error::usage(message).hint("give the name of a file"));
        }
        if path.exists() && !may_replace(path) {
            let message =
                format!("cannot save the plan as {}: the existing file is not a plan", path.display());
            return Err(Error::usage(message).hint("choose another name, or remove that file first"));
        }
        let file = temporary(path).map_err(|e| {
            let (plan, directory) = (path.display(), directory(path).display());
            Error::usage(format!(
                "cannot save the plan as {plan}: cannot create a file in {directory} ({})",
                e.kind()
            ))
            .hint("choose a file in a writable directory")
            .because(e)
        })?;
        let hashing = Hashing { out: BufWriter::new(file), crc: Hasher::new() };
        let frame = Some(frame(hashing).map_err(|e| failed(path, &e))?);
        let mut writer = Self { path: path.to_owned(), frame, counted: Sums::default(), last: None };
        writer.line(Kind::Plan, header)?;
        Ok(writer)
    }

    /// Appends a change. Keys must ascend.
    pub fn push(&mut self, change: &Change) -> Result<()> {
        // Otherwise the plan, which is verified before its first change is applied, would look like a damaged file.
        let in_order = self.last.as_ref().is_none_or(|last| *last < change.key);
        if !in_order || !change.is_whole() {
            let key = printable(&change.key);
            return Err(Error::internal(format!("the change of {key} is out of order or has no version")));
        }
        change.key.clone_into(self.last.get_or_insert_default());
        if self.counted.changes().is_multiple_of(limits::PLAN_FRAME) {
            self.end_frame().map_err(|e| failed(&self.path, &e))?;
        }
        self.counted.add(change);
        self.line(Kind::Change, change)
    }

    /// Completes the plan, syncs it to disk and renames it. `found` is what else the survey found, `seen` its counts.
    pub fn finish(self, found: &Sums, seen: Seen) -> Result<()> {
        let Self { path, frame, counted, .. } = self;
        let trailer = Trailer::new(&counted, found, seen);
        let finished = frame.ok_or_else(broken).and_then(|frame| finish(frame, &trailer, &path));
        finished.map_err(|e| failed(&path, &e))
    }

    fn end_frame(&mut self) -> io::Result<()> {
        let ended = self.frame.take().ok_or_else(broken)?.finish()?;
        self.frame = Some(frame(ended)?);
        Ok(())
    }

    fn line<T: Serialize>(&mut self, kind: Kind, body: &T) -> Result<()> {
        let written = self.frame.as_mut().ok_or_else(broken).and_then(|frame| {
            serde_json::to_writer(&mut *frame, &Line { kind, body })?;
            frame.write_all(b"\n")
        });
        written.map_err(|e| failed(&self.path, &e))
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).finish_non_exhaustive()
    }
}

/// Starts a frame after the bytes already written.
fn frame(written: Hashing<BufWriter<NamedTempFile>>) -> io::Result<Frame> {
    let mut frame = zstd::Encoder::new(written, zstd::DEFAULT_COMPRESSION_LEVEL)?;
    frame.window_log(limits::PLAN_WINDOW_LOG)?;
    Ok(frame)
}

/// The error of a writer that failed before.
fn broken() -> io::Error {
    io::Error::other("an earlier write failed")
}

fn finish(frame: Frame, trailer: &Trailer, path: &Path) -> io::Result<()> {
    let Hashing { mut out, crc } = frame.finish()?;
    out.write_all(&trailer.frame(crc)?)?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    // The new name must survive a power failure too. Not every system can open a directory.
    File::open(directory(path)).map_or(Ok(()), |directory| directory.sync_all())
}

/// Creates a file next to `path` that is removed unless it is renamed; with the usual permissions.
fn temporary(path: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".asof-plan-").tempfile_in(directory(path))
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn failed(path: &Path, e: &io::Error) -> Error {
    Error::new(ErrorKind::Local, format!("cannot write the plan {}: {e}", path.display()))
        .hint("an existing file of that name is unchanged; choose another file with --out")
}

/// A writer that computes the CRC-32 of the bytes it forwards.
struct Hashing<W> {
    out: W,
    crc: Hasher,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.crc.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
