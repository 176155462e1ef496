//! Request and response headers: the attributes of a written object, the conditions on a request, and the headers of a
//! read.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;

use super::super::quirks::Quirks;
use super::super::store::bucket::Bucket;
use super::super::store::condition::Condition;
use super::super::store::version::{Attributes, Encryption, Labels, Object, Tags};
use super::{acl, lock};
use crate::endpoint::checksum::{Algorithm, Checksum, md5_hex};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::{Request, decode_form};

/// The content type of an object written without one.
pub(crate) const DEFAULT_TYPE: &str = "binary/octet-stream";

const SYSTEM: [&str; 6] = [
    "content-type",
    "content-encoding",
    "content-disposition",
    "content-language",
    "cache-control",
    "expires",
];
const USER_PREFIX: &str = "x-amz-meta-";
const SSE: &str = "x-amz-server-side-encryption";
const SSE_KEY: &str = "x-amz-server-side-encryption-aws-kms-key-id";
const SSE_BUCKET_KEY: &str = "x-amz-server-side-encryption-bucket-key-enabled";
const SSE_CUSTOMER: &str = "server-side-encryption-customer-algorithm";
const MAX_TAGS: usize = 10;

/// Returns the attributes in a write's headers.
pub(crate) fn attributes(request: &Request, default: &Encryption) -> Attributes {
    let system = SYSTEM.iter().filter_map(|name| Some(((*name).to_owned(), system(request, name)?)));
    let mut system: Tags = system.collect();
    system.entry("content-type".to_owned()).or_insert_with(|| DEFAULT_TYPE.to_owned());
    let user = request.headers.iter().filter_map(|(name, value)| {
        let name = name.as_str().strip_prefix(USER_PREFIX)?;
        Some((name.to_owned(), std::str::from_utf8(value.as_bytes()).ok()?.to_owned()))
    });
    let raw = request.headers.iter().filter_map(|(name, value)| {
        let is_kept = SYSTEM.contains(&name.as_str()) || name.as_str().starts_with(USER_PREFIX);
        let is_text = std::str::from_utf8(value.as_bytes()).is_ok();
        (is_kept && !is_text).then(|| (name.as_str().to_owned(), Bytes::copy_from_slice(value.as_bytes())))
    });
    Attributes { system, user: user.collect(), raw: raw.collect(), ..carried_by_header(request, default) }
}

/// Returns the attributes that a copy takes from its own headers, never from its source.
pub(crate) fn carried_by_header(request: &Request, default: &Encryption) -> Attributes {
    let encryption = match request.header(SSE) {
        None => default.clone(),
        Some(algorithm) => {
            let bucket_key = match request.header(SSE_BUCKET_KEY) {
                // Otherwise, a key named in the request uses the bucket's own setting.
                None => default.bucket_key && algorithm == "aws:kms",
                Some(enabled) => enabled == "true",
            };
            let key = request.header(SSE_KEY).map(str::to_owned);
            Encryption { algorithm: algorithm.to_owned(), key, bucket_key }
        }
    };
    Attributes {
        storage_class: request.header("x-amz-storage-class").unwrap_or("STANDARD").to_owned(),
        redirect: request.header("x-amz-website-redirect-location").map(str::to_owned),
        encryption,
        customer_key: request.headers.contains_key(&*format!("x-amz-{SSE_CUSTOMER}")),
        ..Attributes::default()
    }
}

fn system(request: &Request, name: &str) -> Option<String> {
    let value = request.header(name)?;
    if name != "content-encoding" {
        return Some(value.to_owned());
    }
    // The encoding of the transfer is not that of the object.
    if !value.contains("aws-chunked") {
        return Some(value.to_owned()); // Unchanged, including its spaces.
    }
    let kept: Vec<&str> = value.split(',').map(str::trim).filter(|coding| *coding != "aws-chunked").collect();
    Some(kept.join(", ")).filter(|kept| !kept.is_empty())
}

/// Parses the tags in `x-amz-tagging`.
pub(crate) fn tags(request: &Request) -> Result<Tags> {
    let header = request.header("x-amz-tagging").unwrap_or_default();
    let pairs = header.split('&').filter(|pair| !pair.is_empty());
    let tags = pairs.map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Ok((decode_form(name)?, decode_form(value)?))
    });
    check_tags(tags.collect::<Result<_>>()?)
}

/// Refuses tags if there are too many or one is nameless or too long.
pub(crate) fn check_tags(tags: Tags) -> Result<Tags> {
    let fits = |(name, value): (&String, &String)| {
        !name.is_empty() && name.chars().count() <= 128 && value.chars().count() <= 256
    };
    if tags.len() > MAX_TAGS {
        return Err(Error::new(Code::InvalidTag, "Object tags cannot be greater than 10"));
    }
    if tags.iter().all(fits) { Ok(tags) } else { Err(Code::InvalidTag.into()) }
}

/// Creates an object that is not multipart.
pub(crate) fn object(body: Bytes, attributes: Attributes, checksum: Option<Checksum>) -> Object {
    let checksum = checksum.unwrap_or_else(|| Checksum::of(Algorithm::Crc64Nvme, &body));
    Object {
        etag: etag(&body, &attributes.encryption),
        body,
        parts: Vec::new(),
        attributes,
        checksum: Some(checksum),
    }
}

/// Returns the `ETag` of an object that is not multipart: its MD5, unless its encryption makes it opaque.
pub(crate) fn etag(body: &[u8], encryption: &Encryption) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    if encryption.etag_is_md5() {
        return md5_hex(body);
    }
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    md5_hex(format!("an ETag that is no digest of the object, {count}").as_bytes())
}

/// Returns the conditions of a write or a delete.
pub(crate) fn condition(request: &Request, quirks: &Quirks) -> Result<Condition> {
    if quirks.ignores_conditions {
        return Ok(Condition::default());
    }
    let none = request.header("if-none-match");
    if none.is_some_and(|value| value != "*") {
        return Err(Error::from(Code::NotImplemented).field("Header", "If-None-Match"));
    }
    Ok(Condition { matches: request.header("if-match").map(str::to_owned), none: none.is_some() })
}

/// Refuses to read an object with a customer-provided key without that key. `prefix` is that of the headers.
pub(crate) fn check_customer_key(request: &Request, prefix: &str, object: &Object) -> Result<()> {
    if !object.attributes.customer_key || request.headers.contains_key(&*format!("{prefix}{SSE_CUSTOMER}")) {
        return Ok(());
    }
    Err(Error::new(
        Code::InvalidRequest,
        "The object was stored using a form of Server Side Encryption. The correct parameters must be provided to \
         retrieve the object.",
    ))
}

/// Returns the attributes of a write that can be changed later: tags, and ACL and lock as the bucket allows them.
pub(crate) fn labels(request: &Request, bucket: &Bucket, tags: Tags) -> Result<Labels> {
    Ok(Labels { tags, acl: acl::of(request, bucket)?, lock: lock::of(request, bucket)? })
}

/// Adds the encryption of the object that was read or created to a reply.
pub(crate) fn with_encryption(reply: Reply, encryption: &Encryption) -> Reply {
    let bucket_key = encryption.bucket_key.then_some("true");
    let reply = reply.with(SSE, &encryption.algorithm).with_maybe(SSE_KEY, encryption.key.as_ref());
    reply.with_maybe(SSE_BUCKET_KEY, bucket_key)
}

/// Adds a stored checksum and its type.
pub(crate) fn with_checksum(reply: Reply, checksum: Option<&Checksum>) -> Reply {
    match checksum {
        Some(checksum) => reply
            .with(checksum.algorithm.header(), &checksum.value)
            .with("x-amz-checksum-type", checksum.kind.name()),
        None => reply,
    }
}

/// Adds the headers of an object's attributes.
pub(crate) fn with_attributes(reply: Reply, attributes: &Attributes) -> Reply {
    let reply = attributes.system.iter().fold(reply, |reply, (name, value)| reply.with(name, value));
    let user = attributes.user.iter();
    let reply = user.fold(reply, |reply, (name, value)| reply.with(&format!("{USER_PREFIX}{name}"), value));
    let raw = attributes.raw.iter();
    let reply = raw.fold(reply, |reply, (name, value)| reply.with_bytes(name, value));
    let class = Some(&attributes.storage_class).filter(|class| *class != "STANDARD");
    let reply = reply
        .with_maybe("x-amz-storage-class", class)
        .with_maybe("x-amz-website-redirect-location", attributes.redirect.as_ref());
    with_encryption(reply, &attributes.encryption)
}

/// Adds an `ETag`.
pub(crate) fn with_etag(reply: Reply, etag: &str) -> Reply {
    reply.with("etag", format!("\"{etag}\""))
}
