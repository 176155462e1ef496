//! The lab as the AWS SDK sees it, over HTTP.

mod control;
mod faults;
mod labels;
mod multipart;
mod objects;
mod versions;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};

use super::{Lab, Options};

const BUCKET: &str = "bucket";

/// A lab with one versioned bucket, and a client.
async fn lab() -> (Lab, Client) {
    lab_with(Options::default()).await
}

async fn lab_with(options: Options) -> (Lab, Client) {
    let lab = Lab::start(options).await.unwrap();
    lab.create_bucket(BUCKET);
    let client = client(&lab, "lab-secret", "us-east-1");
    (lab, client)
}

fn client(lab: &Lab, secret: &str, region: &str) -> Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(lab.url())
        .force_path_style(true)
        .region(Region::new(region.to_owned()))
        .credentials_provider(Credentials::new("lab", secret, None, None, "test"))
        .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
        .build();
    Client::from_conf(config)
}

/// Returns the HTTP status and the S3 code of an error.
fn code<E: ProvideErrorMetadata + std::fmt::Debug>(
    error: &SdkError<E, aws_sdk_s3::config::http::HttpResponse>,
) -> (u16, String) {
    let status = error.raw_response().map_or(0, |response| response.status().as_u16());
    (status, error.code().unwrap_or_default().to_owned())
}

/// Keys that tools have handled incorrectly.
const ODD_KEYS: [&str; 14] = [
    "plain",
    "a b",
    "a+b",
    "a%20b",
    "/lead",
    "a//b",
    "a/../b",
    "./a",
    "tilde~(x)*'!",
    "ünï/日本",
    "q?versionId=x&y=1#z",
    "back\\slash",
    "tab\tnl\nend",
    " x ",
];
