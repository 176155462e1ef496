//! The source of a copy: parses `x-amz-copy-source`, finds the version, and checks that it can be copied.

use std::sync::Arc;

use super::super::store::Store;
use super::super::store::version::{Object, Tags};
use super::{headers, restore};
use crate::endpoint::condition::{Compared, check_read};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::reply::Reply;
use crate::endpoint::request::{Request, decode_form};

/// The source named by `x-amz-copy-source`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version: Option<String>,
}

/// A version to copy from.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) object: Arc<Object>,
    pub(crate) tags: Tags,
    /// Its version ID, if the source bucket has versioning.
    pub(crate) version: Option<String>,
}

impl Source {
    pub(crate) fn of(request: &Request) -> Result<Self> {
        Self::parse(request.header("x-amz-copy-source").unwrap_or_default())
    }

    fn parse(header: &str) -> Result<Self> {
        let (path, version) = match header.split_once("?versionId=") {
            Some((path, version)) => (path, Some(decode_form(version)?)),
            None => (header, None),
        };
        // Decoded as a form: S3 too takes a `+` that was not encoded for a space.
        let path = decode_form(path)?;
        let path = path.strip_prefix('/').unwrap_or(&path);
        if let Some((bucket, key)) = of_access_point(path) {
            return Ok(Self { bucket, key, version });
        }
        let named = path.split_once('/').filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty());
        let (bucket, key) = named.ok_or_else(|| {
            Error::new(
                Code::InvalidArgument,
                "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
            )
            .field("ArgumentName", "x-amz-copy-source")
        })?;
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned(), version })
    }

    /// Finds the version and checks the conditions on it.
    pub(crate) fn find(&self, store: &Store, request: &Request, now: i64) -> Result<Found> {
        let bucket = store.bucket(&self.bucket)?;
        let entry = bucket.named(&self.key, self.version.as_deref())?;
        let Some(object) = &entry.object else {
            return Err(match self.version {
                None => Error::from(Code::NoSuchKey).field("Key", &self.key),
                Some(_) => Error::new(
                    Code::InvalidRequest,
                    "The source of a copy request may not specifically refer to a delete marker by version id.",
                ),
            });
        };
        headers::check_customer_key(request, "x-amz-copy-source-", object)?;
        let compared = Compared { etag: &object.etag, modified: entry.modified };
        check_read(request, "x-amz-copy-source-", compared, Code::PreconditionFailed)?;
        if restore::is_archived(entry, now) {
            return Err(Error::new(
                Code::InvalidObjectState,
                "Operation is not valid for the source object's storage class",
            ));
        }
        let version = bucket.shown(entry.id());
        Ok(Found { object: Arc::clone(object), tags: entry.tags.clone(), version })
    }
}

/// Returns the host name of an access point and the key in `arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME/object/KEY`.
fn of_access_point(path: &str) -> Option<(String, String)> {
    let fields: Vec<&str> = path.strip_prefix("arn:aws:s3:")?.splitn(3, ':').collect();
    let [_region, account, resource] = fields.as_slice() else { return None };
    let (name, key) = resource.strip_prefix("accesspoint/")?.split_once("/object/")?;
    Some((format!("{name}-{account}"), key.to_owned()))
}

/// Refuses a source that is too large to be copied with one request.
pub(crate) fn check_size(bytes: usize, most: usize) -> Result<()> {
    if bytes <= most {
        return Ok(());
    }
    let message = format!(
        "The specified copy source is larger than the maximum allowable size for a copy source: {most}"
    );
    Err(Error::new(Code::InvalidRequest, message))
}

impl Found {
    /// Adds the ID of the copied version to a reply.
    pub(crate) fn told(&self, reply: Reply) -> Reply {
        reply.with_maybe("x-amz-copy-source-version-id", self.version.as_ref())
    }
}

#[cfg(test)]
mod tests;
