//! The HEAD facts of a version to copy, as far as the copy request needs them.

use std::collections::BTreeMap;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, ObjectLockLegalHoldStatus, ObjectLockMode,
    ServerSideEncryption,
};
use aws_smithy_types::DateTime;

use super::blank_key::{KeyInPath, for_sdk};
use super::bodiless::Refusal;
use super::client::Client;
use super::copy::Copied;
use super::error::{Doing, explain};
use super::header::is_escaped;
use super::read::TagCount;
use crate::error::{Error, ErrorKind, Result};
use crate::model::printable;

/// A version as described by HEAD.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Size in bytes.
    pub size: u64,
    /// The storage class.
    pub storage_class: String,
    /// The readability of its bytes.
    pub archive: Archive,
    /// True if it has a retention or a legal hold.
    pub is_locked: bool,
    /// The tag count.
    pub tags: TagCount,
    /// True if it has metadata that a request cannot carry: omitted by HEAD, or not UTF-8.
    pub hides_metadata: bool,
    /// True if its redirect, which every copy must set, is hidden in the same way.
    pub hides_redirect: bool,
    pub(super) encryption: Option<Encryption>,
    pub(super) redirect: Option<String>,
    pub(super) lock: Lock,
    pub(super) checksum: Option<Checksum>,
    pub(super) system: System,
    pub(super) user: BTreeMap<String, String>,
}

/// The readability of an object's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archive {
    /// Not archived, or thawed.
    Readable,
    /// A thaw is in progress.
    Thawing,
    /// Archived; a thaw must be requested.
    Frozen,
}

#[derive(Debug, Clone)]
pub(super) struct Encryption {
    pub(super) algorithm: ServerSideEncryption,
    pub(super) key: Option<String>,
    /// Set only with an algorithm that allows bucket keys.
    pub(super) bucket_key: Option<bool>,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Lock {
    pub(super) mode: Option<ObjectLockMode>,
    pub(super) until: Option<DateTime>,
    pub(super) hold: Option<ObjectLockLegalHoldStatus>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checksum {
    pub(super) algorithm: ChecksumAlgorithm,
    /// The checksum's value, if it covers the whole object.
    pub(super) whole: Option<String>,
}

/// System metadata set by the writer. `Expires` is kept as text because it need not be a date.
#[derive(Debug, Clone, Default)]
pub(super) struct System {
    pub(super) cache_control: Option<String>,
    pub(super) content_disposition: Option<String>,
    pub(super) content_encoding: Option<String>,
    pub(super) content_language: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) expires: Option<String>,
}

/// The current version of a key, to compare with a possible copy.
#[derive(Debug)]
pub struct Current {
    /// The version ID and ETag.
    pub copied: Copied,
    /// Size in bytes.
    pub size: u64,
}

impl Client {
    /// Returns the current version of a key, without its tags; `None` if there is none.
    pub async fn current(&self, bucket: &str, key: &str) -> Result<Option<Current>> {
        let call = self.sdk(bucket).head_object().bucket(bucket).key(for_sdk(key));
        let reply = call.customize().interceptor(KeyInPath::new(key)).send().await;
        let doing = Doing { what: "look at", bucket, key: Some(key), permission: "s3:GetObject" };
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(head) => {
                Ok(Some(Current { copied: Copied::new(head.version_id(), head.e_tag()), size: size(&head) }))
            }
            Err(e) if e.kind() == ErrorKind::Missing => Ok(None),
            Err(e) => Err(self.refusal(e, doing, None).await.into()),
        }
    }

    /// Describes a version; `None` if it is gone.
    pub async fn facts(&self, bucket: &str, key: &str, version_id: &str) -> Result<Option<Facts>> {
        let call = self.sdk(bucket).head_object().bucket(bucket).key(for_sdk(key)).version_id(version_id);
        let call = call.checksum_mode(ChecksumMode::Enabled).customize().interceptor(KeyInPath::new(key));
        let doing = Doing {
            what: "look at",
            bucket,
            key: Some(key),
            permission: "s3:GetObjectVersion (with s3:GetObjectRetention and s3:GetObjectLegalHold where objects are locked)",
        };
        match call.send().await.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(head) => Ok(Some(facts(&head))),
            Err(e) if e.kind() == ErrorKind::Missing => Ok(None),
            Err(e) => match self.refusal(e, doing, Some(version_id)).await {
                Refusal::ForeignKey(e) => Err(foreign_key(bucket, key, e)),
                Refusal::Known(e) => Err(e),
            },
        }
    }
}

fn foreign_key(bucket: &str, key: &str, e: Error) -> Error {
    let message = format!(
        "cannot copy s3://{bucket}/{}: HTTP 400, as for an object encrypted with a customer-provided key (SSE-C)",
        printable(key)
    );
    Error::new(ErrorKind::Invalid, message)
        .with_code("HTTP 400")
        .hint("copy such objects with their key: aws s3api copy-object --copy-source-sse-customer-key …")
        .because(e)
}

fn size(head: &HeadObjectOutput) -> u64 {
    head.content_length().and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
}

fn facts(head: &HeadObjectOutput) -> Facts {
    // Values that are not UTF-8 can be sent but not signed.
    let owned = |text: Option<&str>| text.filter(|t| !t.is_empty() && !is_escaped(t)).map(ToOwned::to_owned);
    let class = head.storage_class().map_or("STANDARD", |class| class.as_str());
    let encryption = head.server_side_encryption().map(|algorithm| Encryption {
        algorithm: algorithm.clone(),
        key: owned(head.ssekms_key_id()),
        bucket_key: (*algorithm == ServerSideEncryption::AwsKms)
            .then(|| head.bucket_key_enabled().unwrap_or_default()),
    });
    let lock = lock(head);
    let user = head.metadata().into_iter().flatten();
    Facts {
        size: size(head),
        storage_class: class.to_owned(),
        archive: archive(class, head.archive_status().is_some(), head.restore()),
        tags: TagCount::of(head.tag_count()),
        is_locked: lock.mode.is_some() || lock.hold.is_some(),
        hides_metadata: head.missing_meta().is_some_and(|n| n > 0) || has_escaped_metadata(head),
        hides_redirect: head.website_redirect_location().is_some_and(is_escaped),
        encryption,
        redirect: owned(head.website_redirect_location()),
        lock,
        checksum: checksum(head),
        system: System {
            cache_control: owned(head.cache_control()),
            content_disposition: owned(head.content_disposition()),
            content_encoding: owned(head.content_encoding()),
            content_language: owned(head.content_language()),
            content_type: owned(head.content_type()),
            expires: owned(head.expires_string()),
        },
        user: user.filter(|(_, value)| !is_escaped(value)).map(|(k, v)| (k.clone(), v.clone())).collect(),
    }
}

fn has_escaped_metadata(head: &HeadObjectOutput) -> bool {
    let system = [
        head.cache_control(),
        head.content_disposition(),
        head.content_encoding(),
        head.content_language(),
        head.content_type(),
        head.expires_string(),
    ];
    let user = head.metadata().into_iter().flatten().map(|(_, value)| value.as_str());
    system.into_iter().flatten().chain(user).any(is_escaped)
}

/// Returns the lock still in effect: an expired retention cannot be set on a new version.
fn lock(head: &HeadObjectOutput) -> Lock {
    let now = DateTime::from(std::time::SystemTime::now());
    let until = head.object_lock_retain_until_date().filter(|until| **until > now);
    Lock {
        mode: head.object_lock_mode().filter(|_| until.is_some()).cloned(),
        until: until.copied(),
        hold: head
            .object_lock_legal_hold_status()
            .filter(|hold| **hold == ObjectLockLegalHoldStatus::On)
            .cloned(),
    }
}

/// Returns whether an object's bytes can be read
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html>):
///
/// | `x-amz-restore` | archive class, or archive tier of Intelligent-Tiering | |
/// |---|---|---|
/// | `ongoing-request="true"` | any | thawing |
/// | `ongoing-request="false"` | any | readable |
/// | none | yes | frozen |
/// | none | no | readable |
fn archive(class: &str, in_archive_tier: bool, restore: Option<&str>) -> Archive {
    match restore {
        Some(restore) if restore.contains("ongoing-request=\"true\"") => Archive::Thawing,
        None if in_archive_tier || matches!(class, "GLACIER" | "DEEP_ARCHIVE") => Archive::Frozen,
        Some(_) | None => Archive::Readable,
    }
}

fn checksum(head: &HeadObjectOutput) -> Option<Checksum> {
    let whole = !matches!(head.checksum_type(), Some(ChecksumType::Composite));
    let values = [
        (ChecksumAlgorithm::Crc64Nvme, head.checksum_crc64_nvme()),
        (ChecksumAlgorithm::Crc32, head.checksum_crc32()),
        (ChecksumAlgorithm::Crc32C, head.checksum_crc32_c()),
        (ChecksumAlgorithm::Sha256, head.checksum_sha256()),
        (ChecksumAlgorithm::Sha1, head.checksum_sha1()),
    ];
    values.into_iter().find_map(|(algorithm, value)| {
        // Some servers omit the type but append the number of parts to a composite value.
        let value = value.filter(|value| !value.is_empty())?;
        let whole = (whole && !value.contains('-')).then(|| value.to_owned());
        Some(Checksum { algorithm, whole })
    })
}

#[cfg(test)]
mod tests;
