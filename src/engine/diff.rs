//! Compares a bucket's state at a past time with its present state, or with its state at a later time. Read-only.
//!
//! In two steps, since the listing may take hours: [`Diff::inspect`] reports what is known before it.

use std::path::Path;

use super::bucket::{BucketState, inspect, require_history, require_removable};
use super::past::bucket_checks;
use super::query::Query;
use super::survey::{Findings, survey};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::model::{Check, Instant, Location, TypedTime};
use crate::plan::Undelete;
use crate::plan::file::{Checks, Header, Times, Writer};
use crate::resolve::{AsOf, Judge};
use crate::s3::Client;
use crate::verify::Compare;

/// A comparison of two states.
#[derive(Debug)]
pub struct Diff {
    query: Query,
    versus: Option<TypedTime>,
    undelete: Undelete,
}

/// A comparison whose bucket is known to have a past.
#[derive(Debug)]
pub struct Comparison {
    /// The bucket or prefix.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The later time, if not the present.
    pub versus: Option<Instant>,
    /// The present, by the server's clock.
    pub listed: Instant,
    /// The state of the bucket that a plan depends on.
    pub state: BucketState,
    /// The checks of the bucket.
    pub checks: Vec<Check>,
    query: Query,
    undelete: Undelete,
    judge: Judge,
}

impl Diff {
    /// Compares the past state of a query with the present or a later time. `undelete` is how deleted keys would be
    /// restored.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for times out of order, as far as that is known without the server's
    /// clock.
    pub fn new(query: Query, versus: Option<TypedTime>, undelete: Undelete) -> Result<Self> {
        match (query.at, versus) {
            (TypedTime::Instant(at), Some(TypedTime::Instant(versus))) => require_order(versus >= at)?,
            (TypedTime::Age(at), Some(TypedTime::Age(versus))) => require_order(versus <= at)?,
            _ => {}
        }
        Ok(Self { query, versus, undelete })
    }

    /// Checks that the bucket has a past.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for times that are not in the past or out of order;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past.
    pub async fn inspect(self, client: &Client) -> Result<Comparison> {
        let Self { query, versus, undelete } = self;
        let location = query.location.clone();
        let settings = inspect(client, &location.bucket).await?;
        let listed = client.clock().now().whole_second();
        let at = query.at.past(listed)?;
        let versus = versus.map(|versus| versus.past(listed)).transpose()?;
        require_order(versus.is_none_or(|versus| versus >= at))?;
        let state = BucketState::from(&settings);
        require_history(&location.bucket, state)?;
        if undelete == Undelete::RemoveMarker {
            require_removable(client, &location.bucket).await?;
        }
        let judge = query.judge(&settings.rules, at, versus.map_or(AsOf::Latest, AsOf::At));
        let checks = bucket_checks(client, &settings, &judge, &location, at);
        Ok(Comparison { location, at, versus, listed, state, checks, query, undelete, judge })
    }
}

fn require_order(is_in_order: bool) -> Result<()> {
    if is_in_order {
        return Ok(());
    }
    Err(Error::usage("--versus is earlier than --at").hint("swap them: --at is the earlier time"))
}

impl Comparison {
    /// Starts writing a plan of the changes.
    pub fn save(&self, path: &Path) -> Result<Writer> {
        Writer::create(path, &self.header())
    }

    fn header(&self) -> Header {
        let Self { at, listed, state: BucketState { versioning, kms }, .. } = *self;
        let checks = Checks { versioning, kms, trust_etag: self.query.trust_etag };
        Header::new(&self.location, Times { at, listed }, checks, self.query.selected().clone())
    }

    /// Lists the bucket and finds the differences.
    pub async fn survey(&self, client: &Client, cancel: &Cancel) -> Result<Findings> {
        let compare = Compare { kms: self.state.kms, trust_etag: self.query.trust_etag };
        survey(client, self.query.scope(), &self.judge, compare, self.undelete, cancel).await
    }
}
