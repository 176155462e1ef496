//! A sweep over a whole listing: many ranges at once, each with a resolver of its own.
//!
//! Gives out finished keys, a page's worth at a time, in the order of keys within a range and in no order between ranges.

use std::collections::HashMap;

use tokio::task::JoinSet;

use super::walk::{Scope, resolve_key};
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::list::{Lister, Piece};
use crate::resolve::{Cut, KeyState, Resolver};
use crate::s3::Client;

/// Keys that are read again by themselves get segments of their own, apart from those of ranges.
const AGAIN: u64 = 1 << 63;

/// Finished keys of one segment.
#[derive(Debug)]
pub(super) struct Batch<T> {
    /// The range, or the key that was read again.
    pub(super) segment: u64,
    /// Whether another segment's key lies between this one's keys so far and these.
    pub(super) cut_before: bool,
    /// Whether the segment ends here.
    pub(super) last: bool,
    /// The keys, each as the caller has it.
    pub(super) keys: Vec<T>,
}

/// A sweep under way.
pub(super) struct Sweep {
    client: Client,
    scope: Scope,
    cuts: (Cut, Cut),
    cancel: Cancel,

    lister: Lister,
    listed: bool,
    parts: HashMap<u64, Part>,
    again: JoinSet<Result<Resolver>>,
    segments: u64,
}

/// What is known of a range.
struct Part {
    resolver: Resolver,
    /// The key that its last page broke off in or after, if the key's answer rests on there being no more of it.
    border: Option<String>,
}

impl Sweep {
    pub(super) fn start(client: &Client, scope: Scope, cuts: (Cut, Cut), cancel: &Cancel) -> Self {
        let prefix = scope.selection.narrow(&scope.prefix).to_owned();
        let lister = Lister::start(client.clone(), scope.bucket.clone(), prefix);
        Self {
            client: client.clone(),
            scope,
            cuts,
            cancel: cancel.clone(),
            lister,
            listed: false,
            parts: HashMap::new(),
            again: JoinSet::new(),
            segments: AGAIN,
        }
    }

    /// The next keys, each as `take` has it; `None` after the last. A batch may be empty.
    pub(super) async fn next<T>(
        &mut self,
        take: impl FnMut(KeyState<'_>) -> Option<T>,
    ) -> Result<Option<Batch<T>>> {
        if self.cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        while !self.listed || !self.again.is_empty() {
            let may_list = !self.listed && self.again.len() < self.client.list_concurrency();
            tokio::select! {
                Some(read) = self.again.join_next() => {
                    let read = read.map_err(|e| Error::new(ErrorKind::Local, "a listing task failed").because(e))?;
                    return Ok(Some(self.read_again(read?, take)));
                }
                piece = self.lister.next(), if may_list => match piece? {
                    Some(piece) => return self.take_in(&piece, take).map(Some),
                    None => self.listed = true,
                },
                () = self.cancel.stopped() => return Err(Error::interrupted()),
            }
        }
        Ok(None)
    }

    fn read_again<T>(
        &mut self,
        mut read: Resolver,
        mut take: impl FnMut(KeyState<'_>) -> Option<T>,
    ) -> Batch<T> {
        self.segments += 1;
        let keys = read.finish().and_then(|state| {
            self.client.counters().keys.add(1);
            take(state)
        });
        Batch { segment: self.segments, cut_before: false, last: true, keys: keys.into_iter().collect() }
    }

    /// Feeds a piece to its range's resolver.
    fn take_in<T>(
        &mut self,
        piece: &Piece,
        mut take: impl FnMut(KeyState<'_>) -> Option<T>,
    ) -> Result<Batch<T>> {
        let Piece { range, page, take: wanted, ended } = piece;
        let counters = self.client.counters();
        let part = self.parts.entry(*range).or_insert_with(|| Part {
            // Between a cut and itself nothing changes: who asks for that asks for the state.
            resolver: if self.cuts.0 == self.cuts.1 {
                Resolver::new(self.cuts.0, self.cuts.1)
            } else {
                Resolver::changes_only(self.cuts.0, self.cuts.1)
            },
            border: None,
        });
        let mut keys = Vec::new();
        let mut emit = |state: KeyState<'_>| {
            counters.keys.add(1);
            keys.extend(take(state));
        };
        let mut entries = wanted.clone().filter_map(|at| page.entry_at(at)).peekable();
        let lost = part.border.take().filter(|key| entries.peek().is_none_or(|e| e.key != key));
        if let Some(key) = &lost {
            part.resolver.forget_current();
            let (client, bucket, key, cuts) =
                (self.client.clone(), self.scope.bucket.clone(), key.clone(), self.cuts);
            self.again.spawn(async move { resolve_key(&client, &bucket, &key, cuts).await });
        }
        let mut last_key = None;
        for entry in entries {
            last_key = Some(entry.key);
            if !self.scope.selection.selects(entry.key) {
                continue;
            }
            if let Some(state) = part.resolver.push(&entry, page.is_order_lost())? {
                emit(state);
            }
        }
        counters.versions.add(wanted.len() as u64);
        if *ended {
            if let Some(state) = part.resolver.finish() {
                emit(state);
            }
            self.parts.remove(range);
        } else {
            part.border =
                part.resolver.undecided_key().filter(|key| Some(*key) == last_key).map(ToOwned::to_owned);
        }
        Ok(Batch { segment: *range, cut_before: lost.is_some(), last: *ended, keys })
    }
}
