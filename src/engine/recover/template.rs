//! Writes a recovery file to start from: the template, or that of a recipe with its commands.

use std::ffi::OsString;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::recover::{Recipe, TEMPLATE};

/// A file to write.
struct NewFile {
    path: PathBuf,
    text: &'static str,
    mode: u32,
}

const PLAIN: u32 = 0o666;
const PROGRAM: u32 = 0o777;

/// Writes the template, unless the file exists.
pub(crate) fn write_template(path: &Path) -> Result<()> {
    NewFile { path: path.to_owned(), text: TEMPLATE, mode: PLAIN }.create()
}

/// Writes the recovery file of a recipe and its other files beside it. Returns the names of the latter. Nothing is written if
/// a file of one of the names exists, unless it is the same: recipes share files.
pub(crate) fn write_recipe(path: &Path, recipe: &Recipe) -> Result<Vec<String>> {
    let recovery_file = NewFile { path: path.to_owned(), text: recipe.recovery_file, mode: PLAIN };
    let files = beside(path, recipe);
    for file in files.iter().filter(|file| !file.is_same()).chain([&recovery_file]) {
        if file.path.symlink_metadata().is_ok() {
            return Err(file.error(&ErrorKind::AlreadyExists.into()));
        }
    }
    for file in files.iter().filter(|file| !file.is_same()) {
        file.create()?;
    }
    // Last, so that where it is, everything is.
    recovery_file.create()?;
    Ok(files.iter().filter_map(|file| Some(file.path.file_name()?.to_string_lossy().into_owned())).collect())
}

/// The README, under a name that does not meet that of another recipe, and the commands.
fn beside(path: &Path, recipe: &Recipe) -> Vec<NewFile> {
    let readme = NewFile {
        path: path.with_file_name(format!("{}.md", recipe.name)),
        text: recipe.readme,
        mode: PLAIN,
    };
    let commands = recipe.commands.iter().map(|file| NewFile {
        path: path.with_file_name(OsString::from(file.name)),
        text: file.text,
        mode: if file.is_program() { PROGRAM } else { PLAIN },
    });
    std::iter::once(readme).chain(commands).collect()
}

impl NewFile {
    fn is_same(&self) -> bool {
        std::fs::read(&self.path).is_ok_and(|bytes| bytes == self.text.as_bytes())
    }

    fn create(&self) -> Result<()> {
        let opened = File::options().write(true).create_new(true).mode(self.mode).open(&self.path);
        opened.and_then(|mut file| file.write_all(self.text.as_bytes())).map_err(|e| self.error(&e))
    }

    fn error(&self, e: &std::io::Error) -> Error {
        let error = Error::usage(format!("cannot write {}: {e}", self.path.display()));
        match e.kind() {
            ErrorKind::AlreadyExists => error.hint("existing files are not overwritten"),
            _ => error,
        }
    }
}
