//! Requests that write: server-side copies and deletes without a version id. Each takes its tokens from the rate.

use aws_sdk_s3::types::{AnnotationDirective, Delete, ObjectIdentifier, StorageClass};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::error::{Answer, Doing, explain, explain_answer};
use crate::error::{Error, ErrorKind, Result};

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

/// A key to delete.
#[derive(Debug, Clone, Copy)]
pub struct DeleteKey<'a> {
    /// The key.
    pub key: &'a str,
    /// The ETag that its current version must still have.
    pub etag: &'a str,
}

impl Client {
    /// Copies one version. Metadata and tags come with it; annotations do not.
    pub async fn copy(&self, request: &CopyRequest<'_>) -> Result<()> {
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
        };
        self.counters.write_requests.add(1);
        let doing = Doing {
            what: "copy to",
            bucket: request.bucket,
            key: Some(request.key),
            permission: "s3:PutObject (with s3:PutObjectTagging), and s3:GetObjectVersion (with s3:GetObjectVersionTagging) on the source",
        };
        let call = call.customize().interceptor(KeyInPath::new(request.key));
        call.send().await.map(drop).map_err(|e| explain(&e, doing, &self.place))
    }

    /// Puts delete markers on up to a thousand keys, and gives each key's result in their order. An error is the whole
    /// request's.
    pub async fn delete(&self, bucket: &str, keys: &[DeleteKey<'_>]) -> Result<Vec<Result<()>>> {
        self.rate.take(keys.len()).await;
        let objects =
            keys.iter().map(|k| ObjectIdentifier::builder().key(k.key).e_tag(quoted(k.etag)).build());
        let invalid =
            |e| Error::new(ErrorKind::Invalid, format!("cannot delete keys of {bucket}")).because(e);
        let objects = objects.collect::<std::result::Result<Vec<_>, _>>().map_err(invalid)?;
        let delete = Delete::builder().set_objects(Some(objects)).build().map_err(invalid)?;
        self.counters.write_requests.add(1);
        let doing = Doing {
            what: "delete keys in",
            bucket,
            key: None,
            permission: "s3:DeleteObject (and s3:GetObject)",
        };
        let reply = self.sdk.delete_objects().bucket(bucket).delete(delete).send().await;
        let reply = reply.map_err(|e| explain(&e, doing, &self.place))?;
        let deleted: std::collections::HashSet<&str> =
            reply.deleted().iter().filter_map(|d| d.key()).collect();
        let failed: std::collections::HashMap<&str, _> =
            reply.errors().iter().filter_map(|e| Some((e.key()?, e))).collect();
        let result = |k: &DeleteKey<'_>| match failed.get(k.key) {
            Some(e) => {
                let code = e.code().unwrap_or_default();
                // Per-key errors have no status of their own; the code alone must tell.
                let answer = Answer {
                    status: 400,
                    code,
                    message: e.message().unwrap_or_default(),
                    ..Answer::default()
                };
                Err(explain_answer(&answer, Doing { key: Some(k.key), ..doing }, &self.place))
            }
            None if deleted.contains(k.key) => Ok(()),
            None => {
                let message = format!(
                    "the server did not say whether it deleted s3://{bucket}/{}",
                    crate::model::printable(k.key)
                );
                Err(Error::new(ErrorKind::Transient, message))
            }
        };
        Ok(keys.iter().map(result).collect())
    }

    /// Puts a delete marker on one key, for keys that XML cannot carry.
    pub async fn delete_one(&self, bucket: &str, key: DeleteKey<'_>, conditional: bool) -> Result<()> {
        self.rate.take(1).await;
        self.counters.write_requests.add(1);
        let mut call = self.sdk.delete_object().bucket(bucket).key(for_sdk(key.key));
        if conditional {
            call = call.if_match(quoted(key.etag));
        }
        let doing = Doing {
            what: "delete",
            bucket,
            key: Some(key.key),
            permission: "s3:DeleteObject (and s3:GetObject)",
        };
        let call = call.customize().interceptor(KeyInPath::new(key.key));
        call.send().await.map(drop).map_err(|e| explain(&e, doing, &self.place))
    }
}

fn quoted(etag: &str) -> String {
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
