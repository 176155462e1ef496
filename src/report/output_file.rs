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
        let tried = Target::of(path).and_then(|target| match target {
            Target::New(file) => temporary(&file).map(drop),
            Target::File(file) => open().and_then(|_| temporary(&file)).map(drop),
            Target::Other => open().map(drop),
        });
        tried.map_err(|e| Error::usage(format!("cannot write {}: {e}", path.display())))?;
    }
    Ok(())
}

/// Writes a file atomically, so that no one finds an empty report or half a page.
pub(crate) fn write(path: &Path, what: &str, content: impl AsRef<[u8]>) -> Result<()> {
    let content = content.as_ref();
    let cannot =
        |e: io::Error| Error::new(ErrorKind::Local, format!("cannot write {what} {}: {e}", path.display()));
    let written = match Target::of(path).map_err(cannot)? {
        Target::New(file) => temporary(&file).and_then(|draft| put(draft, &file, content)),
        Target::File(file) => replace(&file, content),
        Target::Other => {
            let opened = OpenOptions::new().append(true).open(path);
            return opened.and_then(|mut file| file.write_all(content)).map_err(cannot);
        }
    };
    written.map_err(|e| cannot(e).hint("nothing was written; an existing file of this name is unchanged"))
}

/// The target of a path.
enum Target {
    /// No file yet.
    New(PathBuf),
    /// This regular file, with links resolved.
    File(PathBuf),
    /// A pipe, a terminal or the like, or what this process has open already, which is written to directly.
    Other,
}

/// The directories whose entries stand for what is open: `/dev/stdout` must stay a link, whatever it leads to.
const OPEN: [&str; 2] = ["/dev", "/proc"];

impl Target {
    /// Fails for a link that leads nowhere: it is not known what to create.
    fn of(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(file) if file.is_file() && !OPEN.iter().any(|open| path.starts_with(open)) => {
                fs::canonicalize(path).map(Target::File)
            }
            Ok(_) => Ok(Target::Other),
            Err(_) if fs::symlink_metadata(path).is_err() => Ok(Target::New(path.to_owned())),
            Err(e) => Err(e),
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
