//! A comparison of a bucket's state at T with the present contents of another bucket or prefix.

use super::key_lookup::Scope;
use super::past::{KeysAt, keys_at, live_then};
use super::scope_keys::Listing;
use super::survey::{ChangeCollector, Extras, Findings};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::resolve::{AsOf, Judge, KeyState};
use crate::s3::Client;
use crate::spill::{Pair, pairs};
use crate::verify::{Compare, Live, difference};

/// Compares the state of listed keys at the judge's first cut with the target's present contents. A missing key yields
/// [`crate::plan::Action::Undelete`], a different one [`crate::plan::Action::Revert`]. Keys are named as in the source.
pub(super) async fn survey_elsewhere(
    client: &Client,
    listing: Listing,
    judge: &Judge,
    place: &Place,
    extras: Extras,
    compare: Compare,
    cancel: &Cancel,
) -> Result<Findings> {
    let scope = listing.scope();
    let there = Scope {
        bucket: place.bucket.clone(),
        prefix: place.relocation.there(scope.selection.narrow(&scope.prefix)),
        keys: scope.keys.as_ref().map(|keys| keys.iter().map(|k| place.relocation.there(k)).collect()),
        ..Scope::default()
    };
    let selection = scope.selection.clone();
    let mut collector = ChangeCollector::new(client, place, compare)?.with_extras(extras).with_uncertain()?;
    collector.only = scope.only.clone();
    let then = |state: &KeyState<'_>| live_then(state, judge, client.clock(), &mut collector.sums);
    let KeysAt { found: source, unknown } = keys_at(client, listing, judge.as_of.then, cancel, then).await?;
    let name = |key: &str| Some(place.relocation.here(key)).filter(|key| selection.selects(key));
    let now = |state: &KeyState<'_>| Live::now(state, name(state.key));
    let KeysAt { found: target, .. } =
        keys_at(client, Listing::start(client, there), AsOf::Latest, cancel, now).await?;
    let mut joined = pairs(source, target)?;
    loop {
        let pairs: Vec<_> = joined.by_ref().take(limits::JOINED).collect::<Result<_>>()?;
        if pairs.is_empty() {
            return collector.close(unknown).await;
        }
        if cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        collector.sums.existed += pairs.iter().filter(|pair| !matches!(pair, Pair::Second(_))).count() as u64;
        collector.enter(0, pairs.into_iter().map(difference).collect()).await?;
    }
}
