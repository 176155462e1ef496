//! A plan in a file, to be reviewed, kept, and carried out as it is.
//!
//! The file is zstd frames of JSON Lines: `zstdcat PLAN | jq` reads it. Each object says in `type` what it is:
//!
//! | line | `type` | holds |
//! |---|---|---|
//! | first | `plan` | the [`Header`]: format, bucket, prefix, T, when it was listed, what it rests on, which keys |
//! | each other | `change` | a [`Change`](super::Change), with everything its execution needs; in the order of keys, each key once |
//! | last | `trailer` | the [`Trailer`]: counts, and the CRC-32 of the file |
//!
//! A change's name is its index, the first change's being 0: it is stable for as long as the file is.
//!
//! The trailer is in a frame of its own, whose one block is stored, not compressed. So the file ends in the trailer's text,
//! `"crc32":"xxxxxxxx"}` and a line feed, and the CRC-32 covers every byte of the file before its eight digits. It guards
//! against accidents, not against forgery.
//!
//! # Formats
//!
//! What is written is [`FORMAT`]. A reader passes over fields that it does not know, and reads every minor of its major.
//! So what a reader must not overlook (another target, another way to carry a change out) raises the major.

mod header;
mod read;
#[cfg(test)]
mod tests;
mod trailer;
mod write;

pub use header::{Checks, FORMAT, Format, Header, Selected, Times};
pub use read::{ByKey, Changes, PlanFile};
pub use trailer::{Seen, Trailer};
pub use write::Writer;

use serde::{Deserialize, Serialize};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plan,
    Change,
    Trailer,
}

/// A line as it is written.
#[derive(Serialize)]
struct Line<'a, T> {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(flatten)]
    body: &'a T,
}
