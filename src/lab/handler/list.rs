//! Listings: `ListObjectVersions` in document order, and `ListObjects` in both versions.

use super::super::Shared;
use super::super::quirks::Quirks;
use super::super::store::listing::{Listed, Question, page};
use super::super::store::objects;
use super::super::store::version::{Entry, Object};
use super::bucket::OWNER;
use crate::endpoint::error::Result;
use crate::endpoint::listing::{MAX_KEYS, ObjectsRequest, PageEnd, Style, begin_object};
use crate::endpoint::operation::Operation;
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::iso;
use crate::endpoint::xml::Document;

/// Returns the text format of a listing.
pub(crate) fn style(request: &Request, quirks: &Quirks) -> Result<Style> {
    if quirks.no_encoding_type {
        return Ok(Style { url: false, millis: quirks.millisecond_times });
    }
    Ok(Style { millis: quirks.millisecond_times, ..Style::of(request)? })
}

/// Returns the time, if the client asked for the restore status of archived objects.
fn thawed_by(request: &Request, now: i64) -> Option<i64> {
    let optional = request.header("x-amz-optional-object-attributes").unwrap_or_default();
    optional.contains("RestoreStatus").then_some(now)
}

pub(crate) fn versions(shared: &Shared, request: &Request) -> Result<Reply> {
    let thawed = thawed_by(request, shared.clock.now());
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let style = style(request, &store.quirks)?;
    let asked = question(request)?;
    let page = page(bucket, &asked, &store.quirks)?;
    let next = Next { key: page.next_key.as_deref(), version: page.next_version.as_deref() };
    let mut document = begin(request.bucket(), &asked, style, next, page.truncated);
    for listed in &page.entries {
        write_entry(&mut document, listed, style, thawed);
    }
    style.prefixes(&mut document, page.prefixes.iter().copied());
    Ok(Reply::xml(document))
}

/// Parses a request for versions.
pub(crate) fn question(request: &Request) -> Result<Question<'_>> {
    Ok(Question {
        prefix: request.query.get("prefix").unwrap_or_default(),
        delimiter: request.query.get("delimiter").unwrap_or_default(),
        key_marker: request.query.get("key-marker").filter(|marker| !marker.is_empty()),
        version_marker: request.query.get("version-id-marker"),
        max: request.query.number("max-keys", MAX_KEYS)?.min(MAX_KEYS),
    })
}

/// The markers of the next page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Next<'a> {
    pub(crate) key: Option<&'a str>,
    pub(crate) version: Option<&'a str>,
}

/// Writes a page of versions up to its entries.
pub(crate) fn begin(
    bucket: &str,
    asked: &Question<'_>,
    style: Style,
    next: Next<'_>,
    truncated: bool,
) -> Document {
    let mut document = Document::new("ListVersionsResult");
    document.text("Name", bucket).text("Prefix", &style.text(asked.prefix));
    document.text("KeyMarker", &style.text(asked.key_marker.unwrap_or_default()));
    document.text("VersionIdMarker", asked.version_marker.unwrap_or_default());
    document.maybe("NextKeyMarker", next.key.map(|key| style.text(key)).as_deref());
    document.maybe("NextVersionIdMarker", next.version);
    document.plain("MaxKeys", asked.max);
    style.echo(&mut document, asked.delimiter);
    document.plain("IsTruncated", truncated);
    document
}

fn write_entry(document: &mut Document, listed: &Listed<'_>, style: Style, thawed: Option<i64>) {
    let Listed { key, entry, latest } = listed;
    let name = if entry.is_marker() { "DeleteMarker" } else { "Version" };
    document
        .open(name)
        .text("Key", &style.text(key))
        .plain("VersionId", entry.id())
        .plain("IsLatest", latest);
    document.plain("LastModified", iso(entry.modified, style.millis));
    if let Some(object) = &entry.object {
        write_object(document, entry, object, thawed);
    }
    document.open("Owner").plain("ID", OWNER).close("Owner").close(name);
}

fn write_object(document: &mut Document, entry: &Entry, object: &Object, thawed: Option<i64>) {
    document.plain("ETag", format_args!("&quot;{}&quot;", object.etag));
    if let Some(checksum) = &object.checksum {
        document
            .plain("ChecksumAlgorithm", checksum.algorithm.name())
            .plain("ChecksumType", checksum.kind.name());
    }
    document.plain("Size", object.body.len()).text("StorageClass", &object.attributes.storage_class);
    if let Some((now, (from, until))) = thawed.zip(entry.thawed) {
        document.open("RestoreStatus").plain("IsRestoreInProgress", now < from);
        if now >= from {
            document.plain("RestoreExpiryDate", iso(until, false));
        }
        document.close("RestoreStatus");
    }
}

/// `ListObjects` or `ListObjectsV2`.
pub(crate) fn objects(shared: &Shared, request: &Request, operation: Operation) -> Result<Reply> {
    let thawed = thawed_by(request, shared.clock.now());
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let asked = ObjectsRequest::of(request, operation, style(request, &store.quirks)?)?;
    let page = objects::page(bucket, &asked);
    let entries = page.objects.len() + page.prefixes.len();
    let end = PageEnd { entries, truncated_after: page.truncated_after };
    let mut document = asked.begin(request.bucket(), end);
    for (key, entry, object) in &page.objects {
        begin_object(&mut document, key, entry.modified, asked.style);
        write_object(&mut document, entry, object, thawed);
        if asked.owner {
            document.open("Owner").plain("ID", OWNER).close("Owner");
        }
        document.close("Contents");
    }
    asked.style.prefixes(&mut document, page.prefixes.iter().copied());
    Ok(Reply::xml(document))
}
