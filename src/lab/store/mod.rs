//! The lab's state in memory: buckets, their versions in the order of creation, and uploads in progress. Pure and
//! synchronous: the caller provides the time and holds the lock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

pub(crate) mod bucket;
pub(crate) mod condition;
pub(crate) mod listing;
pub(crate) mod multipart;
pub(crate) mod objects;
pub(crate) mod version;

use super::quirks::Quirks;
use crate::endpoint::error::{Code, Error, Result};
use bucket::Bucket;

/// All buckets of a lab, and its deviations from AWS.
#[derive(Debug, Default)]
pub(crate) struct Store {
    pub(crate) quirks: Quirks,
    /// The time that restoring an archived object takes.
    pub(crate) thaw: Duration,
    pub(crate) buckets: BTreeMap<String, Bucket>,
    /// Other names of buckets: for an access point, `NAME-ACCOUNT` as in a host name, and its alias.
    pub(crate) access_points: BTreeMap<String, String>,
    /// The position of the last entry created in any bucket, so that no two versions share an ID.
    order: Arc<AtomicU64>,
}

impl Store {
    pub(crate) fn with(quirks: Quirks, thaw: Duration) -> Self {
        Self { quirks, thaw, ..Self::default() }
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<&Bucket> {
        self.buckets.get(self.named(name)).ok_or_else(|| no_such_bucket(name))
    }

    pub(crate) fn bucket_mut(&mut self, name: &str) -> Result<&mut Bucket> {
        let bucket = self.named(name).to_owned();
        self.buckets.get_mut(&bucket).ok_or_else(|| no_such_bucket(name))
    }

    /// Returns the bucket with this name or alias.
    fn named<'a>(&'a self, name: &'a str) -> &'a str {
        self.access_points.get(name).map_or(name, String::as_str)
    }

    pub(crate) fn create(&mut self, name: &str, at: i64) -> Result<&mut Bucket> {
        if self.buckets.contains_key(name) {
            return Err(Error::from(Code::BucketAlreadyOwnedByYou).field("BucketName", name));
        }
        let bucket = Bucket::new(at, Arc::clone(&self.order));
        Ok(self.buckets.entry(name.to_owned()).or_insert(bucket))
    }

    pub(crate) fn remove(&mut self, name: &str) -> Result<()> {
        if !self.bucket(name)?.is_empty() {
            return Err(Error::from(Code::BucketNotEmpty).field("BucketName", name));
        }
        self.buckets.remove(name);
        Ok(())
    }
}

fn no_such_bucket(name: &str) -> Error {
    Error::from(Code::NoSuchBucket).field("BucketName", name)
}
