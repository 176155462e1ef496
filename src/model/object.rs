//! Object metadata as returned by HEAD.

use std::collections::BTreeMap;

use super::Algorithm;
use crate::limits;

/// An object's headers: everything a user would miss in a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectHead {
    /// The version ID, if the bucket is versioned and the server reports it.
    pub version_id: Option<String>,
    /// Size in bytes.
    pub size: u64,
    /// The entity tag, without quotes.
    pub etag: String,
    /// Checksums of the whole object, by algorithm. Composite ones are omitted because they depend on the upload's
    /// parts.
    pub checksums: BTreeMap<&'static str, String>,
    /// System metadata set by the writer, such as Content-Type and Cache-Control. Empty values count as absent.
    pub system: BTreeMap<&'static str, String>,
    /// User metadata (`x-amz-meta-…`).
    pub user: BTreeMap<String, String>,
    /// Tags; `None` if the object has tags that the credentials may not read.
    pub tags: Option<BTreeMap<String, String>>,
    /// The storage class.
    pub storage_class: String,
    /// True if a KMS key encrypts it: then its ETag is not the MD5 of its bytes.
    pub kms: bool,
    /// True if it is a replica from another bucket: then it carries the date of its original
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html>).
    pub replica: bool,
}

/// The server's facts about a version's bytes, to compare with those of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// Size in bytes.
    pub size: u64,
    /// The entity tag, without quotes.
    pub etag: String,
    /// True if it is encrypted with a key other than SSE-S3 (KMS, or the writer's): then the ETag is not an MD5
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
    pub opaque_etag: bool,
    /// Checksums of the whole object, in base64.
    pub whole: Vec<(Algorithm, String)>,
    /// Checksums of the parts' checksums, in base64, without the number of parts.
    pub of_parts: Vec<(Algorithm, String)>,
}

/// The size of a part in bytes when an object of `size` bytes is copied in parts of `target` bytes: larger if there would
/// be more parts than S3 allows.
pub fn part_bytes(size: u64, target: u64) -> u64 {
    target.max(size.div_ceil(limits::MAX_PARTS)).max(1)
}

/// The facts about an object that `GetObjectAttributes` returns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ObjectAttributes {
    /// The entity tag, without quotes.
    pub etag: String,
    /// Size in bytes.
    pub size: u64,
    /// The storage class.
    pub storage_class: String,
    /// The names of the checksums in XML, and their values.
    pub checksums: Vec<(&'static str, String)>,
    /// The scope of the checksum: the whole object, or its parts.
    pub checksum_type: Option<String>,
    /// The number of parts of an object uploaded in parts.
    pub parts: Option<usize>,
}
