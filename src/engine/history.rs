//! The version history of one key.

mod compare;

use compare::Comparison;

use super::bucket::bucket_state;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::list::KeyPages;
use crate::model::{Instant, Location, Past, TypedTime, printable};
use crate::s3::Client;
use crate::s3::listing::Page;

/// A request for the versions of one key.
#[derive(Debug)]
pub struct History {
    object: Location,
    at: Option<TypedTime>,
    detail: Detail,
}

/// The facts that a history has of each version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// Those of the listing.
    Listed,
    /// Also how it differs from the next older version, by HEAD requests.
    Changes,
}

/// The history of a key in an existing bucket.
#[derive(Debug)]
pub struct KeyHistory {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The time whose live version is marked, if any.
    pub at: Option<Instant>,
    detail: Detail,
}

/// The sums of a history.
#[derive(Debug, Clone, Copy, Default)]
pub struct Entries {
    /// The number of entries.
    pub count: u64,
    /// True if any entry is as old as the requested time.
    pub reach_back: bool,
}

impl History {
    /// Requests the versions of an object; `at` marks the one that was live then.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for a location without a key.
    pub fn new(object: Location, at: Option<TypedTime>, detail: Detail) -> Result<Self> {
        if object.prefix.is_empty() {
            return Err(Error::usage(format!("{object} has no key")).hint("write it as s3://BUCKET/KEY"));
        }
        Ok(Self { object, at, detail })
    }

    /// Checks that the bucket exists, and resolves the requested time.
    pub async fn inspect(self, client: &Client) -> Result<KeyHistory> {
        let Self { object: Location { bucket, prefix: key }, at, detail } = self;
        bucket_state(client, &bucket).await?;
        let now = client.clock().now().whole_second();
        let at = at.map(|typed| typed.past(now)).transpose()?;
        Ok(KeyHistory { bucket, key, at, detail })
    }
}

impl KeyHistory {
    /// Passes every entry of the key to `sink`, newest first.
    pub async fn read(
        &self,
        client: &Client,
        cancel: &Cancel,
        mut sink: impl FnMut(Past) -> Result<()>,
    ) -> Result<Entries> {
        let Self { bucket, key, detail, .. } = self;
        let mut pages = KeyPages::new(bucket.clone(), key.clone(), limits::PAGE_ENTRIES);
        let mut entries = Entries::default();
        let mut comparison = Comparison::default();
        while let Some(page) = pages.next(client).await? {
            if cancel.is_stopped() {
                return Err(Error::interrupted());
            }
            let listed = self.listed(&page, &mut entries);
            let ready = match detail {
                Detail::Listed => listed,
                Detail::Changes => tokio::select! {
                    ready = comparison.take(client, bucket, key, listed) => ready?,
                    () = cancel.stopped() => return Err(Error::interrupted()),
                },
            };
            ready.into_iter().try_for_each(&mut sink)?;
        }
        comparison.finish().into_iter().try_for_each(&mut sink)?;
        Ok(entries)
    }

    /// Returns the entries of a page.
    fn listed(&self, page: &Page, entries: &mut Entries) -> Vec<Past> {
        let of_key = page.entries().take_while(|entry| entry.key == self.key);
        let past = of_key.map(|entry| {
            let live_at = !entries.reach_back && self.at.is_some_and(|at| entry.last_modified <= at);
            entries.reach_back |= live_at;
            entries.count += 1;
            Past {
                version: entry.into(),
                delete_marker: entry.kind.is_marker(),
                is_latest: entry.is_latest,
                live_at,
                changes: None,
            }
        });
        past.collect()
    }

    /// Fails if the key has no versions.
    ///
    /// # Errors
    /// [`Missing`](ErrorKind::Missing) if `entries` is empty.
    pub fn require_any(&self, entries: Entries) -> Result<()> {
        if entries.count > 0 {
            return Ok(());
        }
        let message = format!("{} has no versions of the key {}", self.bucket, printable(&self.key));
        Err(Error::new(ErrorKind::Missing, message)
            .hint("it never existed, or all its versions were deleted or have expired"))
    }
}
