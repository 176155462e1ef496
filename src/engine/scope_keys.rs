//! The keys of a scope, wherever they come from.

use super::sweep::{Batch, Sweep};
use super::walk::{Scope, Walk};
use crate::cancel::Cancel;
use crate::error::Result;
use crate::model::KeyShapes;
use crate::resolve::{Cuts, KeyState};
use crate::s3::Client;

/// Keys on their way: looked up one by one where they are named, or found by listing all.
pub(super) enum ScopeKeys {
    Named(Box<Walk>),
    Listed(Box<Sweep>),
}

impl ScopeKeys {
    pub(super) fn start(client: &Client, mut scope: Scope, cuts: Cuts, cancel: &Cancel) -> Self {
        match scope.keys.take() {
            Some(keys) => Self::Named(Box::new(Walk::start(client, scope, keys, cuts, cancel))),
            None => Self::Listed(Box::new(Sweep::start(client, scope, cuts, cancel))),
        }
    }

    /// The next keys, each as `take` has it; `None` after the last. A batch may be empty.
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

    /// How the named keys are written that have no entry.
    pub(super) fn unknown(self) -> KeyShapes {
        match self {
            Self::Named(walk) => walk.unknown,
            Self::Listed(_) => KeyShapes::default(),
        }
    }
}
