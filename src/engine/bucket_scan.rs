//! A scan of a whole listing: many ranges at once, each with its own resolver.
//!
//! Returns finished keys one page at a time, in key order within a range and in no order between ranges.

use std::collections::{BTreeSet, HashMap};

use tokio::task::JoinSet;

use super::key_lookup::{ReadUntil, Scope, read_key};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::list::{Lister, Piece};
use crate::resolve::{AsOfPair, KeyState, Resolver};
use crate::s3::Client;

/// Segments of keys that are read again on their own, distinct from those of ranges.
const AGAIN: u64 = 1 << 63;

/// A batch of finished keys of one segment.
#[derive(Debug)]
pub(super) struct Batch<T> {
    /// The range, or the key that was read again.
    pub(super) segment: u64,
    /// True if a key of another segment lies between this segment's earlier keys and these.
    pub(super) cut_before: bool,
    /// True if this is the segment's last batch.
    pub(super) last: bool,
    /// The keys, as mapped by the caller.
    pub(super) keys: Vec<T>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) segment: u64,
    /// True if a key of another segment lies between the segment's previous key and this one.
    pub(super) cut_before: bool,
}

/// A key that was read on its own.
struct ReadAgain {
    key: String,
    resolver: Resolver,
}

pub(super) struct BucketScan {
    client: Client,
    scope: Scope,
    as_of: AsOfPair,
    later: bool,
    cancel: Cancel,

    lister: Lister,
    listed: bool,
    parts: HashMap<u64, Part>,
    again: JoinSet<Result<ReadAgain>>,
    /// The keys being read again.
    rereading: BTreeSet<String>,
    segments: u64,
}

/// The keys of a stretch of the listing, read page by page.
pub(super) struct Part {
    pub(super) resolver: Resolver,
    /// The key that its last page ended in or after, if the answer for the key requires that it has no more entries.
    border: Option<String>,
    /// True if a key was removed from the range since the last one was returned.
    cut: bool,
}

/// Starts listing the keys of a scope.
pub(super) fn list(client: &Client, scope: &Scope) -> Lister {
    let prefix = scope.selection.narrow(&scope.prefix).to_owned();
    Lister::start(client.clone(), scope.bucket.clone(), prefix)
}

impl BucketScan {
    pub(super) fn start(client: &Client, scope: Scope, as_of: AsOfPair, cancel: &Cancel) -> Self {
        let lister = list(client, &scope);
        Self::of(client, scope, lister, as_of, cancel)
    }

    /// Goes on with a listing.
    pub(super) fn of(
        client: &Client,
        scope: Scope,
        lister: Lister,
        as_of: AsOfPair,
        cancel: &Cancel,
    ) -> Self {
        Self {
            client: client.clone(),
            scope,
            as_of,
            later: false,
            cancel: cancel.clone(),
            lister,
            listed: false,
            parts: HashMap::new(),
            again: JoinSet::new(),
            rereading: BTreeSet::new(),
            segments: AGAIN,
        }
    }

    /// Also resolves the first version of each key after the first cut.
    pub(super) fn with_later(self) -> Self {
        Self { later: true, ..self }
    }

    /// Returns the next keys, mapped by `take`; `None` after the last. A batch may be empty.
    pub(super) async fn next<T>(
        &mut self,
        mut take: impl FnMut(KeyState<'_>) -> Option<T>,
    ) -> Result<Option<Batch<T>>> {
        self.next_found(|_, state| take(state)).await
    }

    /// Like [`next`](Self::next), but also tells `take` where each key was found.
    pub(super) async fn next_found<T>(
        &mut self,
        take: impl FnMut(Found, KeyState<'_>) -> Option<T>,
    ) -> Result<Option<Batch<T>>> {
        if self.cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        while !self.listed || !self.again.is_empty() {
            let may_list = !self.listed && self.again.len() < self.client.list_concurrency();
            tokio::select! {
                Some(read) = self.again.join_next() => {
                    return Ok(Some(self.read_again(read??, take)));
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

    /// Returns a key before which no segment has keys left but the one that the listing is at there; `None` once all keys
    /// were returned.
    pub(super) fn returned_to(&self) -> Option<&str> {
        let again = self.rereading.first().map(String::as_str);
        again.into_iter().chain(self.lister.read_to()).min()
    }

    fn read_again<T>(
        &mut self,
        read: ReadAgain,
        mut take: impl FnMut(Found, KeyState<'_>) -> Option<T>,
    ) -> Batch<T> {
        self.segments += 1;
        let ReadAgain { key, mut resolver } = read;
        self.rereading.remove(&key);
        let found = Found { segment: self.segments, cut_before: false };
        let keys = resolver.finish().and_then(|state| {
            self.client.counters().keys.add(1);
            take(found, state)
        });
        Batch { segment: self.segments, cut_before: false, last: true, keys: keys.into_iter().collect() }
    }

    /// Feeds a piece to the resolver of its range.
    fn take_in<T>(
        &mut self,
        piece: &Piece,
        mut take: impl FnMut(Found, KeyState<'_>) -> Option<T>,
    ) -> Result<Batch<T>> {
        let Piece { range, page, take: wanted, ended } = piece;
        if wanted.is_empty() && !*ended {
            // A page may end inside a key and add no entries; the key continues with the next page.
            return Ok(Batch { segment: *range, cut_before: false, last: false, keys: Vec::new() });
        }
        let mut entries = wanted.clone().filter_map(|at| page.entry_at(at)).peekable();
        let fresh = self.resolver();
        let part = self.parts.entry(*range).or_insert_with(|| Part::new(fresh));
        let lost = part.begin_page(entries.peek().map(|entry| entry.key));
        let counters = self.client.counters();
        let mut keys = Vec::new();
        let mut emit = |cut: &mut bool, state: KeyState<'_>| {
            counters.keys.add(1);
            keys.extend(take(Found { segment: *range, cut_before: std::mem::take(cut) }, state));
        };
        let mut last_key = None;
        for entry in entries {
            last_key = Some(entry.key);
            if !self.scope.selection.selects(entry.key) {
                continue;
            }
            if let Some(state) = part.resolver.push(&entry, page.is_order_lost())? {
                emit(&mut part.cut, state);
            }
        }
        counters.versions.add(wanted.len() as u64);
        if *ended {
            if let Some(state) = part.resolver.finish() {
                emit(&mut part.cut, state);
            }
            self.parts.remove(range);
        } else {
            part.end_page(last_key);
        }
        let cut_before = lost.is_some();
        if let Some(key) = lost {
            self.read_by_itself(key);
        }
        Ok(Batch { segment: *range, cut_before, last: *ended, keys })
    }

    /// The resolver of a range. With equal times nothing changes, so the caller wants the state itself.
    fn resolver(&self) -> Resolver {
        let AsOfPair { then, now } = self.as_of;
        if self.later || then == now { self.whole_resolver() } else { Resolver::changes_only(then, now) }
    }

    /// A resolver that also returns unchanged keys.
    fn whole_resolver(&self) -> Resolver {
        let AsOfPair { then, now } = self.as_of;
        if self.later { Resolver::with_later(then, now) } else { Resolver::new(then, now) }
    }

    /// Reads a key again from its first entry.
    fn read_by_itself(&mut self, key: String) {
        let (client, bucket, fresh) = (self.client.clone(), self.scope.bucket.clone(), self.whole_resolver());
        self.rereading.insert(key.clone());
        self.again.spawn(async move {
            let resolver = read_key(&client, &bucket, &key, fresh, ReadUntil::LastEntry).await?;
            Ok(ReadAgain { key, resolver })
        });
    }
}

impl Part {
    pub(super) fn new(resolver: Resolver) -> Self {
        Self { resolver, border: None, cut: false }
    }

    /// Begins a page whose first entry has this key. Returns the key that the previous page ended in, if this page does
    /// not continue it and its answer may depend on an entry missed between the two: it is removed from the range, to
    /// be read again on its own.
    pub(super) fn begin_page(&mut self, first: Option<&str>) -> Option<String> {
        let lost = self.border.take().filter(|key| first != Some(key))?;
        self.resolver.forget_current();
        self.cut = true;
        Some(lost)
    }

    /// Ends a page whose last entry has this key and that is not the last page.
    pub(super) fn end_page(&mut self, last: Option<&str>) {
        self.border = self.resolver.undecided_key().filter(|key| Some(*key) == last).map(ToOwned::to_owned);
    }
}

#[cfg(test)]
mod tests;
