//! Adapts replies before the SDK reads them: a stalled body ends in an error, and header values that are not UTF-8 are
//! escaped.
//!
//! The SDK's read timeout ends with the headers, and its deserializers reject a whole reply if one header value is not
//! UTF-8. [`ReplyClient`] wraps the SDK's HTTP client, so that it covers every client built on it: those of S3 and
//! RDS, and those that fetch credentials.

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

/// The SDK's HTTP client with a limit on pauses within a body.
#[derive(Debug)]
pub(super) struct ReplyClient {
    http: SharedHttpClient,
    idle: Duration,
}

impl ReplyClient {
    /// Wraps `http`, failing bodies that receive nothing for `idle`.
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

/// The error of a stalled reply.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stalled(Duration);

impl fmt::Display for Stalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the reply stalled: no data for {} s", self.0.as_secs())
    }
}

impl std::error::Error for Stalled {}

/// A body that fails with [`Stalled`] if no data arrives for too long while awaited. Any byte counts: S3 keeps the
/// connection of a long copy alive with white space.
struct IdleBody {
    body: SdkBody,
    idle: Duration,
    /// Created at the first pause: most bodies arrive in one piece.
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
