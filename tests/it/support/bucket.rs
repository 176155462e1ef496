//! A bucket as the set-up sees it: written to, and looked at, through the SDK alone.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::head_object::{HeadObjectError, HeadObjectOutput};
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, Delete, ObjectIdentifier};
use futures::{StreamExt as _, stream};

use super::versioning;

/// Requests of the set-up in flight.
const SIDE_BY_SIDE: usize = 16;

#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) client: Client,
    pub(crate) name: String,
}

/// One entry of the bucket's history, as the SDK lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) version_id: String,
    pub(crate) is_marker: bool,
    pub(crate) is_latest: bool,
    /// Whole seconds.
    pub(crate) last_modified: i64,
    pub(crate) storage_class: Option<String>,
    /// Without quotes; nothing for a marker.
    pub(crate) etag: Option<String>,
}

impl Bucket {
    pub(crate) fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// `s3://NAME/PATH`.
    pub(crate) fn url(&self, path: &str) -> String {
        if path.is_empty() { format!("s3://{}", self.name) } else { format!("s3://{}/{path}", self.name) }
    }

    pub(crate) async fn enable(&self) {
        self.set_versioning(BucketVersioningStatus::Enabled).await;
    }

    pub(crate) async fn suspend(&self) {
        self.set_versioning(BucketVersioningStatus::Suspended).await;
    }

    async fn set_versioning(&self, status: BucketVersioningStatus) {
        let request = self.client.put_bucket_versioning().bucket(&self.name);
        request.versioning_configuration(versioning(status)).send().await.unwrap();
    }

    /// Writes a version and returns its id.
    pub(crate) async fn put(&self, key: &str, body: &str) -> Option<String> {
        let body = ByteStream::from(body.as_bytes().to_vec());
        let sent = self.client.put_object().bucket(&self.name).key(key).body(body).send().await;
        let sent = sent.unwrap_or_else(|e| panic!("PUT {key:?}: {e:?}"));
        sent.version_id().map(str::to_owned)
    }

    /// Writes one version of each key, its body telling key and `mark`.
    pub(crate) async fn put_all(&self, keys: &[String], mark: &str) {
        let puts = stream::iter(keys).map(|key| async move { self.put(key, &body_of(key, mark)).await });
        puts.buffer_unordered(SIDE_BY_SIDE).count().await;
    }

    pub(crate) async fn delete(&self, key: &str) {
        self.client.delete_object().bucket(&self.name).key(key).send().await.unwrap();
    }

    /// Puts a delete marker over each key, in batches.
    pub(crate) async fn delete_all(&self, keys: &[String]) {
        for batch in keys.chunks(500) {
            let object = |key: &String| ObjectIdentifier::builder().key(key).build().unwrap();
            let delete =
                Delete::builder().set_objects(Some(batch.iter().map(object).collect())).build().unwrap();
            let done = self.client.delete_objects().bucket(&self.name).delete(delete).send().await.unwrap();
            assert!(done.errors().is_empty(), "{:?}", done.errors());
        }
    }

    pub(crate) async fn head(&self, key: &str) -> Option<HeadObjectOutput> {
        let head = self.client.head_object().bucket(&self.name).key(key).send().await;
        match head {
            Ok(head) => Some(head),
            Err(e) if e.as_service_error().is_some_and(HeadObjectError::is_not_found) => None,
            Err(e) => panic!("HEAD {key:?}: {e:?}"),
        }
    }

    /// The body that a reader gets now; nothing if there is no such object.
    pub(crate) async fn get(&self, key: &str) -> Option<String> {
        let got = self.client.get_object().bucket(&self.name).key(key).send().await;
        match got {
            Ok(got) => {
                let bytes = got.body.collect().await.unwrap().into_bytes();
                Some(String::from_utf8(bytes.to_vec()).unwrap())
            }
            Err(e) if e.as_service_error().is_some_and(GetObjectError::is_no_such_key) => None,
            Err(e) => panic!("GET {key:?}: {e:?}"),
        }
    }

    /// Checks the reply to a reader for each of these keys.
    pub(crate) async fn assert_holds(&self, expected: &[(&str, Option<&str>)]) {
        for (key, body) in expected {
            assert_eq!(self.get(key).await.as_deref(), *body, "body of {key:?}");
        }
    }

    /// Checks that each of these keys has the body that `put_all` gave it with `mark`.
    pub(crate) async fn assert_all_hold(&self, keys: &[String], mark: &str) {
        let gets = stream::iter(keys).map(|key| async move { (key, self.get(key).await) });
        let got: Vec<_> = gets.buffer_unordered(SIDE_BY_SIDE).collect().await;
        for (key, body) in got {
            assert_eq!(body, Some(body_of(key, mark)), "body of {key:?}");
        }
    }

    pub(crate) async fn tags(&self, key: &str) -> Vec<(String, String)> {
        let got = self.client.get_object_tagging().bucket(&self.name).key(key).send().await.unwrap();
        let mut tags: Vec<_> =
            got.tag_set().iter().map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect();
        tags.sort();
        tags
    }

    /// Returns the permissions on an object, sorted.
    pub(crate) async fn grants(&self, key: &str) -> Vec<String> {
        let acl = self.client.get_object_acl().bucket(&self.name).key(key).send().await.unwrap();
        let mut grants: Vec<_> = acl
            .grants()
            .iter()
            .map(|grant| {
                let grantee = grant.grantee().unwrap();
                format!("{:?} {:?} {:?}", grant.permission(), grantee.id(), grantee.uri())
            })
            .collect();
        grants.sort();
        grants
    }

    /// The whole history; sorted, because the SDK keeps versions and markers apart.
    pub(crate) async fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let (mut key, mut version) = (None, None);
        loop {
            let request = self.client.list_object_versions().bucket(&self.name);
            let request = request.set_key_marker(key).set_version_id_marker(version);
            let page = request.send().await.unwrap();
            entries.extend(page.versions().iter().map(|v| Entry {
                key: v.key().unwrap().to_owned(),
                version_id: v.version_id().unwrap().to_owned(),
                is_marker: false,
                is_latest: v.is_latest().unwrap(),
                last_modified: v.last_modified().unwrap().secs(),
                storage_class: v.storage_class().map(|class| class.as_str().to_owned()),
                etag: v.e_tag().map(|etag| etag.trim_matches('"').to_owned()),
            }));
            entries.extend(page.delete_markers().iter().map(|m| Entry {
                key: m.key().unwrap().to_owned(),
                version_id: m.version_id().unwrap().to_owned(),
                is_marker: true,
                is_latest: m.is_latest().unwrap(),
                last_modified: m.last_modified().unwrap().secs(),
                storage_class: None,
                etag: None,
            }));
            if page.is_truncated() != Some(true) {
                break;
            }
            key = page.next_key_marker().map(str::to_owned);
            version = page.next_version_id_marker().map(str::to_owned);
        }
        entries.sort_by(|a, b| (&a.key, &a.version_id).cmp(&(&b.key, &b.version_id)));
        entries.dedup();
        entries
    }

    /// The keys that a reader sees now.
    pub(crate) async fn live_keys(&self) -> Vec<String> {
        self.entries().await.into_iter().filter(|e| e.is_latest && !e.is_marker).map(|e| e.key).collect()
    }
}

/// Returns the body that `put_all` writes.
pub(crate) fn body_of(key: &str, mark: &str) -> String {
    format!("{mark} of {key}")
}

/// `count` keys below `prefix`, in order.
pub(crate) fn keys(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:05}")).collect()
}
