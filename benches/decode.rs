//! Decodes and resolves a page of 1000 entries, compared with the SDK's own deserialiser on the same bytes.
//!
//! Prints the CPU time per version. The SDK's deserialiser cannot be called by itself, so its whole operation is run
//! over a connector that answers immediately, with the page and with an empty result; the difference is the cost of
//! reading the page. The last line is the ratio. `--test` reads few pages.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

mod workload;

use std::hint::black_box;
use std::time::{Duration, Instant as Clock};

use asof::model::Instant;
use asof::resolve::{AsOf, Resolver};
use asof::s3::listing::decode;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

const ENTRIES: usize = 1000;

fn resolve(body: &[u8]) -> usize {
    let page = decode(body).unwrap();
    let at = Instant::parse_listed(b"2026-11-15T00:00:00.000Z").unwrap();
    let mut resolver = Resolver::new(AsOf::At(at), AsOf::Latest);
    let mut existed = 0;
    for entry in page.entries() {
        if let Some(state) = resolver.push(&entry, page.is_order_lost()).unwrap() {
            existed += usize::from(state.then.is_some());
        }
    }
    existed
}

/// A connector that answers every request with the same body.
#[derive(Debug)]
struct Canned(&'static [u8]);

impl HttpConnector for Canned {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from(self.0))))
    }
}

fn sdk(body: Vec<u8>) -> aws_sdk_s3::Client {
    let body: &'static [u8] = body.leak();
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("key", "secret", None, None, "bench"))
        .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(Canned(body))))
        .build();
    aws_sdk_s3::Client::from_conf(config)
}

fn main() {
    let body = workload::page(ENTRIES);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (full, empty) = (sdk(body.clone()), sdk(workload::page(0)));
    let list = |client: &aws_sdk_s3::Client| {
        let reply = runtime.block_on(client.list_object_versions().bucket("prod-uploads").send()).unwrap();
        black_box(reply.versions().len() + reply.delete_markers().len())
    };
    assert_eq!(list(&full), ENTRIES);

    let bench = Bench { pages: if std::env::args().any(|word| word == "--test") { 5 } else { 500 } };
    let (ours, decoded) =
        (bench.per_version(|| resolve(&body)), bench.per_version(|| decode(&body).unwrap().len()));
    let (page, empty) = (bench.per_version(|| list(&full)), bench.per_version(|| list(&empty)));
    let theirs = page.saturating_sub(empty);
    println!(
        "ns of CPU a version: asof decode+resolve {} (decode {}), SDK deserialiser {}; ratio {:.1}",
        ours.as_nanos(),
        decoded.as_nanos(),
        theirs.as_nanos(),
        theirs.as_secs_f64() / ours.as_secs_f64()
    );
}

struct Bench {
    pages: u32,
}

impl Bench {
    /// Returns the CPU time per version over many pages: the kernel counts in ticks of several milliseconds.
    fn per_version(&self, work: impl Fn() -> usize) -> Duration {
        let wall = Clock::now();
        let began = cpu_time().unwrap_or_default();
        for _ in 0..self.pages {
            black_box(work());
        }
        let spent = cpu_time().map_or_else(|| wall.elapsed(), |now| now.saturating_sub(began));
        spent / (self.pages * u32::try_from(ENTRIES).unwrap())
    }
}

/// Returns the CPU time of this thread as counted by the kernel: less noisy than the wall clock on a busy machine.
fn cpu_time() -> Option<Duration> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    counted.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}
