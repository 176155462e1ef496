//! The history of a key, entry by entry.

use super::Version;

/// One entry of a key's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The version; for a delete marker, only its ID and time.
    pub version: Version,
    /// True if it is a delete marker.
    pub delete_marker: bool,
    /// True if it is the current entry.
    pub is_latest: bool,
    /// True if it is live at the instant asked for: the first entry, newest first, that is not newer.
    pub live_at: bool,
}
