//! The synthetic bucket: a bucket of any size that is computed, not stored, for measuring listings.
//!
//! It has no state, so a bucket of a billion keys costs nothing. A key's number determines everything about it: `keys`
//! maps a number to its key and, by binary search, any text to the first key after it; `history` computes the versions
//! of a key; `page` writes them directly into the body of a reply. Everything else is from the lab: requests are parsed
//! and routed as there, and requests about the bucket itself are answered by a lab with an empty bucket.
//!
//! It is read-only and **checks no signature**: any credentials are accepted.

mod forms;
mod history;
mod keys;
mod object;
mod page;
mod pool;
mod serve;
mod server;
mod shape;
mod template;
mod tenants;
#[cfg(test)]
mod tests;
mod text;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use history::ExpectedChanges;
pub use serve::serve_synthetic;
pub use shape::Shape;

use super::store::Store;
use super::store::bucket::Versioning;
use super::throttle::Throttle;
use super::{Clock, Faults, Options, Requests, Shared};
use history::Histories;
use keys::Keys;
use page::Source;
use pool::Pool;

/// The name of the bucket.
pub(super) const BUCKET: &str = "synthetic";
/// The maximum number of keys, and of versions of a key.
const MOST: u64 = 1_000_000_000;

/// Options for starting a synthetic bucket.
#[derive(Clone, Debug)]
pub struct SyntheticOptions {
    /// A loopback address; port 0 for any free port.
    pub listen: SocketAddr,
    /// The number of keys, up to a billion.
    pub keys: u64,
    /// The number of versions of each key, from one to a billion.
    pub versions_per_key: u64,
    /// The shape of the keys.
    pub shape: Shape,
    /// The minimum latency of every request.
    pub latency: Duration,
    /// The maximum additional latency of a page of versions; determined by the request, so that it is reproducible.
    pub page_latency_jitter: Duration,
    /// The maximum number of requests per second; more are refused.
    pub throttle_above: Option<u32>,
    /// Every n-th key is changed after the second of [`SyntheticBucket::expected_changes`].
    pub changed_every: Option<u64>,
    /// A different seed results in other keys, times and digests.
    pub seed: u64,
}

impl Default for SyntheticOptions {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            keys: 1_000_000,
            versions_per_key: 1,
            shape: Shape::default(),
            latency: Duration::ZERO,
            page_latency_jitter: Duration::ZERO,
            throttle_above: None,
            changed_every: None,
            seed: 0,
        }
    }
}

/// The counts of a synthetic bucket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyntheticStats {
    /// The number of requests received.
    pub requests: u64,
    /// The number of requests for a page of versions.
    pub listings: u64,
    /// The number of requests refused because of their rate.
    pub throttled: u64,
    /// The maximum number of concurrent requests.
    pub most_in_flight: u64,
    /// The number of versions and delete markers listed.
    pub entries: u64,
}

/// A running synthetic bucket. Dropping it stops it.
#[derive(Debug)]
pub struct SyntheticBucket {
    serving: Arc<Serving>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// The state shared by all connections of a synthetic bucket.
#[derive(Debug)]
struct Serving {
    source: Source,
    options: SyntheticOptions,
    throttle: Option<Throttle>,
    started: Instant,
    /// A lab with the empty bucket, for requests about the bucket itself; it also counts the requests.
    lab: Shared,
    pool: Arc<Pool>,
    throttled: AtomicU64,
    entries: AtomicU64,
}

impl SyntheticBucket {
    /// Starts a synthetic bucket on the current tokio runtime. Fails if the address is not loopback or a size is out of
    /// range.
    pub async fn start(options: SyntheticOptions) -> io::Result<Self> {
        let refused = |message: String| Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        if !options.listen.ip().is_loopback() {
            return refused(format!(
                "a synthetic bucket is served on loopback only, not on {}",
                options.listen
            ));
        }
        if options.keys > MOST || !(1..=MOST).contains(&options.versions_per_key) {
            return refused(format!(
                "a synthetic bucket has at most {MOST} keys and from 1 to {MOST} versions per key"
            ));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let serving = Arc::new(Serving::new(options));
        let accepting = tokio::spawn(server::accept(listener, Arc::clone(&serving)));
        Ok(Self { serving, address, accepting })
    }

    /// Returns the endpoint, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the name of the bucket.
    pub fn bucket(&self) -> &'static str {
        BUCKET
    }

    /// Returns the counts so far.
    pub fn stats(&self) -> SyntheticStats {
        self.serving.stats()
    }

    /// Resets the counts.
    pub fn reset_stats(&self) {
        self.serving.reset_stats();
    }

    /// Returns the size of the bucket, and the changes needed to restore it to the second after which every n-th key
    /// was changed.
    pub fn expected_changes(&self) -> ExpectedChanges {
        self.serving.expected_changes()
    }
}

impl Drop for SyntheticBucket {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Serving {
    fn new(options: SyntheticOptions) -> Self {
        let SyntheticOptions { keys, versions_per_key, shape, changed_every, seed, .. } = options;
        let versions = match shape {
            Shape::OneKey => (keys * versions_per_key).max(1),
            _ => versions_per_key,
        };
        let mut store = Store::default();
        if let Ok(bucket) = store.create(BUCKET, 0) {
            bucket.versioning = Versioning::Enabled;
        }
        let lab = Shared {
            options: Options::default(),
            clock: Clock::default(),
            faults: Faults::default(),
            requests: Requests::default(),
            store: Mutex::new(store),
        };
        Self {
            source: Source {
                keys: Keys::new(shape, keys, seed),
                histories: Histories::new(versions, changed_every, seed),
            },
            throttle: options.throttle_above.map(Throttle::new),
            options,
            started: Instant::now(),
            lab,
            pool: Arc::default(),
            throttled: AtomicU64::new(0),
            entries: AtomicU64::new(0),
        }
    }

    fn expected_changes(&self) -> ExpectedChanges {
        self.source.histories.expected(self.source.keys.count())
    }

    fn stats(&self) -> SyntheticStats {
        let requests = &self.lab.requests;
        SyntheticStats {
            requests: requests.total(),
            listings: requests.of(super::Operation::ListObjectVersions),
            throttled: self.throttled.load(Ordering::Relaxed),
            most_in_flight: requests.most_in_flight(),
            entries: self.entries.load(Ordering::Relaxed),
        }
    }

    fn reset_stats(&self) {
        self.lab.requests.reset();
        self.throttled.store(0, Ordering::Relaxed);
        self.entries.store(0, Ordering::Relaxed);
    }
}
