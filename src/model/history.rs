//! The history of a key, entry by entry.

use schemars::JsonSchema;
use serde::Serialize;

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
    /// The differences from the next older version; `None` for a delete marker, and unless it is compared.
    pub changes: Option<Changes>,
}

/// A property of an object that can differ between two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Aspect {
    /// The bytes.
    Content,
    /// The number of bytes.
    Size,
    /// The content type.
    ContentType,
    /// Metadata other than the content type.
    Metadata,
    /// The tags.
    Tags,
    /// The storage class.
    StorageClass,
}

impl Aspect {
    /// All aspects.
    pub const ALL: [Self; 6] =
        [Self::Content, Self::Size, Self::ContentType, Self::Metadata, Self::Tags, Self::StorageClass];

    /// The name in tables and JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Size => "size",
            Self::ContentType => "content-type",
            Self::Metadata => "metadata",
            Self::Tags => "tags",
            Self::StorageClass => "storage-class",
        }
    }
}

/// The differences of a version from the next older one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changes {
    /// There is no older version.
    Oldest,
    /// It was compared with the next older one.
    Compared {
        /// The aspects that differ.
        changed: Vec<Aspect>,
        /// The aspects of which it is unknown.
        unknown: Vec<Aspect>,
    },
}

impl Changes {
    /// The changes of a version that cannot be compared.
    pub fn unknown() -> Self {
        Self::Compared { changed: Vec::new(), unknown: Aspect::ALL.to_vec() }
    }
}
