//! Writes the template of a recovery file.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::Path;

use crate::error::{Error, Result};
use crate::recover::TEMPLATE;

/// Writes the template, unless the file exists.
pub(crate) fn write_template(path: &Path) -> Result<()> {
    let written = File::options().write(true).create_new(true).open(path);
    written.and_then(|mut file| file.write_all(TEMPLATE.as_bytes())).map_err(|e| {
        let error = Error::usage(format!("cannot write {}: {e}", path.display()));
        match e.kind() {
            ErrorKind::AlreadyExists => error.hint("existing files are not overwritten"),
            _ => error,
        }
    })
}
