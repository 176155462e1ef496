//! From a listing to keys: feeds pages to the resolver and gives out finished keys, a page's worth at a time.

use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::limits;
use crate::list::{KeyPages, Pages, Selection};
use crate::resolve::{Cut, KeyState, Resolver};
use crate::s3::Client;

/// The keys that a command is about.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The bucket.
    pub bucket: String,
    /// What keys begin with.
    pub prefix: String,
    /// These keys and no others, in order and without repetition. They are asked for one by one.
    pub keys: Option<Vec<String>>,
    /// Which of them.
    pub selection: Selection,
}

/// A walk over the keys of a scope, in their order.
pub(super) struct Walk {
    client: Client,
    scope: Scope,
    cuts: (Cut, Cut),
    cancel: Cancel,
    source: Source,
    /// Keys asked for by name that have no entry.
    pub(super) unknown_keys: u64,
}

enum Source {
    Listing { pages: Pages, resolver: Box<Resolver>, border: Option<String> },
    Keys(BoxStream<'static, Result<Resolver>>),
    Done,
}

impl Walk {
    pub(super) fn start(client: &Client, scope: Scope, cuts: (Cut, Cut), cancel: &Cancel) -> Self {
        let source = match &scope.keys {
            None => Source::Listing {
                pages: Pages::start(client.clone(), scope.bucket.clone(), scope.prefix.clone()),
                resolver: Box::new(Resolver::new(cuts.0, cuts.1)),
                border: None,
            },
            Some(keys) => {
                let chosen: Vec<_> = keys
                    .iter()
                    .filter(|k| k.starts_with(&scope.prefix) && scope.selection.selects(k))
                    .cloned()
                    .collect();
                let (client, bucket) = (client.clone(), scope.bucket.clone());
                let reads = stream::iter(chosen).map(move |key| {
                    let (client, bucket) = (client.clone(), bucket.clone());
                    async move { resolve_key(&client, &bucket, &key, cuts).await }
                });
                Source::Keys(reads.buffered(limits::CONTENT_CHECKS).boxed())
            }
        };
        Self { client: client.clone(), scope, cuts, cancel: cancel.clone(), source, unknown_keys: 0 }
    }

    /// The next keys, each as `take` has it; `None` after the last. A batch may be empty.
    pub(super) async fn next<T>(
        &mut self,
        mut take: impl FnMut(KeyState<'_>) -> Option<T>,
    ) -> Result<Option<Vec<T>>> {
        if self.cancel.is_stopped() {
            return Err(Error::interrupted());
        }
        let counters = self.client.counters();
        let mut batch = Vec::new();
        let mut emit = |state: KeyState<'_>| {
            counters.keys.add(1);
            batch.extend(take(state));
        };
        match &mut self.source {
            Source::Done => return Ok(None),
            Source::Keys(reads) => match reads.try_next().await? {
                None => self.source = Source::Done,
                Some(mut read) => {
                    counters.versions.add(read.seen());
                    match read.finish() {
                        Some(state) => emit(state),
                        None => self.unknown_keys += 1,
                    }
                }
            },
            Source::Listing { pages, resolver, border } => match pages.next().await.transpose()? {
                None => {
                    if let Some(state) = resolver.finish() {
                        emit(state);
                    }
                    self.source = Source::Done;
                }
                Some(page) => {
                    if let Some(key) =
                        border.take().filter(|key| page.entries().next().is_none_or(|e| e.key != key))
                    {
                        let mut again =
                            resolve_key(&self.client, &self.scope.bucket, &key, self.cuts).await?;
                        counters.versions.add(again.seen().saturating_sub(resolver.seen()));
                        resolver.forget_current();
                        if let Some(state) = again.finish() {
                            emit(state);
                        }
                    }
                    let mut entries = 0;
                    for entry in page.entries() {
                        entries += 1;
                        if !self.scope.selection.selects(entry.key) {
                            continue;
                        }
                        if let Some(state) = resolver.push(&entry, page.is_order_lost())? {
                            emit(state);
                        }
                    }
                    counters.versions.add(entries);
                    *border = page.is_truncated().then(|| border_key(resolver, &page)).flatten();
                }
            },
        }
        Ok(Some(batch))
    }
}

/// The key that a page breaks off in or after, if its answer rests on there being no more of it. Some servers lose the
/// rest of a key whose entries continue on the next page: after a null version, or when the version that the marker
/// names is deleted meanwhile. If the next page does not go on with the key, it has to be read again by itself.
fn border_key(resolver: &Resolver, page: &crate::s3::listing::Page) -> Option<String> {
    let last = page.entries().next_back()?;
    resolver.undecided_key().filter(|key| *key == last.key).map(ToOwned::to_owned)
}

/// Reads one key's entries to their end.
pub(super) async fn resolve_key(
    client: &Client,
    bucket: &str,
    key: &str,
    cuts: (Cut, Cut),
) -> Result<Resolver> {
    read_key(client, bucket, key, Resolver::new(cuts.0, cuts.1)).await
}

/// Reads one key's entries into a fresh resolver. A key of many pages may lose its rest at one of its own borders; a second
/// reading with pages of another size has its borders elsewhere.
pub(super) async fn read_key(
    client: &Client,
    bucket: &str,
    key: &str,
    mut resolver: Resolver,
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
                // One key only, so there is no key before it to give out.
                let _none = resolver.push(&entry, page.is_order_lost())?.is_some();
            }
            at_border = page.is_truncated() && resolver.undecided_key().is_some();
        }
        if !doubtful {
            break;
        }
    }
    Ok(resolver)
}
