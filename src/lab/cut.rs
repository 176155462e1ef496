//! The body of a reply, which a fault may cut off.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::Response;
use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::time::Sleep;

use crate::endpoint::reply::Reply;

/// The time for the first half of a truncated body to reach the client before the connection ends.
const BEFORE_CUT: Duration = Duration::from_millis(20);

/// The pause of a stalled body: longer than any client should wait.
const STALL: Duration = Duration::from_hours(24);

/// Creates the response of a server that names itself as S3 does.
pub(crate) fn respond(reply: Reply, request_id: &str) -> Response<Bytes> {
    reply.with("server", "AmazonS3").into_response(request_id)
}

/// A body in one piece, which may end in an error.
#[derive(Debug)]
pub(crate) struct ReplyBody {
    data: Option<Bytes>,
    cut: Option<Pin<Box<Sleep>>>,
}

impl From<Bytes> for ReplyBody {
    fn from(data: Bytes) -> Self {
        Self { data: Some(data), cut: None }
    }
}

impl ReplyBody {
    /// Sends half of the body, which does not have the length announced, and then ends the connection.
    pub(crate) fn truncated(data: &Bytes) -> Self {
        let half = data.slice(..data.len() / 2);
        Self { data: Some(half), cut: Some(Box::pin(tokio::time::sleep(BEFORE_CUT))) }
    }

    /// Sends half of the body and then nothing more; an empty body ends as it is.
    pub(crate) fn stalled(self) -> Self {
        let Some(data) = self.data.filter(|data| !data.is_empty()) else {
            return Self { data: None, cut: None };
        };
        Self { data: Some(data.slice(..data.len() / 2)), cut: Some(Box::pin(tokio::time::sleep(STALL))) }
    }
}

/// The end of the connection after a reply was cut off on purpose.
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
