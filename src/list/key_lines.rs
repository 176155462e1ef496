//! Keys as a person or a program lists them: one a line, or with a NUL after each.

use std::io::BufRead;

use crate::error::{Error, Result};
use crate::limits;
use crate::model::{KeyShapes, Location, printable};

/// What comes after each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Terminator {
    /// A line feed.
    #[default]
    Line,
    /// A NUL, as of `find -print0`: keys may have line feeds in them.
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

/// Reads keys, each whole, and hands each to `on`. Empty lines are passed over; a key that does not lie under `location` is an
/// error, for nothing could be said of it. `name` is what errors call the input.
pub fn each_key(
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
            let what = format!("is longer than any key, {} bytes", limits::KEY_BYTES);
            return Err(wrong(line, &what).hint("give one key a line, or with --null a NUL after each"));
        }
        let key = std::str::from_utf8(&bytes).map_err(|_| wrong(line, "is not UTF-8"))?;
        if key.is_empty() {
            continue;
        }
        if !key.starts_with(&location.prefix) {
            let message = format!("the key {} in {name} does not lie under {location}", printable(key));
            let error = Error::usage(message).hint("keys are written whole, with their prefix");
            return Err(KeyShapes::of(key).likely_causes().into_iter().fold(error, Error::hint));
        }
        on(key)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    fn read(input: &[u8], terminator: Terminator) -> Result<Vec<String>> {
        let (location, mut keys) = ("s3://bucket".parse().unwrap(), Vec::new());
        each_key(input, terminator, &location, "FILE", |key| {
            keys.push(key.to_owned());
            Ok(())
        })?;
        Ok(keys)
    }

    #[test]
    fn keys_are_read_as_they_are() {
        let long = "x".repeat(limits::KEY_BYTES);
        for (input, terminator, expected) in [
            ("", Terminator::Line, &[][..]),
            ("\n\n", Terminator::Line, &[]),
            ("b\na\n\nb\n", Terminator::Line, &["b", "a", "b"]),
            ("b\na", Terminator::Line, &["b", "a"]),
            ("a\r\n", Terminator::Line, &["a\r"]),
            (" a\0b\n", Terminator::Line, &[" a\0b"]),
            ("b\nc\0a\0\0", Terminator::Null, &["b\nc", "a"]),
            (&long, Terminator::Line, &[&long]),
            (&format!("{long}\n{long}\n"), Terminator::Line, &[&long, &long]),
        ] {
            assert_eq!(read(input.as_bytes(), terminator).unwrap(), expected, "{input:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_with_its_line() {
        let long = "x".repeat(limits::KEY_BYTES + 1);
        for (input, expected) in [
            (&b"a\n\nb\xff\n"[..], "cannot read keys from FILE: line 3 is not UTF-8"),
            (long.as_bytes(), "cannot read keys from FILE: line 1 is longer than any key, 1024 bytes"),
        ] {
            let error = read(input, Terminator::Line).unwrap_err();
            assert_eq!((error.kind(), error.to_string()), (ErrorKind::Usage, expected.to_owned()));
        }
        let location = "s3://bucket/a/".parse().unwrap();
        let error = each_key(&b"b\n"[..], Terminator::Line, &location, "FILE", |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "the key b in FILE does not lie under s3://bucket/a/");
    }
}
