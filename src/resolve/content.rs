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

use crate::model::{Aspect, Changes, ObjectHead, Version};

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

/// Returns how a version differs from an older one:
///
/// | aspect | differs if these do | unknown if |
/// |---|---|---|
/// | content | the sizes, or the bytes as in the table of the module | the sizes are equal, and nothing proves the bytes to be |
/// | size | the sizes | |
/// | content type | the content types | |
/// | metadata | user metadata, or system metadata other than the content type | |
/// | tags | the tags | the tags of either cannot be read |
/// | storage class | the storage classes | |
pub fn changes(newer: &ObjectHead, older: &ObjectHead) -> Changes {
    let content_type = |head: &ObjectHead| head.system.get(CONTENT_TYPE).cloned();
    let system = |head: &ObjectHead| {
        let mut system = head.system.clone();
        system.remove(CONTENT_TYPE);
        system
    };
    let bytes = if newer.size == older.size { likeness_of_bytes(newer, older) } else { Likeness::Different };
    let differ = |differ: bool| if differ { Likeness::Different } else { Likeness::Same };
    let likeness = |aspect| match aspect {
        Aspect::Content => bytes,
        Aspect::Size => differ(newer.size != older.size),
        Aspect::ContentType => differ(content_type(newer) != content_type(older)),
        Aspect::Metadata => differ(newer.user != older.user || system(newer) != system(older)),
        Aspect::Tags if newer.tags.is_none() || older.tags.is_none() => Likeness::Unverifiable,
        Aspect::Tags => differ(newer.tags != older.tags),
        Aspect::StorageClass => differ(newer.storage_class != older.storage_class),
    };
    let of = |wanted| Aspect::ALL.into_iter().filter(|aspect| likeness(*aspect) == wanted).collect();
    Changes::Compared { changed: of(Likeness::Different), unknown: of(Likeness::Unverifiable) }
}

/// The content type, among system metadata.
const CONTENT_TYPE: &str = "Content-Type";

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
