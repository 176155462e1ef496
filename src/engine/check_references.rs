//! Finds objects that rows name and that do not exist, and objects that no row names. Read-only.

use std::time::Duration;

use super::bucket::{BucketState, bucket_state, require_history, require_versioning, rules};
use super::query::{Query, check_elsewhere};
use super::references::{Held, References, Search};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::{Check, Instant, Lifecycle, Location, TypedTime};
use crate::plan::file::Selected;
use crate::resolve::{AsOf, Judge, history_check};
use crate::s3::Client;
use crate::spill::SortedKeys;

/// A past state, and the objects to compare with its rows.
#[derive(Debug)]
pub struct CheckReferences {
    /// The bucket or prefix.
    pub location: Location,
    /// The target time.
    pub at: TypedTime,
    /// The objects that rows are compared with.
    pub holder: Holder,
    /// The bucket's earlier lifecycle rules.
    pub earlier: Lifecycle,
    /// The purpose of the check.
    pub aim: Aim,
}

/// The objects that the rows' keys are compared with.
#[derive(Debug)]
pub enum Holder {
    /// The bucket's objects at T.
    Then,
    /// The bucket's objects now.
    Now,
    /// The objects now in another location.
    Place(Location),
}

/// The purpose of a check of references.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Report dangling references.
    Tell,
    /// Restore late uploads.
    Heal,
}

/// A check of references whose buckets have been inspected but not listed.
#[derive(Debug)]
pub struct ReferenceCheck {
    /// The target time.
    pub at: Instant,
    /// The check of the bucket's history, with the time since which it is complete.
    pub history: Check,
    /// The state of the bucket whose past is examined.
    pub here: BucketState,
    /// The state of the bucket that would be healed.
    pub there: BucketState,
    holder: Holder,
    query: Query,
    judge: Judge,
}

impl Holder {
    /// The objects at `against`; the bucket's own at T if it is `None`.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a different location that overlaps the source.
    pub fn of(source: &Location, against: Option<&Location>) -> Result<Self> {
        match against {
            None => Ok(Self::Then),
            Some(place) if place == source => Ok(Self::Now),
            Some(place) => {
                check_elsewhere(source, place)?;
                Ok(Self::Place(place.clone()))
            }
        }
    }
}

impl CheckReferences {
    /// Checks that the bucket has a past, and how far back it is complete.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past, or one that would not keep what
    /// healing overwrites; [`Usage`](crate::error::ErrorKind::Usage) for a time that is not in the past.
    pub async fn inspect(self, client: &Client) -> Result<ReferenceCheck> {
        let Self { location, at, holder, earlier, aim } = self;
        let here = bucket_state(client, &location.bucket).await?;
        require_history(&location.bucket, here)?;
        let there = match &holder {
            Holder::Place(place) => bucket_state(client, &place.bucket).await?,
            Holder::Then | Holder::Now => {
                if aim == Aim::Heal {
                    require_versioning(&location.bucket, here)?;
                }
                here
            }
        };
        let mut query = Query::new(location, at, Selected::default())?;
        query.earlier = earlier;
        // No cautions are shown for keys, so uploads need not be suspected.
        query.multipart_window = Duration::ZERO;
        let at = query.at.past(client.clock().now().whole_second())?;
        let rules = rules(client, &query.location.bucket).await?;
        let judge = query.judge(&rules, at, AsOf::Latest);
        let history = history_check(
            &rules,
            &judge.expiries,
            &query.location.prefix,
            Some(at),
            client.clock().now_at_most(),
        );
        Ok(ReferenceCheck { at, history, here, there, holder, query, judge })
    }
}

impl ReferenceCheck {
    /// Looks up the rows' keys and, if `orphans` is set, finds objects that no row names.
    pub async fn search(
        &self,
        client: &Client,
        keys: &SortedKeys,
        orphans: bool,
        cancel: &Cancel,
    ) -> Result<References> {
        let Self { holder, query, judge, .. } = self;
        let place;
        let held = match holder {
            Holder::Then => Held::Then,
            Holder::Now => Held::Now,
            Holder::Place(location) => {
                place = Place::elsewhere(&query.location, location);
                Held::There(&place)
            }
        };
        Search { scope: query.scope(), judge, held, keys, orphans }.run(client, cancel).await
    }
}
