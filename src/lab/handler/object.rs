//! Objects: written, read, and described.

use std::ops::Range;
use std::sync::Arc;

use hyper::StatusCode;

use super::super::Shared;
use super::super::store::bucket::no_such_key;
use super::super::store::version::{Entry, Object};
use super::{headers, lock, restore};
use crate::endpoint::body;
use crate::endpoint::condition::{Compared, check_read};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::http_date;

pub(crate) fn put(shared: &Shared, request: &Request) -> Result<Reply> {
    let (default, quirks) = {
        let store = shared.store();
        (store.bucket(request.bucket())?.encryption.clone(), store.quirks.clone())
    };
    let condition = headers::condition(request, &quirks)?;
    let tags = headers::tags(request)?;
    let checksum = body::checksum(request)?;
    let object = headers::object(request.body.clone(), headers::attributes(request, &default), checksum);
    let object = Arc::new(object);
    let now = shared.clock.now();
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    condition.allows_write(request.key(), bucket.current(request.key()))?;
    let labels = headers::labels(request, bucket, tags)?;
    let id = bucket.put(request.key(), Arc::clone(&object), labels, now);
    let reply =
        headers::with_etag(Reply::ok(), &object.etag).with_maybe("x-amz-version-id", bucket.shown(id));
    let reply = headers::with_checksum(reply, object.checksum.as_ref());
    Ok(headers::with_encryption(reply, &object.attributes.encryption))
}

/// `GetObject`, or `HeadObject` without `body`.
pub(crate) fn get(shared: &Shared, request: &Request, body: bool) -> Result<Reply> {
    let now = shared.clock.now();
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let entry = bucket.named(request.key(), request.version())?;
    let object = entry.object.as_ref().ok_or_else(|| marker(request, entry))?;
    headers::check_customer_key(request, "x-amz-", object)?;
    check_read(request, "", Compared { etag: &object.etag, modified: entry.modified }, Code::NotModified)?;
    if body && restore::is_archived(entry, now) {
        let class = object.attributes.storage_class.as_str();
        return Err(Error::from(Code::InvalidObjectState).field("StorageClass", class));
    }
    let reply =
        describe(request, entry, object, now).with_maybe("x-amz-version-id", bucket.shown(entry.id()));
    send(request, object, reply, body)
}

/// Returns the error for a request that names a delete marker.
pub(crate) fn marker(request: &Request, entry: &Entry) -> Error {
    let error = match request.version() {
        None => no_such_key(request.key()),
        Some(_) => Error::from(Code::MethodNotAllowed)
            .field("Method", request.method.as_str())
            .field("ResourceType", "DeleteMarker")
            .header("allow", "DELETE")
            .header("last-modified", http_date(entry.modified)),
    };
    error.header("x-amz-delete-marker", "true").header("x-amz-version-id", entry.id().to_string())
}

fn describe(request: &Request, entry: &Entry, object: &Object, now: i64) -> Reply {
    let reply = headers::with_etag(Reply::ok(), &object.etag)
        .with("last-modified", http_date(entry.modified))
        .with("accept-ranges", "bytes")
        .with_maybe("x-amz-restore", restore::header(entry, now))
        .with_maybe("x-amz-archive-status", restore::tier(entry, now));
    let reply = lock::told(reply, &entry.lock);
    let reply = headers::with_attributes(reply, &object.attributes);
    let reply = match entry.tags.len() {
        0 => reply,
        count => reply.with("x-amz-tagging-count", count.to_string()),
    };
    let wants_checksum =
        request.header("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED"));
    // The stored checksum is of the whole object: it would not match the part that the client gets.
    if wants_checksum && !request.headers.contains_key("range") && !request.query.has("partNumber") {
        return headers::with_checksum(reply, object.checksum.as_ref());
    }
    reply
}

fn send(request: &Request, object: &Object, reply: Reply, body: bool) -> Result<Reply> {
    let size = object.body.len();
    let part = request.query.get("partNumber").map(|number| part(object, number)).transpose()?;
    let range = match request.header("range").filter(|_| part.is_none()) {
        Some(header) => range(header, size)?,
        None => part,
    };
    let partial = range.is_some();
    let range = range.unwrap_or(0..size);
    let mut reply = reply.with("content-length", range.len().to_string());
    if partial {
        reply.status = StatusCode::PARTIAL_CONTENT;
        let last = range.end.saturating_sub(1);
        reply = reply.with("content-range", format!("bytes {}-{last}/{size}", range.start));
    }
    if request.query.has("partNumber") && !object.parts.is_empty() {
        reply = reply.with("x-amz-mp-parts-count", object.parts.len().to_string());
    }
    if body {
        reply.body = object.body.slice(range);
    }
    Ok(reply)
}

/// Returns the byte range of one part of an object; an object that is not multipart is its own part 1.
fn part(object: &Object, number: &str) -> Result<Range<usize>> {
    let number: usize = number.parse().map_err(|_| Code::InvalidArgument)?;
    let whole = [object.body.len()];
    let parts = if object.parts.is_empty() { &whole[..] } else { &object.parts };
    let before = number.checked_sub(1).and_then(|before| Some((parts.get(..before)?, parts.get(before)?)));
    let (before, size) = before.ok_or(Code::InvalidRange)?;
    let start: usize = before.iter().sum();
    Ok(start..start + size)
}

/// Returns the bytes requested by a Range header; `None` if the header must be ignored.
fn range(header: &str, size: usize) -> Result<Option<Range<usize>>> {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let range = match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) if first <= last => first..size.min(last.saturating_add(1)),
        (Ok(first), Err(_)) if last.is_empty() => first..size,
        (Err(_), Ok(last)) if first.is_empty() => size.saturating_sub(last)..size,
        _ => return Ok(None),
    };
    if range.start >= size {
        return Err(Error::from(Code::InvalidRange).field("ActualObjectSize", size.to_string()));
    }
    Ok(Some(range))
}

#[cfg(test)]
mod tests;
