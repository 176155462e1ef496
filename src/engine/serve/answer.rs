//! The path of a request to a view: its head, its signature, its body, its operation, its reply.

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::Method;
use hyper::body::Incoming;
use hyper::http::request::Parts;

use super::View;
use super::access::Access;
use super::bucket::ViewedBucket;
use super::object::{self, Answered};
use super::stream::{Answer, whole};
use super::{buckets, list};
use crate::endpoint::auth::{Expected, verify};
use crate::endpoint::body;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::operation::{Operation, route};
use crate::endpoint::reply::{Reply, request_id};
use crate::endpoint::request::{Request, host_name};
use crate::limits;
use crate::model::printable;

/// Answers a request.
pub(super) async fn answer(view: &View, request: hyper::Request<Incoming>) -> Answer {
    let id = request_id();
    let (parts, incoming) = request.into_parts();
    // Without the query: that of a presigned request lets whoever reads the log repeat it.
    let (method, resource) = (parts.method.clone(), parts.uri.path().to_owned());
    let outcome = respond(view, parts, incoming).await;
    let (mut reply, relay) = match outcome {
        Ok(Answered::Reply(reply)) => (reply, None),
        Ok(Answered::Object(reply, relay)) => (reply, Some(relay)),
        Err(e) => {
            tracing::info!(%method, path = %printable(&resource), code = e.code.name(), why = %printable(&e.message), "refused");
            (Reply::error(&e, &resource, &id), None)
        }
    };
    if method == Method::HEAD && reply.status.as_u16() >= 300 {
        reply.body = Bytes::new();
        reply.headers.remove("content-type");
    }
    let status = reply.status;
    let response = reply.with("server", "asof").into_response(&id);
    if relay.is_some() || status.is_success() {
        tracing::info!(%method, path = %printable(&resource), status = status.as_u16(), "answered");
    }
    Ok(match relay {
        Some(relay) => response.map(|_| relay.into_body()),
        None => response.map(whole),
    })
}

async fn respond(view: &View, parts: Parts, incoming: Incoming) -> Result<Answered> {
    // A client that waits for leave to send its body gets the refusal instead.
    let waits = parts.headers.contains_key("expect");
    let read = Request::at(parts, &view.hosts).and_then(|request| {
        authorize(view, &request)?;
        if matches!(request.method, Method::GET | Method::HEAD) {
            Ok(request)
        } else {
            Err(read_only(view, &request))
        }
    });
    match read {
        Ok(request) => respond_to_read(view, request, incoming).await,
        Err(refused) => {
            if !waits {
                discard(incoming).await;
            }
            Err(refused)
        }
    }
}

/// Reads past the body of a request that is refused: a client that is still sending does not read the reply.
async fn discard(mut incoming: Incoming) {
    let past = async {
        let mut bytes = 0;
        while let Some(Ok(frame)) = incoming.frame().await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
            if bytes > limits::SERVE_DISCARDED_BYTES {
                break;
            }
        }
    };
    // Whoever sends on is cut off.
    drop(tokio::time::timeout(limits::SERVE_BODY_TIMEOUT, past).await);
}

async fn respond_to_read(view: &View, mut request: Request, incoming: Incoming) -> Result<Answered> {
    let body = Limited::new(incoming, limits::SERVE_BODY_BYTES).collect();
    let too_long = || Error::new(Code::InvalidRequest, "The body of this request is too long.");
    let body = tokio::time::timeout(limits::SERVE_BODY_TIMEOUT, body).await.map_err(|_| too_long())?;
    body::accept(&mut request, body.map_err(|_| too_long())?.to_bytes())?;
    let request = &request;
    let operation = route(request).map_err(|e| match e.code {
        Code::MethodNotAllowed => e,
        code => Error::new(code, format!("{} does not support this request.", about(view, request))),
    })?;
    if operation == Operation::ListBuckets {
        return Ok(Answered::Reply(buckets::list(view)));
    }
    let bucket = view.buckets.get(request.bucket());
    let bucket =
        bucket.ok_or_else(|| Error::from(Code::NoSuchBucket).field("BucketName", request.bucket()))?;
    perform(view, bucket, operation, request).await
}

async fn perform(
    view: &View,
    bucket: &ViewedBucket,
    operation: Operation,
    request: &Request,
) -> Result<Answered> {
    use Operation as Op;
    let reply = match operation {
        Op::HeadBucket => buckets::head(bucket),
        Op::GetBucketLocation => buckets::location(bucket),
        Op::GetBucketVersioning => buckets::versioning(),
        Op::ListObjects | Op::ListObjectsV2 => list::objects(bucket, operation, request).await?,
        Op::GetObject | Op::HeadObject | Op::GetObjectTagging | Op::GetObjectAttributes => {
            return object::read(view, bucket, operation, request).await;
        }
        Op::ListObjectVersions => {
            let message =
                format!("{} shows one version of each key: list the objects.", about(view, request));
            return Err(Error::new(Code::NotImplemented, message));
        }
        _ => {
            let message = format!("{} does not support {}.", about(view, request), operation.name());
            return Err(Error::new(Code::NotImplemented, message));
        }
    };
    Ok(Answered::Reply(reply))
}

/// Verifies who asks. Without keys, everybody may; but a web page that a browser on this machine shows must not, which
/// names another host.
fn authorize(view: &View, request: &Request) -> Result<()> {
    match &view.access {
        Access::Key(credentials) => {
            let now = chrono::Utc::now().timestamp_millis();
            verify(request, &Expected { credentials, region: None, now })
        }
        Access::Anonymous => {
            let host = host_name(&request.headers).unwrap_or_default();
            let address = host.trim_start_matches('[').trim_end_matches(']');
            let is_ours = view.hosts.iter().any(|ours| host == ours || host.ends_with(&format!(".{ours}")));
            if is_ours || address.parse::<std::net::IpAddr>().is_ok() {
                return Ok(());
            }
            Err(Error::new(Code::AccessDenied, "Requests without a signature must name this host."))
        }
    }
}

/// Returns the error for a write.
fn read_only(view: &View, request: &Request) -> Error {
    Error::new(Code::AccessDenied, format!("{}: nothing can be written.", about(view, request)))
}

/// Returns the name of the view of the bucket that a request is about.
fn about(view: &View, request: &Request) -> String {
    let at = view.at;
    match &request.bucket {
        Some(bucket) => format!("This is a read-only view of s3://{} at {at}", printable(bucket)),
        None => format!("This is a read-only view at {at}"),
    }
}

impl View {
    /// Waits until one more object may be sent.
    pub(super) async fn stream_permit(&self) -> Result<tokio::sync::OwnedSemaphorePermit> {
        let permit = std::sync::Arc::clone(&self.streams).acquire_owned().await;
        permit.map_err(|_| Error::from(Code::InternalError))
    }
}
