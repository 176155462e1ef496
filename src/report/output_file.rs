//! Files to which reports and pages are written in addition to stdout.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind, Result};

/// The permissions of a new file, before the umask.
const MODE: u32 = 0o666;

/// Checks that these files can be written, before the work whose results they are to hold.
pub(crate) fn can_write<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    for path in paths {
        let open = || OpenOptions::new().append(true).open(path);
        let tried = match Target::of(path) {
            Target::New(file) => temporary(&file).map(drop),
            Target::File(file) => open().and_then(|_| temporary(&file)).map(drop),
            Target::Other => open().map(drop),
        };
        tried.map_err(|e| Error::usage(format!("cannot write {}: {e}", path.display())))?;
    }
    Ok(())
}

/// Writes a file atomically, so that no one finds an empty report or half a page.
pub(crate) fn write(path: &Path, what: &str, content: impl AsRef<[u8]>) -> Result<()> {
    let content = content.as_ref();
    let cannot =
        |e: io::Error| Error::new(ErrorKind::Local, format!("cannot write {what} {}: {e}", path.display()));
    let written = match Target::of(path) {
        Target::New(file) => temporary(&file).and_then(|draft| put(draft, &file, content)),
        Target::File(file) => replace(&file, content),
        Target::Other => return fs::write(path, content).map_err(cannot),
    };
    written.map_err(|e| cannot(e).hint("nothing was written; an existing file of this name is unchanged"))
}

/// The target of a path.
enum Target {
    /// No file yet.
    New(PathBuf),
    /// This regular file, with links resolved.
    File(PathBuf),
    /// A pipe, a terminal or the like, which is written to directly.
    Other,
}

impl Target {
    fn of(path: &Path) -> Self {
        match fs::canonicalize(path) {
            Ok(file) if file.is_file() => Target::File(file),
            Ok(_) => Target::Other,
            Err(_) => Target::New(path.to_owned()),
        }
    }
}

fn replace(file: &Path, content: &[u8]) -> io::Result<()> {
    let draft = temporary(file)?;
    draft.as_file().set_permissions(fs::metadata(file)?.permissions())?;
    put(draft, file, content)
}

fn put(mut draft: NamedTempFile, file: &Path, content: &[u8]) -> io::Result<()> {
    draft.as_file_mut().write_all(content)?;
    draft.as_file().sync_all()?;
    draft.persist(file).map(drop).map_err(|e| e.error)
}

/// Creates a temporary file next to this one, which is removed unless it is renamed.
fn temporary(file: &Path) -> io::Result<NamedTempFile> {
    let directory = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::metadata(directory)?;
    let mut builder = tempfile::Builder::new();
    builder.prefix(".asof-").permissions(fs::Permissions::from_mode(MODE));
    // The original message names the temporary file, which means nothing to the user.
    builder.tempfile_in(directory).map_err(|e| e.kind().into())
}

#[cfg(test)]
mod tests;
