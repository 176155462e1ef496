//! Plan files: a plan that can be reviewed, kept, and applied unchanged.
//!
//! The file is zstd frames of JSON Lines: `zstdcat PLAN | jq` reads it. Each object has a `type`:
//!
//! | line | `type` | contents |
//! |---|---|---|
//! | first | `plan` | the [`Header`]: format, bucket, prefix, T, time of the listing, bucket settings, selected keys |
//! | each other | `change` | a [`Change`](super::Change), with everything needed to apply it; in key order, each key once |
//! | last | `trailer` | the [`Trailer`]: counts, and the CRC-32 of the file |
//!
//! A change is identified by its index, starting at 0: it is as stable as the file.
//!
//! The trailer is a frame of its own with one block that is stored, not compressed. The file therefore ends in the
//! trailer's text, `"crc32":"xxxxxxxx"}` and a line feed, and the CRC-32 covers every byte of the file before its eight
//! digits. It protects against accidents, not against forgery.
//!
//! # Formats
//!
//! [`FORMAT`] is written. A reader ignores unknown fields, and reads every minor version of its major version. Anything
//! that a reader must not ignore (another target, another way to apply a change) needs a new major version.

mod header;
mod read;
#[cfg(test)]
mod tests;
mod trailer;
mod write;

pub use header::{Checks, FORMAT, Format, Header, Selected, Times};
pub use read::{ByKey, Changes, PlanFile, named_crc32};
pub use trailer::{Seen, Trailer};
pub use write::Writer;

use serde::{Deserialize, Serialize};

/// The type of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Plan,
    Change,
    Trailer,
}

/// A line to be written.
#[derive(Serialize)]
struct Line<'a, T> {
    #[serde(rename = "type")]
    kind: Kind,
    #[serde(flatten)]
    body: &'a T,
}
