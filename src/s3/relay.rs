//! Relays reads of versions: the reply to the caller has the headers of the source's reply, as they are.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumMode, ObjectAttributes as Named};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use bytes::Bytes;

use super::blank_key::{KeyInPath, for_sdk};
use super::client::{Client, retries};
use super::error::{Doing, explain};
use super::get::ObjectName;
use super::header;
use crate::error::Result;
use crate::limits;
use crate::model::{ObjectAttributes, is_access_point};

/// A read to relay.
#[derive(Debug, Clone, Copy)]
pub struct RelayRequest<'a> {
    /// The version.
    pub object: ObjectName<'a>,
    /// The ETag that it must still have: a null version can be replaced.
    pub etag: &'a str,
    /// The `Range` header, if only a part of the object is wanted.
    pub range: Option<&'a str>,
    /// The number of the part, if only that is wanted.
    pub part: Option<i32>,
    /// The key of an object that is encrypted with a key of the caller's.
    pub customer_key: Option<CustomerKey<'a>>,
}

/// A key for server-side encryption that the caller provides (SSE-C), as in its headers.
#[derive(Clone, Copy)]
pub struct CustomerKey<'a> {
    /// The algorithm.
    pub algorithm: &'a str,
    /// The key.
    pub key: &'a str,
    /// Its digest.
    pub md5: &'a str,
}

/// Never shows the key, wherever it is logged.
impl std::fmt::Debug for CustomerKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CustomerKey").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// The status and the headers of a reply.
#[derive(Debug, Clone, Default)]
pub struct RelayedHead {
    /// The status.
    pub status: u16,
    /// The headers, with the bytes that the source sent.
    pub headers: Vec<(String, Vec<u8>)>,
}

/// The body of a relayed reply.
#[derive(Debug)]
pub struct RelayedBody(ByteStream);

impl RelayedBody {
    /// Returns the next chunk, or `None` after the last. Fails if the body stalls, or its checksum is wrong.
    pub async fn next(&mut self) -> std::result::Result<Option<Bytes>, String> {
        self.0.next().await.transpose().map_err(|e| e.to_string())
    }
}

/// Sends a read whose parameters GET and HEAD have in common, without a common trait.
macro_rules! send {
    ($client:ident, $operation:ident, $request:ident, $tap:expr) => {{
        let RelayRequest { object, etag, range, part, customer_key } = *$request;
        let mut call = $client
            .sdk(object.bucket)
            .$operation()
            .bucket(object.bucket)
            .key(for_sdk(object.key))
            .version_id(object.version_id)
            .if_match(format!("\"{etag}\""))
            .set_range(range.map(ToOwned::to_owned))
            .set_part_number(part)
            .checksum_mode(ChecksumMode::Enabled);
        if let Some(CustomerKey { algorithm, key, md5 }) = customer_key {
            call = call.sse_customer_algorithm(algorithm).sse_customer_key(key).sse_customer_key_md5(md5);
        }
        let call = call.customize().interceptor(KeyInPath::new(object.key)).interceptor($tap);
        let reply = Box::pin(call.config_override($client.relaying(object.bucket)).send()).await;
        reply.map_err(|e| explain(&e, object.reading(), &$client.place))
    }};
}

impl Client {
    /// Starts reading a version. Fails after few attempts: the caller waits for the reply.
    pub async fn relay_get(&self, request: &RelayRequest<'_>) -> Result<(RelayedHead, RelayedBody)> {
        let tap = HeadTap::default();
        let reply = send!(self, get_object, request, tap.clone())?;
        Ok((tap.take(), RelayedBody(reply.body)))
    }

    /// Reads the headers of a version.
    pub async fn relay_head(&self, request: &RelayRequest<'_>) -> Result<RelayedHead> {
        let tap = HeadTap::default();
        send!(self, head_object, request, tap.clone())?;
        Ok(tap.take())
    }

    /// Returns what S3 keeps about a version, without its metadata.
    pub async fn attributes(&self, object: ObjectName<'_>) -> Result<ObjectAttributes> {
        let all = [Named::Checksum, Named::Etag, Named::ObjectParts, Named::ObjectSize, Named::StorageClass];
        let call = self
            .sdk(object.bucket)
            .get_object_attributes()
            .bucket(object.bucket)
            .key(for_sdk(object.key))
            .version_id(object.version_id)
            .set_object_attributes(Some(all.to_vec()))
            .customize()
            .interceptor(KeyInPath::new(object.key))
            .config_override(self.relaying(object.bucket));
        let doing = Doing {
            permission: "s3:GetObjectAttributes and s3:GetObjectVersionAttributes",
            ..object.reading()
        };
        let reply = Box::pin(call.send()).await.map_err(|e| explain(&e, doing, &self.place))?;
        let sum = reply.checksum();
        let sums = [
            ("ChecksumCRC32", sum.and_then(|sum| sum.checksum_crc32())),
            ("ChecksumCRC32C", sum.and_then(|sum| sum.checksum_crc32_c())),
            ("ChecksumCRC64NVME", sum.and_then(|sum| sum.checksum_crc64_nvme())),
            ("ChecksumSHA1", sum.and_then(|sum| sum.checksum_sha1())),
            ("ChecksumSHA256", sum.and_then(|sum| sum.checksum_sha256())),
        ];
        let sums = sums.into_iter().filter_map(|(name, value)| Some((name, value?.to_owned())));
        let parts =
            reply.object_parts().and_then(aws_sdk_s3::types::GetObjectAttributesParts::total_parts_count);
        Ok(ObjectAttributes {
            etag: reply.e_tag().unwrap_or_default().trim_matches('"').to_owned(),
            size: reply.object_size().and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
            storage_class: reply.storage_class().map_or("STANDARD", |class| class.as_str()).to_owned(),
            checksums: sums.collect(),
            checksum_type: sum.and_then(|sum| sum.checksum_type()).map(|kind| kind.as_str().to_owned()),
            parts: parts.and_then(|parts| usize::try_from(parts).ok()),
        })
    }
}

impl Client {
    /// The configuration for reads that a client waits for. An access point may have a name that only the SDK's client
    /// resolves.
    fn relaying(&self, bucket: &str) -> aws_sdk_s3::config::Builder {
        let config = aws_sdk_s3::config::Builder::new().retry_config(retries(limits::RELAY_ATTEMPTS));
        match &self.relay {
            Some(http) if !is_access_point(bucket) => config.http_client(http.clone()),
            _ => config,
        }
    }
}

/// Keeps the head of a reply before the SDK reads it.
#[derive(Debug, Clone, Default)]
struct HeadTap(Arc<Mutex<RelayedHead>>);

impl HeadTap {
    /// Takes the head of the request's last attempt.
    fn take(&self) -> RelayedHead {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[dyn_dispatch_hint]
impl Intercept for HeadTap {
    fn name(&self) -> &'static str {
        "HeadTap"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let reply = context.response();
        let headers = reply.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), header::bytes(value))).collect();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) =
            RelayedHead { status: reply.status().as_u16(), headers };
        Ok(())
    }
}

impl RelayedHead {
    /// Returns a header, if it is text. Names are in lower case.
    pub fn text(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(have, _)| have == name)?;
        std::str::from_utf8(value).ok()
    }
}
