//! The differences between other S3 servers and AWS, each as a switch, so that a client can be tested with all of them.

use serde::Deserialize;

/// The order of a page of versions from a server that does not interleave versions and delete markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Grouping {
    /// All versions of the page, then all its delete markers.
    VersionsFirst,
    /// All delete markers of the page, then all its versions.
    MarkersFirst,
}

/// Deviations from AWS; none by default.
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named for what it does")]
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// A `key-marker` without a `version-id-marker` starts at that key instead of after it.
    pub inclusive_key_marker: bool,
    /// A `key-marker` that is not a key, without a `version-id-marker`, skips the first entry after it.
    pub leaves_out_after_absent_marker: bool,
    /// A page lists versions and delete markers separately.
    pub grouped: Option<Grouping>,
    /// A page has at most this many entries, whatever `max-keys` is.
    pub short_pages: Option<usize>,
    /// Times in listings have milliseconds.
    pub millisecond_times: bool,
    /// A key's entries are listed oldest first.
    pub oldest_first: bool,
    /// `encoding-type` is ignored and not echoed.
    pub no_encoding_type: bool,
    /// The page after one that ended on a null version loses the rest of that key.
    pub drops_after_null_marker: bool,
    /// Every page after the first returns the markers of its request, so that the listing never ends.
    pub stuck_marker: bool,
    /// A multipart upload is dated and ordered by its completion, not by its initiation.
    pub multipart_dated_at_completion: bool,
    /// `CopyObject` returns neither the ID of the new version nor that of the source.
    pub copy_returns_no_version_id: bool,
    /// Conditions on writes and deletes are ignored.
    pub ignores_conditions: bool,
    /// A copy of an object onto itself without a storage class is refused, even of an old version.
    pub requires_storage_class_on_self_copy: bool,
    /// `GetBucketVersioning`, `ListParts` and `CompleteMultipartUpload` reply with a root element named after the
    /// operation: `ListPartsResponse`.
    pub roots_named_after_operations: bool,
}

impl Quirks {
    /// Returns the root element of an operation's reply.
    pub(crate) fn root(&self, usual: &'static str, after_operation: &'static str) -> &'static str {
        if self.roots_named_after_operations { after_operation } else { usual }
    }
}
