//! Restores late uploads: objects that rows name and that arrived shortly after T.

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

/// The settings for restoring late uploads.
#[derive(Debug, Clone)]
pub struct Heal {
    /// The location whose past was restored.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The target, if not in place.
    pub to: Option<Location>,
    /// The maximum delay of an upload after T.
    pub within: Duration,
    /// The state of the bucket whose past was restored.
    pub here: BucketState,
    /// The state of the bucket that would be changed.
    pub there: BucketState,
}

impl Heal {
    /// Finds the dangling references that can be healed, as a restore of those keys alone. Read-only.
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
            shard: None,
            undoes: None,
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
