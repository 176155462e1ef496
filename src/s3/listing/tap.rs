//! Takes the body of a listing before the SDK's deserialiser does.
//!
//! The SDK keeps doing what it is good at: endpoints, credentials, signing, retries, TLS. An interceptor marks the
//! request with a place for the page; [`TapClient`], a wrapper round the SDK's HTTP client, reads the reply's body for a
//! request so marked, decodes it, puts the page there and hands the SDK an empty result. What cannot be decoded becomes
//! an I/O error of the connection, which the SDK's retry policy takes for what it is: a passing fault.

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

use super::{Page, decode, is_error_document};
use crate::limits;

/// What the SDK gets to read instead of the listing.
const EMPTY_RESULT: &str = "<ListVersionsResult/>";

/// The place where one request's page is put.
#[derive(Debug, Clone, Default)]
pub(in crate::s3) struct PageTap(Arc<Mutex<Option<Page>>>);

impl PageTap {
    /// The page of the request's last attempt.
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

/// The SDK's HTTP client, with the tap on it.
#[derive(Debug)]
pub(in crate::s3) struct TapClient(pub(in crate::s3) SharedHttpClient);

impl HttpClient for TapClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(TapConnector(self.0.http_connector(settings, components)))
    }
}

#[derive(Debug)]
struct TapConnector(SharedHttpConnector);

impl HttpConnector for TapConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match request.extension::<PageTap>().cloned() {
            None => self.0.call(request),
            Some(tap) => {
                let reply = self.0.call(request);
                HttpConnectorFuture::new(async move { divert(reply.await?, &tap).await })
            }
        }
    }
}

/// Decodes a successful reply into the tap; any other goes to the SDK as it came.
async fn divert(mut reply: HttpResponse, tap: &PageTap) -> Result<HttpResponse, ConnectorError> {
    if !reply.status().is_success() {
        return Ok(reply);
    }
    let expected = reply.headers().get("content-length").and_then(|n| n.parse::<usize>().ok());
    let mut body = Buffer::take();
    read(reply.take_body(), expected.unwrap_or_default(), &mut body.0).await?;
    let body = &body.0;
    if is_error_document(body) {
        *reply.body_mut() = SdkBody::from(body.clone());
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

/// Reads the whole body, as far as any page goes.
async fn read(body: SdkBody, expected: usize, bytes: &mut Vec<u8>) -> Result<(), ConnectorError> {
    let mut stream = ByteStream::new(body);
    bytes.reserve(expected.min(limits::PAGE_BYTES));
    while let Some(chunk) = stream.try_next().await.map_err(|e| ConnectorError::io(e.into()))? {
        if bytes.len() + chunk.len() > limits::PAGE_BYTES {
            return Err(ConnectorError::other(
                "the listing page is larger than any that S3 sends".into(),
                None,
            ));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(())
}

/// Buffers that no page is being read into. New ones for each page would be fresh memory of the system's each time.
static SPARE: Mutex<Vec<Vec<u8>>> = Mutex::new(Vec::new());

/// A buffer for one page's body, that goes back when it is dropped.
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
