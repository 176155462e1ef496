//! Decides whether two versions have the same content: if an earlier restore copied one from the other, the key is
//! already correct.
//!
//! The ETag of a single-part object is the MD5 of its bytes, unless a KMS key encrypts it; the ETag of a multipart
//! object depends on its parts (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html>). So:
//!
//! | sizes | ETags | HEAD needed? |
//! |---|---|---|
//! | differ | any | no: different |
//! | equal | both single-part, differ, no KMS | no: different |
//! | equal | equal | yes: metadata and tags may differ |
//! | equal | multipart, or KMS | yes: the ETag proves nothing |
//!
//! Two HEAD answers are compared as follows:
//!
//! | checksum of the whole object, same algorithm | ETags | metadata, tags, class | |
//! |---|---|---|---|
//! | any | any | differ | different |
//! | equal | any | equal | same |
//! | differ | any | equal | different |
//! | none in common | equal, no KMS | equal | same |
//! | none in common | both single-part, differ, no KMS | equal | different |
//! | none in common | otherwise | equal | unverifiable |
//!
//! If the tags cannot be read, "same" becomes unverifiable.

use crate::model::{ObjectHead, Version};

/// The result of comparing the content of two versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same bytes and metadata.
    Same,
    /// Something differs.
    Different,
    /// The server's answers prove neither.
    Unverifiable,
}

/// Returns whether two different versions may have the same content as far as the listing shows. `kms` means that a
/// KMS key may encrypt the bucket's objects.
pub fn needs_heads(a: &Version, b: &Version, kms: bool) -> bool {
    a.size == b.size && (a.etag == b.etag || kms || a.is_multipart() || b.is_multipart())
}

/// Compares the HEAD answers of two versions.
pub fn likeness(a: &ObjectHead, b: &ObjectHead) -> Likeness {
    if a.size != b.size || a.system != b.system || a.user != b.user || a.storage_class != b.storage_class {
        return Likeness::Different;
    }
    match (&a.tags, &b.tags) {
        (Some(a), Some(b)) if a != b => Likeness::Different,
        (Some(_), Some(_)) => likeness_of_bytes(a, b),
        // S3 reports the number of tags only to callers who may read them, so this is rare.
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
