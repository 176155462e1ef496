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
use crate::model::printable;
use crate::plan::{Change, Sums};

/// A plan file being written. It has a temporary name next to its final one until it is complete.
pub struct Writer {
    path: PathBuf,
    encoder: zstd::Encoder<'static, Hashing<BufWriter<NamedTempFile>>>,
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
        let encoder =
            zstd::Encoder::new(hashing, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(|e| failed(path, &e))?;
        let mut writer = Self { path: path.to_owned(), encoder, counted: Sums::default(), last: None };
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
        self.counted.add(change);
        self.line(Kind::Change, change)
    }

    /// Completes the plan, syncs it to disk and renames it. `found` is what else the survey found, `seen` its counts.
    pub fn finish(self, found: &Sums, seen: Seen) -> Result<()> {
        let Self { path, encoder, counted, .. } = self;
        let trailer = Trailer::new(&counted, found, seen);
        finish(encoder, &trailer, &path).map_err(|e| failed(&path, &e))
    }

    fn line<T: Serialize>(&mut self, kind: Kind, body: &T) -> Result<()> {
        let written = serde_json::to_writer(&mut self.encoder, &Line { kind, body })
            .map_err(io::Error::from)
            .and_then(|()| self.encoder.write_all(b"\n"));
        written.map_err(|e| failed(&self.path, &e))
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("path", &self.path).finish_non_exhaustive()
    }
}

fn finish(
    encoder: zstd::Encoder<'static, Hashing<BufWriter<NamedTempFile>>>,
    trailer: &Trailer,
    path: &Path,
) -> io::Result<()> {
    let Hashing { mut out, crc } = encoder.finish()?;
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
