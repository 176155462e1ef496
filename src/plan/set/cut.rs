//! Cuts a plan into shards that take about the same number of requests.
//!
//! | change | requests |
//! |---|---|
//! | a copy of at most 5 GiB | 1 |
//! | a copy in parts | one for each part, one to start the upload and one to complete it |
//! | a delete | 1/1000: one request deletes 1,000 keys |
//! | an undelete that removes delete markers | 1/1000 for each marker |
//!
//! A change belongs to the shard in which the middle of its requests falls, if the requests of the whole plan are divided
//! evenly. A shard then differs from an even share by no more than the requests of the largest change.

use std::str::FromStr;

use crate::error::Error;
use crate::limits;
use crate::plan::cost::writes;
use crate::plan::{Action, Change};

/// A number of requests, in thousandths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Requests(u64);

/// Thousandths per request.
const ONE: u64 = 1000;

impl Requests {
    /// The requests that a change takes, by the table above.
    pub fn of(change: &Change) -> Self {
        let copy = writes(change.bytes()) * ONE;
        let batched = ONE.div_ceil(limits::DELETE_BATCH as u64);
        Self(match change.action {
            Action::Delete => batched,
            Action::Undelete | Action::Revert if change.markers.is_empty() => copy,
            Action::Undelete | Action::Revert => change.markers.len() as u64 * batched,
        })
    }

    /// The number of whole requests; a started one counts.
    pub fn count(self) -> u64 {
        self.0.div_ceil(ONE)
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// The number of shards that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shards {
    /// One for every 500,000 requests.
    Auto,
    /// So many.
    Exactly(u32),
}

impl Shards {
    /// The number of shards of a plan with so many requests: at least one, and no more than a set can have.
    pub fn count(self, total: Requests) -> u32 {
        let most = limits::MAX_SHARDS;
        match self {
            Self::Auto => {
                u32::try_from(total.count().div_ceil(limits::SHARD_REQUESTS)).unwrap_or(most).clamp(1, most)
            }
            Self::Exactly(shards) => shards.clamp(1, most),
        }
    }
}

impl FromStr for Shards {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text == "auto" {
            return Ok(Self::Auto);
        }
        let number = text.parse().ok().filter(|n| (1..=limits::MAX_SHARDS).contains(n));
        number.map(Self::Exactly).ok_or_else(|| {
            Error::usage(format!("{text} is not a number of shards"))
                .hint(format!("a number from 1 to {}, or auto", limits::MAX_SHARDS))
        })
    }
}

/// The borders between shards.
#[derive(Debug, Clone, Copy)]
pub struct Cut {
    /// The requests of the whole plan.
    pub total: Requests,
    /// The number of shards.
    pub shards: u32,
}

impl Cut {
    /// Returns the index of the shard of a change with so many `requests`, after changes with so many `before`.
    ///
    /// | its middle | shard |
    /// |---|---|
    /// | in the first n-th of all requests | 0 |
    /// | in the next n-th | 1 |
    /// | at the very end, or after it | the last |
    pub fn shard(&self, before: Requests, requests: Requests) -> u32 {
        // In halves of thousandths, so that the middle is exact.
        let middle = 2 * u128::from(before.0) + u128::from(requests.0);
        let end = (2 * u128::from(self.total.0)).max(1);
        let shard = u32::try_from(middle * u128::from(self.shards) / end).unwrap_or(u32::MAX);
        shard.min(self.shards.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests;
