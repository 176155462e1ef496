//! Listings of a bucket as it was at T.

use super::bucket::ViewedBucket;
use super::failure::of_source;
use crate::endpoint::error::Result;
use crate::endpoint::listing::{ObjectsRequest, PageEnd, Style, begin_object, common_prefix};
use crate::endpoint::operation::Operation;
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::xml::Document;
use crate::engine::view::{KeyAt, LiveKey, PageAt, Position, ViewEntry};
use crate::model::{ChecksumType, Version};

/// The owner of every object: versions are listed without theirs.
const OWNER: &str = "asof";

/// `ListObjects` and `ListObjectsV2`.
pub(super) async fn objects(bucket: &ViewedBucket, operation: Operation, request: &Request) -> Result<Reply> {
    let asked = ObjectsRequest::of(request, operation, Style::of(request)?)?;
    let ObjectsRequest { prefix, delimiter, max, style, .. } = asked;
    let after = position(&asked.after, prefix, delimiter);
    let at = PageAt { prefix, delimiter, after: after.as_ref(), max };
    let page = bucket.page(at).await.map_err(|e| of_source(&e))?;
    let next = page.next.as_ref().map(text);
    let shown = page
        .entries
        .iter()
        .filter(|entry| !matches!(entry, ViewEntry::Key { state, .. } if version(state).is_none()));
    let hidden = page.entries.len() - shown.clone().count();
    if hidden > 0 {
        tracing::warn!(
            bucket = &*bucket.name,
            keys = hidden,
            "left uncertain keys out of a listing: no version of them is left from the target time"
        );
    }
    let end = PageEnd { entries: page.entries.len() - hidden, truncated_after: next };
    let mut document = asked.begin(&bucket.name, end);
    for entry in shown.clone() {
        if let ViewEntry::Key { key, state } = entry
            && let Some(version) = version(state)
        {
            begin_object(&mut document, key, version.last_modified.millis(), style);
            describe(&mut document, version);
            if asked.owner {
                document.open("Owner").plain("ID", OWNER).plain("DisplayName", OWNER).close("Owner");
            }
            document.close("Contents");
        }
    }
    let folders = shown.filter_map(|entry| match entry {
        ViewEntry::Folder { prefix, .. } => Some(prefix.as_str()),
        ViewEntry::Key { .. } => None,
    });
    style.prefixes(&mut document, folders);
    Ok(Reply::xml(document))
}

/// Returns where a page begins. Within a folder, it begins after the folder: that has been listed before.
fn position(after: &str, prefix: &str, delimiter: &str) -> Option<Position> {
    match common_prefix(after, prefix, delimiter).filter(|_| after.starts_with(prefix)) {
        Some(folder) => Some(Position::Folder(folder.to_owned())),
        None if after.is_empty() => None,
        None => Some(Position::Key(after.to_owned())),
    }
}

fn text(position: &Position) -> &str {
    match position {
        Position::Key(text) | Position::Folder(text) => text,
    }
}

/// Returns the version that a key is listed with, if any is left.
fn version(state: &KeyAt) -> Option<&Version> {
    match state {
        KeyAt::Live(LiveKey { version, .. }) => Some(version),
        KeyAt::Uncertain { live, .. } => live.as_ref().map(|live| &live.version),
        KeyAt::Absent => None,
    }
}

fn describe(document: &mut Document, version: &Version) {
    let Version { etag, size, storage_class, checksum_algorithm, checksum_type, .. } = version;
    document.plain("ETag", format_args!("&quot;{etag}&quot;"));
    if !checksum_algorithm.is_empty() {
        document.text("ChecksumAlgorithm", checksum_algorithm);
    }
    match checksum_type {
        ChecksumType::Unknown => {}
        ChecksumType::Composite => drop(document.plain("ChecksumType", "COMPOSITE")),
        ChecksumType::FullObject => drop(document.plain("ChecksumType", "FULL_OBJECT")),
    }
    let class = if storage_class.is_empty() { "STANDARD" } else { storage_class };
    document.plain("Size", size).text("StorageClass", class);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_begins_after_a_key_or_after_a_folder() {
        let key = |key: &str| Some(Position::Key(key.to_owned()));
        let folder = |prefix: &str| Some(Position::Folder(prefix.to_owned()));
        for (after, prefix, delimiter, expected) in [
            ("", "", "", None),
            ("a", "", "", key("a")),
            ("a/b", "", "", key("a/b")),
            ("a/b", "", "/", folder("a/")),
            ("a/", "", "/", folder("a/")),
            ("a/b", "a/", "/", key("a/b")),
            ("a/b/", "a/", "/", folder("a/b/")),
            ("a", "", "/", key("a")),
            // Before the prefix or after it: not in a folder of it.
            ("0/x", "a/", "/", key("0/x")),
            ("b/c/d", "a/", "/", key("b/c/d")),
            ("a--b--c", "a--", "--", folder("a--b--")),
        ] {
            assert_eq!(position(after, prefix, delimiter), expected, "{after:?} {prefix:?} {delimiter:?}");
        }
    }
}
