//! Bringing back late uploads: objects that rows name and that came shortly after T.

use std::time::Duration;

use super::bucket::BucketState;
use super::references::heal_changes;
use super::restore::{Kind, Prepared};
use super::survey::{Findings, seen};
use crate::apply::Place;
use crate::error::Result;
use crate::model::{Instant, Location};
use crate::plan::file::Selected;
use crate::recover::Dangling;
use crate::s3::Client;
use crate::verify::Compare;

/// Late uploads that are to be brought back.
#[derive(Debug, Clone)]
pub struct Heal {
    /// The place whose past was restored.
    pub location: Location,
    /// The past instant.
    pub at: Instant,
    /// The place restored to, where that is another.
    pub to: Option<Location>,
    /// How long after T an upload may have come.
    pub within: Duration,
    /// The settings of the bucket whose past was restored.
    pub here: BucketState,
    /// Those of the bucket that would be changed.
    pub there: BucketState,
}

impl Heal {
    /// Finds out which of the keys that dangle can be brought back, as a restore of these alone. Changes nothing.
    pub async fn prepare(
        self,
        client: &Client,
        dangling: impl Iterator<Item = Result<Dangling>>,
    ) -> Result<Prepared> {
        let Self { location, at, to, within, here, there } = self;
        let place = match &to {
            None => Place::in_place(&location.bucket),
            Some(to) => Place::elsewhere(&location, to),
        };
        let compare = Compare { kms: here.kms || there.kms, trust_etag: false };
        let found = heal_changes(client, &place, dangling, at, within, compare).await?;
        let Findings { changes, sums, .. } = found;
        Ok(Prepared {
            kind: Kind::Heal,
            location,
            at,
            to,
            listed: client.clock().now().whole_second(),
            checks: Vec::new(),
            sums,
            len: changes.len(),
            changes: Box::new(changes.into_changes()?),
            selected: Selected::default(),
            seen: seen(client),
            trust_etag: false,
            here,
            there,
        })
    }
}
