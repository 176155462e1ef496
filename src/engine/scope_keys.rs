//! The keys of a scope, from either source.

use super::bucket_scan::{Batch, BucketScan};
use super::key_lookup::{KeyLookup, Scope};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::KeyShapes;
use crate::resolve::{AsOfPair, KeyState};
use crate::s3::Client;

/// A stream of keys: looked up one by one if they are named, otherwise found by a listing.
pub(super) enum ScopeKeys {
    Named(Box<KeyLookup>),
    Listed(Box<BucketScan>),
}

impl ScopeKeys {
    pub(super) fn start(client: &Client, mut scope: Scope, as_of: AsOfPair, cancel: &Cancel) -> Self {
        match scope.keys.take() {
            Some(keys) => Self::Named(Box::new(KeyLookup::start(client, scope, keys, as_of, cancel))),
            None => Self::Listed(Box::new(BucketScan::start(client, scope, as_of, cancel))),
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
