//! `CopyObject`: the properties that a copy takes from its source, and those that it does not.

use std::sync::Arc;

use super::super::Shared;
use super::super::quirks::Quirks;
use super::super::store::version::{Attributes, Encryption, Object, Tags};
use super::headers;
use super::source::{self, Found, Source};
use crate::endpoint::checksum::{Algorithm, Checksum, ChecksumKind};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::iso;
use crate::endpoint::xml::Document;

pub(crate) fn copy(shared: &Shared, request: &Request) -> Result<Reply> {
    let source = Source::of(request)?;
    let now = shared.clock.now();
    let (found, default, quirks) = {
        let store = shared.store();
        let default = store.bucket(request.bucket())?.encryption.clone();
        (source.find(&store, request, now)?, default, store.quirks.clone())
    };
    source::check_size(found.object.body.len(), shared.options.max_copy_bytes)?;
    refuse_no_change(request, &source, &quirks)?;
    let condition = headers::condition(request, &quirks)?;
    let tags = tags(request, &found)?;
    let object = Arc::new(object(request, &found, &default)?);
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    condition.allows_write(request.key(), bucket.current(request.key()))?;
    // Neither the ACL nor the lock of the source is copied.
    let labels = headers::labels(request, bucket, tags)?;
    let id = bucket.put(request.key(), Arc::clone(&object), labels, now);
    let mut document = Document::new("CopyObjectResult");
    document
        .plain("LastModified", iso(now, quirks.millisecond_times))
        .text("ETag", &format!("\"{}\"", object.etag));
    if let Some(checksum) = &object.checksum {
        document
            .plain(checksum.algorithm.element(), &checksum.value)
            .plain("ChecksumType", checksum.kind.name());
    }
    let reply = headers::with_encryption(Reply::xml(document), &object.attributes.encryption);
    if quirks.copy_returns_no_version_id {
        return Ok(reply);
    }
    Ok(found.told(reply).with_maybe("x-amz-version-id", bucket.shown(id)))
}

/// Refuses to copy the current version of an object onto itself when nothing would change.
fn refuse_no_change(request: &Request, source: &Source, quirks: &Quirks) -> Result<()> {
    let onto_itself = source.bucket == request.bucket() && source.key == request.key();
    let named = source.version.is_some() && !quirks.requires_storage_class_on_self_copy;
    let changing = ["x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-server-side-encryption"];
    let changes = replaces(request, "x-amz-metadata-directive")?
        || changing.iter().any(|name| request.headers.contains_key(*name));
    if !onto_itself || named || changes {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidRequest,
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's \
         metadata, storage class, website redirect location or encryption attributes.",
    ))
}

fn replaces(request: &Request, directive: &'static str) -> Result<bool> {
    match request.header(directive) {
        None | Some("COPY") => Ok(false),
        Some("REPLACE") => Ok(true),
        Some(_) => {
            Err(Error::new(Code::InvalidArgument, "Unknown directive.").field("ArgumentName", directive))
        }
    }
}

fn tags(request: &Request, found: &Found) -> Result<Tags> {
    if replaces(request, "x-amz-tagging-directive")? {
        headers::tags(request)
    } else {
        Ok(found.tags.clone())
    }
}

fn object(request: &Request, found: &Found, default: &Encryption) -> Result<Object> {
    let from = &found.object;
    let attributes = if replaces(request, "x-amz-metadata-directive")? {
        headers::attributes(request, default)
    } else {
        Attributes {
            system: from.attributes.system.clone(),
            user: from.attributes.user.clone(),
            raw: from.attributes.raw.clone(),
            ..headers::carried_by_header(request, default)
        }
    };
    let same_etag = from.parts.is_empty()
        && from.attributes.encryption.etag_is_md5()
        && attributes.encryption.etag_is_md5();
    let etag = if same_etag { from.etag.clone() } else { headers::etag(&from.body, &attributes.encryption) };
    let checksum = Some(checksum(request, from)?);
    Ok(Object { body: from.body.clone(), etag, parts: Vec::new(), attributes, checksum })
}

/// Returns the copy's checksum: of the whole object, with the requested algorithm, or the source's, or S3's default.
fn checksum(request: &Request, from: &Object) -> Result<Checksum> {
    let asked = request.header("x-amz-checksum-algorithm");
    let asked = asked.map(|name| Algorithm::parse(name).ok_or(Code::InvalidRequest)).transpose()?;
    let of_source = from.checksum.as_ref();
    let algorithm = asked.or(of_source.map(|checksum| checksum.algorithm)).unwrap_or(Algorithm::Crc64Nvme);
    let same = of_source.filter(|have| have.algorithm == algorithm && have.kind == ChecksumKind::FullObject);
    Ok(same.cloned().unwrap_or_else(|| Checksum::of(algorithm, &from.body)))
}
