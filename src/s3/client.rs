//! Making the client: configuration as the AWS CLI reads it, the tap on listings, patience.

use std::sync::Arc;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::listing::TapClient;
use super::rate::Rate;
use super::reply::ReplyClient;
use crate::error::{Error, ErrorKind, Result};
use crate::event::Counters;
use crate::limits;

/// Where the server is and who asks. What is left out comes from the environment and the files that the AWS CLI reads.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The server's address, for servers other than AWS.
    pub endpoint_url: Option<String>,
    /// The bucket's region.
    pub region: Option<String>,
    /// The profile in the AWS configuration files.
    pub profile: Option<String>,
    /// Name the bucket in the path, not in the host name.
    pub path_style: bool,
    /// Requests that write, a second; a delete of N keys counts as N.
    pub rate: Option<u32>,
    /// Listing requests under way at once, at most.
    pub list_concurrency: Option<usize>,
    /// How long nothing may come of a reply that has begun, unless it is [`limits::BODY_IDLE`].
    pub read_timeout: Option<Duration>,
}

impl Settings {
    fn body_idle(&self) -> Duration {
        self.read_timeout.unwrap_or(limits::BODY_IDLE)
    }
}

/// A client for one server. Cloned freely.
#[derive(Debug, Clone)]
pub struct Client {
    pub(super) sdk: aws_sdk_s3::Client,
    pub(super) rate: Rate,
    list_concurrency: usize,
    pub(super) counters: Arc<Counters>,
    pub(super) place: Arc<Place>,
}

/// What error messages say of the server.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) endpoint: Option<String>,
    pub(super) region: String,
}

impl Client {
    /// Reads the configuration and finds credentials. Sends nothing to the server yet.
    pub async fn connect(settings: Settings, counters: Arc<Counters>) -> Result<Self> {
        let config = load_config(&settings).await?;
        let http = config.http_client().ok_or_else(no_http_client)?;
        // As the AWS CLI does: without a region, us-east-1 is asked, and says so if the bucket is elsewhere.
        let region = config.region().cloned().unwrap_or(Region::new("us-east-1"));
        let endpoint = endpoint(&config);
        let list_concurrency = settings.list_concurrency.unwrap_or(limits::DEFAULT_LIST_CONCURRENCY).max(1);
        let builder = aws_sdk_s3::config::Builder::from(&config)
            .http_client(TapClient::new(http.clone(), list_concurrency))
            .force_path_style(settings.path_style || endpoint.as_deref().is_some_and(needs_path_style))
            .retry_config(retries(limits::ATTEMPTS))
            // The SDK's default bucket holds 500 tokens for the whole client: under throttling it would stop retrying
            // every request at once, however many attempts each has left.
            .retry_partition(RetryPartition::custom("asof").token_bucket(TokenBucket::unlimited()).build())
            .timeout_config(timeouts(&settings))
            // A copy sends nothing for minutes and is not stalled.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .region(region.clone());
        Ok(Self {
            sdk: aws_sdk_s3::Client::from_conf(builder.build()),
            rate: Rate::per_second(settings.rate.unwrap_or(limits::DEFAULT_RATE)),
            list_concurrency,
            counters,
            place: Arc::new(Place { endpoint, region: region.to_string() }),
        })
    }

    /// Listing requests that may be under way at once.
    pub fn list_concurrency(&self) -> usize {
        self.list_concurrency
    }

    /// The counters that this client adds to.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

/// The configuration of a client of any AWS service, with credentials that were found. Sends nothing to the service yet.
pub(crate) async fn load_config(settings: &Settings) -> Result<SdkConfig> {
    let http = http_client(settings.body_idle())?;
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
    let mut config = loader.load().await;
    if let Some(profile) = &settings.profile {
        // As the AWS CLI does: a profile named on the command line comes before credentials in the environment.
        let provider = ProviderConfig::without_region().with_http_client(http.clone());
        let provider = provider.with_region(config.region().cloned());
        let named =
            ProfileFileCredentialsProvider::builder().configure(&provider).profile_name(profile).build();
        config = config.into_builder().credentials_provider(SharedCredentialsProvider::new(named)).build();
    }
    find_credentials(&config, settings.profile.as_deref()).await?;
    Ok(config)
}

fn no_http_client() -> Error {
    Error::new(ErrorKind::Local, "cannot set up HTTP")
}

/// For requests that write: sent once, since whoever sends them again has to look first whether they were carried out.
pub(super) fn once() -> aws_sdk_s3::config::Builder {
    aws_sdk_s3::config::Builder::new().retry_config(retries(1))
}

/// How long a connection, the first byte of an answer, and the whole of it are waited for. The pauses within its body are
/// [`ReplyClient`]'s.
pub(crate) fn timeouts(settings: &Settings) -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(limits::CONNECT_TIMEOUT)
        .read_timeout(limits::READ_TIMEOUT.max(settings.body_idle()))
        .operation_attempt_timeout(limits::ATTEMPT_TIMEOUT)
        .build()
}

/// Retries with `attempts` in all.
pub(crate) fn retries(attempts: u32) -> RetryConfig {
    RetryConfig::standard()
        .with_max_attempts(attempts)
        .with_initial_backoff(limits::FIRST_BACKOFF)
        .with_max_backoff(limits::MAX_BACKOFF)
}

fn http_client(body_idle: Duration) -> Result<SharedHttpClient> {
    let mut trust = TrustStore::default();
    // As the AWS CLI does.
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
        .build_https();
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
        let mut error = Error::new(ErrorKind::Denied, format!("no usable AWS credentials were found{place}"))
            .hint("set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a --profile, or renew the login (aws sso login)");
        if let Some(e) = e {
            error = error.because(aws_smithy_types::error::display::DisplayErrorContext(&e).to_string());
        }
        error
    };
    let provider = config.credentials_provider().ok_or_else(|| missing(None))?;
    provider.provide_credentials().await.map(drop).map_err(|e| missing(Some(e)))
}

/// The server's address, from the option or from what the environment says.
fn endpoint(config: &aws_config::SdkConfig) -> Option<String> {
    let service = std::env::var("AWS_ENDPOINT_URL_S3").ok().filter(|url| !url.is_empty());
    config.endpoint_url().map(ToOwned::to_owned).or(service)
}

/// Whether the host of an address has no room for a bucket's name before it: an IP address, or localhost.
fn needs_path_style(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?']).next().unwrap_or_default();
    if host.starts_with('[') {
        return true;
    }
    let host = host.rsplit_once(':').map_or(host, |(name, _)| name);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_cannot_carry_a_bucket_name_are_known() {
        for url in ["http://127.0.0.1:9000", "http://localhost:4566/", "http://[::1]:80", "https://10.0.0.1"]
        {
            assert!(needs_path_style(url), "{url}");
        }
        for url in ["https://s3.eu-west-1.amazonaws.com", "http://minio.local:9000"] {
            assert!(!needs_path_style(url), "{url}");
        }
    }

    #[test]
    fn every_wait_has_an_end_and_a_long_copy_its_time() {
        let minutes = |n| Some(Duration::from_mins(n));
        for (read_timeout, first_byte) in [(None, 5), (Some(Duration::from_secs(1)), 5), (minutes(10), 10)] {
            let timeouts = timeouts(&Settings { read_timeout, ..Settings::default() });
            assert_eq!(timeouts.connect_timeout(), Some(limits::CONNECT_TIMEOUT));
            assert_eq!(timeouts.read_timeout(), minutes(first_byte), "{read_timeout:?}");
            assert_eq!(timeouts.operation_attempt_timeout(), minutes(30));
        }
    }

    #[test]
    fn an_endpoint_has_a_scheme_and_a_host() {
        assert!(check_endpoint("http://127.0.0.1:1").is_ok());
        for url in ["127.0.0.1:9000", "http://", "http:///x", "ftp://x", ""] {
            assert!(check_endpoint(url).is_err(), "{url}");
        }
    }
}
