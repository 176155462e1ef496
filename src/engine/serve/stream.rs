//! The bodies of a view's replies: documents, and objects that stream through.
//!
//! A body of the source that breaks is resumed with the same version. If that fails, the connection is cut, so that no
//! client takes half an object for a whole one. The last bytes are sent only once the source's body has ended well:
//! the SDK checks it against its checksum only then.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::Response;
use hyper::body::Frame;
use tokio::sync::OwnedSemaphorePermit;

use crate::limits;
use crate::model::printable;
use crate::s3::{Client, ObjectName, RelayRequest, RelayedBody};

/// The body of a reply.
pub(super) type Body = UnsyncBoxBody<Bytes, CutOff>;

/// A reply, or the end of the connection.
pub(super) type Answer = Result<Response<Body>, CutOff>;

/// The end of a connection in the middle of a body.
#[derive(Debug, Clone, Copy)]
pub(super) struct CutOff;

impl fmt::Display for CutOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the source did not send the whole body")
    }
}

impl std::error::Error for CutOff {}

/// Creates a body that is known completely.
pub(super) fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync()
}

/// A part of an object, from one byte up to but excluding another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) to: u64,
}

impl Span {
    /// Returns the part of the object in a reply:
    ///
    /// | `Content-Range` | `Content-Length` | part |
    /// |---|---|---|
    /// | `bytes A-B/N` | B + 1 - A | A to B + 1 |
    /// | `bytes A-B/N` | another, or none | none: the reply contradicts itself |
    /// | none | N | 0 to N |
    /// | none | none | none |
    /// | unreadable | any | none |
    pub(super) fn of(content_range: Option<&str>, content_length: Option<&str>) -> Option<Self> {
        let length: u64 = content_length?.parse().ok()?;
        let Some(range) = content_range else { return Some(Self { from: 0, to: length }) };
        let (bounds, _) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = bounds.split_once('-')?;
        let (from, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        let to = last.checked_add(1)?;
        (to.checked_sub(from)? == length).then_some(Self { from, to })
    }

    fn is_empty(self) -> bool {
        self.from == self.to
    }
}

/// A version whose body is being sent.
#[derive(Debug, Clone)]
pub(super) struct ReadVersion {
    pub(super) bucket: Arc<str>,
    pub(super) key: String,
    pub(super) version_id: String,
    pub(super) etag: String,
}

impl ReadVersion {
    pub(super) fn object(&self) -> ObjectName<'_> {
        ObjectName { bucket: &self.bucket, key: &self.key, version_id: &self.version_id }
    }

    /// Returns the request for the whole version.
    pub(super) fn request(&self) -> RelayRequest<'_> {
        RelayRequest { object: self.object(), etag: &self.etag, range: None, part: None, customer_key: None }
    }
}

/// A body of the source being sent to a client.
pub(super) struct Relay {
    pub(super) client: Client,
    pub(super) version: ReadVersion,
    pub(super) body: RelayedBody,
    /// The part of the object that is missing.
    pub(super) rest: Span,
    /// True if the source must be told a key of the client's: the key is not kept, so the body cannot be resumed.
    pub(super) has_customer_key: bool,
    /// One of the bodies that may be sent at once.
    pub(super) _permit: OwnedSemaphorePermit,
}

impl Relay {
    /// Returns the body of the reply.
    pub(super) fn into_body(self) -> Body {
        let chunks = stream::try_unfold(self, |mut relay| async move {
            let chunk = relay.next().await?;
            Ok(chunk.map(|chunk| (Frame::data(chunk), relay)))
        });
        StreamBody::new(chunks).boxed_unsync()
    }

    /// Returns the next chunk, or `None` after the last.
    async fn next(&mut self) -> Result<Option<Bytes>, CutOff> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut breaks = 0;
        loop {
            let why = match self.body.next().await {
                Ok(Some(chunk)) if chunk.is_empty() => continue,
                Ok(Some(chunk)) => return self.take(chunk).await.map(Some),
                Ok(None) => "the body ended early".to_owned(),
                Err(e) => e,
            };
            breaks += 1;
            if breaks > limits::BODY_BREAKS || self.has_customer_key {
                return Err(self.cut(&why));
            }
            tracing::info!(key = %printable(&self.version.key), from = self.rest.from, error = why, "resuming a body");
            tokio::time::sleep(limits::FIRST_BACKOFF * breaks).await;
            self.resume().await?;
        }
    }

    /// Counts a chunk. The last one is returned only if the body ends with it, and its checksum is right.
    async fn take(&mut self, chunk: Bytes) -> Result<Bytes, CutOff> {
        let after = self.rest.from.saturating_add(chunk.len() as u64);
        if after > self.rest.to {
            return Err(self.cut("the body is longer than announced"));
        }
        self.rest.from = after;
        while self.rest.is_empty() {
            match self.body.next().await {
                Ok(None) => break,
                Ok(Some(more)) if more.is_empty() => {}
                Ok(Some(_)) => return Err(self.cut("the body is longer than announced")),
                Err(e) => return Err(self.cut(&e)),
            }
        }
        Ok(chunk)
    }

    /// Requests the missing part.
    async fn resume(&mut self) -> Result<(), CutOff> {
        let Span { from, to } = self.rest;
        let range = format!("bytes={from}-{}", to.saturating_sub(1));
        let request = RelayRequest { range: Some(&range), ..self.version.request() };
        let (head, body) = self.client.relay_get(&request).await.map_err(|e| self.cut(&e.to_string()))?;
        let header = |name| head.text(name);
        if Span::of(header("content-range"), header("content-length")) != Some(self.rest) {
            return Err(self.cut("the source does not resume a body where it ended"));
        }
        self.body = body;
        Ok(())
    }

    fn cut(&self, why: &str) -> CutOff {
        let ReadVersion { bucket, key, .. } = &self.version;
        tracing::warn!(bucket = &**bucket, key = %printable(key), error = why, "cut off a reply");
        CutOff
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table_of_spans() {
        let span = |from, to| Some(Span { from, to });
        for (range, length, expected) in [
            (Some("bytes 5-9/100"), Some("5"), span(5, 10)),
            (Some("bytes 0-0/1"), Some("1"), span(0, 1)),
            (Some("bytes 5-9/*"), Some("5"), span(5, 10)),
            (Some("bytes 5-9/100"), Some("6"), None),
            (Some("bytes 5-9/100"), None, None),
            (Some("bytes 9-5/100"), Some("5"), None),
            (Some("bytes */100"), Some("5"), None),
            (Some("5-9"), Some("5"), None),
            (Some("bytes 0-18446744073709551615/*"), Some("0"), None),
            (None, Some("7"), span(0, 7)),
            (None, Some("0"), span(0, 0)),
            (None, Some("x"), None),
            (None, None, None),
        ] {
            assert_eq!(Span::of(range, length), expected, "{range:?} {length:?}");
        }
    }
}
