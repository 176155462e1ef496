//! Refuses a file to be written that the command line names for something else too, before it is overwritten.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use clap::{ArgMatches, Command, error::ErrorKind};

/// The options that name a file to be written.
const OUTPUTS: [&str; 4] = ["html", "metrics", "out", "report"];

/// Returns an error if an output is also another output or an input.
pub(super) fn require_own(command: &mut Command, typed: &ArgMatches) -> Result<(), clap::Error> {
    let Some((_, typed)) = typed.subcommand() else { return Ok(()) };
    let files = typed.ids().flat_map(|id| {
        let paths = typed.try_get_many::<PathBuf>(id.as_str()).ok().flatten();
        paths.into_iter().flatten().map(move |path| (id.as_str(), path))
    });
    let files: Vec<_> = files.collect();
    let is_output = |id: &str| OUTPUTS.contains(&id);
    let shared = files
        .iter()
        .filter(|(id, _)| is_output(id))
        .find(|(id, path)| files.iter().any(|(other, named)| other != id && is_same(named, path)));
    let Some((id, path)) = shared else { return Ok(()) };
    let message = format!("--{id} would overwrite {}, which the command line names twice", path.display());
    Err(command.error(ErrorKind::ArgumentConflict, message))
}

/// Returns true if both are one file. A pipe or a terminal takes the output of several.
fn is_same(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => a.is_file() && (a.dev(), a.ino()) == (b.dev(), b.ino()),
        (Err(_), Err(_)) => std::path::absolute(a).ok() == std::path::absolute(b).ok(),
        _ => false,
    }
}
