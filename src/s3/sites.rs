//! Tracks the region of each bucket. A command may use buckets in several regions, and S3 serves each only in its own.
//!
//! A bucket is first requested in the client's region. S3 answers a request to the wrong region with the right one, to
//! any caller, so finding it needs no permission, and no extra request if all buckets are in one region.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use aws_config::Region;

use super::error::Place;
use crate::model::{is_arn, region_of_arn};

/// A client for one region.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) sdk: aws_sdk_s3::Client,
    pub(super) place: Place,
}

/// The clients of a command: one per region of its buckets.
#[derive(Debug)]
pub(super) struct Sites {
    home: Site,
    by_bucket: RwLock<BTreeMap<String, Site>>,
}

impl Sites {
    pub(super) fn new(home: Site) -> Self {
        Self { home, by_bucket: RwLock::default() }
    }

    /// Returns the server's URL; `None` for AWS.
    pub(super) fn endpoint(&self) -> Option<String> {
        self.home.place.endpoint.clone()
    }

    /// Returns the client for a bucket.
    pub(super) fn of(&self, bucket: &str) -> Site {
        if let Some(known) = self.by_bucket.read().unwrap_or_else(PoisonError::into_inner).get(bucket) {
            return known.clone();
        }
        let Some(region) = region_of_arn(bucket) else { return self.home.clone() };
        let site = self.site(region, is_arn(bucket));
        self.insert(bucket, site.clone());
        site
    }

    /// Creates a client for another region. An access point is named in the host, even on servers with path-style
    /// buckets.
    fn site(&self, region: &str, in_host: bool) -> Site {
        let mut config = self.home.sdk.config().to_builder().region(Region::new(region.to_owned()));
        if in_host {
            config = config.force_path_style(false);
        }
        Site {
            sdk: aws_sdk_s3::Client::from_conf(config.build()),
            place: Place { region: region.to_owned(), ..self.home.place.clone() },
        }
    }

    fn insert(&self, bucket: &str, site: Site) {
        self.by_bucket.write().unwrap_or_else(PoisonError::into_inner).insert(bucket.to_owned(), site);
    }

    /// Returns whether the region of a bucket is known.
    pub(super) fn knows(&self, bucket: &str) -> bool {
        self.by_bucket.read().unwrap_or_else(PoisonError::into_inner).contains_key(bucket)
    }

    /// Records that a bucket is in the region used so far.
    pub(super) fn settle(&self, bucket: &str) {
        if !self.knows(bucket) {
            self.insert(bucket, self.of(bucket));
        }
    }

    /// Records the region that S3 named for a bucket, and returns the client for it.
    pub(super) fn move_to(&self, bucket: &str, region: &str) -> aws_sdk_s3::Client {
        let known = self.of(bucket);
        if known.place.region == region {
            // Another request found it out.
            return known.sdk;
        }
        let site = self.site(region, is_arn(bucket));
        self.insert(bucket, site.clone());
        site.sdk
    }
}
