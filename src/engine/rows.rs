//! The keys that the rows of a database name, in order on disk.

use std::io::BufRead;
use std::path::PathBuf;

use super::query::{open_keys, reading};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::list::{Terminator, each_key};
use crate::model::Location;
use crate::spill::{SortedKeys, Sorter};

/// A file of keys, each whole.
pub(crate) struct Rows {
    reader: Box<dyn BufRead + Send>,
    name: String,
    terminator: Terminator,
}

impl Rows {
    /// Opens it; `-` is standard input. `null` says that after each key comes a NUL, not a line feed.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if it cannot be opened.
    pub(crate) async fn open(file: PathBuf, null: bool, cancel: &Cancel) -> Result<Self> {
        let (reader, name) = reading(cancel, move || open_keys(&file)).await?;
        Ok(Self { reader, name, terminator: if null { Terminator::Null } else { Terminator::Line } })
    }

    /// Reads the keys, which may take as long as what prints them.
    pub(crate) async fn read(self, location: Location, cancel: &Cancel) -> Result<SortedKeys> {
        let Self { reader, name, terminator } = self;
        reading(cancel, move || read_keys(reader, terminator, &location, &name)).await
    }
}

/// Reads keys, each whole, and gives them in order and without repetition: see [`each_key`].
pub(crate) fn read_keys(
    input: impl BufRead,
    terminator: Terminator,
    location: &Location,
    name: &str,
) -> Result<SortedKeys> {
    let mut sorter = Sorter::new()?;
    each_key(input, terminator, location, name, |key| sorter.push(key))?;
    sorter.finish()
}
