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
//! | none in common | else | equal | unproven |
//!
//! Where there are tags that we may not read, what would be the same is unproven.

use crate::model::{ObjectHead, Version};

/// What can be said of two versions' content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// The same bytes and metadata.
    Same,
    /// Something differs.
    Different,
    /// Nothing that the server says proves either.
    Unproven,
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
        _ => Likeness::Unproven,
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
        _ => Likeness::Unproven,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn version(size: u64, etag: &str) -> Version {
        Version { size, etag: etag.to_owned(), ..Version::default() }
    }

    #[test]
    fn heads_are_asked_for_only_where_the_listing_leaves_it_open() {
        for (a, b, kms, expected) in [
            (version(1, "x"), version(2, "x"), false, false),
            (version(1, "x"), version(1, "y"), false, false),
            (version(1, "x"), version(1, "x"), false, true),
            (version(1, "x-2"), version(1, "y"), false, true),
            (version(1, "x"), version(1, "y-3"), false, true),
            (version(1, "x"), version(1, "y"), true, true),
            (version(1, "x-2"), version(2, "y"), true, false),
        ] {
            assert_eq!(needs_heads(&a, &b, kms), expected, "{a:?} {b:?} {kms}");
        }
    }

    fn head(etag: &str, checksum: Option<&str>, kms: bool) -> ObjectHead {
        ObjectHead {
            size: 5,
            etag: etag.to_owned(),
            checksums: checksum.into_iter().map(|c| ("CRC64NVME", c.to_owned())).collect(),
            kms,
            tags: Some(BTreeMap::new()),
            ..ObjectHead::default()
        }
    }

    #[test]
    fn the_table_of_heads_holds() {
        use Likeness::{Different, Same, Unproven};
        for (a, b, expected) in [
            (head("x", Some("1"), false), head("y-2", Some("1"), false), Same),
            (head("x", Some("1"), true), head("y", Some("1"), true), Same),
            (head("x", Some("1"), false), head("x", Some("2"), false), Different),
            (head("x", None, false), head("x", Some("1"), false), Same),
            (head("x-2", None, false), head("x-2", None, false), Same),
            (head("x", None, false), head("y", None, false), Different),
            (head("x-2", None, false), head("y", Some("1"), false), Unproven),
            (head("x", None, true), head("x", None, false), Unproven),
            (head("x", None, true), head("y", None, true), Unproven),
        ] {
            assert_eq!(likeness(&a, &b), expected, "{a:?} {b:?}");
            assert_eq!(likeness(&b, &a), expected, "{b:?} {a:?}");
        }
    }

    #[test]
    fn changed_metadata_is_a_change() {
        let plain = head("x", Some("1"), false);
        let mut typed = plain.clone();
        typed.system.insert("Content-Type", "image/png".to_owned());
        let mut owned = plain.clone();
        owned.user.insert("owner".to_owned(), "7".to_owned());
        let cold = ObjectHead { storage_class: "STANDARD_IA".to_owned(), ..plain.clone() };
        for other in [typed, owned, cold] {
            assert_eq!(likeness(&plain, &other), Likeness::Different);
        }
    }

    #[test]
    fn changed_tags_are_a_change_and_hidden_ones_prove_nothing() {
        let tagged = |value: &str| ObjectHead {
            tags: Some(BTreeMap::from([("team".to_owned(), value.to_owned())])),
            ..head("x", Some("1"), false)
        };
        let hidden = ObjectHead { tags: None, ..tagged("a") };
        assert_eq!(likeness(&tagged("a"), &tagged("a")), Likeness::Same);
        assert_eq!(likeness(&tagged("a"), &tagged("b")), Likeness::Different);
        assert_eq!(likeness(&tagged("a"), &head("x", Some("1"), false)), Likeness::Different);
        assert_eq!(likeness(&hidden, &tagged("a")), Likeness::Unproven);
        assert_eq!(likeness(&hidden, &head("x", Some("2"), false)), Likeness::Different);
    }
}
