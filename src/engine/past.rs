//! By what the answers about a bucket's past are judged; and the keys that are live at an instant, listed onto the disk.

use std::time::Duration;

use super::key_lookup::Scope;
use super::scope_keys::ScopeKeys;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::limits;
use crate::model::{BucketSettings, Check, Instant, KeyShapes, Known, Lifecycle, Location, Rule};
use crate::plan::Sums;
use crate::resolve::{AsOf, AsOfPair, Doubt, Expiries, Judge, KeyState, checks};
use crate::s3::{Client, ServerClock};
use crate::spill::Spool;
use crate::verify::Live;

/// By what the answers at two cuts are judged, in a bucket that has these rules now and had `earlier` ones before.
pub fn judge(
    rules: &Known<Vec<Rule>>,
    earlier: Lifecycle,
    as_of: AsOfPair,
    multipart_window: Duration,
) -> Judge {
    let expiries = Expiries::of(&Lifecycle::of(rules).and(earlier), limits::RULE_LAG);
    Judge { as_of, expiries, multipart_window }
}

/// What is to be known of a bucket, for whoever is asked whether it is to be restored.
pub(super) fn bucket_checks(
    client: &Client,
    settings: &BucketSettings,
    judge: &Judge,
    location: &Location,
    at: Instant,
) -> Vec<Check> {
    checks(settings, &judge.expiries, &location.prefix, Some(at), client.clock().now_at_most())
}

/// What was live at T. A key that was not, and perhaps was, is counted.
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

/// The keys of a scope that are live at a cut, on disk, in their order; `live` says what is to be known of each. Gives also
/// of the keys that were asked for by name those that have no entry.
pub(super) async fn live_keys(
    client: &Client,
    scope: Scope,
    at: AsOf,
    cancel: &Cancel,
    mut live: impl FnMut(&KeyState<'_>) -> Option<Live>,
) -> Result<(Spool<Live>, KeyShapes)> {
    let mut found = Spool::new()?;
    let mut keys = ScopeKeys::start(client, scope, AsOfPair { then: at, now: at }, cancel);
    while let Some(batch) = keys.next(|state| live(&state)).await? {
        if batch.cut_before {
            found.cut(batch.segment)?;
        }
        batch.keys.iter().try_for_each(|live| found.push(batch.segment, &live.key, live))?;
        if batch.last {
            found.cut(batch.segment)?;
        }
    }
    Ok((found, keys.unknown()))
}

/// The doubts about a key's answers by now: a listing may take hours, and lifecycle acts meanwhile, by the server's clock.
pub(super) fn doubts(judge: &Judge, state: &KeyState<'_>, clock: &ServerClock) -> Vec<Doubt> {
    if is_beyond_doubt(state) { Vec::new() } else { judge.doubts(state, clock.now_at_most()) }
}

/// The same of all times from the first cut on.
pub(super) fn doubts_since(judge: &Judge, state: &KeyState<'_>, clock: &ServerClock) -> Vec<Doubt> {
    if is_beyond_doubt(state) { Vec::new() } else { judge.doubts_since(state, clock.now_at_most()) }
}

/// The doubts about a key of which there is no entry, by now.
pub(super) fn doubts_of_unlisted(judge: &Judge, key: &str, clock: &ServerClock) -> Vec<Doubt> {
    judge.doubts_of_unlisted(key, clock.now_at_most())
}

/// Spares most keys a look at the clock.
fn is_beyond_doubt(state: &KeyState<'_>) -> bool {
    state.evidence.0.above + state.evidence.1.above == 0
}
