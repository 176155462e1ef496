//! A read-only S3 endpoint on which buckets are as they were at T.
//!
//! Keys are resolved by the view of each bucket; objects are read from the source by the version that was live, and
//! stream through. The protocol is that of `endpoint`, which the lab speaks too.

mod access;
mod answer;
mod bucket;
mod buckets;
mod cache;
mod connection;
mod failure;
mod list;
mod object;
mod preload;
mod stream;
mod tls;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, lookup_host};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

pub use access::Access;
pub use tls::Certificate;

use super::view::{PastBucket, ViewOptions};
use crate::cancel::Cancel;
use crate::endpoint::accept::accept;
use crate::endpoint::request::LOCALHOST;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Check, Instant, TypedTime};
use crate::s3::Client;
use bucket::ViewedBucket;
use preload::Preloaded;

/// The address of a view, and who may read it.
#[derive(Debug)]
pub struct Listen<'a> {
    /// `HOST:PORT`; port 0 for any free port.
    pub address: &'a str,
    /// The readers let in.
    pub access: Access,
    /// For HTTPS.
    pub certificate: Option<Certificate<'a>>,
}

/// A view's address, taken before the buckets are opened: a port in use is known at once.
pub struct Listening {
    listener: TcpListener,
    address: SocketAddr,
    host: String,
    access: Access,
    tls: Option<TlsAcceptor>,
}

/// A bucket to serve, and the client for it.
#[derive(Debug)]
pub struct ServedBucket {
    /// The name.
    pub name: String,
    /// The client for its server.
    pub client: Client,
}

/// The rules for determining the state of the buckets.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// The target time.
    pub at: TypedTime,
    /// The rules for judging it.
    pub view: ViewOptions,
    /// True if each bucket is listed once before the first request.
    pub preload: bool,
}

/// A view that is ready to be served.
#[derive(Debug)]
pub struct Serving {
    listening: Listening,
    view: View,
}

/// The state shared by all connections.
#[derive(Debug)]
struct View {
    at: Instant,
    buckets: BTreeMap<String, ViewedBucket>,
    access: Access,
    /// The names of this host that a bucket may precede.
    hosts: Vec<String>,
    streams: Arc<Semaphore>,
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listening")
            .field("url", &self.url())
            .field("access", &self.access)
            .finish_non_exhaustive()
    }
}

impl Listening {
    /// Takes the address.
    ///
    /// # Errors
    /// [`Usage`](ErrorKind::Usage) for an address that cannot be used, or at which everybody could read the buckets.
    pub async fn start(listen: Listen<'_>) -> Result<Self> {
        let Listen { address: text, access, certificate } = listen;
        let wrong = |e: std::io::Error| Error::usage(format!("cannot listen on {text}: {e}"));
        let address = lookup_host(text).await.map_err(wrong)?.next();
        let address =
            address.ok_or_else(|| Error::usage(format!("cannot listen on {text}: it has no address")))?;
        access.require_fit(address)?;
        let tls = certificate.map(|certificate| certificate.acceptor()).transpose()?;
        let in_use = |e: std::io::Error| {
            Error::new(ErrorKind::Local, format!("cannot listen on {text}: {e}"))
                .hint("choose another address with --listen, or port 0 for any free port")
        };
        let listener = TcpListener::bind(address).await.map_err(in_use)?;
        let address = listener.local_addr().map_err(in_use)?;
        let host = text.rsplit_once(':').map_or(text, |(host, _)| host).to_owned();
        Ok(Self { listener, address, host, access, tls })
    }

    /// Returns the URL of the endpoint.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}:{}", self.host, self.address.port())
    }

    /// The readers let in.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Opens the buckets as they were at the target time.
    ///
    /// # Errors
    /// Those of [`PastBucket::open`]; [`Usage`](ErrorKind::Usage) if two buckets have one name.
    pub async fn open(
        self,
        buckets: Vec<ServedBucket>,
        options: ServeOptions,
        cancel: &Cancel,
    ) -> Result<Serving> {
        let ServeOptions { at, view: judged, preload } = options;
        let lookups = Arc::new(Semaphore::new(limits::SERVE_LOOKUPS));
        let mut opened = BTreeMap::new();
        // An age is counted from one second for all buckets.
        let mut fixed = at;
        for ServedBucket { name, client } in buckets {
            let past = PastBucket::open(&client, &name, fixed, judged.clone()).await?;
            fixed = TypedTime::Instant(past.at);
            let preloaded = if preload { Some(Preloaded::load(&client, &past, cancel).await?) } else { None };
            let bucket = ViewedBucket::new(client, past, preloaded, Arc::clone(&lookups));
            if opened.insert(name.clone(), bucket).is_some() {
                return Err(Error::usage(format!("cannot serve two buckets with the name {name}")));
            }
        }
        let TypedTime::Instant(at) = fixed else {
            return Err(Error::usage("name a bucket to serve"));
        };
        let mut hosts = vec![LOCALHOST.to_owned()];
        if self.host.parse::<std::net::IpAddr>().is_err()
            && !self.host.starts_with('[')
            && self.host != LOCALHOST
        {
            hosts.push(self.host.clone());
        }
        let view = View {
            at,
            buckets: opened,
            access: self.access.clone(),
            hosts,
            streams: Arc::new(Semaphore::new(limits::SERVE_STREAMS)),
        };
        Ok(Serving { listening: self, view })
    }
}

impl Serving {
    /// The target time.
    pub fn at(&self) -> Instant {
        self.view.at
    }

    /// Returns the URL of the endpoint.
    pub fn url(&self) -> String {
        self.listening.url()
    }

    /// The readers let in.
    pub fn access(&self) -> &Access {
        self.listening.access()
    }

    /// The client for the first bucket.
    pub fn client(&self) -> Option<&Client> {
        self.view.buckets.values().next().map(|bucket| &bucket.client)
    }

    /// Returns the region of the first bucket, for clients that need to name one.
    pub fn region(&self) -> String {
        let first = self.view.buckets.values().next();
        first.map(|bucket| bucket.client.region(&bucket.name)).unwrap_or_default()
    }

    /// Returns the environment variables by which SDKs find the endpoint.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        vec![("AWS_ENDPOINT_URL_S3", self.url()), ("AWS_REGION", self.region())]
    }

    /// Returns how far back the history of each bucket is complete.
    pub fn histories(&self) -> impl Iterator<Item = (&str, Check)> {
        self.view.buckets.iter().map(|(name, bucket)| (name.as_str(), bucket.past.history("")))
    }

    /// Answers requests until it is told to stop. Then the replies being sent have [`limits::SERVE_END`] to finish.
    pub async fn run(self, cancel: &Cancel) {
        let Self { listening: Listening { listener, tls, .. }, view } = self;
        let view = Arc::new(view);
        let serve = |stream| {
            let (view, tls, end) = (Arc::clone(&view), tls.clone(), cancel.clone());
            async move {
                let answer = |request| {
                    let view = Arc::clone(&view);
                    async move { answer::answer(&view, request).await }
                };
                connection::serve(stream, tls, end, answer).await;
            }
        };
        let mut connections = accept(listener, limits::SERVE_CONNECTIONS, cancel.stopped(), serve).await;
        let all = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(limits::SERVE_END, all).await.is_err() {
            tracing::warn!("cut off the replies that took too long");
        }
    }
}
