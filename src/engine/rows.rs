//! The keys that the rows of a database name, in order on disk.

use std::io::BufRead;

use crate::error::Result;
use crate::list::{Terminator, each_key};
use crate::model::Location;
use crate::spill::{SortedKeys, Sorter};

/// Reads keys, each whole, and gives them in order and without repetition: see [`each_key`].
pub fn read_keys(
    input: impl BufRead,
    terminator: Terminator,
    location: &Location,
    name: &str,
) -> Result<SortedKeys> {
    let mut sorter = Sorter::new()?;
    each_key(input, terminator, location, name, |key| sorter.push(key))?;
    sorter.finish()
}
