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

/// Reads whole keys and passes each to `on`. Skips empty lines. Fails for a key outside `location`. `name` is the name
/// of the input in errors.
pub(crate) fn each_key(
    mut input: impl BufRead,
    terminator: Terminator,
    location: &Location,
    name: &str,
    mut on: impl FnMut(&str) -> Result<()>,
) -> Result<()> {
    let wrong = |line: u64, what: &str| {
        Error::usage(format!("cannot read keys from {name}: {} {line} {what}", terminator.unit()))
    };
    let (mut line, mut bytes) = (0, Vec::new());
    loop {
        bytes.clear();
        let limit = limits::KEY_BYTES as u64 + 1;
        let read = std::io::Read::take(&mut input, limit).read_until(terminator.byte(), &mut bytes);
        if read.map_err(|e| Error::usage(format!("cannot read keys from {name}: {e}")))? == 0 {
            return Ok(());
        }
        line += 1;
        if bytes.last() == Some(&terminator.byte()) {
            bytes.pop();
        } else if bytes.len() > limits::KEY_BYTES {
            let what = format!("is longer than {} bytes, the limit of a key", limits::KEY_BYTES);
            return Err(wrong(line, &what).hint("put one key on each line, or a NUL after each with --null"));
        }
        let key = std::str::from_utf8(&bytes).map_err(|_| wrong(line, "is not UTF-8"))?;
        if key.is_empty() {
            continue;
        }
        if !key.starts_with(&location.prefix) {
            let message = format!("the key {} in {name} is not under {location}", printable(key));
            let error = Error::usage(message).hint("write full keys, including their prefix");
            return Err(KeyShapes::of(key).likely_causes().into_iter().fold(error, Error::hint));
        }
        on(key)?;
    }
}

#[cfg(test)]
mod tests;
