//! Replies: status, headers, and a body that can be cut off.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use tokio::time::Sleep;

use super::error::{Code, Error};
use super::xml::Document;

/// The time for the first half of a truncated body to reach the client before the connection ends.
const BEFORE_CUT: Duration = Duration::from_millis(20);

/// The pause of a stalled body: longer than any client should wait.
const STALL: Duration = Duration::from_hours(24);

/// The reply of a handler.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn ok() -> Self {
        Self::default()
    }

    pub(crate) fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, ..Self::default() }
    }

    pub(crate) fn xml(document: Document) -> Self {
        Self { body: document.end().into(), ..Self::default() }.with("content-type", "application/xml")
    }

    /// Adds a header; a value that is not valid in a header is ignored.
    pub(crate) fn with(self, name: &str, value: impl AsRef<str>) -> Self {
        self.with_bytes(name, value.as_ref().as_bytes())
    }

    /// Adds a header whose value need not be text.
    pub(crate) fn with_bytes(mut self, name: &str, value: &[u8]) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value);
        if let (Ok(name), Ok(value)) = (name, value) {
            self.headers.insert(name, value);
        }
        self
    }

    pub(crate) fn with_maybe(self, name: &str, value: Option<impl AsRef<str>>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Creates an error reply.
    pub(crate) fn error(error: &Error, resource: &str, request_id: &str) -> Self {
        let status = StatusCode::from_u16(error.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = if error.code == Code::NotModified {
            Bytes::new()
        } else {
            error_xml(error, resource, request_id)
        };
        let reply = Self { status, body, ..Self::default() }.with("content-type", "application/xml");
        error.headers.iter().fold(reply, |reply, (name, value)| reply.with(name, value))
    }

    /// Creates the response: with the whole body, or only half of the length it announces.
    pub(crate) fn into_response(self, request_id: &str, truncated: bool) -> Response<ReplyBody> {
        let reply = self
            .with("x-amz-request-id", request_id)
            .with("x-amz-id-2", request_id)
            .with("server", "AmazonS3");
        let length = reply.body.len();
        let mut response = Response::new(if truncated {
            ReplyBody {
                data: Some(reply.body.slice(..length / 2)),
                cut: Some(Box::pin(tokio::time::sleep(BEFORE_CUT))),
            }
        } else {
            ReplyBody { data: Some(reply.body), cut: None }
        });
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        let bodiless = matches!(reply.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if !bodiless && !response.headers().contains_key("content-length") {
            response.headers_mut().insert("content-length", length.into());
        }
        response
    }
}

/// Returns the XML of an error.
pub(crate) fn error_xml(error: &Error, resource: &str, request_id: &str) -> Bytes {
    let mut document = Document::bare("Error");
    document.text("Code", error.code.name()).text("Message", &error.message);
    for (name, value) in &error.fields {
        document.text(name, value);
    }
    document.text("Resource", resource).text("RequestId", request_id).text("HostId", request_id);
    document.end().into()
}

/// A body in one piece, which may end in an error.
#[derive(Debug)]
pub(crate) struct ReplyBody {
    data: Option<Bytes>,
    cut: Option<Pin<Box<Sleep>>>,
}

impl ReplyBody {
    /// Sends half of the body and then nothing more; an empty body ends as it is.
    pub(crate) fn stalled(self) -> Self {
        let Some(data) = self.data.filter(|data| !data.is_empty()) else {
            return Self { data: None, cut: None };
        };
        Self { data: Some(data.slice(..data.len() / 2)), cut: Some(Box::pin(tokio::time::sleep(STALL))) }
    }
}

/// How the connection ends after a reply was cut off on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CutOff {
    /// By a reset.
    Reset,
    /// Properly.
    Closed,
}

impl std::fmt::Display for CutOff {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("cut off by an injected fault")
    }
}

impl std::error::Error for CutOff {}

impl From<Infallible> for CutOff {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = CutOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<std::result::Result<Frame<Bytes>, CutOff>>> {
        if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match &mut self.cut {
            None => Poll::Ready(None),
            Some(sleep) => sleep.as_mut().poll(context).map(|()| Some(Err(CutOff::Closed))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.cut.is_none() && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.cut, &self.data) {
            (None, Some(data)) => SizeHint::with_exact(data.len() as u64),
            (None, None) => SizeHint::with_exact(0),
            (Some(_), _) => SizeHint::default(),
        }
    }
}
