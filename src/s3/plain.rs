//! The HTTP client for objects that stream through from a plain HTTP server, with a small buffer for each connection.
//!
//! The SDK's client lets the buffer of a connection grow to 400 KB and more while a server sends faster than the object
//! is passed on: hundreds of objects at once would need hundreds of MB. TLS has records of 16 KB, so that a connection
//! over it does not get that far; a server with `https://` is asked through the SDK's client.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as TcpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::reply::ReplyClient;
use crate::limits;

/// Creates the client. A reply may pause for `idle`.
pub(super) fn plain_client(idle: Duration) -> SharedHttpClient {
    let mut tcp = TcpConnector::new();
    tcp.set_connect_timeout(Some(limits::CONNECT_TIMEOUT));
    tcp.set_nodelay(true);
    let http = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(limits::POOL_IDLE)
        .http1_max_buf_size(limits::RELAY_BUFFER)
        .build(tcp);
    SharedHttpClient::new(ReplyClient::new(SharedHttpClient::new(PlainClient { http, idle }), idle))
}

#[derive(Debug, Clone)]
struct PlainClient {
    http: Client<TcpConnector, SdkBody>,
    idle: Duration,
}

impl HttpClient for PlainClient {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for PlainClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { http, idle } = self.clone();
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|e| ConnectorError::user(e.into()))?;
            let reply = tokio::time::timeout(idle, http.request(request)).await;
            let reply = reply.map_err(|e| ConnectorError::timeout(e.into()))?;
            let reply = reply.map_err(|e| ConnectorError::io(e.into()))?;
            HttpResponse::try_from(reply.map(SdkBody::from_body_1_x))
                .map_err(|e| ConnectorError::other(e.into(), None))
        })
    }
}
