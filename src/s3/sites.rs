//! The region of each bucket. A command can have buckets in several regions, and S3 serves each only in its own.
//!
//! A bucket is asked in the client's region first. S3 answers a request that was sent to a wrong region with the right
//! one, to anyone, so no permission is needed to find it and no request is added where all buckets are in one region.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use aws_config::Region;

use super::error::Place;

/// A client for one region.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) sdk: aws_sdk_s3::Client,
    pub(super) place: Place,
}

/// The clients of a command: one for each region that its buckets are in.
#[derive(Debug)]
pub(super) struct Sites {
    home: Site,
    by_bucket: RwLock<BTreeMap<String, Site>>,
}

impl Sites {
    pub(super) fn new(home: Site) -> Self {
        Self { home, by_bucket: RwLock::default() }
    }

    /// The client to ask about a bucket.
    pub(super) fn of(&self, bucket: &str) -> Site {
        let known = self.by_bucket.read().unwrap_or_else(PoisonError::into_inner);
        known.get(bucket).unwrap_or(&self.home).clone()
    }

    /// Whether the region of a bucket has been found.
    pub(super) fn knows(&self, bucket: &str) -> bool {
        self.by_bucket.read().unwrap_or_else(PoisonError::into_inner).contains_key(bucket)
    }

    /// Notes that a bucket is in the region in which it has been asked.
    pub(super) fn settle(&self, bucket: &str) {
        if !self.knows(bucket) {
            let mut known = self.by_bucket.write().unwrap_or_else(PoisonError::into_inner);
            known.entry(bucket.to_owned()).or_insert_with(|| self.home.clone());
        }
    }

    /// Notes the region that S3 has named for a bucket. False if that is where the bucket has been asked: asking there
    /// again would give the same answer.
    pub(super) fn move_to(&self, bucket: &str, region: &str) -> bool {
        if self.of(bucket).place.region == region {
            return false;
        }
        let config = self.home.sdk.config().to_builder().region(Region::new(region.to_owned())).build();
        let site = Site {
            sdk: aws_sdk_s3::Client::from_conf(config),
            place: Place { region: region.to_owned(), ..self.home.place.clone() },
        };
        self.by_bucket.write().unwrap_or_else(PoisonError::into_inner).insert(bucket.to_owned(), site);
        true
    }
}
