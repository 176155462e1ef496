//! Connections: accepts them, reads requests, injects faults, and passes requests to handlers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::cut::{CutOff, ReplyBody, respond};
use super::fault::{Fault, Instead};
use super::{Shared, access, control, gate, handler};
use crate::endpoint::accept::accept as accept_all;
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::operation::{Operation, route};
use crate::endpoint::reply::{Reply, error_xml, request_id};
use crate::endpoint::request::Request;
use crate::endpoint::time::http_date;
use crate::endpoint::{auth, body};

/// The answer to a request; an error ends the connection.
pub(crate) type Answer = std::result::Result<Response<ReplyBody>, CutOff>;

/// Accepts connections until the task is aborted, which ends them. Passes each request to `answer`.
pub(crate) async fn accept<F, A>(listener: TcpListener, answer: F)
where
    F: Fn(hyper::Request<Incoming>) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Answer> + Send + 'static,
{
    let serve = |stream| serve(stream, answer.clone());
    drop(accept_all(listener, usize::MAX, std::future::pending(), serve).await);
}

async fn serve<F, A>(stream: TcpStream, answer: F)
where
    F: Fn(hyper::Request<Incoming>) -> A,
    A: Future<Output = Answer> + Send + 'static,
{
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        // As a task of its own: a request that has arrived completely is handled even if the client disconnects.
        let (answered, reset) = (tokio::spawn(answer(request)), Arc::clone(&reset));
        async move {
            let response = answered.await.unwrap_or(Err(CutOff::Closed));
            reset.store(matches!(response, Err(CutOff::Reset)), Ordering::Relaxed);
            response
        }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let ended = (&mut connection).await;
    if ended.is_err() && reset.load(Ordering::Relaxed) {
        let stream = connection.into_parts().io.into_inner();
        // Closing without lingering resets the connection; if it fails, the client sees a plain close.
        drop(stream.set_zero_linger());
    }
}

/// A request in progress: its IDs and its fault.
struct Way {
    request_id: String,
    resource: String,
    head: bool,
    fault: Option<Fault>,
}

/// Answers a request to S3.
pub(crate) async fn answer(shared: Arc<Shared>, request: hyper::Request<Incoming>) -> Answer {
    let (parts, incoming) = request.into_parts();
    let mut way = Way {
        request_id: request_id(),
        resource: parts.uri.path().to_owned(),
        head: parts.method == Method::HEAD,
        fault: None,
    };
    if way.resource.starts_with(control::PREFIX) {
        let body = incoming.collect().await.map_err(|_| CutOff::Reset)?.to_bytes();
        let reply = control::answer(&shared, &parts.method, &way.resource, &body);
        return Ok(respond(reply, &way.request_id).map(ReplyBody::from));
    }
    let outcome = match read(parts, incoming).await {
        Ok((request, raw)) => answer_read(&shared, request, raw, &mut way).await,
        Err(error) => Err(error),
    };
    match way.fault {
        Some(Fault::Reset | Fault::ReplyLost) => return Err(CutOff::Reset),
        Some(Fault::Closed) => return Err(CutOff::Closed),
        _ => {}
    }
    let mut reply = outcome.unwrap_or_else(|error| Reply::error(&error, &way.resource, &way.request_id));
    if way.head && reply.status.as_u16() >= 300 {
        reply.body = Bytes::new();
        reply.headers.remove("content-type");
    }
    match way.fault {
        Some(Fault::Corrupted) => reply.body = corrupted(&reply.body),
        Some(Fault::NoResult(instead) | Fault::ResultLost(instead)) if reply.status.is_success() => {
            reply.body = no_result(instead, &reply.body, &way);
        }
        _ => {}
    }
    let truncated = way.fault == Some(Fault::Truncated) && !reply.body.is_empty();
    // By real time, like signatures: clients correct their clocks by it.
    let reply = reply.with("date", http_date(shared.clock.real()));
    let reply = if way.fault == Some(Fault::Latin1Header) { with_latin1(reply) } else { reply };
    let stalls = way.fault == Some(Fault::Stalled) && !way.head;
    let response = respond(reply, &way.request_id);
    if truncated {
        return Ok(response.map(|body| ReplyBody::truncated(&body)));
    }
    let response = response.map(ReplyBody::from);
    Ok(if stalls { response.map(ReplyBody::stalled) } else { response })
}

/// Adds a header that clients read as text, but whose value is not UTF-8.
fn with_latin1(reply: Reply) -> Reply {
    reply.with_bytes("x-amz-expiration", b"rule-id=\"caf\xe9\"")
}

/// Returns the body with a bit in its middle flipped.
fn corrupted(body: &Bytes) -> Bytes {
    let middle = body.len() / 2;
    body.iter().enumerate().map(|(at, byte)| if at == middle { byte ^ 1 } else { *byte }).collect()
}

/// Returns the body sent instead of a result.
fn no_result(instead: Instead, result: &Bytes, way: &Way) -> Bytes {
    match instead {
        Instead::Empty => Bytes::new(),
        Instead::Preamble => Bytes::from_static(PREAMBLE),
        Instead::Half if result.is_empty() => Bytes::from_static(HALF),
        Instead::Half => result.slice(..result.len() / 2),
        Instead::BlanksAndError => {
            let error = error_xml(&Code::InternalError.into(), &way.resource, &way.request_id);
            [b"  \n \n", &*error].concat().into()
        }
    }
}

const PREAMBLE: &[u8] = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// Half a result, for an operation without one. It contains everything that a client needs from a copy.
const HALF: &[u8] = b"<CopyObjectResult><ETag>&quot;9bb58f26192e4ba00f01e2e7b136bbd8&quot;</ETag><LastMod";

async fn read(parts: hyper::http::request::Parts, incoming: Incoming) -> Result<(Request, Bytes)> {
    let request = Request::new(parts);
    let raw = incoming.collect().await.map_err(|_| Error::from(Code::IncompleteBody))?.to_bytes();
    Ok((request?, raw))
}

async fn answer_read(shared: &Shared, mut request: Request, raw: Bytes, way: &mut Way) -> Result<Reply> {
    let operation = route(&request);
    let _in_flight = operation.as_ref().ok().map(|&operation| shared.requests.begin(operation));
    let region = gate::region(shared, &request, auth::region(&request))?;
    let expected = auth::Expected {
        credentials: &shared.options.credentials,
        region: Some(&region),
        now: shared.clock.real(),
    };
    auth::verify(&request, &expected)?;
    body::accept(&mut request, raw)?;
    let operation = operation?;
    gate::check(shared, &request)?;
    gate::check_access_point(shared, operation, &request)?;
    shared.requests.note(|| access::of(operation, &request));
    let verdict = shared.faults.judge(operation, request.key.as_deref());
    verdict.hooks.iter().for_each(|hook| hook());
    if !verdict.delay.is_zero() {
        tokio::time::sleep(verdict.delay).await;
    }
    way.fault = verdict.fault;
    handle(shared, operation, &request, way)
}

fn handle(shared: &Shared, operation: Operation, request: &Request, way: &Way) -> Result<Reply> {
    let in_ok = |code: Code| Reply {
        body: error_xml(&code.into(), &way.resource, &way.request_id),
        ..Reply::ok().with("content-type", "application/xml")
    };
    match way.fault {
        Some(Fault::SlowDown) => Err(Code::SlowDown.into()),
        Some(Fault::InternalError) => Err(Code::InternalError.into()),
        Some(Fault::Conflict) => Err(Code::ConditionalRequestConflict.into()),
        Some(Fault::AccessDenied) => Err(Code::AccessDenied.into()),
        Some(Fault::ExpiredToken) => Err(Code::ExpiredToken.into()),
        Some(Fault::BadSignature) => Err(Code::SignatureDoesNotMatch.into()),
        Some(Fault::UnknownKey) => Err(Code::InvalidAccessKeyId.into()),
        Some(Fault::ErrorInOk) => Ok(in_ok(Code::InternalError)),
        Some(Fault::SlowDownInOk) => Ok(in_ok(Code::SlowDown)),
        Some(Fault::Reset | Fault::NoResult(_)) => Ok(Reply::ok()),
        Some(Fault::KeyErrors { every }) => handler::handle(shared, operation, request, Some(every)),
        Some(
            Fault::ReplyLost
            | Fault::Closed
            | Fault::Truncated
            | Fault::Corrupted
            | Fault::ResultLost(_)
            | Fault::Delay(_)
            | Fault::Stalled
            | Fault::Latin1Header,
        )
        | None => handler::handle(shared, operation, request, None),
    }
}
