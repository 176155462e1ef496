//! Lookups of named keys, each with its own requests.

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::list::{KeyPages, Selection};
use crate::model::KeyShapes;
use crate::plan::Only;
use crate::resolve::{AsOfPair, KeyState, Resolver};
use crate::s3::Client;

/// The keys that a command is about.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The bucket.
    pub bucket: String,
    /// The prefix of the keys.
    pub prefix: String,
    /// The only keys, sorted and distinct; each is looked up on its own.
    pub keys: Option<Vec<String>>,
    /// The include and exclude patterns.
    pub selection: Selection,
    /// The kinds of change.
    pub only: Only,
}

/// A lookup of named keys, in order.
pub(super) struct KeyLookup {
    client: Client,
    cancel: Cancel,
    reads: BoxStream<'static, Result<Read>>,
    /// Keys without any entry.
    pub(super) unknown: KeyShapes,
}

/// A key with all its entries.
struct Read {
    key: String,
    resolver: Resolver,
}

impl KeyLookup {
    /// Starts reading the chosen keys that the scope selects.
    pub(super) fn start(
        client: &Client,
        scope: Scope,
        mut chosen: Vec<String>,
        as_of: AsOfPair,
        cancel: &Cancel,
    ) -> Self {
        let Scope { bucket, prefix, selection, .. } = scope;
        chosen.retain(|key| key.starts_with(&prefix) && selection.selects(key));
        let asked = client.clone();
        let reads = stream::iter(chosen).map(move |key| {
            let (client, bucket) = (asked.clone(), bucket.clone());
            async move {
                let resolver = resolve_key(&client, &bucket, &key, as_of).await?;
                Ok(Read { key, resolver })
            }
        });
        let reads = reads.buffered(limits::CONTENT_CHECKS).boxed();
        Self { client: client.clone(), cancel: cancel.clone(), reads, unknown: KeyShapes::default() }
    }

    /// Returns the next key as mapped by `take`, which may yield nothing; `None` after the last.
    pub(super) async fn next<T>(
        &mut self,
        take: impl FnOnce(KeyState<'_>) -> Option<T>,
    ) -> Result<Option<Vec<T>>> {
        if self.cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        let Some(Read { key, mut resolver }) = self.reads.try_next().await? else { return Ok(None) };
        let counters = self.client.counters();
        counters.versions.add(resolver.seen());
        let Some(state) = resolver.finish() else {
            self.unknown.add(&key);
            return Ok(Some(Vec::new()));
        };
        counters.keys.add(1);
        Ok(Some(take(state).into_iter().collect()))
    }
}

/// Reads all entries of one key.
pub(super) async fn resolve_key(
    client: &Client,
    bucket: &str,
    key: &str,
    as_of: AsOfPair,
) -> Result<Resolver> {
    read_key(client, bucket, key, Resolver::new(as_of.then, as_of.now), ReadUntil::LastEntry).await
}

/// The end of the reading of a key's entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadUntil {
    /// After all of them.
    LastEntry,
    /// On the page with the answers. Cautions about older entries are missing.
    Answered,
}

/// Reads all entries of one key into a fresh resolver. A listing may lose the rest of a key at a page boundary, so a
/// suspect key is read again with another page size, whose boundaries differ.
pub(super) async fn read_key(
    client: &Client,
    bucket: &str,
    key: &str,
    mut resolver: Resolver,
    until: ReadUntil,
) -> Result<Resolver> {
    for entries in [limits::KEY_PAGE_ENTRIES, limits::PAGE_ENTRIES] {
        resolver.forget_current();
        let mut pages = KeyPages::new(bucket.to_owned(), key.to_owned(), entries);
        let mut doubtful = false;
        let mut at_border = false;
        while let Some(page) = pages.next(client).await? {
            let of_key = page.entries().take_while(|e| e.key == key);
            doubtful |= at_border && page.entries().next().is_none_or(|e| e.key != key);
            for entry in of_key {
                // There is only one key, so no earlier key is returned.
                let _none = resolver.push(&entry, page.is_order_lost())?.is_some();
            }
            at_border = page.is_truncated() && resolver.undecided_key().is_some();
            if until == ReadUntil::Answered && resolver.answered().is_some() {
                break;
            }
        }
        if !doubtful {
            break;
        }
    }
    Ok(resolver)
}
