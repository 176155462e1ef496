//! Versions and delete markers, as a listing gives them.

use serde::{Deserialize, Serialize};

use super::Instant;

/// One entry of a version listing, borrowed from its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The object's key.
    pub key: &'a str,
    /// The version's id; `null` for one written while versioning was off.
    pub version_id: &'a str,
    /// Whether it is the key's current entry.
    pub is_latest: bool,
    /// When it was made; for a multipart upload, when that was initiated
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>).
    pub last_modified: Instant,
    /// A version or a delete marker.
    pub kind: Kind<'a>,
}

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A version: an object's bytes.
    Version {
        /// Entity tag, without its quotes.
        etag: &'a str,
        /// Bytes.
        size: u64,
        /// Storage class; empty where the server names none.
        storage_class: &'a str,
        /// The first checksum algorithm stored with it; empty where there is none.
        checksum_algorithm: &'a str,
        /// Whether that checksum is of the whole object or of its parts.
        checksum_type: ChecksumType,
    },
    /// A delete marker.
    DeleteMarker,
}

impl Kind<'_> {
    /// Whether it is a delete marker.
    pub fn is_marker(&self) -> bool {
        matches!(self, Kind::DeleteMarker)
    }

    /// Whether its ETag says that it was uploaded in parts: an MD5, `-`, and their number.
    pub fn is_multipart(&self) -> bool {
        // The length alone decides for nearly all: a listing has one for every version.
        matches!(self, Kind::Version { etag, .. } if etag.len() > 32 && etag.contains('-'))
    }
}

/// What a stored checksum is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChecksumType {
    /// The listing does not say.
    #[default]
    Unknown,
    /// The checksums of the parts: depends on how the object was uploaded.
    Composite,
    /// The whole object's bytes.
    FullObject,
}

impl ChecksumType {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

/// A version that outlives its page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Version {
    /// The version's id; `null` for one written while versioning was off.
    pub version_id: String,
    /// When it was made.
    pub last_modified: Instant,
    /// Bytes.
    pub size: u64,
    /// Entity tag, without its quotes.
    pub etag: String,
    /// Storage class.
    pub storage_class: String,
    /// The first checksum algorithm stored with it; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub checksum_algorithm: String,
    /// Whether that checksum is of the whole object or of its parts.
    #[serde(default, skip_serializing_if = "ChecksumType::is_unknown")]
    pub checksum_type: ChecksumType,
}

/// Of a delete marker: its id, and when it was made.
impl From<Entry<'_>> for Version {
    fn from(entry: Entry<'_>) -> Self {
        let made = Self {
            version_id: entry.version_id.to_owned(),
            last_modified: entry.last_modified,
            ..Self::default()
        };
        match entry.kind {
            Kind::DeleteMarker => made,
            Kind::Version { etag, size, storage_class, checksum_algorithm, checksum_type } => Self {
                size,
                etag: etag.to_owned(),
                storage_class: storage_class.to_owned(),
                checksum_algorithm: checksum_algorithm.to_owned(),
                checksum_type,
                ..made
            },
        }
    }
}

impl Version {
    /// Whether the ETag says that the object was uploaded in parts (`…-N`): then it is not an MD5 of the bytes.
    pub fn is_multipart(&self) -> bool {
        self.etag.contains('-')
    }
}
