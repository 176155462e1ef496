//! The states of keys that were looked up, so that reading a key again needs no request for it.

use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use crate::engine::view::KeyAt;
use crate::limits;

/// The states of the keys used last. T is past, so a state does not change; a version may be removed, which shows when
/// it is read.
#[derive(Debug)]
pub(super) struct KeyCache(Mutex<Kept>);

#[derive(Debug)]
struct Kept {
    states: LruCache<Arc<str>, Arc<KeyAt>>,
    bytes: usize,
}

impl Default for KeyCache {
    fn default() -> Self {
        Self(Mutex::new(Kept { states: LruCache::unbounded(), bytes: 0 }))
    }
}

impl KeyCache {
    /// Returns the state of a key, if it is known.
    pub(super) fn get(&self, key: &str) -> Option<Arc<KeyAt>> {
        self.kept().states.get(key).cloned()
    }

    /// Keeps the state of a key, and forgets those not used for longest.
    pub(super) fn put(&self, key: &str, state: Arc<KeyAt>) {
        let mut kept = self.kept();
        kept.bytes += size(key, &state);
        if let Some(replaced) = kept.states.put(key.into(), state) {
            kept.bytes -= size(key, &replaced);
        }
        while kept.bytes > limits::SERVE_CACHE_BYTES {
            let Some((key, state)) = kept.states.pop_lru() else { break };
            kept.bytes -= size(&key, &state);
        }
    }

    /// Forgets the state of a key.
    pub(super) fn forget(&self, key: &str) {
        let mut kept = self.kept();
        if let Some(state) = kept.states.pop(key) {
            kept.bytes -= size(key, &state);
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns roughly how much memory a state takes: its texts, and what holds them.
fn size(key: &str, state: &KeyAt) -> usize {
    const FIXED: usize = 400;
    let live = match state {
        KeyAt::Live(live) | KeyAt::Uncertain { live: Some(live), .. } => Some(&live.version),
        KeyAt::Uncertain { live: None, .. } | KeyAt::Absent => None,
    };
    let texts = live.map_or(0, |version| version.version_id.len() + version.etag.len());
    FIXED + key.len() + texts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_first_and_memory_is_bounded() {
        let cache = KeyCache::default();
        let absent = Arc::new(KeyAt::Absent);
        let keys = limits::SERVE_CACHE_BYTES / 400;
        for number in 0..keys {
            cache.put(&format!("{number}"), Arc::clone(&absent));
            assert!(cache.get("0").is_some(), "it was used a moment ago");
        }
        assert!(cache.get("1").is_none());
        assert!(cache.get(&format!("{}", keys - 1)).is_some());
        assert!(cache.kept().bytes <= limits::SERVE_CACHE_BYTES);
        cache.put("0", Arc::clone(&absent));
        cache.put("0", absent);
        let before = cache.kept().bytes;
        cache.forget("0");
        assert!(cache.get("0").is_none());
        assert_eq!(before - cache.kept().bytes, 401);
        for number in 0..keys {
            cache.forget(&format!("{number}"));
        }
        assert_eq!(cache.kept().bytes, 0);
    }
}
