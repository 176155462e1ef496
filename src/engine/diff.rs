//! Compares a bucket's state at a past time with its present state, or with its state at a later time. Read-only.
//!
//! In two steps, since the listing may take hours: [`Diff::inspect`] reports what is known before it.

use std::path::Path;

use super::bucket::{BucketState, inspect, require_history, require_removable};
use super::past::bucket_checks;
use super::query::Query;
use super::scope_keys::Listing;
use super::set_place::NewSet;
use super::survey::{Findings, survey};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::model::{Check, Instant, Location, TypedTime};
use crate::plan::file::{Checks, Header, Seen, Times, Writer};
use crate::plan::set::{SetWriter, Shards};
use crate::plan::{Change, Sums, Undelete};
use crate::resolve::{AsOf, Judge};
use crate::s3::Client;
use crate::spill::Spooled;
use crate::state::Server;
use crate::verify::Compare;

/// A comparison of two states.
#[derive(Debug)]
pub struct Diff {
    query: Query,
    versus: Option<TypedTime>,
    undelete: Undelete,
}

/// The place where a plan is saved.
#[derive(Debug)]
pub enum SaveTo<'a> {
    /// In a file.
    File(&'a Path),
    /// As a plan set.
    Set(Box<SaveSet>),
}

/// Options for saving a plan set.
#[derive(Debug)]
pub struct SaveSet {
    /// The place of the set.
    pub place: NewSet,
    /// The number of shards.
    pub shards: Shards,
    /// The server, for the workers.
    pub server: Server,
}

/// A plan, or a plan set, being written.
#[derive(Debug)]
pub enum Saving {
    /// A plan.
    Plan(Box<Writer>),
    /// A plan set.
    Set(Box<SavingSet>),
}

/// A plan set being written, and its place.
#[derive(Debug)]
pub struct SavingSet {
    writer: SetWriter,
    place: NewSet,
}

impl Saving {
    /// Adds the next change.
    pub fn push(&mut self, change: &Change) -> Result<()> {
        match self {
            Self::Plan(plan) => plan.push(change),
            Self::Set(set) => {
                set.writer.count(change);
                Ok(())
            }
        }
    }

    /// Completes it. `changes` are all that were added; a plan set can be cut only once all are known.
    pub async fn finish(self, changes: &Spooled<Change>, sums: &Sums, seen: Seen) -> Result<()> {
        match self {
            Self::Plan(plan) => plan.finish(sums, seen),
            Self::Set(set) => {
                let SavingSet { writer, place } = *set;
                writer.write(changes.read()?, sums, seen)?;
                place.publish().await
            }
        }
    }
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
    /// The time at which the listing began, by the server's clock.
    pub listed: Instant,
    /// The state of the bucket that a plan depends on.
    pub state: BucketState,
    /// The checks of the bucket.
    pub checks: Vec<Check>,
    query: Query,
    undelete: Undelete,
    judge: Judge,
    listing: Listing,
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
        let listing = Listing::start(client, query.scope());
        let settings = inspect(client, &location.bucket).await?;
        let now = client.clock().now().whole_second();
        let at = query.at.past(now)?;
        let versus = versus.map(|versus| versus.past(now)).transpose()?;
        require_order(versus.is_none_or(|versus| versus >= at))?;
        let state = BucketState::from(&settings);
        require_history(&location.bucket, state)?;
        if undelete == Undelete::RemoveMarker {
            require_removable(client, &location.bucket).await?;
        }
        let judge = query.judge(&settings.rules, at, versus.map_or(AsOf::Latest, AsOf::At));
        let checks = bucket_checks(client, &settings, &judge, &location, at);
        let listing = listing.covering(client, versus.unwrap_or(at));
        let listed = listing.began(client);
        Ok(Comparison { location, at, versus, listed, state, checks, query, undelete, judge, listing })
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
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a file or directory that cannot be written or must not be replaced.
    pub fn save(&self, to: SaveTo<'_>) -> Result<Saving> {
        match to {
            SaveTo::File(path) => Ok(Saving::Plan(Box::new(Writer::create(path, &self.header())?))),
            SaveTo::Set(set) => {
                let SaveSet { place, shards, server } = *set;
                let writer = SetWriter::create(place.dir(), self.header(), server, shards)?;
                Ok(Saving::Set(Box::new(SavingSet { writer, place })))
            }
        }
    }

    fn header(&self) -> Header {
        let Self { at, listed, state: BucketState { versioning, kms }, .. } = *self;
        let checks = Checks { versioning, kms, trust_etag: self.query.trust_etag };
        Header::new(&self.location, Times { at, listed }, checks, self.query.selected().clone())
    }

    /// Lists the bucket and finds the differences.
    pub async fn survey(self, client: &Client, cancel: &Cancel) -> Result<Findings> {
        let compare = Compare { kms: self.state.kms, trust_etag: self.query.trust_etag };
        survey(client, self.listing, &self.judge, compare, self.undelete, cancel).await
    }
}
