//! A survey of two places: a bucket's state at T beside what another bucket, or prefix, holds now.

use std::iter::Peekable;

use super::compare::Compare;
use super::past::{Live, live_keys};
use super::survey::{Extras, Findings, Ledger};
use super::walk::Scope;
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::plan::{Action, Change};
use crate::resolve::{Cut, Doubt, Judge, KeyState};
use crate::s3::Client;

/// Compares the state of `scope` at the judge's first cut with what the target holds now: what the target lacks is found as
/// [`Action::Undelete`], what differs as [`Action::Revert`]. Keys are those of the source.
pub(super) async fn survey_elsewhere(
    client: &Client,
    (scope, judge): (Scope, &Judge),
    (place, extras): (&Place, Extras),
    compare: Compare,
    cancel: &Cancel,
) -> Result<Findings> {
    let there = Scope {
        bucket: place.bucket.clone(),
        prefix: place.relocation.there(scope.selection.narrow(&scope.prefix)),
        keys: scope.keys.as_ref().map(|keys| keys.iter().map(|k| place.relocation.there(k)).collect()),
        ..Scope::default()
    };
    let selection = scope.selection.clone();
    let mut ledger = Ledger::new(client, place, compare)?.with_extras(extras).with_unsure()?;
    ledger.only = scope.only.clone();
    let then = |state: &KeyState<'_>| Live::then(state, judge, client.clock(), &mut ledger.sums);
    let (source, unknown) = live_keys(client, scope, judge.cuts.0, cancel, then).await?;
    let name = |key: &str| Some(place.relocation.here(key)).filter(|key| selection.selects(key));
    let now = |state: &KeyState<'_>| Live::now(state, name(state.key));
    let (target, _) = live_keys(client, there, Cut::Latest, cancel, now).await?;
    let mut pairs =
        Pairs { source: source.into_changes()?.peekable(), target: target.into_changes()?.peekable() };
    loop {
        let pairs: Vec<_> = pairs.by_ref().take(limits::JOINED).collect::<Result<_>>()?;
        if pairs.is_empty() {
            return ledger.close(unknown).await;
        }
        if cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        ledger.sums.existed += pairs.iter().filter(|(then, _)| then.is_some()).count() as u64;
        ledger.enter(0, pairs.into_iter().filter_map(difference).collect()).await?;
    }
}

/// What a key was, and what it is; not both are none.
type Pair = (Option<Live>, Option<Live>);

/// Two sequences in the order of their keys, joined.
struct Pairs<A: Iterator, B: Iterator> {
    source: Peekable<A>,
    target: Peekable<B>,
}

impl<A: Iterator<Item = Result<Live>>, B: Iterator<Item = Result<Live>>> Iterator for Pairs<A, B> {
    type Item = Result<Pair>;

    fn next(&mut self) -> Option<Self::Item> {
        let order = match (self.source.peek(), self.target.peek()) {
            (None, None) => return None,
            (Some(Ok(a)), Some(Ok(b))) => a.key.cmp(&b.key),
            (Some(_), None) | (Some(Err(_)), _) => std::cmp::Ordering::Less,
            (None, Some(_)) | (_, Some(Err(_))) => std::cmp::Ordering::Greater,
        };
        let then = if order.is_le() { self.source.next().transpose() } else { Ok(None) };
        let now = if order.is_ge() { self.target.next().transpose() } else { Ok(None) };
        Some(then.and_then(|then| Ok((then, now?))))
    }
}

/// What makes the one the other, unless both turn out to be the same.
fn difference((then, now): Pair) -> Option<Change> {
    let action = match (&then, &now) {
        (Some(_), None) => Action::Undelete,
        (Some(_), Some(_)) => Action::Revert,
        (None, _) => Action::Delete,
    };
    let Live { key, cautions, mut doubts, .. } = then.as_ref().or(now.as_ref())?.clone();
    let (then, now) = (then.map(|live| live.version), now.map(|live| live.version));
    doubts.extend(Doubt::of_class(then.as_ref()));
    Some(Change { cautions, doubts, ..Change::new(&*key, action, now, then) })
}
