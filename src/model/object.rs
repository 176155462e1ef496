//! What HEAD says of an object.

use std::collections::BTreeMap;

use super::Algorithm;
use crate::limits;

/// An object's headers: what a person would notice if a copy of it lacked them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectHead {
    /// The version's id, where the bucket keeps versions and the server says it.
    pub version_id: Option<String>,
    /// Bytes.
    pub size: u64,
    /// Entity tag, without its quotes.
    pub etag: String,
    /// Checksums of the whole object, by algorithm. Composite ones are left out: they depend on the upload's parts.
    pub checksums: BTreeMap<&'static str, String>,
    /// System metadata that the writer sets: Content-Type, Cache-Control and their like. Absent and empty are one.
    pub system: BTreeMap<&'static str, String>,
    /// User metadata (`x-amz-meta-…`).
    pub user: BTreeMap<String, String>,
    /// Tags; `None` where there are some that we may not read.
    pub tags: Option<BTreeMap<String, String>>,
    /// Storage class.
    pub storage_class: String,
    /// Whether it is encrypted with a KMS key: then its ETag is not the MD5 of its bytes.
    pub kms: bool,
    /// Whether replication brought it from another bucket: then it is dated by its original
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html>).
    pub replica: bool,
}

/// What the server says of a version's bytes: what can be held against a file's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Stored {
    /// Bytes.
    pub size: u64,
    /// Entity tag, without its quotes.
    pub etag: String,
    /// Whether it is encrypted with a key that is not S3's own (KMS, or the writer's): then the ETag is no MD5
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>).
    pub opaque_etag: bool,
    /// Checksums of the whole object, in base64.
    pub whole: Vec<(Algorithm, String)>,
    /// Checksums of the checksums of its parts, in base64, without the number of parts.
    pub of_parts: Vec<(Algorithm, String)>,
}

/// The size of a part in bytes when an object of `size` bytes is copied in parts of `target` bytes: larger if there would
/// be more parts than S3 allows.
pub fn part_bytes(size: u64, target: u64) -> u64 {
    target.max(size.div_ceil(limits::MAX_PARTS)).max(1)
}
