//! The embedded S3: versioned buckets over HTTP on loopback, with an injectable clock and faults on the wire.
//!
//! The path of a request: `server` reads it, has its signature and body checked and its operation determined by
//! `endpoint`, and applies the fault rules; a file of `handler` applies the operation to the `store`, and the reply is
//! sent. Everything between the body and the reply is synchronous.
//!
//! The lab follows AWS's semantics, including document order and errors; [`Quirks`] switch on the behaviour of other
//! servers. The contract suite runs against the lab and against real servers alike, so that its correctness is not
//! taken for granted.

mod access;
mod clock;
mod control;
mod cut;
mod demo;
mod direct;
mod fault;
mod gate;
mod handler;
mod partitions;
mod quirks;
mod rds;
mod requests;
mod serve;
mod server;
mod store;
mod synthetic;
mod throttle;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use crate::endpoint::{Credentials, Operation};
pub use access::Access;
pub use clock::Clock;
pub use demo::demo;
pub use direct::{Content, LiveObject, Put, VersionInfo};
pub use fault::{Fault, Faults, Instead, Rule, When};
pub use partitions::Partitions;
pub use quirks::{Grouping, Quirks};
pub use rds::{Hidden, Late, Rds, RdsAction, RdsHandle};
pub use requests::Requests;
pub use serve::serve;
pub use store::bucket::{ACCOUNT, Configuration, Demands, Versioning};
pub use synthetic::{
    ExpectedChanges, Shape, SyntheticBucket, SyntheticOptions, SyntheticStats, serve_synthetic,
};

use store::Store;

/// Options for starting a lab.
#[derive(Clone, Debug)]
pub struct Options {
    /// A loopback address; port 0 for any free port.
    pub listen: SocketAddr,
    /// The credentials that requests must be signed with.
    pub credentials: Credentials,
    /// The region that requests must be signed for.
    pub region: String,
    /// Deviations from AWS.
    pub quirks: Quirks,
    /// The maximum size in bytes that `CopyObject` copies; smaller in tests of multipart copies.
    pub max_copy_bytes: usize,
    /// The minimum size in bytes of a part except the last.
    pub min_part_bytes: usize,
    /// The time that `RestoreObject` takes to restore an archived object, by the lab's clock.
    pub thaw: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            credentials: Credentials::default(),
            region: "us-east-1".to_owned(),
            quirks: Quirks::default(),
            max_copy_bytes: 5 << 30,
            min_part_bytes: 5 << 20,
            thaw: Duration::ZERO,
        }
    }
}

/// The credentials that the lab accepts unless others are set.
impl Default for Credentials {
    fn default() -> Self {
        Self { access_key: "lab".to_owned(), secret_key: "lab-secret".to_owned() }
    }
}

/// A running lab. Dropping it stops it.
#[derive(Debug)]
pub struct Lab {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// The state shared by all connections of a lab.
#[derive(Debug)]
pub(crate) struct Shared {
    options: Options,
    clock: Clock,
    faults: Faults,
    requests: Requests,
    store: Mutex<Store>,
}

impl Lab {
    /// Starts a lab on the current tokio runtime. Fails if the address is not loopback.
    pub async fn start(options: Options) -> io::Result<Self> {
        if !options.listen.ip().is_loopback() {
            let message = format!("the lab listens on loopback only, not on {}", options.listen);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let listener = TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let store = Store::with(options.quirks.clone(), options.thaw);
        let shared = Arc::new(Shared {
            options,
            clock: Clock::default(),
            faults: Faults::default(),
            requests: Requests::default(),
            store: Mutex::new(store),
        });
        let answering = Arc::clone(&shared);
        let answer = move |request| server::answer(Arc::clone(&answering), request);
        let accepting = tokio::spawn(server::accept(listener, answer));
        Ok(Self { shared, address, accepting })
    }

    /// Returns the endpoint, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the credentials that requests must be signed with.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.options.credentials
    }

    /// Returns the region that requests must be signed for.
    pub fn region(&self) -> &str {
        &self.shared.options.region
    }

    /// Returns the clock that dates versions.
    pub fn clock(&self) -> Clock {
        self.shared.clock.clone()
    }

    /// Returns the faults to inject.
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// Returns the counts of requests.
    pub fn requests(&self) -> Requests {
        self.shared.requests.clone()
    }

    /// Sets the deviations from AWS, for requests from now on.
    pub fn set_quirks(&self, quirks: Quirks) {
        self.shared.store().quirks = quirks;
    }

    /// Sets how long restoring an archived object takes, for requests from now on.
    pub fn set_thaw(&self, thaw: Duration) {
        self.shared.store().thaw = thaw;
    }

    /// Stops the lab; requests in flight are cut off.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // It always ends by the abort.
        drop((&mut self.accepting).await);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    /// Locks the store; must never be held over an await.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
