//! `asof serve` on the lab: what clients read through a view, what is refused, and what a failing source does to it.

mod clients;
mod faults;
mod hostile;
mod lists;
mod options;
mod reads;
mod wire;

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region};

use crate::servers::{Kind, Server};
use crate::support::{Bucket, Moment, Subject};

/// A running `asof serve`. Dropping it ends it.
struct View {
    process: Child,
    url: String,
    key: String,
    secret: String,
}

impl View {
    /// Starts a view of a bucket.
    async fn of(subject: &Subject, bucket: &Bucket, at: Moment, options: &[&str]) -> Self {
        let (at, place) = (at.to_string(), bucket.url(""));
        let arguments = [&["serve", &place, "--at", &at, "--listen", "127.0.0.1:0"][..], options].concat();
        Self::start(subject, &arguments).await
    }

    /// Starts it with these arguments, and waits until it is ready.
    async fn start(subject: &Subject, arguments: &[&str]) -> Self {
        let mut command = subject.command(&subject.server.secret, arguments);
        let ready = move || {
            let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
            let mut out = BufReader::new(process.stdout.take().unwrap());
            let mut exports = std::collections::BTreeMap::new();
            while !exports.contains_key("AWS_REGION") {
                let mut line = String::new();
                if out.read_line(&mut line).unwrap() == 0 {
                    let mut why = String::new();
                    process.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                    panic!("asof serve ended: {why}");
                }
                let (name, value) = line.trim_end().strip_prefix("export ").unwrap().split_once('=').unwrap();
                exports.insert(name.to_owned(), value.to_owned());
            }
            let mut take = |name: &str| exports.remove(name).unwrap_or_default();
            let url = take("AWS_ENDPOINT_URL_S3");
            Self { process, url, key: take("AWS_ACCESS_KEY_ID"), secret: take("AWS_SECRET_ACCESS_KEY") }
        };
        tokio::task::spawn_blocking(ready).await.unwrap()
    }

    /// A client of the view, as an application has it.
    fn client(&self) -> Client {
        self.client_with(&self.key, &self.secret)
    }

    fn client_with(&self, key: &str, secret: &str) -> Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .region(Region::new("us-east-1"))
            .endpoint_url(&self.url)
            .credentials_provider(Credentials::new(key, secret, None, None, "tests"))
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .force_path_style(true)
            .build();
        Client::from_conf(config)
    }

    /// The address, for connections of other kinds.
    fn address(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }

    /// Ends it, and returns what it said on stderr.
    fn end(mut self) -> String {
        self.process.kill().unwrap();
        let mut said = String::new();
        self.process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for View {
    fn drop(&mut self) {
        // It may have ended.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The lab with an empty bucket.
async fn scene() -> (Subject, Bucket) {
    let subject = Subject::new(Server::find(Kind::Lab).await);
    let bucket = subject.bucket().await;
    (subject, bucket)
}

/// The code of a failed request; `HTTP N` without one, as in the reply to a HEAD.
fn code<T: std::fmt::Debug, E>(sent: Result<T, aws_sdk_s3::error::SdkError<E>>) -> String
where
    E: aws_sdk_s3::error::ProvideErrorMetadata + std::fmt::Debug,
{
    let e = sent.expect_err("it was not refused");
    let service = e.as_service_error().unwrap_or_else(|| panic!("{e:?}"));
    match (service.code(), e.raw_response()) {
        (Some(code), _) if code != "NotFound" => code.to_owned(),
        (_, Some(raw)) => format!("HTTP {}", raw.status().as_u16()),
        _ => panic!("{e:?}"),
    }
}
