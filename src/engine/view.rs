//! The state of one bucket at T, for reading: single keys, and pages of keys and folders in key order.

mod list;
mod page;
#[cfg(test)]
mod tests;

pub use list::Depth;
pub use page::{FolderAt, PageAt, Position, ViewEntry, ViewPage};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bucket::{BucketState, bucket_state, require_history, rules};
use super::key_lookup::{ReadUntil, read_key};
use super::past::{doubts, doubts_of_unlisted, judge};
use crate::error::Result;
use crate::limits;
use crate::list::Jumps;
use crate::model::{Check, Instant, Known, Lifecycle, Rule, TypedTime, Version};
use crate::resolve::{AsOf, AsOfPair, Caution, Doubt, Judge, KeyState, Resolver, history_check};
use crate::s3::Client;

/// The facts and choices by which the state of a bucket at T is judged.
#[derive(Debug, Clone)]
pub struct ViewOptions {
    /// The bucket's earlier lifecycle rules.
    pub earlier: Lifecycle,
    /// Caution about multipart uploads begun within this time before T.
    pub multipart_window: Duration,
    /// The handling of keys whose state is uncertain.
    pub uncertain: OnUncertain,
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            earlier: Lifecycle::default(),
            multipart_window: limits::MULTIPART_WINDOW,
            uncertain: OnUncertain::Report,
        }
    }
}

/// The handling of keys whose state at T is uncertain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnUncertain {
    /// Report them as uncertain.
    #[default]
    Report,
    /// Trust the listing.
    Trust,
}

/// The state of a bucket at T.
#[derive(Debug)]
pub struct PastBucket {
    /// The bucket.
    pub bucket: String,
    /// The target time.
    pub at: Instant,
    /// The state of the bucket now.
    pub state: BucketState,
    client: Client,
    rules: Known<Vec<Rule>>,
    judge: Judge,
    uncertain: OnUncertain,
    jumps: Jumps,
}

/// A key that was live at T.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveKey {
    /// The version that was live.
    pub version: Version,
    /// Cautions about it.
    pub cautions: Vec<Caution>,
}

impl LiveKey {
    /// Returns whether its storage class shows that it is archived: it can be read only once thawed.
    pub fn is_archived(&self) -> bool {
        Doubt::of_class(Some(&self.version)).is_some()
    }
}

/// The state of a key at T.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyAt {
    /// It was live.
    Live(LiveKey),
    /// The listing does not prove whether, or as which version, it was live.
    Uncertain {
        /// The version that was live according to the listing.
        live: Option<LiveKey>,
        /// The reasons.
        doubts: Vec<Doubt>,
    },
    /// It did not exist.
    Absent,
}

impl KeyAt {
    /// Decides the state of a key:
    ///
    /// | live at T, by the listing | doubts | uncertain keys | state |
    /// |---|---|---|---|
    /// | no version | none | any | absent |
    /// | a version | none | any | live |
    /// | any | some | report | uncertain |
    /// | no version | some | trust | absent |
    /// | a version | some | trust | live |
    fn of(live: Option<LiveKey>, doubts: Vec<Doubt>, uncertain: OnUncertain) -> Self {
        match (live, uncertain) {
            (live, OnUncertain::Report) if !doubts.is_empty() => Self::Uncertain { live, doubts },
            (Some(live), _) => Self::Live(live),
            (None, _) => Self::Absent,
        }
    }
}

impl PastBucket {
    /// Opens a bucket as it was at `at`. The client is kept for reading from it.
    ///
    /// # Errors
    /// [`Usage`](crate::error::ErrorKind::Usage) for a time that is not in the past;
    /// [`Missing`](crate::error::ErrorKind::Missing) for a bucket that does not exist;
    /// [`Refused`](crate::error::ErrorKind::Refused) for a bucket without a past.
    pub async fn open(client: &Client, bucket: &str, at: TypedTime, options: ViewOptions) -> Result<Self> {
        let ViewOptions { earlier, multipart_window, uncertain } = options;
        let state = bucket_state(client, bucket).await?;
        let at = at.past(client.clock().now().whole_second())?;
        require_history(bucket, state)?;
        let rules = rules(client, bucket).await?;
        let as_of = AsOfPair { then: AsOf::At(at), now: AsOf::At(at) };
        let judge = judge(&rules, earlier, as_of, multipart_window);
        let (bucket, client) = (bucket.to_owned(), client.clone());
        Ok(Self { bucket, at, state, client, rules, judge, uncertain, jumps: Jumps::default() })
    }

    /// Returns how far back the history of the keys with `prefix` is complete.
    pub fn history(&self, prefix: &str) -> Check {
        let now = self.client.clock().now_at_most();
        history_check(&self.rules, &self.judge.expiries, prefix, Some(self.at), now)
    }

    /// Returns true if keys with `prefix` that existed at T may have expired entirely, which no listing shows.
    pub(super) fn may_lack_keys(&self, prefix: &str) -> bool {
        let now = self.client.clock().now_at_most();
        self.judge.expiries.may_have_removed_keys(prefix, self.at, now)
    }

    /// Returns the state of a key: with one request, unless the key has many versions.
    pub async fn key(&self, key: &str) -> Result<KeyAt> {
        let resolver = self.resolver();
        let mut read = read_key(&self.client, &self.bucket, key, resolver, ReadUntil::Answered).await?;
        if let Some(state) = read.finish() {
            return Ok(self.state_of(&state));
        }
        Ok(self.unlisted(key))
    }

    /// Returns the state of a key without entries.
    pub(super) fn unlisted(&self, key: &str) -> KeyAt {
        KeyAt::of(None, doubts_of_unlisted(&self.judge, key, self.client.clock()), self.uncertain)
    }

    /// Returns the target time, as the resolver takes it.
    pub(super) fn as_of(&self) -> AsOf {
        self.judge.as_of.then
    }

    fn resolver(&self) -> Resolver {
        Resolver::new(self.judge.as_of.then, self.judge.as_of.now)
    }

    /// Returns the state of a key with these entries.
    pub(super) fn state_of(&self, state: &KeyState<'_>) -> KeyAt {
        let live = state
            .then
            .map(|version| LiveKey { version: version.clone(), cautions: self.judge.cautions(state) });
        KeyAt::of(live, doubts(&self.judge, state, self.client.clock()), self.uncertain)
    }
}
