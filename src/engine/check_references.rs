//! Whether the objects are there that rows name, and whether objects are there that no row names. Changes nothing.

use std::time::Duration;

use super::bucket::{BucketState, require_history, require_versioning, rules, standing};
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

/// A past state, and where its rows' objects are looked for.
#[derive(Debug)]
pub struct CheckReferences {
    /// The bucket or prefix.
    pub location: Location,
    /// The past time.
    pub at: TypedTime,
    /// Whose objects are looked at.
    pub holder: Holder,
    /// The lifecycle rules that the bucket had before.
    pub earlier: Lifecycle,
    /// What will be done with what is found.
    pub aim: Aim,
}

/// Whose objects the rows' keys are looked for among.
#[derive(Debug)]
pub enum Holder {
    /// The bucket's at the past time.
    Then,
    /// The bucket's now.
    Now,
    /// Those that another place holds now.
    Place(Location),
}

/// What will be done with what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// It is told.
    Tell,
    /// Late uploads are brought back.
    Heal,
}

/// A check of references whose buckets are known, before they are listed.
#[derive(Debug)]
pub struct ReferenceCheck {
    /// The past instant.
    pub at: Instant,
    /// How far back the bucket's history is complete.
    pub history: Check,
    /// The settings of the bucket whose past it is.
    pub here: BucketState,
    /// Those of the bucket that would be healed.
    pub there: BucketState,
    holder: Holder,
    query: Query,
    judge: Judge,
}

impl Holder {
    /// Whose objects those of `against` are; the bucket's at the past time where nothing was named.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a place that overlaps the source and is another.
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
    /// Finds out whether the bucket has a past, and how far back that is complete.
    ///
    /// # Errors
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past, and for one that would not keep what healing
    /// overwrites; [`Usage`](crate::error::ErrorKind::Usage) for a time that is not past.
    pub async fn inspect(self, client: &Client) -> Result<ReferenceCheck> {
        let Self { location, at, holder, earlier, aim } = self;
        let here = standing(client, &location.bucket).await?;
        require_history(&location.bucket, here)?;
        let there = match &holder {
            Holder::Place(place) => standing(client, &place.bucket).await?,
            Holder::Then | Holder::Now => {
                if aim == Aim::Heal {
                    require_versioning(&location.bucket, here)?;
                }
                here
            }
        };
        let mut query = Query::new(location, at, Selected::default())?;
        query.earlier = earlier;
        // No caution is shown of a key, so no upload is suspected.
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
    /// Looks for the rows' keys, and, where `orphans` says so, for objects that none of them names.
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
