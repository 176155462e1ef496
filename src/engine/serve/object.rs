//! Reads of one key: its object, its headers, its tags, and its attributes.

use std::sync::Arc;

use bytes::Bytes;
use hyper::StatusCode;

use super::View;
use super::access::Access;
use super::bucket::ViewedBucket;
use super::failure::{is_gone, of_source};
use super::stream::{ReadVersion, Relay, Span};
use crate::endpoint::attributes;
use crate::endpoint::condition::{Compared, check_read};
use crate::endpoint::error::{Code, Error, Result};
use crate::endpoint::operation::Operation;
use crate::endpoint::reply::Reply;
use crate::endpoint::request::Request;
use crate::endpoint::tagging;
use crate::endpoint::time::http_date;
use crate::engine::view::{KeyAt, LiveKey};
use crate::error;
use crate::s3::{CustomerKey, RelayRequest, RelayedHead, TagCount};

/// The reply to a request.
pub(super) enum Answered {
    /// A reply that is known completely.
    Reply(Reply),
    /// A head, and a body that is still to be read from the source.
    Object(Reply, Box<Relay>),
}

/// An error, and whether the version that was read is gone: then its key is worth another look.
enum Failure {
    Gone(error::Error),
    Told(Error),
}

impl From<Error> for Failure {
    fn from(e: Error) -> Self {
        Self::Told(e)
    }
}

impl From<error::Error> for Failure {
    fn from(e: error::Error) -> Self {
        if is_gone(&e) { Self::Gone(e) } else { Self::Told(of_source(&e)) }
    }
}

/// Reads the version of a key that was live at T.
pub(super) async fn read(
    view: &View,
    bucket: &ViewedBucket,
    operation: Operation,
    request: &Request,
) -> Result<Answered> {
    let key = request.key();
    let state = bucket.key(key).await.map_err(|e| of_source(&e))?;
    match read_state(view, bucket, operation, request, &state).await {
        Ok(answered) => return Ok(answered),
        Err(Failure::Told(e)) => return Err(e),
        // It was removed or replaced since it was listed.
        Err(Failure::Gone(_)) => {}
    }
    let state = bucket.look_up(key).await.map_err(|e| of_source(&e))?;
    let read = read_state(view, bucket, operation, request, &state).await;
    read.map_err(|failure| match failure {
        Failure::Told(e) => e,
        Failure::Gone(e) => of_source(&e),
    })
}

async fn read_state(
    view: &View,
    bucket: &ViewedBucket,
    operation: Operation,
    request: &Request,
    state: &KeyAt,
) -> std::result::Result<Answered, Failure> {
    let live = live(request, state)?;
    let version = ReadVersion {
        bucket: Arc::clone(&bucket.name),
        key: request.key().to_owned(),
        version_id: live.version.version_id.clone(),
        etag: live.version.etag.clone(),
    };
    match operation {
        Operation::GetObjectTagging => tags(bucket, &version).await.map(Answered::Reply),
        Operation::GetObjectAttributes => {
            let names = attributes::asked(request)?;
            let found = bucket.client.attributes(version.object()).await?;
            let reply = Reply::xml(attributes::document(&found, &names))
                .with("last-modified", modified(live))
                .with("x-amz-version-id", &version.version_id);
            Ok(Answered::Reply(reply))
        }
        _ => {
            check_conditions(request, live)?;
            object(view, bucket, operation, request, Found { live, version }).await
        }
    }
}

/// Returns the version that a request reads:
///
/// | the key at T | `versionId` | outcome |
/// |---|---|---|
/// | live | none, or the live version's | that version |
/// | any | another | 404 `NoSuchVersion` |
/// | did not exist | none | 404 `NoSuchKey` |
/// | uncertain | none, or that of the listed version | 403 `InvalidObjectState` |
fn live<'a>(request: &Request, state: &'a KeyAt) -> Result<&'a LiveKey> {
    let listed = match state {
        KeyAt::Live(live) => Some(live),
        KeyAt::Uncertain { live, .. } => live.as_ref(),
        KeyAt::Absent => None,
    };
    let listed_id = listed.map(|live| live.version.version_id.as_str());
    if let Some(asked) = request.version().filter(|asked| Some(*asked) != listed_id) {
        return Err(Error::from(Code::NoSuchVersion).field("Key", request.key()).field("VersionId", asked));
    }
    match state {
        KeyAt::Live(live) => Ok(live),
        KeyAt::Absent => Err(Error::from(Code::NoSuchKey).field("Key", request.key())),
        KeyAt::Uncertain { doubts, .. } => {
            let names: Vec<&str> = doubts.iter().map(|doubt| doubt.name()).collect();
            let names = names.join(", ");
            let message = format!(
                "The state of this key at the target time is uncertain ({names}). asof serve --doubtful trust \
                 serves what the listing shows."
            );
            Err(Error::new(Code::InvalidObjectState, message).field("Doubt", names))
        }
    }
}

fn modified(live: &LiveKey) -> String {
    http_date(live.version.last_modified.millis())
}

fn check_conditions(request: &Request, live: &LiveKey) -> Result<()> {
    let LiveKey { version, .. } = live;
    let compared = Compared { etag: &version.etag, modified: version.last_modified.millis() };
    check_read(request, "", compared, Code::NotModified).map_err(|e| match e.code {
        Code::NotModified => {
            e.header("etag", format!("\"{}\"", version.etag)).header("last-modified", modified(live))
        }
        _ => e,
    })
}

async fn tags(bucket: &ViewedBucket, version: &ReadVersion) -> std::result::Result<Reply, Failure> {
    let ReadVersion { key, version_id, .. } = version;
    let tags = bucket.client.tags(&bucket.name, key, Some(version_id), TagCount::NoneSaid).await?;
    let tags = tags.ok_or_else(|| {
        let message = "asof serve cannot read the tags: its credentials need s3:GetObjectVersionTagging";
        Error::new(Code::AccessDenied, message)
    })?;
    Ok(Reply::xml(tagging::document(&tags)).with("x-amz-version-id", version_id))
}

/// The version that a request reads.
struct Found<'a> {
    live: &'a LiveKey,
    version: ReadVersion,
}

async fn object(
    view: &View,
    bucket: &ViewedBucket,
    operation: Operation,
    request: &Request,
    found: Found<'_>,
) -> std::result::Result<Answered, Failure> {
    let Found { live, version } = found;
    let asked = asked(request, &version)?;
    let overrides = Overrides { request, signed: matches!(view.access, Access::Key(_)) };
    overrides.check()?;
    if operation == Operation::HeadObject {
        let head = bucket.client.relay_head(&asked).await?;
        return Ok(Answered::Reply(overrides.apply(reply(request, &head))));
    }
    let has_customer_key = asked.customer_key.is_some();
    let permit = view.stream_permit().await?;
    let (head, body) = bucket.client.relay_get(&asked).await?;
    let reply = overrides.apply(reply(request, &head));
    let rest = span(&head, live.version.size).ok_or_else(|| {
        let message = "asof serve: the source's reply does not fit the version that it listed";
        Error::new(Code::InternalError, message)
    })?;
    let reply = reply.with("content-length", (rest.to - rest.from).to_string());
    let client = bucket.client.clone();
    Ok(Answered::Object(
        reply,
        Box::new(Relay { client, version, body, rest, has_customer_key, _permit: permit }),
    ))
}

/// Returns the part of an object that a reply is about; `None` if it cannot be of a version of this size.
fn span(head: &RelayedHead, size: u64) -> Option<Span> {
    let (range, length) = (head.text("content-range"), head.text("content-length"));
    match head.status {
        206 => Span::of(range, length).filter(|span| span.to <= size),
        _ if range.is_none() && length.is_none() => Some(Span { from: 0, to: size }),
        _ => Span::of(range, length).filter(|span| *span == Span { from: 0, to: size }),
    }
}

/// Reads the parameters of a request that the source understands as the view does.
fn asked<'a>(request: &'a Request, version: &'a ReadVersion) -> Result<RelayRequest<'a>> {
    let range = request.header("range");
    let part = request.query.get("partNumber").map(|number| {
        let number = number.parse().ok().filter(|number| (1..=10_000).contains(number));
        let message = "Part number must be an integer between 1 and 10000, inclusive";
        number.ok_or_else(|| Error::new(Code::InvalidArgument, message).field("ArgumentName", "partNumber"))
    });
    let part = part.transpose()?;
    if range.is_some() && part.is_some() {
        let message = "Cannot specify both Range header and partNumber query parameter";
        return Err(Error::new(Code::InvalidRequest, message));
    }
    let customer = |name: &str| request.header(&format!("x-amz-server-side-encryption-customer-{name}"));
    let customer_key = match (customer("algorithm"), customer("key"), customer("key-md5")) {
        (Some(algorithm), Some(key), Some(md5)) => Some(CustomerKey { algorithm, key, md5 }),
        _ => None,
    };
    Ok(RelayRequest { range, part, customer_key, ..version.request() })
}

/// Headers about the connection to the source, or about the request to it.
const NOT_RELAYED: [&str; 8] = [
    "connection",
    "keep-alive",
    "transfer-encoding",
    "content-length",
    "date",
    "server",
    "x-amz-request-id",
    "x-amz-id-2",
];

/// Returns a reply with the headers of the source's.
fn reply(request: &Request, head: &RelayedHead) -> Reply {
    let wants_checksum =
        request.header("x-amz-checksum-mode").is_some_and(|mode| mode.eq_ignore_ascii_case("ENABLED"));
    let is_relayed =
        |name: &str| !NOT_RELAYED.contains(&name) && (wants_checksum || !name.starts_with("x-amz-checksum-"));
    let status = StatusCode::from_u16(head.status).unwrap_or(StatusCode::OK);
    let reply = Reply { status, body: Bytes::new(), ..Reply::ok() };
    // That of a HEAD is the object's; a GET sets its own.
    let reply = reply.with_maybe("content-length", head.text("content-length"));
    let headers = head.headers.iter().filter(|(name, _)| is_relayed(name));
    headers.fold(reply, |reply, (name, value)| reply.with_bytes(name, value))
}

/// The headers of a reply that a request sets itself.
#[derive(Clone, Copy)]
struct Overrides<'a> {
    request: &'a Request,
    signed: bool,
}

const OVERRIDES: [&str; 6] = [
    "content-type",
    "content-language",
    "expires",
    "cache-control",
    "content-disposition",
    "content-encoding",
];

impl<'a> Overrides<'a> {
    fn all(self) -> impl Iterator<Item = (&'static str, &'a str)> {
        let Self { request, .. } = self;
        OVERRIDES.into_iter().filter_map(|name| Some((name, request.query.get(&format!("response-{name}"))?)))
    }

    fn check(self) -> Result<()> {
        if self.signed || self.all().next().is_none() {
            return Ok(());
        }
        let message = "Request specific response headers cannot be used for anonymous GET requests.";
        Err(Error::new(Code::InvalidRequest, message))
    }

    fn apply(self, reply: Reply) -> Reply {
        self.all().fold(reply, |reply, (name, value)| reply.with(name, value))
    }
}

#[cfg(test)]
mod tests;
