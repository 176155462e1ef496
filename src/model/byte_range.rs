//! A range of bytes as a user types it.

use std::ops::Range;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Bytes of an object, as HTTP counts them: from 0, the last one included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteRange {
    /// From the first to the last.
    Between {
        /// The first byte.
        first: u64,
        /// The last byte.
        last: u64,
    },
    /// From this byte to the end.
    From(u64),
    /// The last so many.
    Last(u64),
}

impl ByteRange {
    /// Returns the bytes that an object of `size` bytes has of the range; `None` if there are none.
    ///
    /// | range | size | bytes |
    /// |---|---|---|
    /// | `0-99` | 1000 | the first 100 |
    /// | `0-99` | 10 | all 10 |
    /// | `990-` | 1000 | the last 10 |
    /// | `-10` | 1000 | the last 10 |
    /// | `-10` | 5 | all 5 |
    /// | `1000-`, `1000-1001` | 1000 | none |
    /// | any | 0 | none |
    pub fn within(self, size: u64) -> Option<Range<u64>> {
        let bytes = match self {
            Self::Between { first, last } => first..last.saturating_add(1).min(size),
            Self::From(first) => first..size,
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        (!bytes.is_empty()).then_some(bytes)
    }
}

impl FromStr for ByteRange {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || {
            Error::usage(format!("cannot read the range {text}"))
                .hint("write it as 0-99, 100- or -100 (the last 100 bytes), as in an HTTP Range header")
        };
        let range = text.strip_prefix("bytes=").unwrap_or(text);
        let number = |digits: &str| digits.parse::<u64>().map_err(|_| wrong());
        let (first, last) = range.split_once('-').ok_or_else(wrong)?;
        if !range.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Err(wrong());
        }
        match (first, last) {
            ("", last) => Ok(Self::Last(number(last)?)),
            (first, "") => Ok(Self::From(number(first)?)),
            (first, last) => {
                let (first, last) = (number(first)?, number(last)?);
                if first <= last { Ok(Self::Between { first, last }) } else { Err(wrong()) }
            }
        }
    }
}

#[cfg(test)]
mod tests;
