//! The embedded S3: a versioned bucket over HTTP on loopback, with an injectable clock and faults on the wire.
//!
//! A request's way: `server` reads it and asks the fault rules, `auth` verifies its signature, `body` decodes and
//! checks what came with it, `operation` tells which operation it is, a file of `handler` does it against the
//! `store`, and the `reply` goes back. Everything between the body and the reply is synchronous.
//!
//! The lab keeps AWS's semantics, document order and refusals included; [`Quirks`] are the ways of other servers. It
//! is not held to be right because it is ours: the contract suite runs against it and against real servers alike.

mod access;
mod auth;
mod body;
mod checksum;
mod clock;
mod control;
mod demo;
mod direct;
mod error;
mod fault;
mod gate;
mod handler;
mod operation;
mod partitions;
mod quirks;
mod rds;
mod reply;
mod request;
mod requests;
mod serve;
mod server;
mod store;
mod synthetic;
mod throttle;
mod time;
mod xml;

#[cfg(test)]
mod tests;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use access::Access;
pub use auth::Credentials;
pub use clock::Clock;
pub use demo::demo;
pub use direct::{Content, LiveObject, Put, VersionInfo};
pub use fault::{Fault, Faults, Instead, Rule, When};
pub use operation::Operation;
pub use partitions::Partitions;
pub use quirks::{Grouping, Quirks};
pub use rds::{Hidden, Late, Rds, RdsAction, RdsHandle};
pub use requests::Requests;
pub use serve::serve;
pub use store::bucket::{ACCOUNT, Configuration, Demands, Versioning};
pub use synthetic::{ExpectedChanges, Shape, Wall, WallOptions, WallStats, serve_wall};

use store::Store;

/// How to start a lab.
#[derive(Clone, Debug)]
pub struct Options {
    /// A loopback address; port 0 for any free one.
    pub listen: SocketAddr,
    /// What requests must be signed with.
    pub credentials: Credentials,
    /// The region that requests must be signed for.
    pub region: String,
    /// Departures from AWS.
    pub quirks: Quirks,
    /// What `CopyObject` copies at most, in bytes; smaller in tests of multipart copies.
    pub max_copy_bytes: usize,
    /// What a part of an upload must have at least, but for the last, in bytes.
    pub min_part_bytes: usize,
    /// How long `RestoreObject` takes to thaw an archived object, by the lab's clock.
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

/// A running lab. Dropping it stops it.
#[derive(Debug)]
pub struct Lab {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

/// What all connections of a lab have in common.
#[derive(Debug)]
pub(crate) struct Shared {
    options: Options,
    clock: Clock,
    faults: Faults,
    requests: Requests,
    store: Mutex<Store>,
}

impl Lab {
    /// Starts a lab on the current tokio runtime. An address that is not loopback is refused.
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

    /// The endpoint, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What requests must be signed with.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.options.credentials
    }

    /// The region that requests must be signed for.
    pub fn region(&self) -> &str {
        &self.shared.options.region
    }

    /// The clock that dates versions.
    pub fn clock(&self) -> Clock {
        self.shared.clock.clone()
    }

    /// The faults to inject.
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// The counts of requests.
    pub fn requests(&self) -> Requests {
        self.shared.requests.clone()
    }

    /// Sets the departures from AWS, for requests from now on.
    pub fn set_quirks(&self, quirks: Quirks) {
        self.shared.store().quirks = quirks;
    }

    /// Sets how long archived objects take to thaw that are asked for from now on.
    pub fn set_thaw(&self, thaw: Duration) {
        self.shared.store().thaw = thaw;
    }

    /// Stops the lab; requests under way are cut off.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // It ends by the abort: there is no other outcome to look at.
        drop((&mut self.accepting).await);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Shared {
    /// The store, locked; never to be held over an await.
    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
