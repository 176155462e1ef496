//! The keys that a database's rows name, sorted on disk.

use std::io::BufRead;
use std::path::PathBuf;

use super::query::{open_keys, reading};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::list::{KeyFormat, Terminator, each_key};
use crate::model::Location;
use crate::spill::{SortedKeys, Sorter};

/// A file of full keys.
pub(crate) struct Rows {
    reader: Box<dyn BufRead + Send>,
    name: String,
    terminator: Terminator,
}

impl Rows {
    /// Opens the file; `-` is standard input. With `null`, keys end in NUL instead of a line feed.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) if it cannot be opened.
    pub(crate) async fn open(file: PathBuf, null: bool, cancel: &Cancel) -> Result<Self> {
        let (reader, name) = reading(cancel, move || open_keys(&file)).await?;
        Ok(Self { reader, name, terminator: if null { Terminator::Null } else { Terminator::Line } })
    }

    /// Reads the keys, which takes as long as their writer.
    pub(crate) async fn read(self, location: Location, cancel: &Cancel) -> Result<SortedKeys> {
        let Self { reader, name, terminator } = self;
        let format = KeyFormat { terminator, ..KeyFormat::lines(location) };
        reading(cancel, move || read_keys(reader, &format, &name)).await
    }
}

/// Reads full keys, and returns them sorted and distinct; see [`each_key`].
pub(crate) fn read_keys(input: impl BufRead, format: &KeyFormat, name: &str) -> Result<SortedKeys> {
    let mut sorter = Sorter::new()?;
    each_key(input, format, name, |key| sorter.push(key))?;
    sorter.finish()
}
