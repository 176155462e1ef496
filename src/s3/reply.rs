//! Replies as they come off the wire, before the SDK reads them: a body that stalls ends in an error, and header values
//! that are not UTF-8 are escaped.
//!
//! The SDK's read timeout ends with the headers, and its deserialisers reject a whole reply for one header value that is
//! not UTF-8. [`ReplyClient`] wraps the SDK's HTTP client, so that every client made with it is covered: those of S3 and
//! of RDS, and those that fetch credentials.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::{Instant, Sleep};

use super::header;

/// The SDK's HTTP client, with a time limit on the pauses in a body.
#[derive(Debug)]
pub(super) struct ReplyClient {
    http: SharedHttpClient,
    idle: Duration,
}

impl ReplyClient {
    /// Ends a body of which nothing comes for `idle`.
    pub(super) fn new(http: SharedHttpClient, idle: Duration) -> Self {
        Self { http, idle }
    }
}

impl HttpClient for ReplyClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let http = self.http.http_connector(settings, components);
        SharedHttpConnector::new(ReplyConnector { http, idle: self.idle })
    }
}

#[derive(Debug)]
struct ReplyConnector {
    http: SharedHttpConnector,
    idle: Duration,
}

impl HttpConnector for ReplyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (reply, idle) = (self.http.call(request), self.idle);
        HttpConnectorFuture::new(async move {
            let mut reply: HttpResponse = reply.await?;
            header::escape(reply.headers_mut());
            let body = reply.take_body();
            *reply.body_mut() =
                if body.is_end_stream() { body } else { SdkBody::from_body_1_x(IdleBody::new(body, idle)) };
            Ok(reply)
        })
    }
}

/// A reply of which nothing more came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stalled(Duration);

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the reply stalled: no data for {} s", self.0.as_secs())
    }
}

impl std::error::Error for Stalled {}

/// A body that ends in [`Stalled`] if no data comes for too long while it is waited for. Any byte counts: S3 keeps the
/// connection of a long copy alive with white space.
struct IdleBody {
    body: SdkBody,
    idle: Duration,
    /// Made with the first pause: most bodies come in one piece.
    sleep: Option<Pin<Box<Sleep>>>,
    is_waiting: bool,
}

impl IdleBody {
    fn new(body: SdkBody, idle: Duration) -> Self {
        Self { body, idle, sleep: None, is_waiting: false }
    }
}

impl Body for IdleBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(context) {
            this.is_waiting = false;
            return Poll::Ready(frame);
        }
        let deadline = Instant::now() + this.idle;
        let sleep = this.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if !std::mem::replace(&mut this.is_waiting, true) {
            sleep.as_mut().reset(deadline);
        }
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Some(Err(Stalled(this.idle).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        Body::size_hint(&self.body)
    }
}

#[cfg(test)]
mod tests;
