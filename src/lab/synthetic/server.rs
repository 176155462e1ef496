//! Connections of a synthetic bucket: reads requests, delays or refuses them, and answers.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::super::cut::{ReplyBody, respond};
use super::super::{control, handler};
use super::text::{mix, scale};
use super::{Serving, object, page};
use crate::endpoint::accept::accept as accept_all;
use crate::endpoint::error::{Code, Result};
use crate::endpoint::listing::Style;
use crate::endpoint::operation::{Operation, route};
use crate::endpoint::reply::{Reply, request_id};
use crate::endpoint::request::Request;

/// Accepts connections until the task is aborted, which ends them.
pub(super) async fn accept(listener: TcpListener, serving: Arc<Serving>) {
    let serve = |stream| serve(stream, Arc::clone(&serving));
    drop(accept_all(listener, usize::MAX, std::future::pending(), serve).await);
}

async fn serve(stream: TcpStream, serving: Arc<Serving>) {
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let service = service_fn(|request| {
        let serving = Arc::clone(&serving);
        async move { Ok::<_, Infallible>(answer(&serving, request).await) }
    });
    // Errors of a closing connection do not matter.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(serving: &Serving, request: hyper::Request<Incoming>) -> Response<ReplyBody> {
    let arrived = Instant::now();
    let (parts, _) = request.into_parts();
    let (id, resource) = (request_id(), parts.uri.path().to_owned());
    let head = parts.method == Method::HEAD;
    if resource.starts_with(control::PREFIX) {
        return respond(control(serving, &parts.method, &resource), &id).map(ReplyBody::from);
    }
    let text = parts.uri.path_and_query().map(hyper::http::uri::PathAndQuery::as_str).unwrap_or_default();
    let jitter = serving.jitter(text);
    let reply = match Request::new(parts) {
        Ok(request) => serving.answer(&request, arrived, jitter).await,
        Err(error) => Err(error),
    };
    let mut reply = reply.unwrap_or_else(|error| Reply::error(&error, &resource, &id));
    if head && reply.status.as_u16() >= 400 {
        reply.body = Bytes::new();
        reply.headers.remove("content-type");
    }
    respond(reply, &id).map(ReplyBody::from)
}

/// `GET /_lab/requests` returns the counts and the expected changes; `DELETE` resets the counts.
fn control(serving: &Serving, method: &Method, path: &str) -> Reply {
    let value = match (method.as_str(), path.strip_prefix(control::PREFIX)) {
        ("GET", Some("requests")) => {
            json!({ "counts": serving.stats(), "expected": serving.expected_changes() })
        }
        ("DELETE", Some("requests")) => {
            serving.reset_stats();
            json!({})
        }
        _ => return control::reply(StatusCode::NOT_FOUND, &json!({ "error": "no such control" })),
    };
    control::reply(StatusCode::OK, &value)
}

impl Serving {
    async fn answer(&self, request: &Request, arrived: Instant, jitter: Duration) -> Result<Reply> {
        let operation = route(request)?;
        let _in_flight = self.lab.requests.begin(operation);
        if self.throttle.as_ref().is_some_and(|throttle| !throttle.admits(self.started.elapsed())) {
            self.throttled.fetch_add(1, Ordering::Relaxed);
            return Err(Code::SlowDown.into());
        }
        let lists = operation == Operation::ListObjectVersions;
        let latency = self.options.latency + if lists { jitter } else { Duration::ZERO };
        if !latency.is_zero() {
            tokio::time::sleep_until(arrived + latency).await;
        }
        self.handle(operation, request)
    }

    fn handle(&self, operation: Operation, request: &Request) -> Result<Reply> {
        use Operation as Op;
        match operation {
            Op::ListObjectVersions => self.list(request),
            Op::HeadObject => {
                self.lab.store().bucket(request.bucket())?;
                object::head(&self.source, request)
            }
            Op::ListBuckets
            | Op::HeadBucket
            | Op::GetBucketLocation
            | Op::GetBucketVersioning
            | Op::GetBucketLifecycleConfiguration
            | Op::GetBucketEncryption
            | Op::GetObjectLockConfiguration
            | Op::GetBucketReplication
            | Op::GetBucketOwnershipControls
            | Op::GetBucketPolicy => handler::handle(&self.lab, operation, request, None),
            _ => Err(Code::NotImplemented.into()),
        }
    }

    pub(super) fn list(&self, request: &Request) -> Result<Reply> {
        self.lab.store().bucket(request.bucket())?;
        let style = Style::of(request)?;
        let asked = handler::list::question(request)?;
        let (body, entries) = page::page(&self.source, request.bucket(), &asked, style, &self.pool)?;
        self.entries.fetch_add(entries as u64, Ordering::Relaxed);
        Ok(Reply { body, ..Reply::ok() }.with("content-type", "application/xml"))
    }

    /// Returns the additional latency of a request: always the same for the same request.
    fn jitter(&self, request: &str) -> Duration {
        let most = u64::try_from(self.options.page_latency_jitter.as_nanos()).unwrap_or(u64::MAX);
        if most == 0 {
            return Duration::ZERO;
        }
        let hash = request
            .bytes()
            .fold(self.options.seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Duration::from_nanos(scale(most, mix(hash)))
    }
}
