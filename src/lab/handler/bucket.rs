//! Buckets: creates, lists and removes them, and sets their versioning.

use hyper::body::Bytes;

use super::super::Shared;
use super::super::store::bucket::{Bucket, Configuration, Versioning};
use crate::endpoint::error::{Code, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::time::iso;
use crate::endpoint::xml::{Document, parse};

/// The owner of everything in a lab.
pub(crate) const OWNER: &str = "1ab0000000000000000000000000000000000000000000000000000000000001";

/// AWS's default for new buckets since April 2023: objects belong to the bucket owner, and ACLs are disabled.
pub(crate) const OWNED_BY_BUCKET: &str = "BucketOwnerEnforced";

/// Sets the object ownership of a bucket.
pub(crate) fn own(bucket: &mut Bucket, ownership: &str) {
    let document = format!(
        "<OwnershipControls xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Rule><ObjectOwnership>{ownership}\
         </ObjectOwnership></Rule></OwnershipControls>"
    );
    bucket.configurations.insert(Configuration::OwnershipControls, document.into());
}

pub(crate) fn list(shared: &Shared) -> Reply {
    let mut document = Document::new("ListAllMyBucketsResult");
    document.open("Owner").plain("ID", OWNER).close("Owner").open("Buckets");
    for (name, bucket) in &shared.store().buckets {
        document
            .open("Bucket")
            .text("Name", name)
            .plain("CreationDate", iso(bucket.created, false))
            .close("Bucket");
    }
    document.close("Buckets");
    Reply::xml(document)
}

pub(crate) fn create(shared: &Shared, request: &Request) -> Result<Reply> {
    let name = request.bucket();
    let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    if !(3..=63).contains(&name.len()) || !name.bytes().all(legal) {
        return Err(Code::InvalidBucketName.into());
    }
    let locked = request.header("x-amz-bucket-object-lock-enabled") == Some("true");
    let now = shared.clock.now();
    let mut store = shared.store();
    let bucket = store.create(name, now)?;
    let ownership = request.header("x-amz-object-ownership").unwrap_or(OWNED_BY_BUCKET);
    own(bucket, ownership);
    if locked {
        let xml = "<ObjectLockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                   <ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
        bucket.versioning = Versioning::Enabled;
        bucket.configurations.insert(Configuration::ObjectLock, Bytes::from_static(xml.as_bytes()));
    }
    Ok(Reply::ok().with("location", format!("/{name}")))
}

pub(crate) fn delete(shared: &Shared, request: &Request) -> Result<Reply> {
    shared.store().remove(request.bucket())?;
    Ok(Reply::no_content())
}

pub(crate) fn head(shared: &Shared, request: &Request) -> Result<Reply> {
    Ok(Reply::ok().with("x-amz-bucket-region", region(shared, request)?))
}

fn region(shared: &Shared, request: &Request) -> Result<String> {
    let region = shared.store().bucket(request.bucket())?.demands.region.clone();
    Ok(region.unwrap_or_else(|| shared.options.region.clone()))
}

pub(crate) fn location(shared: &Shared, request: &Request) -> Result<Reply> {
    let region = region(shared, request)?;
    let region = if region == "us-east-1" { String::new() } else { region };
    Ok(Reply::xml(Document::with_text("LocationConstraint", &region)))
}

pub(crate) fn get_versioning(shared: &Shared, request: &Request) -> Result<Reply> {
    let store = shared.store();
    let status = match store.bucket(request.bucket())?.versioning {
        Versioning::Never => None,
        Versioning::Enabled => Some("Enabled"),
        Versioning::Suspended => Some("Suspended"),
    };
    let root = store.quirks.root("VersioningConfiguration", "GetBucketVersioningResponse");
    let mut document = Document::new(root);
    document.maybe("Status", status);
    Ok(Reply::xml(document))
}

pub(crate) fn put_versioning(shared: &Shared, request: &Request) -> Result<Reply> {
    let configuration = parse(&request.body, "VersioningConfiguration")?;
    let versioning = match configuration.text_of("Status") {
        Some("Enabled") => Versioning::Enabled,
        Some("Suspended") => Versioning::Suspended,
        _ => return Err(Code::MalformedXML.into()),
    };
    shared.store().bucket_mut(request.bucket())?.versioning = versioning;
    Ok(Reply::ok())
}
