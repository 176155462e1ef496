//! The keys of a scope, from either source.

use super::bucket_scan::{Batch, BucketScan, list};
use super::key_lookup::{KeyLookup, Scope};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::list::Lister;
use crate::model::{Instant, KeyShapes};
use crate::resolve::{AsOfPair, KeyState};
use crate::s3::Client;

/// The keys of a scope, before it is known what is asked about them.
#[derive(Debug)]
pub(super) enum Listing {
    /// Their names are known.
    Named(Scope, Vec<String>),
    /// They are being listed: the first page is on its way.
    Begun(Scope, Box<Lister>),
}

impl Listing {
    /// Requests the first page, unless the keys are named.
    pub(super) fn start(client: &Client, mut scope: Scope) -> Self {
        if let Some(keys) = scope.keys.take() {
            return Self::Named(scope, keys);
        }
        let lister = Box::new(list(client, &scope));
        Self::Begun(scope, lister)
    }

    pub(super) fn scope(&self) -> &Scope {
        let (Self::Named(scope, _) | Self::Begun(scope, _)) = self;
        scope
    }

    /// Returns a listing of all versions written in the second of `at` or before, by the server's clock: this one, unless
    /// it began too early. A reply must have told the clock.
    pub(super) fn covering(self, client: &Client, at: Instant) -> Self {
        match self {
            Self::Begun(scope, lister) if client.clock().at(lister.began()).second() <= at.second() => {
                Self::start(client, scope)
            }
            listing => listing,
        }
    }

    /// Returns the whole second of the server's clock in which it began.
    pub(super) fn began(&self, client: &Client) -> Instant {
        let clock = client.clock();
        let began = match self {
            Self::Named(..) => clock.now(),
            Self::Begun(_, lister) => clock.at(lister.began()),
        };
        began.whole_second()
    }
}

/// A stream of keys: looked up one by one if they are named, otherwise found by a listing.
pub(super) enum ScopeKeys {
    Named(Box<KeyLookup>),
    Listed(Box<BucketScan>),
}

impl ScopeKeys {
    pub(super) fn start(client: &Client, scope: Scope, as_of: AsOfPair, cancel: &Cancel) -> Self {
        Self::of(client, Listing::start(client, scope), as_of, cancel)
    }

    /// Goes on with a listing.
    pub(super) fn of(client: &Client, listing: Listing, as_of: AsOfPair, cancel: &Cancel) -> Self {
        match listing {
            Listing::Named(scope, keys) => {
                Self::Named(Box::new(KeyLookup::start(client, scope, keys, as_of, cancel)))
            }
            Listing::Begun(scope, lister) => {
                Self::Listed(Box::new(BucketScan::of(client, scope, *lister, as_of, cancel)))
            }
        }
    }

    /// Returns the next keys, mapped by `take`; `None` after the last. A batch may be empty.
    pub(super) async fn next<T>(
        &mut self,
        take: impl FnMut(KeyState<'_>) -> Option<T>,
    ) -> Result<Option<Batch<T>>> {
        match self {
            Self::Named(walk) => {
                let keys = walk.next(take).await?;
                Ok(keys.map(|keys| Batch { segment: 0, cut_before: false, last: false, keys }))
            }
            Self::Listed(sweep) => sweep.next(take).await,
        }
    }

    /// The shapes of named keys without entries.
    pub(super) fn unknown(self) -> KeyShapes {
        match self {
            Self::Named(walk) => walk.unknown,
            Self::Listed(_) => KeyShapes::default(),
        }
    }
}
