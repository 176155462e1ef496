//! The judge of answers about a bucket's past; and the live keys at one time, spooled to disk.

use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::scope_keys::{Listing, ScopeKeys};
use super::view::ViewEntry;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::limits;
use crate::model::{BucketSettings, Check, Instant, KeyShapes, Known, Lifecycle, Location, Rule};
use crate::plan::Sums;
use crate::resolve::{AsOf, AsOfPair, Doubt, Expiries, Judge, KeyState, checks};
use crate::s3::{Client, ServerClock};
use crate::spill::Spool;
use crate::verify::Live;

/// The judge of answers at two cuts, for a bucket with these lifecycle rules now and `earlier` ones before.
pub fn judge(
    rules: &Known<Vec<Rule>>,
    earlier: Lifecycle,
    as_of: AsOfPair,
    multipart_window: Duration,
) -> Judge {
    let expiries = Expiries::of(&Lifecycle::of(rules).and(earlier), limits::RULE_LAG);
    Judge { as_of, expiries, multipart_window }
}

/// The checks of a bucket that the user should see before a restore.
pub(super) fn bucket_checks(
    client: &Client,
    settings: &BucketSettings,
    judge: &Judge,
    location: &Location,
    at: Instant,
) -> Vec<Check> {
    checks(settings, &judge.expiries, &location.prefix, Some(at), client.clock().now_at_most())
}

/// The version that was live at T. A key that was not live, but may have been, is counted as uncertain.
pub(super) fn live_then(
    state: &KeyState<'_>,
    judge: &Judge,
    clock: &ServerClock,
    sums: &mut Sums,
) -> Option<Live> {
    let doubts = doubts(judge, state, clock);
    sums.see(state.oldest);
    if state.then.is_none() {
        sums.add_uncertain(state.key, &doubts, &[]);
    }
    Live::then(state, judge, doubts)
}

/// A value about a key, kept in key order.
pub(super) trait OfKey: Serialize + DeserializeOwned + Send + 'static {
    /// The key.
    fn key(&self) -> &str;
}

impl OfKey for Live {
    fn key(&self) -> &str {
        &self.key
    }
}

impl OfKey for ViewEntry {
    fn key(&self) -> &str {
        self.name()
    }
}

/// The keys of a scope at one time.
pub(super) struct KeysAt<T> {
    /// The values of the keys.
    pub found: Spool<T>,
    /// The shapes of requested keys that have no entries.
    pub unknown: KeyShapes,
}

/// Resolves listed keys at a cut, on disk, in key order, as mapped by `take`, which may leave some out.
pub(super) async fn keys_at<T: OfKey>(
    client: &Client,
    listing: Listing,
    at: AsOf,
    cancel: &Cancel,
    mut take: impl FnMut(&KeyState<'_>) -> Option<T>,
) -> Result<KeysAt<T>> {
    let mut found = Spool::new()?;
    let mut keys = ScopeKeys::of(client, listing, AsOfPair { then: at, now: at }, cancel);
    while let Some(batch) = keys.next(|state| take(&state)).await? {
        if batch.cut_before {
            found.cut(batch.segment)?;
        }
        batch.keys.iter().try_for_each(|value| found.push(batch.segment, value.key(), value))?;
        if batch.last {
            found.cut(batch.segment)?;
        }
    }
    Ok(KeysAt { found, unknown: keys.unknown() })
}

/// The doubts about a key, as of now: a listing may take hours in which lifecycle rules act. Uses the server's clock.
pub(super) fn doubts(judge: &Judge, state: &KeyState<'_>, clock: &ServerClock) -> Vec<Doubt> {
    if is_beyond_doubt(state) { Vec::new() } else { judge.doubts(state, clock.now_at_most()) }
}

/// The doubts about a key at every time since the first cut, as of now.
pub(super) fn doubts_since(judge: &Judge, state: &KeyState<'_>, clock: &ServerClock) -> Vec<Doubt> {
    if is_beyond_doubt(state) { Vec::new() } else { judge.doubts_since(state, clock.now_at_most()) }
}

/// The doubts about a key without entries, as of now.
pub(super) fn doubts_of_unlisted(judge: &Judge, key: &str, clock: &ServerClock) -> Vec<Doubt> {
    judge.doubts_of_unlisted(key, clock.now_at_most())
}

/// Returns true if there can be no doubts; spares most keys a read of the clock.
fn is_beyond_doubt(state: &KeyState<'_>) -> bool {
    state.evidence.0.above + state.evidence.1.above == 0
}
