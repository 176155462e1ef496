//! Deletes: one key, or up to a thousand with a result for each.

use super::super::Shared;
use super::super::quirks::Quirks;
use super::super::store::bucket::{Bucket, Deleted, parse_version};
use super::super::store::condition::Condition;
use super::headers;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::xml::{Document, Node, parse};

const MAX_KEYS: usize = 1_000;

pub(crate) fn one(shared: &Shared, request: &Request) -> Result<Reply> {
    let now = shared.clock.now();
    let mut store = shared.store();
    let condition = headers::condition(request, &store.quirks)?;
    let bucket = store.bucket_mut(request.bucket())?;
    let deleted = delete(bucket, request.key(), request.version(), &condition, now)?;
    let version = deleted.version.and_then(|id| bucket.shown(id));
    let marker = deleted.marker.then_some("true");
    Ok(Reply::no_content().with_maybe("x-amz-version-id", version).with_maybe("x-amz-delete-marker", marker))
}

/// `DeleteObjects`; every n-th key fails if `failing` is set.
pub(crate) fn many(shared: &Shared, request: &Request, failing: Option<usize>) -> Result<Reply> {
    let checked =
        request.headers.contains_key("content-md5") || crate::endpoint::body::checksum(request)?.is_some();
    if !checked {
        let message = "Missing required header for this request: Content-MD5 OR x-amz-checksum-*";
        return Err(Error::new(Code::InvalidRequest, message));
    }
    let asked = parse(&request.body, "Delete")?;
    let objects: Vec<&Node> = asked.all("Object").collect();
    if objects.is_empty() || objects.len() > MAX_KEYS {
        return Err(Code::MalformedXML.into());
    }
    let quiet = asked.text_of("Quiet") == Some("true");
    let now = shared.clock.now();
    let mut store = shared.store();
    let quirks = store.quirks.clone();
    let bucket = store.bucket_mut(request.bucket())?;
    let mut document = Document::new("DeleteResult");
    for (place, object) in (1..).zip(objects) {
        let key = object.text_of("Key").ok_or(Code::MalformedXML)?;
        let version = object.text_of("VersionId").filter(|version| !version.is_empty());
        let fails = failing.is_some_and(|every| place % every.max(1) == 0);
        let outcome = if fails {
            Err(Code::InternalError.into())
        } else {
            bucket.admit(key).and_then(|()| delete(bucket, key, version, &conditions(object, &quirks), now))
        };
        match outcome {
            Ok(_) if quiet => {}
            Ok(deleted) => tell(&mut document, key, version, &deleted),
            Err(error) => tell_error(&mut document, key, version, &error),
        }
    }
    Ok(Reply::xml(document))
}

fn conditions(object: &Node, quirks: &Quirks) -> Condition {
    let matches = object.text_of("ETag").filter(|_| !quirks.ignores_conditions);
    Condition { matches: matches.map(str::to_owned), none: false }
}

fn delete(
    bucket: &mut Bucket,
    key: &str,
    version: Option<&str>,
    condition: &Condition,
    now: i64,
) -> Result<Deleted> {
    let id = version.map(parse_version).transpose()?;
    condition.allows_delete(key, bucket.current(key))?;
    Ok(match id {
        Some(id) => bucket.erase(key, id),
        None => bucket.delete(key, now),
    })
}

fn tell(document: &mut Document, key: &str, version: Option<&str>, deleted: &Deleted) {
    document.open("Deleted").text("Key", key).maybe("VersionId", version);
    if deleted.marker {
        document.plain("DeleteMarker", true);
        document.maybe("DeleteMarkerVersionId", deleted.version.map(|id| id.to_string()).as_deref());
    }
    document.close("Deleted");
}

fn tell_error(document: &mut Document, key: &str, version: Option<&str>, error: &Error) {
    document.open("Error").text("Key", key).maybe("VersionId", version);
    document.text("Code", error.code.name()).text("Message", &error.message).close("Error");
}
