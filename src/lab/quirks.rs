//! The ways in which other S3 servers differ from AWS, each a switch, so that a client can be tried against them all.

use serde::Deserialize;

/// How a page of versions is ordered by a server that does not interleave versions and delete markers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Grouping {
    /// All versions of the page, then all its delete markers.
    VersionsFirst,
    /// All delete markers of the page, then all its versions.
    MarkersFirst,
}

/// Departures from AWS; none by default.
#[expect(clippy::struct_excessive_bools, reason = "independent switches, each named for what it does")]
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Quirks {
    /// A `key-marker` without a `version-id-marker` starts with that key instead of after it.
    pub inclusive_key_marker: bool,
    /// A `key-marker` that is no key, without a `version-id-marker`, passes the entry that comes first after it.
    pub leaves_out_after_absent_marker: bool,
    /// A page holds versions and delete markers apart.
    pub grouped: Option<Grouping>,
    /// A page holds at most this many entries, whatever was asked for.
    pub short_pages: Option<usize>,
    /// Times in listings have milliseconds.
    pub millisecond_times: bool,
    /// A key's entries are listed oldest first.
    pub oldest_first: bool,
    /// `encoding-type` is ignored and not echoed.
    pub no_encoding_type: bool,
    /// The page after one that ended on a null version loses the rest of that key.
    pub drops_after_null_marker: bool,
    /// Every page after the first gives the markers it was asked with, so that the listing never ends.
    pub stuck_marker: bool,
    /// A multipart upload is dated and placed by its completion, not by its initiation.
    pub multipart_dated_at_completion: bool,
    /// `CopyObject` says neither which version it made nor which it read.
    pub copy_returns_no_version_id: bool,
    /// Conditions on writes and deletes are ignored.
    pub ignores_conditions: bool,
    /// A copy of an object onto itself is refused without a storage class, even of an old version.
    pub requires_storage_class_on_self_copy: bool,
    /// `GetBucketVersioning`, `ListParts` and `CompleteMultipartUpload` answer with a root element named after the
    /// operation: `ListPartsResponse`.
    pub roots_named_after_operations: bool,
}

impl Quirks {
    /// The root element of an operation's reply.
    pub(crate) fn root(&self, usual: &'static str, after_operation: &'static str) -> &'static str {
        if self.roots_named_after_operations { after_operation } else { usual }
    }
}
