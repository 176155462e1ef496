//! A survey of two places: a bucket's state at T beside what another bucket, or prefix, holds now.

use std::collections::VecDeque;

use super::compare::Compare;
use super::past::Live;
use super::survey::{Extras, Findings, Ledger};
use super::walk::{Scope, Walk};
use crate::apply::Place;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::plan::{Action, Change, Sums};
use crate::resolve::{Cut, Doubt, Judge, KeyState};
use crate::s3::Client;

/// One side of the pairing: a walk, and the keys of its last batch.
struct Side {
    walk: Walk,
    ahead: VecDeque<Live>,
    ended: bool,
}

impl Side {
    fn new(walk: Walk) -> Self {
        Self { walk, ahead: VecDeque::new(), ended: false }
    }

    /// Whether nothing more comes of it.
    fn is_spent(&self) -> bool {
        self.ended && self.ahead.is_empty()
    }

    /// Makes sure that the next key is known, if there is one; `live` says what is held of a key.
    async fn fill(&mut self, mut live: impl FnMut(&KeyState<'_>) -> Option<Live>) -> Result<()> {
        while self.ahead.is_empty() && !self.ended {
            match self.walk.next(|state| live(&state)).await? {
                Some(batch) => self.ahead.extend(batch),
                None => self.ended = true,
            }
        }
        Ok(())
    }
}

/// Compares the state of `scope` at the judge's first cut with what the target holds now: what the target lacks is found as
/// [`Action::Undelete`], what differs as [`Action::Revert`]. Keys are those of the source.
pub async fn survey_elsewhere(
    client: &Client,
    (scope, judge): (Scope, &Judge),
    (place, extras): (&Place, Extras),
    compare: Compare,
    cancel: &Cancel,
) -> Result<Findings> {
    let there = Scope {
        bucket: place.bucket.clone(),
        prefix: place.relocation.there(&scope.prefix),
        keys: scope.keys.as_ref().map(|keys| keys.iter().map(|k| place.relocation.there(k)).collect()),
        ..Scope::default()
    };
    let selection = scope.selection.clone();
    let mut source = Side::new(Walk::start(client, scope, (judge.cuts.0, judge.cuts.0), cancel));
    let mut target = Side::new(Walk::start(client, there, (Cut::Latest, Cut::Latest), cancel));
    let mut ledger = Ledger::new(client, place, compare)?.with_extras(extras);
    while !(source.is_spent() && target.is_spent()) {
        source.fill(|state| Live::then(state, judge, &mut ledger.sums)).await?;
        let name = |key: &str| Some(place.relocation.here(key)).filter(|key| selection.selects(key));
        target.fill(|state| Live::now(state, name(state.key))).await?;
        let ended = (source.ended, target.ended);
        let found = pair(&mut source.ahead, &mut target.ahead, ended, &mut ledger.sums);
        ledger.enter(0, found).await?;
    }
    Ok(ledger.close(source.walk.unknown_keys))
}

/// Takes pairs off the heads of both sides for as long as both are known, or one has ended.
fn pair(
    source: &mut VecDeque<Live>,
    target: &mut VecDeque<Live>,
    ended: (bool, bool),
    sums: &mut Sums,
) -> Vec<Change> {
    let mut changes = Vec::new();
    loop {
        let order = match (source.front(), target.front()) {
            (Some(a), Some(b)) => a.key.cmp(&b.key),
            (Some(_), None) if ended.1 => std::cmp::Ordering::Less,
            (None, Some(_)) if ended.0 => std::cmp::Ordering::Greater,
            _ => return changes,
        };
        let then = if order.is_le() { source.pop_front() } else { None };
        let now = if order.is_ge() { target.pop_front() } else { None };
        sums.existed += u64::from(then.is_some());
        let action = match (&then, &now) {
            (Some(_), None) => Action::Undelete,
            (Some(_), Some(_)) => Action::Revert,
            _ => Action::Delete,
        };
        let Some(Live { key, cautions, mut doubts, .. }) = then.as_ref().or(now.as_ref()).cloned() else {
            return changes;
        };
        let (then, now) = (then.map(|live| live.version), now.map(|live| live.version));
        doubts.extend(Doubt::of_class(then.as_ref()));
        changes.push(Change { cautions, doubts, ..Change::new(key, action, now, then) });
    }
}
