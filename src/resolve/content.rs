//! Whether two versions are the same object: an earlier restore made one from the other, so nothing needs to be done.
//!
//! ETags of single-part objects are the MD5 of their bytes, unless a KMS key encrypts them; ETags of multipart objects
//! depend on the parts (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>). So:
//!
//! | sizes | ETags | HEAD needed? |
//! |---|---|---|
//! | differ | any | no: different |
//! | equal | both single-part, differ, no KMS | no: different |
//! | equal | equal | yes: metadata and tags may differ |
//! | equal | multipart, or KMS | yes: the ETag proves nothing |
//!
//! and of two heads:
//!
//! | checksum of the whole object, same algorithm | ETags | metadata, tags, class | |
//! |---|---|---|---|
//! | any | any | differ | different |
//! | equal | any | equal | same |
//! | differ | any | equal | different |
//! | none in common | equal, no KMS | equal | same |
//! | none in common | both single-part, differ, no KMS | equal | different |
//! | none in common | else | equal | unverifiable |
//!
//! Where there are tags that we may not read, what would be the same is unverifiable.

use crate::model::{ObjectHead, Version};

/// What can be said of two versions' content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same bytes and metadata.
    Same,
    /// Something differs.
    Different,
    /// Nothing that the server says proves either.
    Unverifiable,
}

/// Whether the listing leaves it open that two different versions are the same object. `kms` says that the bucket's
/// objects may be encrypted with a KMS key.
pub fn needs_heads(a: &Version, b: &Version, kms: bool) -> bool {
    a.size == b.size && (a.etag == b.etag || kms || a.is_multipart() || b.is_multipart())
}

/// Compares what HEAD says of two versions.
pub fn likeness(a: &ObjectHead, b: &ObjectHead) -> Likeness {
    if a.size != b.size || a.system != b.system || a.user != b.user || a.storage_class != b.storage_class {
        return Likeness::Different;
    }
    match (&a.tags, &b.tags) {
        (Some(a), Some(b)) if a != b => Likeness::Different,
        (Some(_), Some(_)) => likeness_of_bytes(a, b),
        // The number of tags is told only to those who may read them: this is a rare refusal.
        _ if likeness_of_bytes(a, b) == Likeness::Different => Likeness::Different,
        _ => Likeness::Unverifiable,
    }
}

fn likeness_of_bytes(a: &ObjectHead, b: &ObjectHead) -> Likeness {
    let mut in_common = a
        .checksums
        .iter()
        .filter_map(|(name, value)| b.checksums.get(name).map(|other| value == other))
        .peekable();
    if in_common.peek().is_some() {
        return if in_common.all(|equal| equal) { Likeness::Same } else { Likeness::Different };
    }
    let multipart = a.etag.contains('-') || b.etag.contains('-');
    match (a.kms || b.kms, a.etag == b.etag) {
        (false, true) => Likeness::Same,
        (false, false) if !multipart => Likeness::Different,
        _ => Likeness::Unverifiable,
    }
}

#[cfg(test)]
mod tests;
