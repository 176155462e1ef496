//! Read requests: listing pages, HEAD, tags.

use std::collections::BTreeMap;

use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_object_versions::builders::ListObjectVersionsFluentBuilder;
use aws_sdk_s3::types::{ChecksumMode, ChecksumType, EncodingType, ReplicationStatus, ServerSideEncryption};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, retries};
use super::error::{Doing, explain};
use super::listing::{Page, PageTap};
use super::whole::MayBeEmpty;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{ObjectHead, is_access_point};

/// A request for a page.
#[derive(Debug, Clone, Default)]
pub struct PageRequest<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The prefix of keys.
    pub prefix: &'a str,
    /// The key and version ID of the entry after which the page begins; without an ID, it begins after the whole key.
    pub after: Option<(&'a str, Option<&'a str>)>,
    /// Maximum number of entries.
    pub entries: i32,
    /// Keys that have the same beginning up to this are listed once, as a prefix; empty for none.
    pub delimiter: &'a str,
    /// Send it once, since the caller does the retries.
    pub once: bool,
}

impl PageRequest<'_> {
    fn call(&self, sdk: &aws_sdk_s3::Client) -> ListObjectVersionsFluentBuilder {
        let mut call = sdk
            .list_object_versions()
            .bucket(self.bucket)
            .encoding_type(EncodingType::Url)
            .max_keys(self.entries);
        if !self.prefix.is_empty() {
            call = call.prefix(self.prefix);
        }
        if !self.delimiter.is_empty() {
            call = call.delimiter(self.delimiter);
        }
        if let Some((key, version)) = self.after {
            call = call.key_marker(key).set_version_id_marker(version.map(ToOwned::to_owned));
        }
        call
    }
}

/// The number of tags according to HEAD, which also reports none to callers who may not read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagCount {
    /// The object has tags.
    Some,
    /// HEAD reports no tags.
    NoneSaid,
}

impl TagCount {
    pub(super) fn of(count: Option<i32>) -> Self {
        if count.is_some_and(|n| n > 0) { Self::Some } else { Self::NoneSaid }
    }
}

impl Client {
    /// Lists a page of the versions in a bucket.
    pub async fn list_versions(&self, request: &PageRequest<'_>) -> Result<Page> {
        let tap = PageTap::default();
        let doing = Doing {
            what: "list the versions of",
            bucket: request.bucket,
            key: None,
            permission: "s3:ListBucketVersions",
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(limits::CONNECT_TIMEOUT)
            .operation_attempt_timeout(limits::LIST_TIMEOUT)
            .build();
        let attempts = if request.once { 1 } else { limits::ATTEMPTS };
        let run_limits =
            aws_sdk_s3::config::Builder::new().timeout_config(timeouts).retry_config(retries(attempts));
        let ask = |sdk: aws_sdk_s3::Client| {
            let call = request.call(&sdk).customize();
            call.interceptor(tap.clone()).config_override(run_limits.clone()).send()
        };
        let reply = self.find_and_ask(request.bucket, ask).await;
        reply.map_err(|e| explain(&e, doing, &self.place))?;
        self.counters.list_requests.add(1);
        tap.take().ok_or_else(|| Error::internal("a reply came without its listing"))
    }

    /// Returns the metadata and tags of an object's current version, or of the version named; `None` if there is none.
    pub async fn head(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
    ) -> Result<Option<ObjectHead>> {
        let reply = self
            .sdk(bucket)
            .head_object()
            .bucket(bucket)
            .key(for_sdk(key))
            .set_version_id(version_id.map(ToOwned::to_owned))
            .checksum_mode(ChecksumMode::Enabled)
            .customize()
            .interceptor(KeyInPath::new(key))
            .send()
            .await;
        let doing = Doing {
            what: "look at",
            bucket,
            key: Some(key),
            permission: "s3:GetObject and s3:GetObjectVersion",
        };
        let head = match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(head) => head,
            Err(e) if e.kind() == ErrorKind::Missing => return Ok(None),
            Err(e) => return Err(self.refusal(e, doing, version_id).await.into()),
        };
        let tags = match TagCount::of(head.tag_count()) {
            // This includes tags the credentials may not read, which are then left out of every comparison.
            TagCount::NoneSaid => Some(BTreeMap::new()),
            TagCount::Some => {
                self.tags(bucket, key, version_id.or(head.version_id()), TagCount::Some).await?
            }
        };
        Ok(Some(ObjectHead { tags, ..object_head(&head) }))
    }

    /// Returns an object's tags; `None` if the credentials may not read them, or the object no longer exists.
    pub async fn tags(
        &self,
        bucket: &str,
        key: &str,
        version_id: Option<&str>,
        count: TagCount,
    ) -> Result<Option<BTreeMap<String, String>>> {
        let call = self.sdk(bucket).get_object_tagging().bucket(bucket).key(for_sdk(key));
        let call = call.set_version_id(version_id.map(ToOwned::to_owned)).customize();
        let call = call.interceptor(KeyInPath::new(key));
        let reply = match count {
            TagCount::Some => call.send().await,
            TagCount::NoneSaid => call.interceptor(MayBeEmpty).send().await,
        };
        let doing = Doing {
            what: "read the tags of",
            bucket,
            key: Some(key),
            permission: "s3:GetObjectTagging and s3:GetObjectVersionTagging",
        };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(reply) => Ok(Some(
                reply.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect(),
            )),
            Err(e) if e.is_retryable() || e.ends_the_run() => Err(e),
            Err(_) => Ok(None),
        }
    }

    /// Returns whether the bucket is served as a website: only then do its objects' redirects have an effect. `true`
    /// if the setting cannot be read.
    pub async fn is_website(&self, bucket: &str) -> Result<bool> {
        if is_access_point(bucket) {
            return Ok(true);
        }
        let reply = self.sdk(bucket).get_bucket_website().bucket(bucket).send().await;
        let doing = Doing {
            what: "read the website configuration of",
            bucket,
            key: None,
            permission: "s3:GetBucketWebsite",
        };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Err(e) if e.is_retryable() || e.ends_the_run() => Err(e),
            Err(e) => Ok(e.kind() != ErrorKind::Missing),
            Ok(_) => Ok(true),
        }
    }
}

pub(super) fn is_kms(sse: Option<&ServerSideEncryption>) -> bool {
    matches!(sse, Some(ServerSideEncryption::AwsKms | ServerSideEncryption::AwsKmsDsse))
}

fn object_head(head: &HeadObjectOutput) -> ObjectHead {
    let whole = !matches!(head.checksum_type(), Some(ChecksumType::Composite));
    let checksums = [
        ("CRC32", head.checksum_crc32()),
        ("CRC32C", head.checksum_crc32_c()),
        ("CRC64NVME", head.checksum_crc64_nvme()),
        ("SHA1", head.checksum_sha1()),
        ("SHA256", head.checksum_sha256()),
    ];
    let system = [
        ("Cache-Control", head.cache_control()),
        ("Content-Disposition", head.content_disposition()),
        ("Content-Encoding", head.content_encoding()),
        ("Content-Language", head.content_language()),
        ("Content-Type", head.content_type()),
        ("Expires", head.expires_string()),
        ("Website-Redirect-Location", head.website_redirect_location()),
    ];
    let present = |pairs: &[(&'static str, Option<&str>)]| -> BTreeMap<&'static str, String> {
        let pairs = pairs
            .iter()
            .filter_map(|(name, value)| value.filter(|v| !v.is_empty()).map(|v| (*name, v.to_owned())));
        pairs.collect()
    };
    let mut checksums = present(&checksums);
    // Some servers omit the type but append the number of parts to a composite value.
    checksums.retain(|_, value| whole && !value.contains('-'));
    ObjectHead {
        version_id: head.version_id().map(ToOwned::to_owned),
        size: head.content_length().and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
        etag: head.e_tag().unwrap_or_default().trim_matches('"').to_owned(),
        checksums,
        system: present(&system),
        tags: None,
        user: head.metadata().into_iter().flatten().map(|(k, v)| (k.clone(), v.clone())).collect(),
        storage_class: head.storage_class().map_or("STANDARD", |c| c.as_str()).to_owned(),
        kms: is_kms(head.server_side_encryption()),
        replica: head.replication_status() == Some(&ReplicationStatus::Replica),
    }
}
