//! Versions and delete markers as listed.

use serde::{Deserialize, Serialize};

use super::Instant;

/// An entry of a version listing, borrowed from its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The object's key.
    pub key: &'a str,
    /// The version ID; `null` if written while versioning was off or suspended.
    pub version_id: &'a str,
    /// True if it is the key's current entry.
    pub is_latest: bool,
    /// The creation time; for a multipart upload, the time it was initiated
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>).
    pub last_modified: Instant,
    /// The kind of entry: a version or a delete marker.
    pub kind: Kind<'a>,
}

/// The kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// A version of an object.
    Version {
        /// The entity tag, without quotes.
        etag: &'a str,
        /// Size in bytes.
        size: u64,
        /// The storage class; empty if the server reports none.
        storage_class: &'a str,
        /// The first checksum algorithm stored with it; empty if there is none.
        checksum_algorithm: &'a str,
        /// The coverage of that checksum: the whole object or its parts.
        checksum_type: ChecksumType,
    },
    /// A delete marker.
    DeleteMarker,
}

impl Kind<'_> {
    /// Returns whether it is a delete marker.
    pub fn is_marker(&self) -> bool {
        matches!(self, Kind::DeleteMarker)
    }

    /// Returns whether its ETag is that of a multipart upload: an MD5, `-`, and the number of parts.
    pub fn is_multipart(&self) -> bool {
        // The length alone decides for nearly all entries, and a listing checks each one.
        matches!(self, Kind::Version { etag, .. } if etag.len() > 32 && etag.contains('-'))
    }
}

/// The bytes that a stored checksum covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChecksumType {
    /// Not listed.
    #[default]
    Unknown,
    /// The parts' checksums: the value depends on how the object was uploaded.
    Composite,
    /// The whole object.
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
    /// The version ID; `null` if written while versioning was off or suspended.
    pub version_id: String,
    /// The creation time; for a multipart upload, the time it was initiated.
    pub last_modified: Instant,
    /// Size in bytes.
    pub size: u64,
    /// The entity tag, without quotes.
    pub etag: String,
    /// The storage class.
    pub storage_class: String,
    /// The first checksum algorithm stored with it; empty if there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub checksum_algorithm: String,
    /// The coverage of that checksum: the whole object or its parts.
    #[serde(default, skip_serializing_if = "ChecksumType::is_unknown")]
    pub checksum_type: ChecksumType,
}

/// A delete marker keeps only its ID and creation time.
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
    /// Returns whether the ETag is that of a multipart upload (`…-N`): then it is not an MD5 of the bytes.
    pub fn is_multipart(&self) -> bool {
        self.etag.contains('-')
    }
}
