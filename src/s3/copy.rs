//! Server-side copies of a version in a single request, and the parameters of all copies.

use aws_sdk_s3::types::AnnotationDirective;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::acl::Grants;
use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, once};
use super::error::{Doing, explain};
use super::facts::Facts;
use crate::error::Result;
use crate::model::is_arn;

/// The characters left unencoded in `x-amz-copy-source`; the SDK passes the header through unchanged.
const COPY_SOURCE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The name of a copy in errors, and the permissions that it needs.
pub(super) const COPY: (&str, &str) = (
    "copy to",
    "s3:PutObject (with s3:PutObjectTagging, and s3:PutObjectAcl where objects have ACLs), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source",
);

/// The precondition on a key for a write to take effect
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// The current version has this ETag.
    Etag(String),
    /// There is no current version, or it is a delete marker.
    Absent,
    /// None: the server ignores conditional writes.
    None,
}

/// A server-side copy of one version.
#[derive(Debug, Clone)]
pub struct CopyRequest<'a> {
    /// The source bucket.
    pub source_bucket: &'a str,
    /// The source key.
    pub source_key: &'a str,
    /// The source version ID.
    pub version_id: &'a str,
    /// The ETag the source must have: a null version can be overwritten.
    pub source_etag: &'a str,
    /// The target bucket.
    pub bucket: &'a str,
    /// The target key.
    pub key: &'a str,
    /// The copy's storage class: set on every copy, since AWS would default to STANDARD.
    pub storage_class: &'a str,
    /// The version's HEAD facts; without them the copy gets the bucket's default encryption, no redirect and no lock.
    pub facts: Option<&'a Facts>,
    /// The grants of its ACL.
    pub grants: &'a Grants,
    /// True to copy its retention and legal hold.
    pub locks: bool,
    /// The precondition on the target.
    pub guard: &'a Guard,
}

/// A version created by a copy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// The version ID, if the server reports it (Ceph RGW does not).
    pub version_id: Option<String>,
    /// The entity tag, without quotes, if the server reports it.
    pub etag: Option<String>,
}

impl Copied {
    pub(super) fn new(version_id: Option<&str>, etag: Option<&str>) -> Self {
        Self {
            version_id: version_id.map(ToOwned::to_owned),
            etag: etag.map(|etag| etag.trim_matches('"').to_owned()),
        }
    }
}

impl<'a> CopyRequest<'a> {
    pub(super) fn doing(&self) -> Doing<'a> {
        Doing { what: COPY.0, bucket: self.bucket, key: Some(self.key), permission: COPY.1 }
    }

    /// Returns the source's required ETag, if the listing had one.
    pub(super) fn source_condition(&self) -> Option<String> {
        (!self.source_etag.is_empty()).then(|| quoted(self.source_etag))
    }

    /// Returns the storage class to request.
    pub(super) fn class(&self) -> &'a str {
        if self.storage_class.is_empty() { "STANDARD" } else { self.storage_class }
    }
}

/// Sets the properties that S3 does not copy from the source by itself
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html>). The two request builders have no common
/// trait.
macro_rules! by_hand {
    ($call:expr, $request:expr) => {{
        let request = $request;
        let encryption = request.facts.and_then(|facts| facts.encryption.as_ref());
        let lock = request.facts.filter(|_| request.locks).map(|facts| &facts.lock);
        $call
            .storage_class(aws_sdk_s3::types::StorageClass::from(request.class()))
            .set_server_side_encryption(encryption.map(|of| of.algorithm.clone()))
            .set_ssekms_key_id(encryption.and_then(|of| of.key.clone()))
            .set_bucket_key_enabled(encryption.and_then(|of| of.bucket_key))
            .set_website_redirect_location(request.facts.and_then(|facts| facts.redirect.clone()))
            .set_grant_full_control(request.grants.full_control.clone())
            .set_grant_read(request.grants.read.clone())
            .set_grant_read_acp(request.grants.read_acp.clone())
            .set_grant_write_acp(request.grants.write_acp.clone())
            .set_object_lock_mode(lock.and_then(|lock| lock.mode.clone()))
            .set_object_lock_retain_until_date(lock.and_then(|lock| lock.until))
            .set_object_lock_legal_hold_status(lock.and_then(|lock| lock.hold.clone()))
    }};
}
pub(super) use by_hand;

impl Client {
    /// Copies one version with its metadata and tags, but without annotations.
    pub async fn copy(&self, request: &CopyRequest<'_>) -> Result<Copied> {
        self.rate.take(1).await?;
        let mut call = self
            .sdk(request.bucket)
            .copy_object()
            .copy_source(copy_source(request))
            .set_copy_source_if_match(request.source_condition())
            .bucket(request.bucket)
            .key(for_sdk(request.key))
            .annotation_directive(AnnotationDirective::Exclude);
        call = match request.guard {
            Guard::Etag(etag) => call.if_match(quoted(etag)),
            Guard::Absent => call.if_none_match("*"),
            Guard::None => call,
        };
        self.counters.write_requests.add(1);
        let call = by_hand!(call, request).customize().interceptor(KeyInPath::new(request.key));
        let call = call.config_override(self.patient(once()));
        let reply = self
            .answered(async { call.send().await.map_err(|e| explain(&e, request.doing(), &self.place)) })
            .await?;
        let etag = reply.copy_object_result().and_then(|result| result.e_tag());
        Ok(Copied::new(reply.version_id(), etag))
    }
}

pub(super) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

pub(super) fn copy_source(request: &CopyRequest<'_>) -> String {
    let encoded = |text| utf8_percent_encode(text, COPY_SOURCE);
    let version = utf8_percent_encode(request.version_id, NON_ALPHANUMERIC);
    // With an access point's ARN, keys are below `object`.
    let below = if is_arn(request.source_bucket) { "object/" } else { "" };
    let (bucket, key) = (encoded(request.source_bucket), encoded(request.source_key));
    format!("{bucket}/{below}{key}?versionId={version}")
}

#[cfg(test)]
mod tests;
