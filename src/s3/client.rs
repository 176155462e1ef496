//! Builds the client: configuration as the AWS CLI reads it, the listing tap, timeouts and retries.

use std::sync::Arc;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_types::service_config::ServiceConfigKey;

use super::clock::ServerClock;
use super::dns::Resolver;
use super::error::{Place, region_named};
use super::listing::TapClient;
use super::plain::plain_client;
use super::profile::{needs_mfa, that_needs_mfa};
use super::rate::Rate;
use super::reply::ReplyClient;
use super::sites::{Site, Sites};
use super::terms::Terms;
use super::whole::WholeReplies;
use crate::cancel::Cancel;
use crate::counters::Counters;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::{Account, Endpoint, RequestPayer};

/// The server and the credentials to use. Missing settings come from the environment and the AWS configuration files.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The endpoint URL, for servers other than AWS.
    pub endpoint_url: Option<String>,
    /// The server to use unless `endpoint_url` is given, regardless of the environment and the profile.
    pub begun_on: Option<Endpoint>,
    /// The bucket's region.
    pub region: Option<String>,
    /// The profile in the AWS configuration files.
    pub profile: Option<String>,
    /// Put the bucket's name in the path instead of the host name.
    pub path_style: bool,
    /// The account that must own every bucket used.
    pub expected_bucket_owner: Option<Account>,
    /// The payer of requests to Requester Pays buckets, if not their owners.
    pub request_payer: Option<RequestPayer>,
    /// Maximum write requests per second; a delete of N keys counts as N.
    pub rate: Option<u32>,
    /// Maximum number of concurrent listing requests.
    pub list_concurrency: Option<usize>,
    /// The maximum silence within a reply; `None` means [`limits::BODY_IDLE`].
    pub read_timeout: Option<Duration>,
}

impl Settings {
    fn body_idle(&self) -> Duration {
        self.read_timeout.unwrap_or(limits::BODY_IDLE)
    }
}

/// A client for one server. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) rate: Rate,
    list_concurrency: usize,
    pub(super) counters: Arc<Counters>,
    /// The server and region of each bucket.
    pub(super) place: Arc<Sites>,
    /// The server's clock.
    pub(super) clock: ServerClock,
    /// The time to wait for the first byte of the reply to a copy.
    copy_timeout: Duration,
    /// The HTTP client for objects that stream through, if not the SDK's.
    pub(super) relay: Option<SharedHttpClient>,
}

impl Client {
    /// Loads the configuration and credentials. Sends nothing to the server yet.
    pub async fn connect(settings: Settings, counters: Arc<Counters>) -> Result<Self> {
        let config = load_config(&settings).await?;
        Self::new(&config, settings, counters)
    }

    fn new(config: &SdkConfig, settings: Settings, counters: Arc<Counters>) -> Result<Self> {
        let http = config.http_client().ok_or_else(no_http_client)?;
        // Like the AWS CLI: without a region, ask us-east-1, which reports the bucket's region if it is elsewhere.
        let region = config.region().cloned().unwrap_or(FALLBACK_REGION);
        let endpoint = endpoint(config, &settings);
        let list_concurrency = settings.list_concurrency.unwrap_or(limits::DEFAULT_LIST_CONCURRENCY).max(1);
        let clock = ServerClock::default();
        let copy_timeout = limits::COPY_TIMEOUT.max(settings.body_idle());
        let mut builder = aws_sdk_s3::config::Builder::from(config);
        builder.set_endpoint_url(endpoint.clone());
        let builder = builder
            .interceptor(clock.clone())
            .http_client(TapClient::new(http.clone(), list_concurrency))
            .force_path_style(settings.path_style || endpoint.as_deref().is_some_and(needs_path_style))
            .retry_config(retries(limits::ATTEMPTS))
            // The SDK's default bucket holds 500 tokens for the whole client: under throttling, every request would
            // stop retrying at once, however many attempts it has left.
            .retry_partition(RetryPartition::custom("asof").token_bucket(TokenBucket::unlimited()).build())
            .timeout_config(timeouts(&settings))
            .interceptor(WholeReplies)
            .retry_classifier(WholeReplies)
            // A copy may send nothing for minutes without being stalled.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .region(region.clone())
            .interceptor(Terms {
                expected_bucket_owner: settings.expected_bucket_owner.clone(),
                request_payer: settings.request_payer,
            });
        let plain = endpoint.as_deref().filter(|url| is_plain(url));
        let relay = plain.map(|_| plain_client(settings.body_idle()));
        let home = Site {
            sdk: aws_sdk_s3::Client::from_conf(builder.build()),
            place: Place {
                endpoint,
                region: region.to_string(),
                expected_owner: settings.expected_bucket_owner,
            },
        };
        Ok(Self {
            rate: Rate::per_second(settings.rate.unwrap_or(limits::DEFAULT_RATE)),
            list_concurrency,
            counters,
            place: Arc::new(Sites::new(home)),
            clock,
            copy_timeout,
            relay,
        })
    }

    /// Returns a client that counts its requests, and what comes of them, in other counters.
    #[must_use]
    pub fn counting(&self, counters: &Arc<Counters>) -> Self {
        Self { counters: Arc::clone(counters), ..self.clone() }
    }

    /// Returns a client whose requests stop waiting for their turn once `halt` is stopped. Requests on the wire
    /// finish.
    #[must_use]
    pub fn halted_by(&self, halt: &Cancel) -> Self {
        Self { rate: self.rate.halted_by(halt), ..self.clone() }
    }

    /// Runs `reading` unless the client is halted first: read requests may be dropped while on the wire.
    pub async fn unless_halted<T>(&self, reading: impl Future<Output = Result<T>>) -> Result<T> {
        self.rate.unless_halted(reading).await
    }

    /// Runs a write request; see [`Rate::answered`]. Boxed because the SDK's futures are large.
    pub(super) fn answered<'a, T: 'a>(
        &'a self,
        request: impl Future<Output = Result<T>> + Send + 'a,
    ) -> impl Future<Output = Result<T>> + Send + 'a {
        self.rate.answered(Box::pin(request))
    }

    /// Extends the timeout for copies, which may answer only when they are done.
    pub(super) fn patient(&self, config: aws_sdk_s3::config::Builder) -> aws_sdk_s3::config::Builder {
        config.timeout_config(TimeoutConfig::builder().read_timeout(self.copy_timeout).build())
    }

    /// Returns the SDK client for the bucket's region.
    pub(super) fn sdk(&self, bucket: &str) -> aws_sdk_s3::Client {
        self.place.of(bucket).sdk
    }

    /// Returns the server.
    pub fn endpoint(&self) -> Endpoint {
        self.place.endpoint().map_or(Endpoint::Aws, Endpoint::from)
    }

    /// Returns the region used for a bucket.
    pub fn region(&self, bucket: &str) -> String {
        self.place.of(bucket).place.region
    }

    /// Sends a request about a bucket whose region is unknown, and repeats it in the region that S3 names.
    pub(super) async fn find_and_ask<T, E, F>(
        &self,
        bucket: &str,
        ask: impl Fn(aws_sdk_s3::Client) -> F,
    ) -> std::result::Result<T, SdkError<E, HttpResponse>>
    where
        E: ProvideErrorMetadata,
        F: Future<Output = std::result::Result<T, SdkError<E, HttpResponse>>>,
    {
        let Site { sdk, place } = self.place.of(bucket);
        let reply = ask(sdk).await;
        let elsewhere = reply.as_ref().err().and_then(region_named);
        let reply = match elsewhere.filter(|region| *region != place.region) {
            Some(region) => ask(self.place.move_to(bucket, &region)).await,
            None => reply,
        };
        if reply.is_ok() {
            self.place.settle(bucket);
        }
        reply
    }

    /// Returns the maximum number of concurrent listing requests.
    pub fn list_concurrency(&self) -> usize {
        self.list_concurrency
    }

    /// Returns the client's counters.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

/// The region used if none is configured.
const FALLBACK_REGION: Region = Region::from_static("us-east-1");

/// Loads the configuration of a client for any AWS service, including credentials. Sends nothing to that service yet.
pub(crate) async fn load_config(settings: &Settings) -> Result<SdkConfig> {
    let http = http_client(settings.body_idle())?;
    let mut config = loader(settings, &http)?.load().await;
    let named_region = config.region().cloned();
    if named_region.is_none() {
        // Assuming a role needs STS in some region; the credentials are valid in all regions.
        config = loader(settings, &http)?.region(FALLBACK_REGION).load().await;
    }
    if let Some(profile) = &settings.profile {
        // Like the AWS CLI: a profile named on the command line takes precedence over credentials in the environment.
        let provider = ProviderConfig::without_region().with_http_client(http.clone());
        let provider = provider.with_region(config.region().cloned());
        let named =
            ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(profile).build();
        config = config.into_builder().credentials_provider(SharedCredentialsProvider::new(named)).build();
    }
    find_credentials(&config, settings.profile.as_deref()).await?;
    Ok(config.into_builder().region(named_region).build())
}

fn loader(settings: &Settings, http: &SharedHttpClient) -> Result<ConfigLoader> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = settings.region.clone() {
        loader = loader.region(Region::new(region));
    }
    if let Some(url) = &settings.endpoint_url {
        check_endpoint(url)?;
        loader = loader.endpoint_url(url);
    }
    Ok(loader)
}

fn no_http_client() -> Error {
    Error::new(ErrorKind::Local, "cannot set up HTTP")
}

/// The configuration for requests that change a key: sent once, since a repeat must first check whether the first was
/// executed.
pub(super) fn once() -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::config::Builder::new().retry_config(retries(1))
}

/// The timeouts for connecting, for the first byte of a reply, and for all of it; copies have a longer first-byte
/// timeout, [`Client::patient`]. [`ReplyClient`] limits the pauses within a body.
pub(crate) fn timeouts(settings: &Settings) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(limits::CONNECT_TIMEOUT)
        .read_timeout(settings.body_idle())
        .operation_attempt_timeout(limits::ATTEMPT_TIMEOUT)
        .build()
}

/// Retries with a total of `attempts`.
pub(crate) fn retries(attempts: u32) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_initial_backoff(limits::FIRST_BACKOFF)
        .with_max_backoff(limits::MAX_BACKOFF)
}

fn http_client(body_idle: Duration) -> Result<SharedHttpClient> {
    let mut trust = TrustStore::default();
    // Like the AWS CLI.
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|p| !p.is_empty()) {
        let pem = std::fs::read(&path).map_err(|e| {
            Error::new(ErrorKind::Usage, format!("cannot read AWS_CA_BUNDLE {}: {e}", path.to_string_lossy()))
        })?;
        trust.add_pem_certificate(pem);
    }
    let context = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|e| Error::new(ErrorKind::Local, "cannot set up TLS").because(e))?;
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .tls_context(context)
        .pool_idle_timeout(limits::POOL_IDLE)
        .build_with_resolver(Resolver);
    Ok(SharedHttpClient::new(ReplyClient::new(http, body_idle)))
}

fn check_endpoint(url: &str) -> Result<()> {
    let host = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if host.is_some_and(|h| !h.is_empty() && !h.starts_with('/')) {
        return Ok(());
    }
    Err(Error::usage(format!("cannot use {url} as --endpoint-url"))
        .hint("write it as http://HOST:PORT or https://HOST"))
}

async fn find_credentials(config: &aws_config::SdkConfig, profile: Option<&str>) -> Result<()> {
    let place = profile.map(|p| format!(" in the profile {p}")).unwrap_or_default();
    let missing = |e| {
        let mut error = Error::new(ErrorKind::Credentials, format!("no usable AWS credentials found{place}"))
            .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or renew the login (aws login, aws sso login)");
        if let Some(e) = e {
            error = error.because(aws_smithy_types::error::display::DisplayErrorContext(&e).to_string());
        }
        error
    };
    let provider = config.credentials_provider().ok_or_else(|| missing(None))?;
    let Err(e) = provider.provide_credentials().await else { return Ok(()) };
    Err(match that_needs_mfa(profile).await {
        Some(asking) => needs_mfa(&asking, profile)
            .because(aws_smithy_types::error::display::DisplayErrorContext(&e).to_string()),
        None => missing(Some(e)),
    })
}

/// Returns the endpoint URL as the SDK resolves it: from the option, else from the S3-specific setting of the
/// environment or profile, else from the general one.
fn endpoint(config: &SdkConfig, settings: &Settings) -> Option<String> {
    let named = match (&settings.endpoint_url, &settings.begun_on) {
        (Some(url), _) | (None, Some(Endpoint::Url(url))) => Some(url.clone()),
        (None, Some(Endpoint::Aws)) => return None,
        (None, None) => None,
    };
    let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url");
    let of_s3 = || config.service_config()?.load_config(key.build().ok()?);
    let found = named.or_else(of_s3);
    found.or_else(|| config.endpoint_url().map(ToOwned::to_owned)).filter(|url| !url.is_empty())
}

/// Returns the host of a URL without its port; IPv6 addresses keep their brackets.
pub(super) fn host_of(url: &str) -> &str {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    }
}

/// Returns whether a server is asked without TLS, by a name that the system resolves itself.
fn is_plain(url: &str) -> bool {
    url.starts_with("http://") && !host_of(url).ends_with(".localhost")
}

/// Returns whether a bucket's name cannot precede the URL's host: an IP address, or localhost.
fn needs_path_style(url: &str) -> bool {
    let host = host_of(url);
    host.starts_with('[') || host == "localhost" || host.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
impl Client {
    /// Creates a client to which a test sends nothing.
    pub(super) fn to(endpoint: &str) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(endpoint)
            .http_client(http_client(limits::BODY_IDLE).unwrap())
            .build();
        let settings = Settings { endpoint_url: Some(endpoint.to_owned()), ..Settings::default() };
        Self::new(&config, settings, Arc::default()).unwrap()
    }
}

#[cfg(test)]
mod tests;
