//! The region of each bucket. A command can have buckets in several regions, and S3 serves each only in its own.
//!
//! A bucket is asked in the client's region first. S3 answers a request that was sent to a wrong region with the right
//! one, to anyone, so no permission is needed to find it and no request is added where all buckets are in one region.

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

    /// The address of the server; none is AWS's own.
    pub(super) fn endpoint(&self) -> Option<String> {
        self.home.place.endpoint.clone()
    }

    /// The client to ask about a bucket.
    pub(super) fn of(&self, bucket: &str) -> Site {
        if let Some(known) = self.by_bucket.read().unwrap_or_else(PoisonError::into_inner).get(bucket) {
            return known.clone();
        }
        let Some(region) = region_of_arn(bucket) else { return self.home.clone() };
        let site = self.site(region, is_arn(bucket));
        self.insert(bucket, site.clone());
        site
    }

    /// A client for another region. An access point stands in the host's name, also on servers where buckets do not.
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

    /// Whether the region of a bucket has been found.
    pub(super) fn knows(&self, bucket: &str) -> bool {
        self.by_bucket.read().unwrap_or_else(PoisonError::into_inner).contains_key(bucket)
    }

    /// Notes that a bucket is in the region in which it has been asked.
    pub(super) fn settle(&self, bucket: &str) {
        if !self.knows(bucket) {
            self.insert(bucket, self.of(bucket));
        }
    }

    /// Notes the region that S3 has named for a bucket. False if that is where the bucket has been asked: asking there
    /// again would give the same answer.
    pub(super) fn move_to(&self, bucket: &str, region: &str) -> bool {
        if self.of(bucket).place.region == region {
            return false;
        }
        self.insert(bucket, self.site(region, is_arn(bucket)));
        true
    }
}
