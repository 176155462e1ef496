//! Tags of a version: read, replaced or removed, without creating a new version.

use super::super::Shared;
use super::super::store::version::Tags;
use super::headers::check_tags;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::tagging;
use crate::endpoint::xml::parse;

pub(crate) fn get(shared: &Shared, request: &Request) -> Result<Reply> {
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let entry = bucket.named(request.key(), request.version())?;
    if entry.is_marker() {
        return Err(of_marker(request));
    }
    Ok(Reply::xml(tagging::document(&entry.tags)).with_maybe("x-amz-version-id", bucket.shown(entry.id())))
}

pub(crate) fn put(shared: &Shared, request: &Request) -> Result<Reply> {
    let document = parse(&request.body, "Tagging")?;
    let set = document.child("TagSet").ok_or(Code::MalformedXML)?;
    let tags = set.all("Tag").map(|tag| {
        let text = |name| tag.text_of(name).map(str::to_owned).ok_or(Code::MalformedXML);
        Ok((text("Key")?, text("Value")?))
    });
    replace(shared, request, check_tags(tags.collect::<Result<_>>()?)?, Reply::ok())
}

pub(crate) fn delete(shared: &Shared, request: &Request) -> Result<Reply> {
    replace(shared, request, Tags::new(), Reply::no_content())
}

fn replace(shared: &Shared, request: &Request, tags: Tags, reply: Reply) -> Result<Reply> {
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    let entry = bucket.named_mut(request.key(), request.version())?;
    if entry.is_marker() {
        return Err(of_marker(request));
    }
    entry.tags = tags;
    let id = entry.id();
    Ok(reply.with_maybe("x-amz-version-id", bucket.shown(id)))
}

fn of_marker(request: &Request) -> Error {
    match request.version() {
        None => Error::from(Code::NoSuchKey).field("Key", request.key()),
        Some(_) => Error::from(Code::MethodNotAllowed).field("ResourceType", "DeleteMarker"),
    }
    .header("x-amz-delete-marker", "true")
}
