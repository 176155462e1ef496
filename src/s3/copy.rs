//! Server-side copies of one version by one request.

use aws_sdk_s3::types::{AnnotationDirective, StorageClass};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, once};
use super::error::{Doing, explain};
use crate::error::Result;

/// What may stand unencoded in `x-amz-copy-source`; the SDK passes the header through as it is given.
const COPY_SOURCE: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What must still hold of a key for a request to take effect
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html>).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guard {
    /// Its current version has this ETag.
    Etag(String),
    /// It has no current version, or a delete marker.
    Absent,
    /// Anything: the server does not honour conditions.
    None,
}

/// A server-side copy of one version.
#[derive(Debug, Clone)]
pub struct CopyRequest<'a> {
    /// The bucket that has the version.
    pub source_bucket: &'a str,
    /// Its key.
    pub source_key: &'a str,
    /// Its id.
    pub version_id: &'a str,
    /// The bucket to copy to.
    pub bucket: &'a str,
    /// The key to copy to.
    pub key: &'a str,
    /// The copy's storage class: said on every copy, or AWS makes it STANDARD.
    pub storage_class: &'a str,
    /// What must still hold of the target.
    pub guard: &'a Guard,
}

/// A version that a copy made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Its id, where the server says it (Ceph RGW does not).
    pub version_id: Option<String>,
    /// Its entity tag, without its quotes, where the server says it.
    pub etag: Option<String>,
}

impl Client {
    /// Copies one version. Metadata and tags come with it; annotations do not.
    pub async fn copy(&self, request: &CopyRequest<'_>) -> Result<Copied> {
        self.rate.take(1).await;
        let class = if request.storage_class.is_empty() { "STANDARD" } else { request.storage_class };
        let mut call = self
            .sdk
            .copy_object()
            .copy_source(copy_source(request))
            .bucket(request.bucket)
            .key(for_sdk(request.key))
            .storage_class(StorageClass::from(class))
            .annotation_directive(AnnotationDirective::Exclude);
        call = match request.guard {
            Guard::Etag(etag) => call.if_match(quoted(etag)),
            Guard::Absent => call.if_none_match("*"),
            Guard::None => call,
        };
        self.counters.write_requests.add(1);
        let doing = Doing {
            what: "copy to",
            bucket: request.bucket,
            key: Some(request.key),
            permission: "s3:PutObject (with s3:PutObjectTagging), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source",
        };
        let call = call.customize().interceptor(KeyInPath::new(request.key)).config_override(once());
        let reply = call.send().await.map_err(|e| explain(&e, doing, &self.place))?;
        let etag = reply.copy_object_result().and_then(|result| result.e_tag());
        Ok(Copied {
            version_id: reply.version_id().map(ToOwned::to_owned),
            etag: etag.map(|etag| etag.trim_matches('"').to_owned()),
        })
    }
}

pub(super) fn quoted(etag: &str) -> String {
    format!("\"{etag}\"")
}

fn copy_source(request: &CopyRequest<'_>) -> String {
    let encoded = |text| utf8_percent_encode(text, COPY_SOURCE);
    let version = utf8_percent_encode(request.version_id, NON_ALPHANUMERIC);
    format!("{}/{}?versionId={version}", request.source_bucket, encoded(request.source_key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copy_sources_are_encoded_segment_by_segment() {
        for (key, expected) in [
            ("a/b.jpg", "bkt/a/b.jpg?versionId=v%2E1"),
            ("a b+c%20?x#y&z", "bkt/a%20b%2Bc%2520%3Fx%23y%26z?versionId=v%2E1"),
            ("/lead//..", "bkt//lead//..?versionId=v%2E1"),
            ("日\u{1}\"'", "bkt/%E6%97%A5%01%22%27?versionId=v%2E1"),
        ] {
            let guard = Guard::Absent;
            let request = CopyRequest {
                source_bucket: "bkt",
                source_key: key,
                version_id: "v.1",
                bucket: "b",
                key,
                storage_class: "",
                guard: &guard,
            };
            assert_eq!(copy_source(&request), expected);
        }
    }
}
