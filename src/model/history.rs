//! A key's history, entry by entry.

use super::Version;

/// One entry of a key's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The version, or where its id and time belong to a delete marker, those alone.
    pub version: Version,
    /// Whether it is a delete marker.
    pub delete_marker: bool,
    /// Whether it is the current entry.
    pub is_latest: bool,
    /// Whether it is the first entry, newest first, that is not younger than the instant asked for.
    pub live_at: bool,
}
