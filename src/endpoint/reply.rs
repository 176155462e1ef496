//! Replies: status, headers, and a body in one piece.

use std::sync::atomic::{AtomicU64, Ordering};

use hyper::body::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::error::{Code, Error};
use super::xml::Document;

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

    /// Creates the response, with a length unless the reply has one already: that of a HEAD is the object's.
    pub(crate) fn into_response(self, request_id: &str) -> Response<Bytes> {
        let reply = self.with("x-amz-request-id", request_id).with("x-amz-id-2", request_id);
        let length = reply.body.len();
        let mut response = Response::new(reply.body);
        *response.status_mut() = reply.status;
        *response.headers_mut() = reply.headers;
        let bodiless = matches!(reply.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED);
        if !bodiless && !response.headers().contains_key("content-length") {
            response.headers_mut().insert("content-length", length.into());
        }
        response
    }
}

/// Returns a new request ID for `x-amz-request-id`.
pub(crate) fn request_id() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(1);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("{:016X}", count.wrapping_mul(0x9e37_79b9_7f4a_7c15))
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
