//! A bucket of a view: the states of its keys, from the cache, the preloaded listing, or the source.

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::cache::KeyCache;
use super::preload::Preloaded;
use crate::engine::view::{KeyAt, PageAt, PastBucket, ViewEntry, ViewPage};
use crate::error::{Error, Result};
use crate::s3::Client;

/// A bucket of a view.
#[derive(Debug)]
pub(super) struct ViewedBucket {
    pub(super) name: Arc<str>,
    pub(super) client: Client,
    pub(super) past: PastBucket,
    preloaded: Option<Preloaded>,
    cache: KeyCache,
    /// Limits the listing requests at once, those of all buckets together.
    lookups: Arc<Semaphore>,
}

impl ViewedBucket {
    pub(super) fn new(
        client: Client,
        past: PastBucket,
        preloaded: Option<Preloaded>,
        lookups: Arc<Semaphore>,
    ) -> Self {
        let name = past.bucket.as_str().into();
        Self { name, client, past, preloaded, cache: KeyCache::default(), lookups }
    }

    /// Returns the state of a key.
    pub(super) async fn key(&self, key: &str) -> Result<Arc<KeyAt>> {
        if let Some(preloaded) = &self.preloaded {
            return Ok(Arc::new(preloaded.key(&self.past, key)?));
        }
        match self.cache.get(key) {
            Some(state) => Ok(state),
            None => self.look_up(key).await,
        }
    }

    /// Looks a key up at the source, whatever is known about it.
    pub(super) async fn look_up(&self, key: &str) -> Result<Arc<KeyAt>> {
        self.cache.forget(key);
        let _turn = self.turn().await?;
        let state = Arc::new(self.past.key(key).await?);
        if self.preloaded.is_none() {
            self.cache.put(key, Arc::clone(&state));
        }
        Ok(state)
    }

    /// Returns a page of the keys and folders.
    pub(super) async fn page(&self, at: PageAt<'_>) -> Result<ViewPage> {
        if let Some(preloaded) = &self.preloaded {
            return preloaded.page(at);
        }
        let turn = self.turn().await?;
        let page = self.past.page(at).await?;
        drop(turn);
        // Whoever lists keys reads them next.
        for entry in &page.entries {
            if let ViewEntry::Key { key, state } = entry {
                self.cache.put(key, Arc::new(state.clone()));
            }
        }
        Ok(page)
    }

    async fn turn(&self) -> Result<tokio::sync::SemaphorePermit<'_>> {
        self.lookups.acquire().await.map_err(Error::internal)
    }
}
