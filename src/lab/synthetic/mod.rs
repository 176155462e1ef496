//! The wall: a bucket of any size that is computed, not kept, for measuring how something lists.
//!
//! It has no state, so a bucket of a billion keys costs nothing. A key's number says all about it: `keys` tells the key
//! of a number and, by halving, the first key after any text; `history` the versions of a key; `page` writes them
//! straight into the body of a reply. The rest is the lab's: requests are read and routed as there, and what a client
//! asks about the bucket itself is answered by a lab whose bucket is empty.
//!
//! It reads only, and **checks no signature**: any credentials will do.

mod forms;
mod history;
mod keys;
mod object;
mod page;
mod pool;
mod serve;
mod server;
mod shape;
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
pub use serve::serve_wall;
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
pub(super) const BUCKET: &str = "wall";
/// There are no more keys, and no more versions of a key, than this.
const MOST: u64 = 1_000_000_000;

/// What a wall is like.
#[derive(Clone, Debug)]
pub struct WallOptions {
    /// A loopback address; port 0 for any free one.
    pub listen: SocketAddr,
    /// How many keys there are, up to a billion.
    pub keys: u64,
    /// How many versions each has, from one to a billion.
    pub versions_per_key: u64,
    /// What the keys are like.
    pub shape: Shape,
    /// How long every request takes at least.
    pub latency: Duration,
    /// How much longer a page of versions takes at most; how much, the request's own text decides.
    pub page_latency_jitter: Duration,
    /// Requests a second above which they are refused.
    pub throttle_above: Option<u32>,
    /// Every n-th key has been changed after the second of [`Wall::expected_changes`].
    pub changed_every: Option<u64>,
    /// Another seed makes other keys, times and digests.
    pub seed: u64,
}

impl Default for WallOptions {
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

/// What a wall has been asked for, and what it gave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WallStats {
    /// Requests that arrived.
    pub requests: u64,
    /// Those for a page of versions.
    pub listings: u64,
    /// Those that were refused for their rate.
    pub throttled: u64,
    /// The greatest number of requests that were being handled at one time.
    pub most_in_flight: u64,
    /// Versions and delete markers listed.
    pub entries: u64,
}

/// A running wall. Dropping it stops it.
#[derive(Debug)]
pub struct Wall {
    serving: Arc<Serving>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// What all connections of a wall have in common.
#[derive(Debug)]
struct Serving {
    source: Source,
    options: WallOptions,
    throttle: Option<Throttle>,
    started: Instant,
    /// A lab with the bucket, empty, for what is asked about the bucket itself; it counts the requests too.
    lab: Shared,
    pool: Arc<Pool>,
    throttled: AtomicU64,
    entries: AtomicU64,
}

impl Wall {
    /// Starts a wall on the current tokio runtime. An address that is not loopback is refused, and so is a size that is
    /// out of bounds.
    pub async fn start(options: WallOptions) -> io::Result<Self> {
        let refused = |message: String| Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        if !options.listen.ip().is_loopback() {
            return refused(format!("the wall listens on loopback only, not on {}", options.listen));
        }
        if options.keys > MOST || !(1..=MOST).contains(&options.versions_per_key) {
            return refused(format!("a wall has at most {MOST} keys, and from 1 to {MOST} versions of each"));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let serving = Arc::new(Serving::new(options));
        let accepting = tokio::spawn(server::accept(listener, Arc::clone(&serving)));
        Ok(Self { serving, address, accepting })
    }

    /// The endpoint, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The name of its bucket.
    pub fn bucket(&self) -> &'static str {
        BUCKET
    }

    /// The counts so far.
    pub fn stats(&self) -> WallStats {
        self.serving.stats()
    }

    /// Begins to count anew.
    pub fn reset_stats(&self) {
        self.serving.reset_stats();
    }

    /// How large the bucket is, and what a restore to the second after which every n-th key was changed has to do.
    pub fn expected_changes(&self) -> ExpectedChanges {
        self.serving.expected_changes()
    }
}

impl Drop for Wall {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Serving {
    fn new(options: WallOptions) -> Self {
        let WallOptions { keys, versions_per_key, shape, changed_every, seed, .. } = options;
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

    fn stats(&self) -> WallStats {
        let requests = &self.lab.requests;
        WallStats {
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
