//! Keys in doubt, found by one listing. Memory does not grow with keys.

use super::past::{doubts, doubts_since};
use super::sweep::Sweep;
use super::walk::Scope;
use crate::cancel::Cancel;
use crate::error::Result;
use crate::plan::{Action, decide};
use crate::resolve::{Doubt, Doubtful, Judge, KeyState};
use crate::s3::Client;

/// The times that are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The judge's first cut.
    At,
    /// Every one since.
    Since,
}

/// Lists a scope, and counts the keys whose state is uncertain.
pub async fn find_doubts(
    client: &Client,
    scope: Scope,
    (judge, span): (&Judge, Span),
    cancel: &Cancel,
) -> Result<Doubtful> {
    let mut found = Doubtful::default();
    let mut sweep = Sweep::start(client, scope, judge.cuts, cancel);
    let mut take = |state: KeyState<'_>| {
        let mut doubts = match span {
            Span::At => doubts(judge, &state, client.clock()),
            Span::Since => doubts_since(judge, &state, client.clock()),
        };
        if span == Span::At {
            let action = decide(state.then, state.now);
            if action.is_some() {
                doubts.extend(Doubt::of_class(state.then));
            }
            found.present += u64::from(state.now.is_some());
            found.deletes += u64::from(action == Some(Action::Delete));
            // Some second lies within every upload: only of one that is asked about it says something.
            if !doubts.iter().any(|doubt| doubt.is_of_answer()) && judge.straddling(&state).is_some() {
                found.straddling.add(state.key);
            }
        }
        found.oldest = Some(found.oldest.map_or(state.oldest, |oldest| oldest.min(state.oldest)));
        found.add(state.key, &doubts);
        found.null_since = found.null_since.max(state.evidence.0.null_above);
        None::<()>
    };
    while sweep.next(&mut take).await?.is_some() {}
    Ok(found)
}
