//! Files that results are kept in beside what stdout gets: reports, pages.

use std::fs::OpenOptions;
use std::path::Path;

use crate::error::{Error, ErrorKind, Result};

/// Sees that these files can be written, before the work whose results they are to hold.
pub(super) fn can_write<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<()> {
    for path in paths {
        let (before, file) = (path.exists(), OpenOptions::new().append(true).create(true).open(path));
        file.map_err(|e| Error::usage(format!("cannot write {}: {e}", path.display())))?;
        if !before {
            // Nothing that is empty is left for whoever looks for results.
            drop(std::fs::remove_file(path));
        }
    }
    Ok(())
}

/// Writes one of them.
pub(super) fn write(path: &Path, what: &str, content: impl AsRef<[u8]>) -> Result<()> {
    std::fs::write(path, content)
        .map_err(|e| Error::new(ErrorKind::Local, format!("cannot write {what} {}: {e}", path.display())))
}
