//! Intercepts the body of a listing before the SDK deserializes it.
//!
//! The SDK still handles endpoints, credentials, signing, retries and TLS. An interceptor attaches a slot for the page
//! to the request; [`TapClient`], a wrapper around the SDK's HTTP client, reads the reply body for such a request,
//! decodes it, stores the page in the slot and gives the SDK an empty result. An undecodable body becomes an I/O error
//! of the connection, which the SDK's retry policy treats as transient.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use aws_smithy_types::config_bag::ConfigBag;
use tokio::sync::Semaphore;

use super::{Page, decode, is_error_document};
use crate::limits;

/// The document given to the SDK instead of the listing.
const EMPTY_RESULT: &str = "<ListVersionsResult/>";

/// The slot for one request's page.
#[derive(Debug, Clone, Default)]
pub(in crate::s3) struct PageTap(Arc<Mutex<Option<Page>>>);

impl PageTap {
    /// Takes the page of the request's last attempt.
    pub(in crate::s3) fn take(&self) -> Option<Page> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, page: Option<Page>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = page;
    }
}

#[dyn_dispatch_hint]
impl Intercept for PageTap {
    fn name(&self) -> &'static str {
        "PageTap"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.put(None); // A retry must not leave an earlier attempt's page.
        context.request_mut().add_extension(self.clone());
        Ok(())
    }
}

/// The SDK's HTTP client with the tap.
#[derive(Debug)]
pub(in crate::s3) struct TapClient {
    http: SharedHttpClient,
    /// Limits the bodies read at once. Fast bodies are read one after another, so that few are held half read.
    turns: Arc<Semaphore>,
}

impl TapClient {
    /// Wraps a client that sends up to `listings` concurrent listing requests.
    pub(in crate::s3) fn new(http: SharedHttpClient, listings: usize) -> Self {
        let turns = listings.div_ceil(limits::LISTINGS_A_TURN);
        Self { http, turns: Arc::new(Semaphore::new(turns)) }
    }
}

impl HttpClient for TapClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let http = self.http.http_connector(settings, components);
        SharedHttpConnector::new(TapConnector { http, turns: Arc::clone(&self.turns) })
    }
}

#[derive(Debug)]
struct TapConnector {
    http: SharedHttpConnector,
    turns: Arc<Semaphore>,
}

impl HttpConnector for TapConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match request.extension::<PageTap>().cloned() {
            None => self.http.call(request),
            Some(tap) => {
                let (reply, turns) = (self.http.call(request), Arc::clone(&self.turns));
                HttpConnectorFuture::new(async move { divert(reply.await?, &tap, &turns).await })
            }
        }
    }
}

/// Decodes a successful reply into the tap; passes any other to the SDK unchanged.
async fn divert(
    mut reply: HttpResponse,
    tap: &PageTap,
    turns: &Semaphore,
) -> Result<HttpResponse, ConnectorError> {
    if !reply.status().is_success() {
        return Ok(reply);
    }
    let expected = reply.headers().get("content-length").and_then(|n| n.parse::<usize>().ok());
    let body = in_turn(turns, read(reply.take_body(), expected.unwrap_or_default())).await?;
    let body = &body.0;
    if is_error_document(body) {
        // The SDK cannot read a document preceded by blanks.
        *reply.body_mut() = SdkBody::from(body.trim_ascii_start());
        return Ok(reply);
    }
    match decode(body) {
        Ok(page) => tap.put(Some(page)),
        Err(e) => return Err(ConnectorError::io(e.into())),
    }
    reply.headers_mut().remove("content-length");
    *reply.body_mut() = SdkBody::from(EMPTY_RESULT);
    Ok(reply)
}

/// Waits for a turn, then reads. A slow body gives up its turn and is read concurrently, so that saving memory costs
/// no time.
async fn in_turn<T>(turns: &Semaphore, reading: impl Future<Output = T>) -> T {
    let turn = turns.acquire().await;
    let mut reading = std::pin::pin!(reading);
    match tokio::time::timeout(limits::TURN, &mut reading).await {
        Ok(read) => read,
        Err(_slow) => {
            drop(turn);
            reading.await
        }
    }
}

/// Reads the whole body, up to the size limit of a page.
async fn read(body: SdkBody, expected: usize) -> Result<Buffer, ConnectorError> {
    let (mut stream, mut buffer) = (ByteStream::new(body), Buffer::take());
    let bytes = &mut buffer.0;
    bytes.reserve(expected.min(limits::PAGE_BYTES));
    while let Some(chunk) = stream.try_next().await.map_err(|e| ConnectorError::io(e.into()))? {
        if bytes.len() + chunk.len() > limits::PAGE_BYTES {
            return Err(ConnectorError::other("the listing page is larger than S3 ever sends".into(), None));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(buffer)
}

/// Unused buffers. Allocating one for each page would request fresh memory from the system each time.
static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer for one page's body, reused after it is dropped.
struct Buffer(Vec<u8>);

impl Buffer {
    fn take() -> Self {
        Self(SPARE.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default())
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.0.clear();
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < limits::SPARE_BUFFERS {
            spare.push(std::mem::take(&mut self.0));
        }
    }
}

#[cfg(test)]
mod tests;
