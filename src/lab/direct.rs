//! The lab without HTTP, for tests and the demo: creates history quickly, and reads the live state for comparison.

use std::collections::BTreeMap;
use std::sync::Arc;

use hyper::body::Bytes;

use super::Lab;
use super::handler;
use super::partitions::{Partitioned, Partitions};
use super::store::bucket::{Bucket, Configuration, Demands, Versioning};
use super::store::version::{Attributes, Labels, Object, Tags, VersionId};
use crate::endpoint::error::Error;

/// An object to put.
#[derive(Clone, Debug, Default)]
pub struct Put {
    /// The bytes.
    pub body: Bytes,
    /// The content type, such as `application/octet-stream`; `None` for S3's default.
    pub content_type: Option<String>,
    /// Other system metadata, such as `cache-control`, by lower-case header name.
    pub system: BTreeMap<String, String>,
    /// User metadata, names without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
    /// Metadata whose values are not UTF-8, by lower-case header name: `content-disposition`, `x-amz-meta-note`.
    pub raw: BTreeMap<String, Bytes>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The storage class; `None` for `STANDARD`.
    pub storage_class: Option<String>,
    /// The website redirect location.
    pub redirect: Option<String>,
    /// True if it is encrypted with a customer-provided key (SSE-C): requests without the key are refused.
    pub customer_key: bool,
}

impl Put {
    /// Creates an object with these bytes and no metadata.
    pub fn of(body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }
}

/// A current version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveObject {
    /// The version ID.
    pub version_id: String,
    /// The time of creation, in milliseconds since the epoch.
    pub last_modified: i64,
    /// The ETag, without quotes.
    pub etag: String,
    /// The content that a restore must bring back.
    pub content: Content,
}

/// An entry of a key's history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionInfo {
    /// The version ID; `null` for the null version.
    pub version_id: String,
    /// The time of creation, in milliseconds since the epoch.
    pub last_modified: i64,
    /// The ETag, without quotes; `None` for a delete marker.
    pub etag: Option<String>,
}

/// The properties of an object, independent of the version that holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// The bytes.
    pub body: Bytes,
    /// System metadata such as `content-type`, by lower-case header name.
    pub system: BTreeMap<String, String>,
    /// User metadata, names without `x-amz-meta-`.
    pub metadata: BTreeMap<String, String>,
    /// Metadata whose values are not UTF-8, by lower-case header name.
    pub raw: BTreeMap<String, Bytes>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The storage class.
    pub storage_class: String,
    /// The website redirect location.
    pub redirect: Option<String>,
}

impl Lab {
    /// Creates a bucket with versioning enabled; returns false if it exists.
    pub fn create_bucket(&self, bucket: &str) -> bool {
        let now = self.shared.clock.now();
        let mut store = self.shared.store();
        let enable = |bucket: &mut Bucket| {
            bucket.versioning = Versioning::Enabled;
            handler::bucket::own(bucket, handler::bucket::OWNED_BY_BUCKET);
        };
        store.create(bucket, now).map(enable).is_ok()
    }

    /// Sets the versioning state of a bucket; returns false if the bucket does not exist.
    pub fn set_versioning(&self, bucket: &str, versioning: Versioning) -> bool {
        self.with(bucket, |bucket| bucket.versioning = versioning).is_some()
    }

    /// Gives a bucket an access point, named by its alias or by `NAME-ACCOUNT`, which stands for its ARN in a host name
    /// and in the source of a copy.
    pub fn create_access_point(&self, name: &str, bucket: &str) {
        self.shared.store().access_points.insert(name.to_owned(), bucket.to_owned());
    }

    /// Sets the requirements of a bucket for every request; returns false if the bucket does not exist.
    pub fn demand(&self, bucket: &str, demands: Demands) -> bool {
        self.with(bucket, |bucket| bucket.demands = demands).is_some()
    }

    /// Limits the writes over HTTP by key range, as S3 does; false if there is no such bucket.
    pub fn partition(&self, bucket: &str, partitions: Partitions) -> bool {
        self.with(bucket, |bucket| bucket.partitions = Some(Partitioned::new(partitions))).is_some()
    }

    /// The number of writes that a bucket's partitions have throttled.
    pub fn throttled(&self, bucket: &str) -> u64 {
        let throttled = |bucket: &mut Bucket| bucket.partitions.as_ref().map(Partitioned::throttled);
        self.with(bucket, throttled).flatten().unwrap_or(0)
    }

    /// Stores a configuration of a bucket, as XML (JSON for a policy), or removes it; returns false if the bucket does
    /// not exist or the document is invalid.
    pub fn configure(&self, bucket: &str, configuration: Configuration, document: Option<&str>) -> bool {
        let body = document.map(|text| Bytes::copy_from_slice(text.as_bytes()));
        let done = |bucket: &mut Bucket| handler::config::store(bucket, configuration, body).is_ok();
        self.with(bucket, done).unwrap_or(false)
    }

    /// Puts an object at the clock's time; returns the version ID, or `None` if the bucket does not exist.
    pub fn put(&self, bucket: &str, key: &str, put: Put) -> Option<String> {
        let now = self.shared.clock.now();
        let content_type = put.content_type.unwrap_or_else(|| handler::headers::DEFAULT_TYPE.to_owned());
        let mut system = put.system;
        system.insert("content-type".to_owned(), content_type);
        self.with(bucket, |bucket| {
            let attributes = Attributes {
                system,
                user: put.metadata,
                raw: put.raw,
                storage_class: put.storage_class.unwrap_or_else(|| "STANDARD".to_owned()),
                redirect: put.redirect,
                encryption: bucket.encryption.clone(),
                customer_key: put.customer_key,
            };
            let object = handler::headers::object(put.body, attributes, None);
            let labels = Labels { tags: put.tags, ..Labels::default() };
            bucket.put(key, Arc::new(object), labels, now).to_string()
        })
    }

    /// Deletes a key at the clock's time; returns the version ID of the delete marker, if one was created.
    pub fn delete(&self, bucket: &str, key: &str) -> Option<String> {
        let now = self.shared.clock.now();
        self.with(bucket, |bucket| bucket.delete(key, now).version).flatten().map(|id| id.to_string())
    }

    /// Removes a version or marker permanently, as a lifecycle rule does; returns false if it does not exist.
    pub fn erase(&self, bucket: &str, key: &str, version_id: &str) -> bool {
        let Some(id) = VersionId::parse(version_id) else {
            return false;
        };
        let erased = self.with(bucket, |bucket| {
            let present = bucket.find(key, id).is_some();
            bucket.erase(key, id);
            present
        });
        erased.unwrap_or(false)
    }

    /// Moves a key's current version into an archive tier of Intelligent-Tiering; returns false if there is none.
    pub fn archive(&self, bucket: &str, key: &str) -> bool {
        let archived = |bucket: &mut Bucket| {
            let entry = bucket.named_mut(key, None).ok().filter(|entry| !entry.is_marker());
            entry.map(|entry| entry.tier = Some("ARCHIVE_ACCESS")).is_some()
        };
        self.with(bucket, archived).unwrap_or(false)
    }

    /// Returns the number of multipart uploads in progress in a bucket.
    pub fn count_uploads(&self, bucket: &str) -> usize {
        self.with(bucket, |bucket| bucket.uploads.len()).unwrap_or(0)
    }

    /// Returns the number of parts of the multipart uploads in progress in a bucket.
    pub fn count_parts(&self, bucket: &str) -> usize {
        let parts = |bucket: &mut Bucket| bucket.uploads.values().map(|upload| upload.parts.len()).sum();
        self.with(bucket, parts).unwrap_or(0)
    }

    /// Returns every key with a current version, and that version; empty if the bucket does not exist.
    pub fn live(&self, bucket: &str) -> BTreeMap<String, LiveObject> {
        let store = self.shared.store();
        let Ok(bucket) = store.bucket(bucket) else {
            return BTreeMap::new();
        };
        let live = bucket.keys.keys().filter_map(|key| {
            let (entry, object) = bucket.live(key)?;
            let content = content(object, &entry.tags);
            let (version_id, last_modified) = (entry.id().to_string(), entry.modified);
            Some((key.clone(), LiveObject { version_id, last_modified, etag: object.etag.clone(), content }))
        });
        live.collect()
    }

    /// Returns a key's versions and delete markers, newest first.
    pub fn versions(&self, bucket: &str, key: &str) -> Vec<VersionInfo> {
        let store = self.shared.store();
        let entries = store.bucket(bucket).ok().and_then(|bucket| bucket.keys.get(key));
        let infos = entries.into_iter().flatten().rev().map(|entry| VersionInfo {
            version_id: entry.id().to_string(),
            last_modified: entry.modified,
            etag: entry.object.as_ref().map(|object| object.etag.clone()),
        });
        infos.collect()
    }

    /// Returns the number of versions and delete markers in a bucket.
    pub fn count_versions(&self, bucket: &str) -> usize {
        self.with(bucket, |bucket| bucket.keys.values().map(Vec::len).sum()).unwrap_or(0)
    }

    fn with<T>(&self, bucket: &str, act: impl FnOnce(&mut Bucket) -> T) -> Option<T> {
        let mut store = self.shared.store();
        let found: Result<_, Error> = store.bucket_mut(bucket);
        found.ok().map(act)
    }
}

fn content(object: &Object, tags: &Tags) -> Content {
    Content {
        body: object.body.clone(),
        system: object.attributes.system.clone(),
        metadata: object.attributes.user.clone(),
        raw: object.attributes.raw.clone(),
        tags: tags.clone(),
        storage_class: object.attributes.storage_class.clone(),
        redirect: object.attributes.redirect.clone(),
    }
}
