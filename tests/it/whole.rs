//! A copy is the object: everything that belongs to a version comes back with it, by one request or in parts, or it is
//! said what does not. Over the lab, whose limits on sizes can be lowered; set up and judged through the SDK alone.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use asof::lab::Options;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::put_object::builders::PutObjectFluentBuilder;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;

use crate::servers::Server;
use crate::support::{Bucket, Moment, Run, Subject};

mod archive;
mod kept;
mod latin;
mod parts;

/// More than this is copied in parts, of at most as many bytes.
const THRESHOLD: &str = "8";

/// In parts.
const LARGE: &str = "a body of more bytes than are copied by one request";

/// By one request.
const SMALL: &str = "a body";

/// The time that an archived version takes to thaw.
const THAW: Duration = Duration::from_hours(12);

/// Runs a case on a lab that copies few bytes at a time.
fn with<C, F>(case: C)
where
    C: FnOnce(Subject) -> F,
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let options = Options { min_part_bytes: 8, max_copy_bytes: 8, thaw: THAW, ..Options::default() };
        case(Subject::new(Server::with_options("lab", options).await)).await;
    });
}

impl Subject {
    async fn whole(&self, bucket: &Bucket, at: Moment, more: &[&str]) -> Run {
        let (url, at) = (bucket.url(""), at.to_string());
        let restore = ["restore", &url, "--at", &at, "--yes", "--format", "json"];
        let threshold = ["--multipart-threshold", THRESHOLD];
        self.asof(&[&restore[..], &threshold, more].concat()).await
    }
}

impl Bucket {
    fn putting(&self, key: &str, body: &'static str) -> PutObjectFluentBuilder {
        let put = self.client.put_object().bucket(&self.name).key(key);
        put.body(ByteStream::from_static(body.as_bytes()))
    }

    async fn full_head(&self, key: &str) -> HeadObjectOutput {
        let head = self.client.head_object().bucket(&self.name).key(key).checksum_mode(ChecksumMode::Enabled);
        head.send().await.unwrap()
    }

    /// Returns everything that a reader learns about an object, except what differs in every copy.
    async fn portrait(&self, key: &str) -> BTreeMap<&'static str, String> {
        let head = self.full_head(key).await;
        let acl = self.client.get_object_acl().bucket(&self.name).key(key).send().await.unwrap();
        let mut metadata: Vec<_> = head.metadata().into_iter().flatten().collect();
        metadata.sort();
        let checksum = (
            head.checksum_type(),
            [
                head.checksum_crc32(),
                head.checksum_crc32_c(),
                head.checksum_crc64_nvme(),
                head.checksum_sha256(),
            ],
        );
        BTreeMap::from([
            ("body", self.get(key).await.unwrap_or_default()),
            ("type", format!("{:?} {:?}", head.content_type(), head.content_encoding())),
            ("system", format!("{:?} {:?}", head.cache_control(), head.content_disposition())),
            ("language", format!("{:?} {:?}", head.content_language(), head.expires_string())),
            ("metadata", format!("{metadata:?}")),
            ("tags", format!("{:?}", self.tags(key).await)),
            ("class", format!("{:?}", head.storage_class())),
            ("encryption", format!("{:?} {:?}", head.server_side_encryption(), head.ssekms_key_id())),
            ("bucket key", format!("{:?}", head.bucket_key_enabled())),
            ("redirect", format!("{:?}", head.website_redirect_location())),
            (
                "retention",
                format!("{:?} {:?}", head.object_lock_mode(), head.object_lock_retain_until_date()),
            ),
            ("hold", format!("{:?}", head.object_lock_legal_hold_status())),
            ("checksum", format!("{checksum:?}")),
            ("acl", format!("{:?}", acl.grants())),
        ])
    }
}
