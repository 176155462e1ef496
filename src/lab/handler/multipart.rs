//! Multipart uploads: created, filled with parts or copied ranges, completed, aborted, listed.

use std::sync::Arc;

use hyper::body::Bytes;

use super::super::Shared;
use super::super::store::bucket::Bucket;
use super::super::store::multipart::{ListedPart, Part, Upload};
use super::super::store::version::{Object, VersionId};
use super::source::{Source, check_size};
use super::{bucket::OWNER, headers};
use crate::endpoint::checksum::{Algorithm, ChecksumKind, md5};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::iso;
use crate::endpoint::xml::{Document, parse};
use crate::model::hex;

const MAX_PART: u16 = 10_000;

pub(crate) fn create(shared: &Shared, request: &Request) -> Result<Reply> {
    let (algorithm, kind) = checksum(request)?;
    let tags = headers::tags(request)?;
    let began = shared.clock.now();
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    let labels = headers::labels(request, bucket, tags)?;
    let order = bucket.next_order();
    let attributes = headers::attributes(request, &bucket.encryption);
    let encryption = attributes.encryption.clone();
    let key = request.key().to_owned();
    let upload = Upload {
        key,
        began,
        order,
        attributes,
        labels,
        algorithm,
        kind,
        parts: std::collections::BTreeMap::new(),
    };
    let id = format!("{}.upload", VersionId::Numbered(order));
    let mut document = Document::new("InitiateMultipartUploadResult");
    document.text("Bucket", request.bucket()).text("Key", request.key()).plain("UploadId", &id);
    bucket.uploads.insert(id, upload);
    let reply = headers::with_encryption(Reply::xml(document), &encryption);
    Ok(reply.with("x-amz-checksum-algorithm", algorithm.name()).with("x-amz-checksum-type", kind.name()))
}

/// Returns the type of the finished object's checksum.
fn checksum(request: &Request) -> Result<(Algorithm, ChecksumKind)> {
    let algorithm = match request.header("x-amz-checksum-algorithm") {
        None => Algorithm::Crc64Nvme,
        Some(name) => Algorithm::parse(name).ok_or(Code::InvalidRequest)?,
    };
    let kind = match request.header("x-amz-checksum-type") {
        Some("FULL_OBJECT") => ChecksumKind::FullObject,
        Some("COMPOSITE") => ChecksumKind::Composite,
        _ if algorithm == Algorithm::Crc64Nvme => ChecksumKind::FullObject,
        _ => ChecksumKind::Composite,
    };
    let possible = match kind {
        ChecksumKind::FullObject => !matches!(algorithm, Algorithm::Sha1 | Algorithm::Sha256),
        ChecksumKind::Composite => algorithm != Algorithm::Crc64Nvme,
    };
    let message =
        format!("The {} checksum type cannot be used with the {} algorithm.", kind.name(), algorithm.name());
    if possible { Ok((algorithm, kind)) } else { Err(Error::new(Code::InvalidRequest, message)) }
}

pub(crate) fn upload_part(shared: &Shared, request: &Request) -> Result<Reply> {
    let given = crate::endpoint::body::checksum(request)?;
    let part = part(request.body.clone(), shared.clock.now());
    let etag = part.etag.clone();
    add_part(shared, request, part)?;
    let reply = headers::with_etag(Reply::ok(), &etag);
    Ok(match given {
        Some(checksum) => reply.with(checksum.algorithm.header(), checksum.value),
        None => reply,
    })
}

pub(crate) fn upload_part_copy(shared: &Shared, request: &Request) -> Result<Reply> {
    let source = Source::of(request)?;
    let now = shared.clock.now();
    let found = source.find(&shared.store(), request, now)?;
    let body = match request.header("x-amz-copy-source-range") {
        None => found.object.body.clone(),
        Some(range) => cut(&found.object.body, range)?,
    };
    check_size(body.len(), shared.options.max_copy_bytes)?;
    let part = part(body, now);
    let mut document = Document::new("CopyPartResult");
    document.plain("LastModified", iso(now, false)).text("ETag", &format!("\"{}\"", part.etag));
    add_part(shared, request, part)?;
    Ok(found.told(Reply::xml(document)))
}

/// Returns the bytes of a copy's range, which must lie within the source.
fn cut(body: &Bytes, range: &str) -> Result<Bytes> {
    let wrong = || {
        Error::new(
            Code::InvalidArgument,
            "The x-amz-copy-source-range value must be of the form bytes=first-last",
        )
        .field("ArgumentName", "x-amz-copy-source-range")
        .field("ArgumentValue", range)
    };
    let (first, last) =
        range.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(wrong)?;
    let (first, last): (usize, usize) =
        (first.parse().map_err(|_| wrong())?, last.parse().map_err(|_| wrong())?);
    if first > last || last >= body.len() {
        let message = format!("Range specified is not valid for source object of size: {}", body.len());
        return Err(Error::new(Code::InvalidArgument, message));
    }
    Ok(body.slice(first..=last))
}

fn part(body: Bytes, modified: i64) -> Part {
    let md5 = md5(&body);
    Part { body, etag: hex(&md5), md5, modified }
}

fn add_part(shared: &Shared, request: &Request, part: Part) -> Result<()> {
    let number = request.query.get("partNumber").and_then(|number| number.parse().ok());
    let number = number.filter(|number| (1..=MAX_PART).contains(number)).ok_or_else(|| {
        Error::new(Code::InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive")
    })?;
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    let found = bucket.uploads.get_mut(upload_id(request)).filter(|upload| upload.key == request.key());
    let upload = found.ok_or_else(|| no_such_upload(request))?;
    upload.parts.insert(number, part);
    Ok(())
}

pub(crate) fn complete(shared: &Shared, request: &Request) -> Result<Reply> {
    let (mut upload, condition, late) = {
        let store = shared.store();
        let upload = find(store.bucket(request.bucket())?, request)?.clone();
        (upload, headers::condition(request, &store.quirks)?, store.quirks.multipart_dated_at_completion)
    };
    let mut object = upload.join(&listed(request)?, shared.options.min_part_bytes)?;
    if !object.attributes.encryption.etag_is_md5() {
        object.etag = format!("{}-{}", headers::etag(&[], &object.attributes.encryption), object.parts.len());
    }
    check_whole(request, &object)?;
    let object = Arc::new(object);
    let now = shared.clock.now();
    let mut store = shared.store();
    let root = store.quirks.root("CompleteMultipartUploadResult", "CompleteMultipartUploadResponse");
    let bucket = store.bucket_mut(request.bucket())?;
    find(bucket, request)?;
    condition.allows_write(request.key(), bucket.current(request.key()))?;
    bucket.uploads.remove(upload_id(request));
    if late {
        (upload.began, upload.order) = (now, bucket.next_order());
    }
    let id = bucket.put_at(request.key(), Arc::clone(&object), upload.labels, upload.began, upload.order);
    let mut document = Document::new(root);
    document.text("Location", &request.path).text("Bucket", request.bucket()).text("Key", request.key());
    document.text("ETag", &format!("\"{}\"", object.etag));
    if let Some(checksum) = &object.checksum {
        document
            .plain(checksum.algorithm.element(), &checksum.value)
            .plain("ChecksumType", checksum.kind.name());
    }
    let reply = headers::with_encryption(Reply::xml(document), &object.attributes.encryption);
    Ok(reply.with_maybe("x-amz-version-id", bucket.shown(id)))
}

/// Refuses to create an object of another size or checksum than the client has computed.
fn check_whole(request: &Request, object: &Object) -> Result<()> {
    let size = object.body.len().to_string();
    if request.header("x-amz-mp-object-size").is_some_and(|announced| announced != size) {
        return Err(Error::new(Code::InvalidRequest, "The provided object size does not match the object."));
    }
    let stored = object.checksum.as_ref();
    let given = stored.and_then(|checksum| request.header(checksum.algorithm.header()));
    if given.is_some() && given != stored.map(|checksum| checksum.value.as_str()) {
        return Err(Code::BadDigest.into());
    }
    Ok(())
}

/// Returns the parts listed in a completion.
fn listed(request: &Request) -> Result<Vec<ListedPart>> {
    let document = parse(&request.body, "CompleteMultipartUpload")?;
    let parts = document.all("Part").map(|part| {
        let number = part.text_of("PartNumber").and_then(|number| number.parse().ok());
        let etag = part.text_of("ETag").map(str::to_owned);
        let (number, etag) = number.zip(etag).ok_or(Code::MalformedXML)?;
        Ok(ListedPart { number, etag })
    });
    parts.collect()
}

pub(crate) fn abort(shared: &Shared, request: &Request) -> Result<Reply> {
    let mut store = shared.store();
    let bucket = store.bucket_mut(request.bucket())?;
    find(bucket, request)?;
    bucket.uploads.remove(upload_id(request));
    Ok(Reply::no_content())
}

pub(crate) fn list_uploads(shared: &Shared, request: &Request) -> Result<Reply> {
    let prefix = request.query.get("prefix").unwrap_or_default();
    let store = shared.store();
    let bucket = store.bucket(request.bucket())?;
    let mut uploads: Vec<_> =
        bucket.uploads.iter().filter(|(_, upload)| upload.key.starts_with(prefix)).collect();
    uploads.sort_by_key(|(_, upload)| (&upload.key, upload.order));
    let mut document = Document::new("ListMultipartUploadsResult");
    document.text("Bucket", request.bucket()).text("Prefix", prefix).plain("MaxUploads", 1_000);
    document.plain("IsTruncated", false);
    for (id, upload) in uploads {
        document.open("Upload").text("Key", &upload.key).plain("UploadId", id);
        document.open("Owner").plain("ID", OWNER).close("Owner");
        document.text("StorageClass", &upload.attributes.storage_class);
        document.plain("Initiated", iso(upload.began, false)).close("Upload");
    }
    Ok(Reply::xml(document))
}

pub(crate) fn list_parts(shared: &Shared, request: &Request) -> Result<Reply> {
    let store = shared.store();
    let upload = find(store.bucket(request.bucket())?, request)?;
    let mut document = Document::new(store.quirks.root("ListPartsResult", "ListPartsResponse"));
    document.text("Bucket", request.bucket()).text("Key", request.key()).text("UploadId", upload_id(request));
    document.plain("MaxParts", MAX_PART).plain("IsTruncated", false);
    for (number, part) in &upload.parts {
        document.open("Part").plain("PartNumber", number).plain("LastModified", iso(part.modified, false));
        document.text("ETag", &format!("\"{}\"", part.etag)).plain("Size", part.body.len()).close("Part");
    }
    Ok(Reply::xml(document))
}

fn find<'a>(bucket: &'a Bucket, request: &Request) -> Result<&'a Upload> {
    let upload = bucket.uploads.get(upload_id(request)).filter(|upload| upload.key == request.key());
    upload.ok_or_else(|| no_such_upload(request))
}

fn upload_id(request: &Request) -> &str {
    request.query.get("uploadId").unwrap_or_default()
}

fn no_such_upload(request: &Request) -> Error {
    Error::from(Code::NoSuchUpload).field("UploadId", upload_id(request))
}
