//! Reads objects and the server's facts about their bytes.

use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumMode, ChecksumType, ServerSideEncryption};
use bytes::Bytes;

use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, once};
use super::error::{Doing, explain, stalled};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Algorithm, Stored, printable};

/// A version of an object.
#[derive(Debug, Clone, Copy)]
pub struct ObjectName<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The key.
    pub key: &'a str,
    /// The version ID.
    pub version_id: &'a str,
}

impl ObjectName<'_> {
    pub(super) fn reading(&self) -> Doing<'_> {
        Doing {
            what: "read",
            bucket: self.bucket,
            key: Some(self.key),
            permission: "s3:GetObject and s3:GetObjectVersion",
        }
    }

    fn broken(&self, kind: ErrorKind, why: &str) -> Error {
        Error::new(kind, format!("cannot read s3://{}/{}: {why}", self.bucket, printable(self.key)))
    }
}

/// Consecutive bytes of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Stretch {
    /// The first byte.
    pub from: u64,
    /// The byte after the last; the object's end if `None`.
    pub to: Option<u64>,
}

impl Stretch {
    /// Returns the stretch from a later byte on.
    #[must_use]
    pub fn starting_at(self, from: u64) -> Self {
        Self { from, ..self }
    }

    /// Returns the header that requests it; `None` for the whole object.
    fn range(self) -> Option<String> {
        match self {
            Self { from: 0, to: None } => None,
            Self { from, to: None } => Some(format!("bytes={from}-")),
            Self { from, to: Some(to) } => Some(format!("bytes={from}-{}", to.saturating_sub(1))),
        }
    }

    /// Returns the beginning of the header in a reply that has it.
    fn content_range(self) -> String {
        self.to.map_or_else(
            || format!("bytes {}-", self.from),
            |to| format!("bytes {}-{}/", self.from, to.saturating_sub(1)),
        )
    }
}

/// A response body being read.
#[derive(Debug)]
pub struct Body {
    /// The server's facts about the whole object.
    pub stored: Stored,
    stream: ByteStream,
}

impl Body {
    /// Returns the next chunk, or `None` after the last. Fails if the body ends early or stalls.
    pub async fn next(&mut self, object: ObjectName<'_>) -> Result<Option<Bytes>> {
        self.stream.next().await.transpose().map_err(|e| {
            let why = stalled(&e).map_or_else(|| "the body ended early".to_owned(), ToString::to_string);
            object.broken(ErrorKind::Transient, &why).because(e.to_string())
        })
    }
}

impl Client {
    /// Starts reading bytes of an object, if it still has this ETag: a null version can be replaced. Returns the stored
    /// bytes, ignoring Content-Encoding. Sent once: the caller does the retries.
    pub async fn get(&self, object: ObjectName<'_>, etag: &str, stretch: Stretch) -> Result<Body> {
        let range = stretch.range();
        let is_ranged = range.is_some();
        let reply = self
            .sdk(object.bucket)
            .get_object()
            .bucket(object.bucket)
            .key(for_sdk(object.key))
            .version_id(object.version_id)
            .if_match(format!("\"{etag}\""))
            .set_range(range)
            .checksum_mode(ChecksumMode::Enabled)
            .customize()
            .interceptor(KeyInPath::new(object.key))
            .config_override(once())
            .send()
            .await
            .map_err(|e| explain(&e, object.reading(), &self.place))?;
        let expected = stretch.content_range();
        let as_asked = reply.content_range().is_some_and(|range| range.starts_with(&expected));
        if is_ranged && !as_asked {
            let why = "the server does not return the range of bytes that was requested";
            return Err(object.broken(ErrorKind::Unsupported, why));
        }
        Ok(Body { stored: of_get(&reply), stream: reply.body })
    }

    /// Returns the server's facts about an object's bytes; `None` if the version does not exist.
    pub async fn stored(&self, object: ObjectName<'_>) -> Result<Option<Stored>> {
        match self.head_of(object, None).await {
            Ok(head) => Ok(Some(of_head(&head))),
            Err(e) if e.kind() == ErrorKind::Missing => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Returns the size of a part of an object, counted from 1.
    pub async fn part_size(&self, object: ObjectName<'_>, part: i32) -> Result<u64> {
        Ok(size(self.head_of(object, Some(part)).await?.content_length()))
    }

    async fn head_of(&self, object: ObjectName<'_>, part: Option<i32>) -> Result<HeadObjectOutput> {
        let reply = self
            .sdk(object.bucket)
            .head_object()
            .bucket(object.bucket)
            .key(for_sdk(object.key))
            .version_id(object.version_id)
            .set_part_number(part)
            .checksum_mode(ChecksumMode::Enabled)
            .customize()
            .interceptor(KeyInPath::new(object.key))
            .send()
            .await;
        match reply.map_err(|e| explain(&e, object.reading(), &self.place)) {
            Ok(head) => Ok(head),
            Err(e) => Err(self.refusal(e, object.reading(), Some(object.version_id)).await.into()),
        }
    }
}

/// Reads the members that the replies to GET and HEAD have in common, without a common trait.
macro_rules! stored_of {
    ($reply:expr) => {{
        let mut stored = Stored {
            size: size($reply.content_length()),
            etag: $reply.e_tag().unwrap_or_default().trim_matches('"').to_owned(),
            opaque_etag: $reply.sse_customer_algorithm().is_some()
                || is_foreign($reply.server_side_encryption()),
            ..Stored::default()
        };
        let kind = $reply.checksum_type();
        stored.keep(Algorithm::Crc32, $reply.checksum_crc32(), kind);
        stored.keep(Algorithm::Crc32C, $reply.checksum_crc32_c(), kind);
        stored.keep(Algorithm::Crc64Nvme, $reply.checksum_crc64_nvme(), kind);
        stored.keep(Algorithm::Sha1, $reply.checksum_sha1(), kind);
        stored.keep(Algorithm::Sha256, $reply.checksum_sha256(), kind);
        stored
    }};
}

fn of_get(reply: &GetObjectOutput) -> Stored {
    stored_of!(reply)
}

fn of_head(reply: &HeadObjectOutput) -> Stored {
    stored_of!(reply)
}

impl Stored {
    /// Stores a checksum if the server sent one.
    fn keep(&mut self, algorithm: Algorithm, value: Option<&str>, kind: Option<&ChecksumType>) {
        let Some(value) = value.filter(|value| !value.is_empty()) else { return };
        // Some servers omit the type but append the number of parts to a composite value.
        let (value, marked) = value.split_once('-').map_or((value, false), |(value, _)| (value, true));
        let composite = marked || kind == Some(&ChecksumType::Composite);
        let list = if composite { &mut self.of_parts } else { &mut self.whole };
        list.push((algorithm, value.to_owned()));
    }
}

/// Returns whether the encryption makes the ETag something other than an MD5: anything but SSE-S3.
fn is_foreign(sse: Option<&ServerSideEncryption>) -> bool {
    !matches!(sse, None | Some(ServerSideEncryption::Aes256))
}

fn size(length: Option<i64>) -> u64 {
    length.and_then(|n| u64::try_from(n).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
