//! Listings: `ListObjectVersions` in document order, and `ListObjectsV2`.

use std::borrow::Cow;

use super::super::Shared;
use super::super::error::{Code, Error, Result};
use super::super::quirks::Quirks;
use super::super::reply::Reply;
use super::super::request::{Request, encode_listed};
use super::super::store::listing::{Listed, Question, page};
use super::super::store::objects;
use super::super::store::version::{Entry, Object};
use super::super::time::iso;
use super::super::xml::Document;
use super::bucket::OWNER;

const MAX_KEYS: usize = 1_000;

/// The text format of a listing.
pub(crate) struct Style {
    pub(crate) url: bool,
    millis: bool,
    /// The time, if the client asked for the restore status of archived objects.
    thawed: Option<i64>,
}

impl Style {
    pub(crate) fn of(request: &Request, quirks: &Quirks, now: i64) -> Result<Self> {
        let encoding = request.query.get("encoding-type").filter(|_| !quirks.no_encoding_type);
        if encoding.is_some_and(|encoding| encoding != "url") {
            return Err(Error::new(Code::InvalidArgument, "Invalid Encoding Method specified in Request"));
        }
        let optional = request.header("x-amz-optional-object-attributes").unwrap_or_default();
        let thawed = optional.contains("RestoreStatus").then_some(now);
        Ok(Self { url: encoding.is_some(), millis: quirks.millisecond_times, thawed })
    }

    fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.url { encode_listed(text).into() } else { text.into() }
    }

    /// Writes the elements other than keys.
    fn echo(&self, document: &mut Document, delimiter: &str) {
        if !delimiter.is_empty() {
            document.text("Delimiter", &self.text(delimiter));
        }
        document.maybe("EncodingType", self.url.then_some("url"));
    }

    fn prefixes(&self, document: &mut Document, prefixes: &[&str]) {
        for prefix in prefixes {
            document.open("CommonPrefixes").text("Prefix", &self.text(prefix)).close("CommonPrefixes");
        }
    }
}

pub(crate) fn versions(shared: &Shared, request: &Request) -> Result<Reply> {
    let now = shared.clock.now();
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let style = Style::of(request, &store.quirks, now)?;
    let asked = question(request)?;
    let page = page(bucket, &asked, &store.quirks)?;
    let next = Next { key: page.next_key.as_deref(), version: page.next_version.as_deref() };
    let mut document = begin(request.bucket(), &asked, &style, next, page.truncated);
    for listed in &page.entries {
        write_entry(&mut document, listed, &style);
    }
    style.prefixes(&mut document, &page.prefixes);
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
    style: &Style,
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

fn write_entry(document: &mut Document, listed: &Listed<'_>, style: &Style) {
    let Listed { key, entry, latest } = listed;
    let name = if entry.is_marker() { "DeleteMarker" } else { "Version" };
    document
        .open(name)
        .text("Key", &style.text(key))
        .plain("VersionId", entry.id())
        .plain("IsLatest", latest);
    document.plain("LastModified", iso(entry.modified, style.millis));
    if let Some(object) = &entry.object {
        write_object(document, entry, object, style);
    }
    document.open("Owner").plain("ID", OWNER).close("Owner").close(name);
}

fn write_object(document: &mut Document, entry: &Entry, object: &Object, style: &Style) {
    document.plain("ETag", format_args!("&quot;{}&quot;", object.etag));
    if let Some(checksum) = &object.checksum {
        document
            .plain("ChecksumAlgorithm", checksum.algorithm.name())
            .plain("ChecksumType", checksum.kind.name());
    }
    document.plain("Size", object.body.len()).text("StorageClass", &object.attributes.storage_class);
    if let Some((now, (from, until))) = style.thawed.zip(entry.thawed) {
        document.open("RestoreStatus").plain("IsRestoreInProgress", now < from);
        if now >= from {
            document.plain("RestoreExpiryDate", iso(until, false));
        }
        document.close("RestoreStatus");
    }
}

pub(crate) fn objects(shared: &Shared, request: &Request) -> Result<Reply> {
    let now = shared.clock.now();
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let style = Style::of(request, &store.quirks, now)?;
    let token = request.query.get("continuation-token");
    let after = token.map(objects::read_token).transpose()?;
    let start_after = request.query.get("start-after");
    let asked = Question {
        prefix: request.query.get("prefix").unwrap_or_default(),
        delimiter: request.query.get("delimiter").unwrap_or_default(),
        key_marker: after.as_deref().or(start_after),
        version_marker: None,
        max: request.query.number("max-keys", MAX_KEYS)?.min(MAX_KEYS),
    };
    let page = objects::page(bucket, &asked);
    let mut document = Document::new("ListBucketResult");
    document.text("Name", request.bucket()).text("Prefix", &style.text(asked.prefix));
    document.maybe("StartAfter", start_after.map(|key| style.text(key)).as_deref());
    document.maybe("ContinuationToken", token).maybe("NextContinuationToken", page.next_token.as_deref());
    document.plain("KeyCount", page.objects.len() + page.prefixes.len()).plain("MaxKeys", asked.max);
    style.echo(&mut document, asked.delimiter);
    document.plain("IsTruncated", page.next_token.is_some());
    for (key, entry, object) in &page.objects {
        document.open("Contents").text("Key", &style.text(key));
        document.plain("LastModified", iso(entry.modified, style.millis));
        write_object(&mut document, entry, object, &style);
        document.close("Contents");
    }
    style.prefixes(&mut document, &page.prefixes);
    Ok(Reply::xml(document))
}
