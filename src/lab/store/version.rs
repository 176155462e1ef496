//! An entry of a key's history: a version with its object, or a delete marker; and the IDs of entries.
//!
//! An entry's position in its key's history is a number that counts up over the whole lab. The version ID is that
//! number, scrambled, so that clients cannot interpret it and the lab still knows the position of an entry that was
//! removed.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::body::Bytes;

use crate::endpoint::checksum::Checksum;

/// The tags of a version; they can change without creating a new one.
pub(crate) type Tags = BTreeMap<String, String>;

/// A version or a delete marker.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entry {
    /// The position in the order of all entries.
    pub(crate) order: u64,
    /// True if its version ID is `null`: it was created while the bucket was not versioned, or versioning was
    /// suspended.
    pub(crate) null: bool,
    /// The time of creation, in milliseconds since the epoch.
    pub(crate) modified: i64,
    /// The object; `None` for a delete marker.
    pub(crate) object: Option<Arc<Object>>,
    pub(crate) tags: Tags,
    /// The grants in addition to the owner's full control; they can change like tags.
    pub(crate) acl: Acl,
    /// Retention and legal hold; they can change like tags.
    pub(crate) lock: Lock,
    /// The times from and until which a requested archived object is readable, in milliseconds since the epoch.
    pub(crate) thawed: Option<(i64, i64)>,
    /// The archive tier of Intelligent-Tiering.
    pub(crate) tier: Option<&'static str>,
}

/// Grants: a grantee as in a header (`id="…"`, `uri="…"`), and the permission. Empty for a private object.
pub(crate) type Acl = Vec<(String, String)>;

/// The Object Lock of a version, as in headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    /// The mode and the retain-until date.
    pub(crate) retention: Option<(String, String)>,
    /// True if there is a legal hold.
    pub(crate) hold: bool,
}

/// The attributes written with a version that can change without creating another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) tags: Tags,
    pub(crate) acl: Acl,
    pub(crate) lock: Lock,
}

impl Entry {
    pub(crate) fn id(&self) -> VersionId {
        if self.null { VersionId::Null } else { VersionId::Numbered(self.order) }
    }

    pub(crate) fn is_marker(&self) -> bool {
        self.object.is_none()
    }
}

/// The contents of a version. Immutable once stored; copies share the body.
#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) body: Bytes,
    /// The ETag, without quotes.
    pub(crate) etag: String,
    /// The sizes of the parts of a multipart object.
    pub(crate) parts: Vec<usize>,
    pub(crate) attributes: Attributes,
    pub(crate) checksum: Option<Checksum>,
}

/// The metadata of a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    /// System metadata such as `content-type`, by lower-case header name.
    pub(crate) system: BTreeMap<String, String>,
    /// User metadata, names without `x-amz-meta-`.
    pub(crate) user: BTreeMap<String, String>,
    /// Metadata of either kind whose values are not UTF-8, by full header name.
    pub(crate) raw: BTreeMap<String, Bytes>,
    pub(crate) storage_class: String,
    pub(crate) redirect: Option<String>,
    pub(crate) encryption: Encryption,
    /// True if it is encrypted with a customer-provided key (SSE-C), which is needed to read it.
    pub(crate) customer_key: bool,
}

/// The encryption of a version; stored and returned, but nothing is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Encryption {
    pub(crate) algorithm: String,
    pub(crate) key: Option<String>,
    /// True if a bucket key is used.
    pub(crate) bucket_key: bool,
}

impl Default for Encryption {
    fn default() -> Self {
        Self { algorithm: "AES256".to_owned(), key: None, bucket_key: false }
    }
}

impl Encryption {
    /// Returns true if an `ETag` is the MD5 of the body.
    pub(crate) fn etag_is_md5(&self) -> bool {
        self.algorithm == "AES256"
    }
}

/// A version ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VersionId {
    Null,
    Numbered(u64),
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._";
/// 64 bits with 6 bits per character.
const NUMBER_CHARS: usize = 11;
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
const ODD_INVERSE: u64 = 0xf1de_83e1_9937_733d;

impl VersionId {
    /// Parses an ID; `None` if the lab cannot have created it.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == "null" {
            return Some(Self::Null);
        }
        let number = text.get(..NUMBER_CHARS)?.bytes().rev().try_fold(0u64, |number, char| {
            let digit = ALPHABET.iter().position(|&letter| letter == char)? as u64;
            Some(number.wrapping_mul(64).wrapping_add(digit))
        })?;
        let id = Self::Numbered(unscramble(number));
        (id.to_string() == text).then_some(id)
    }
}

impl std::fmt::Display for VersionId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Null => out.write_str("null"),
            Self::Numbered(order) => out.write_str(&String::from_utf8_lossy(&version_id(order))),
        }
    }
}

/// Returns the version ID of an entry by its position in the order of all entries.
pub(crate) fn version_id(order: u64) -> [u8; 3 * NUMBER_CHARS] {
    let first = scramble(order);
    let filling = [first, scramble(first ^ ODD), scramble(first.rotate_left(17))];
    let mut id = [b'A'; 3 * NUMBER_CHARS];
    for (chars, number) in id.chunks_exact_mut(NUMBER_CHARS).zip(filling) {
        for (place, char) in chars.iter_mut().enumerate() {
            let letter = ALPHABET.get((number >> (6 * place) & 63) as usize);
            *char = letter.copied().unwrap_or(b'A');
        }
    }
    id
}

fn scramble(number: u64) -> u64 {
    let mixed = number.wrapping_add(1).wrapping_mul(ODD);
    (mixed ^ (mixed >> 32)).wrapping_mul(ODD)
}

fn unscramble(number: u64) -> u64 {
    let mixed = number.wrapping_mul(ODD_INVERSE);
    (mixed ^ (mixed >> 32)).wrapping_mul(ODD_INVERSE).wrapping_sub(1)
}

#[cfg(test)]
mod tests;
