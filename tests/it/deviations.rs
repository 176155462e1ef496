//! Known deviations of servers from AWS: one table, so that no test depends on a server's name.

/// Behaviour of AWS from which a server may deviate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// `<Version>` and `<DeleteMarker>` of a page come in one order, key by key and newest first.
    DocumentOrder,
    /// A wrong signature is refused.
    Signatures,
    /// A listing returns a key with a carriage return as it was stored.
    CarriageReturn,
    /// A key with a line feed can be stored.
    LineFeed,
    /// A listing returns a key with `\x01`.
    ControlCharacter,
    /// A write to a bucket with suspended versioning leaves the older versions alone.
    Suspended,
    /// A page that ends on a null version is followed by the older versions of that key.
    NullAtPageBorder,
    /// `x-amz-storage-class` of a PUT shows in the listing of versions.
    StorageClassListed,
    /// Versions have ACLs of their own, and a copy those that its request names.
    Acls,
    /// A multipart upload keeps the tags that it was created with.
    MultipartTags,
    /// Of several conditional writes of one key, one succeeds.
    ConditionalWrites,
    /// The same in a versioned bucket.
    VersionedConditionalWrites,
    /// A multipart object and its copy can be told to be the same: by their checksums, or because the ETag is kept.
    MultipartProof,
    /// A GET of a range of a version returns that range.
    VersionRanges,
}

use Behaviour as B;

const TABLE: &[(&str, Behaviour, &str)] = &[
    ("moto", B::DocumentOrder, "lists the versions of a page first, then its delete markers"),
    ("localstack", B::DocumentOrder, "lists the delete markers of a page first, then its versions"),
    ("lab_grouped", B::DocumentOrder, "lists the delete markers of a page first, then its versions"),
    ("lab_grouped", B::CarriageReturn, "ignores encoding-type"),
    ("lab_grouped", B::ControlCharacter, "ignores encoding-type"),
    ("lab_ragged", B::NullAtPageBorder, "leaves out the rest of the key"),
    ("moto", B::Signatures, "takes any credentials"),
    ("ministack", B::Signatures, "takes any credentials"),
    ("localstack", B::Signatures, "takes any credentials"),
    ("moto", B::CarriageReturn, "lists the bare character, which XML reads as a line feed"),
    ("ministack", B::CarriageReturn, "lists the bare character, which XML reads as a line feed"),
    ("moto", B::LineFeed, "answers the PUT with 404"),
    ("moto", B::ControlCharacter, "lists the bare character, which is not XML"),
    ("ministack", B::ControlCharacter, "lists the bare character, which is not XML"),
    ("moto", B::Suspended, "removes the older versions of the key"),
    ("rgw", B::NullAtPageBorder, "leaves out the rest of the key"),
    ("localstack", B::NullAtPageBorder, "repeats entries, or never ends"),
    ("localstack", B::StorageClassListed, "lists STANDARD for every version"),
    ("ministack", B::MultipartTags, "drops them"),
    ("rgw", B::MultipartTags, "drops them"),
    ("rgw", B::VersionedConditionalWrites, "all of them succeed; in a bucket without versioning, one"),
    ("lab_ragged", B::ConditionalWrites, "ignores conditions"),
    ("lab_ragged", B::VersionedConditionalWrites, "ignores conditions"),
    ("ministack", B::Acls, "keeps one ACL for all versions of a key, and no grants of a copy"),
    ("ministack", B::VersionRanges, "returns the whole version"),
    ("moto", B::MultipartProof, "has no checksum of a multipart object, and another ETag for its copy"),
];

impl Behaviour {
    /// Returns the behaviour of `server` instead, if it deviates.
    pub(crate) fn deviation(self, server: &str) -> Option<&'static str> {
        TABLE
            .iter()
            .find(|(name, behaviour, _)| *name == server && *behaviour == self)
            .map(|(_, _, why)| *why)
    }
}
