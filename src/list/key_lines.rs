//! Reads key lists: one key per line, or each terminated by a NUL.

use std::io::BufRead;

use crate::error::{Error, Result};
use crate::limits;
use crate::model::{KeyShapes, Location, printable};

/// The terminator after each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Terminator {
    /// A line feed.
    #[default]
    Line,
    /// A NUL, as printed by `find -print0`: keys may contain line feeds.
    Null,
}

impl Terminator {
    fn byte(self) -> u8 {
        match self {
            Terminator::Line => b'\n',
            Terminator::Null => 0,
        }
    }

    fn unit(self) -> &'static str {
        match self {
            Terminator::Line => "line",
            Terminator::Null => "entry",
        }
    }
}

/// The form of a key list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct KeyFormat {
    /// The terminator after each key.
    pub(crate) terminator: Terminator,
    /// The text before every key, which is not part of it.
    pub(crate) strip_prefix: String,
    /// The location that every key must be under. Keys of another store than S3 have none.
    pub(crate) location: Option<Location>,
}

impl KeyFormat {
    /// Keys under this location, one per line.
    pub(crate) fn lines(location: Location) -> Self {
        Self { location: Some(location), ..Self::default() }
    }

    /// Returns the key on a line.
    fn key<'a>(&self, line: &'a str, name: &str) -> Result<&'a str> {
        let Self { strip_prefix, location, .. } = self;
        let Some(key) = line.strip_prefix(strip_prefix.as_str()).filter(|key| !key.is_empty()) else {
            let message = format!("{} in {name} is not a key after {strip_prefix}", printable(line));
            return Err(Error::usage(message).hint("strip-prefix must be the text before every key"));
        };
        match location {
            Some(location) if !key.starts_with(&location.prefix) => {
                let message = format!("the key {} in {name} is not under {location}", printable(key));
                let error = Error::usage(message).hint("write full keys, including their prefix");
                Err(KeyShapes::of(key).likely_causes().into_iter().fold(error, Error::hint))
            }
            _ => Ok(key),
        }
    }
}

/// Reads whole keys and passes each to `on`. Skips empty lines. Fails for a key outside the location. `name` is the name
/// of the input in errors.
pub(crate) fn each_key(
    mut input: impl BufRead,
    format: &KeyFormat,
    name: &str,
    mut on: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let terminator = format.terminator;
    let wrong = |line: u64, what: &str| {
        Error::usage(format!("cannot read keys from {name}: {} {line} {what}", terminator.unit()))
    };
    let longest = limits::KEY_BYTES + format.strip_prefix.len();
    let (mut line, mut bytes) = (0, Vec::new());
    loop {
        bytes.clear();
        let limit = longest as u64 + 1;
        let read = std::io::Read::take(&mut input, limit).read_until(terminator.byte(), &mut bytes);
        if read.map_err(|e| Error::usage(format!("cannot read keys from {name}: {e}")))? == 0 {
            return Ok(());
        }
        line += 1;
        if bytes.last() == Some(&terminator.byte()) {
            bytes.pop();
        } else if bytes.len() > longest {
            let what = format!("is longer than {} bytes, the limit of a key", limits::KEY_BYTES);
            return Err(wrong(line, &what).hint("put one key on each line, or a NUL after each with --null"));
        }
        let key = std::str::from_utf8(&bytes).map_err(|_| wrong(line, "is not UTF-8"))?;
        if key.is_empty() {
            continue;
        }
        on(format.key(key, name)?)?;
    }
}

#[cfg(test)]
mod tests;
