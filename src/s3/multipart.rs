//! Server-side multipart copies, for objects too large for a single request.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, CopyPartResult,
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use serde::{Deserialize, Serialize};

use super::blank_key::{KeyInPath, for_sdk};
use super::client::Client;
use super::copy::{COPY, Copied, CopyRequest, Guard, by_hand, copy_source, quoted};
use super::error::{Doing, explain};
use super::facts::{Checksum, Facts};
use super::root;
use crate::error::{Error, ErrorKind, Result};

/// A multipart upload that has been started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// The bucket.
    pub bucket: String,
    /// The key of the version to create.
    pub key: String,
    /// The upload ID.
    pub id: String,
}

/// A copied part.
#[derive(Debug)]
pub struct Part(CompletedPart);

impl Upload {
    fn doing(&self) -> Doing<'_> {
        Doing { what: COPY.0, bucket: &self.bucket, key: Some(&self.key), permission: COPY.1 }
    }
}

impl Client {
    /// Starts an upload for the object described by `facts`, with these tags.
    pub async fn create_upload(
        &self,
        request: &CopyRequest<'_>,
        facts: &Facts,
        tags: &BTreeMap<String, String>,
    ) -> Result<Upload> {
        self.rate.take(1).await?;
        self.counters.write_requests.add(1);
        let (system, checksum) = (&facts.system, facts.checksum.as_ref());
        let call = self
            .sdk(request.bucket)
            .create_multipart_upload()
            .bucket(request.bucket)
            .key(for_sdk(request.key))
            .set_metadata(Some(facts.user.clone().into_iter().collect()))
            .set_cache_control(system.cache_control.clone())
            .set_content_disposition(system.content_disposition.clone())
            .set_content_encoding(system.content_encoding.clone())
            .set_content_language(system.content_language.clone())
            .set_content_type(system.content_type.clone())
            .set_checksum_algorithm(checksum.map(|checksum| checksum.algorithm.clone()))
            .set_checksum_type(checksum.map(checksum_type))
            .set_tagging(tagging(tags));
        let call = by_hand!(call, request).customize().interceptor(KeyInPath::new(request.key));
        let expires = system.expires.clone();
        // The SDK accepts only a date, but the header may contain anything.
        let call = call.mutate_request(move |request| {
            if let Some(expires) = expires.clone() {
                request.headers_mut().insert("expires", expires);
            }
        });
        let reply = call.send().await.map_err(|e| explain(&e, request.doing(), &self.place))?;
        let id = reply.upload_id().ok_or_else(|| {
            Error::new(
                ErrorKind::Corrupt,
                format!("the server started a copy in {} without an upload ID", request.bucket),
            )
        })?;
        Ok(Upload { bucket: request.bucket.to_owned(), key: request.key.to_owned(), id: id.to_owned() })
    }

    /// Copies a byte range of the source.
    pub async fn copy_part(
        &self,
        request: &CopyRequest<'_>,
        upload: &Upload,
        number: u32,
        bytes: RangeInclusive<u64>,
    ) -> Result<Part> {
        self.rate.take(1).await?;
        self.counters.write_requests.add(1);
        let number = i32::try_from(number).unwrap_or(i32::MAX);
        let call = self
            .sdk(&upload.bucket)
            .upload_part_copy()
            .bucket(&upload.bucket)
            .key(for_sdk(&upload.key))
            .upload_id(&upload.id)
            .part_number(number)
            .copy_source(copy_source(request))
            .set_copy_source_if_match(request.source_condition())
            .copy_source_range(format!("bytes={}-{}", bytes.start(), bytes.end()));
        let call = call.customize().interceptor(KeyInPath::new(&upload.key));
        // Ceph RGW requires an explicit empty body.
        let call = call.mutate_request(|request| {
            request.headers_mut().insert("content-length", "0");
        });
        let call = call.config_override(self.patient(aws_sdk_s3::config::Builder::new()));
        let reply = self
            .answered(async { call.send().await.map_err(|e| explain(&e, request.doing(), &self.place)) })
            .await?;
        let result = reply.copy_part_result().ok_or_else(|| {
            Error::new(
                ErrorKind::Corrupt,
                format!("the server's reply lacks the result of a copied part in {}", upload.bucket),
            )
        })?;
        Ok(Part(completed(number, result)))
    }

    /// Completes the upload if the guard holds. The result must have the source's size and, if known, its checksum.
    pub async fn complete_upload(
        &self,
        request: &CopyRequest<'_>,
        upload: &Upload,
        facts: &Facts,
        mut parts: Vec<Part>,
    ) -> Result<Copied> {
        self.rate.take(1).await?;
        self.counters.write_requests.add(1);
        parts.sort_by_key(|part| part.0.part_number());
        let parts = parts.into_iter().map(|part| part.0).collect();
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let call = self.sdk(&upload.bucket).complete_multipart_upload();
        let mut call = call
            .bucket(&upload.bucket)
            .key(for_sdk(&upload.key))
            .upload_id(&upload.id)
            .multipart_upload(parts);
        call = call.set_mpu_object_size(i64::try_from(facts.size).ok());
        if let Some(Checksum { algorithm, whole: Some(value) }) = &facts.checksum {
            call = match algorithm {
                ChecksumAlgorithm::Crc32 => call.checksum_crc32(value),
                ChecksumAlgorithm::Crc32C => call.checksum_crc32_c(value),
                ChecksumAlgorithm::Crc64Nvme => call.checksum_crc64_nvme(value),
                _ => call,
            };
            call = call.checksum_type(checksum_type(&Checksum {
                algorithm: algorithm.clone(),
                whole: Some(value.clone()),
            }));
        }
        call = match request.guard {
            Guard::Etag(etag) => call.if_match(quoted(etag)),
            Guard::Absent => call.if_none_match("*"),
            Guard::None => call,
        };
        let call = call.customize().interceptor(KeyInPath::new(&upload.key)).interceptor(root::COMPLETED);
        let call = call.config_override(self.patient(aws_sdk_s3::config::Builder::new()));
        let reply = self
            .answered(async { call.send().await.map_err(|e| explain(&e, request.doing(), &self.place)) })
            .await?;
        Ok(Copied::new(reply.version_id(), reply.e_tag()))
    }

    /// Aborts an upload and discards its parts; a missing upload is not an error.
    pub async fn abort_upload(&self, upload: &Upload) -> Result<()> {
        self.counters.write_requests.add(1);
        let call = self.sdk(&upload.bucket).abort_multipart_upload();
        let call = call.bucket(&upload.bucket).key(for_sdk(&upload.key)).upload_id(&upload.id);
        let doing = Doing {
            what: "abort the unfinished copy to",
            permission: "s3:AbortMultipartUpload",
            ..upload.doing()
        };
        let reply = call.customize().interceptor(KeyInPath::new(&upload.key)).send().await;
        match reply.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(_) => Ok(()),
            Err(e) if e.kind() == ErrorKind::Missing => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Returns whether an upload still exists: neither completed nor aborted.
    pub async fn has_upload(&self, upload: &Upload) -> Result<bool> {
        let call = self.sdk(&upload.bucket).list_parts();
        let call = call.bucket(&upload.bucket).key(for_sdk(&upload.key)).upload_id(&upload.id).max_parts(1);
        let doing =
            Doing { what: "list the parts of", permission: "s3:ListMultipartUploadParts", ..upload.doing() };
        let call = call.customize().interceptor(KeyInPath::new(&upload.key)).interceptor(root::PARTS);
        match call.send().await.map_err(|e| explain(&e, doing, &self.place)) {
            Ok(_) => Ok(true),
            Err(e) if e.kind() == ErrorKind::Missing => Ok(false),
            Err(e) => Err(e),
        }
    }
}

/// Returns the checksum type. Only CRCs of parts combine into one of the whole object; digests are always composite.
fn checksum_type(checksum: &Checksum) -> ChecksumType {
    match checksum.algorithm {
        ChecksumAlgorithm::Crc64Nvme => ChecksumType::FullObject,
        ChecksumAlgorithm::Crc32 | ChecksumAlgorithm::Crc32C if checksum.whole.is_some() => {
            ChecksumType::FullObject
        }
        _ => ChecksumType::Composite,
    }
}

fn completed(number: i32, result: &CopyPartResult) -> CompletedPart {
    CompletedPart::builder()
        .part_number(number)
        .set_e_tag(result.e_tag.clone())
        .set_checksum_crc32(result.checksum_crc32.clone())
        .set_checksum_crc32_c(result.checksum_crc32_c.clone())
        .set_checksum_crc64_nvme(result.checksum_crc64_nvme.clone())
        .set_checksum_sha1(result.checksum_sha1.clone())
        .set_checksum_sha256(result.checksum_sha256.clone())
        .build()
}

/// Encodes tags for the header, like a form.
fn tagging(tags: &BTreeMap<String, String>) -> Option<String> {
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC);
    let pairs: Vec<_> =
        tags.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    (!pairs.is_empty()).then(|| pairs.join("&"))
}

#[cfg(test)]
mod tests;
