//! The RDS client: sends requests, interprets refusals, and retries those that pass.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_sdk_rds::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::Server;
use crate::cancel::Cancel;
use crate::error::{Error, ErrorKind, Result};
use crate::limits;
use crate::model::printable;
use crate::retry::Backoff;
use crate::s3;

#[derive(Debug)]
pub(crate) struct Client {
    server: s3::Settings,
    /// Recreated when its credentials have expired.
    sdk: Mutex<aws_sdk_rds::Client>,
    cancel: Cancel,
}

impl Client {
    /// Loads the configuration and credentials. `database` is for messages.
    pub(super) async fn connect(database: &str, server: &Server, cancel: Cancel) -> Result<Self> {
        let Server { endpoint_url, region, profile, read_timeout } = server.clone();
        let server = s3::Settings { endpoint_url, region, profile, read_timeout, ..s3::Settings::default() };
        let sdk = Box::pin(connect(&server)).await?.ok_or_else(|| {
            Error::usage(format!("the region of the database {database} is unknown"))
                .hint("set it in the recovery file (region = \"eu-west-1\"), with --region, or as AWS_REGION")
        })?;
        Ok(Self { server, sdk: Mutex::new(sdk), cancel })
    }

    /// Creates a client that finds no other credentials.
    #[cfg(all(test, feature = "lab"))]
    pub(super) fn of(sdk: aws_sdk_rds::Client) -> Self {
        let server =
            s3::Settings { profile: Some("nothing by that name".to_owned()), ..s3::Settings::default() };
        Self { server, sdk: Mutex::new(sdk), cancel: Cancel::default() }
    }

    /// Sends a request once, with the SDK's few retries. After an expired token, reloads the credentials for the next
    /// call.
    pub(super) async fn ask<T>(&self, ask: impl AsyncFn(aws_sdk_rds::Client) -> Result<T>) -> Result<T> {
        let sdk = self.sdk.lock().unwrap_or_else(PoisonError::into_inner).clone();
        // Boxed because the SDK's futures are large, and every query of a recovery holds one.
        let answer = Box::pin(ask(sdk)).await;
        if let Err(e) = &answer
            && is_expired(e.code())
            && let Ok(Some(renewed)) = Box::pin(connect(&self.server)).await
        {
            *self.sdk.lock().unwrap_or_else(PoisonError::into_inner) = renewed;
        }
        answer
    }

    /// Does the same as [`Self::insist`] for a request that must not be repeated unnoticed: counts the requests in
    /// `requests` and disables the SDK's retries.
    pub(super) async fn insist_counted<T>(
        &self,
        requests: &Cell<u32>,
        ask: impl AsyncFn(aws_sdk_rds::Client) -> Result<T>,
    ) -> Result<T> {
        let once = aws_sdk_rds::config::retry::RetryConfig::disabled();
        self.insist(async |sdk| {
            requests.set(requests.get() + 1);
            let config = sdk.config().to_builder().retry_config(once.clone()).build();
            ask(aws_sdk_rds::Client::from_conf(config)).await
        })
        .await
    }

    /// Repeats a request, with pauses, while RDS refuses it for a passing reason.
    pub(super) async fn insist<T>(&self, ask: impl AsyncFn(aws_sdk_rds::Client) -> Result<T>) -> Result<T> {
        let mut backoff = Backoff::of_database();
        for _ in 1..limits::DATABASE_REFUSALS {
            match self.ask(&ask).await {
                Err(e) if passes(&e) => self.pause(backoff.pause()).await?,
                settled => return settled,
            }
        }
        self.ask(&ask).await
    }

    /// Does the same for a change that RDS refuses while the database is busy, which a first backup can cause for
    /// hours. Waits for at most `longest`.
    pub(super) async fn insist_while_busy<T>(
        &self,
        longest: Duration,
        change: impl AsyncFn() -> Result<T>,
    ) -> Result<T> {
        let until = Instant::now() + longest;
        let (mut backoff, mut refusals) = (Backoff::of_database(), 0);
        loop {
            match change().await {
                Err(e) if is_busy(e.code()) && Instant::now() < until => {}
                Err(e) if passes(&e) && !is_busy(e.code()) && refusals < limits::DATABASE_REFUSALS => {
                    refusals += 1;
                }
                settled => return settled,
            }
            self.pause(backoff.pause()).await?;
        }
    }

    /// Waits until a deleted resource is gone and its name is free.
    pub(super) async fn until_gone(&self, what: &str, is_gone: impl AsyncFn() -> Result<bool>) -> Result<()> {
        self.until(&format!("{what} is still being deleted"), limits::DATABASE_GONE, is_gone).await
    }

    /// Waits until `is_done`, for at most `longest`. `still` describes the unfinished state for the error.
    pub(super) async fn until(
        &self,
        still: &str,
        longest: Duration,
        is_done: impl AsyncFn() -> Result<bool>,
    ) -> Result<()> {
        let until = Instant::now() + longest;
        let mut backoff = Backoff::of_database();
        while !Box::pin(is_done()).await? {
            if Instant::now() >= until {
                let minutes = longest.as_secs() / 60;
                let message = format!("{still}, {minutes} minutes after the request");
                return Err(Error::new(ErrorKind::Local, message));
            }
            self.pause(backoff.pause()).await?;
        }
        Ok(())
    }

    pub(super) fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    pub(super) async fn pause(&self, pause: Duration) -> Result<()> {
        if self.cancel.pause(pause).await {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Interrupted, "interrupted while waiting for RDS"))
    }
}

/// Creates a client, or `None` if no region is configured.
async fn connect(server: &s3::Settings) -> Result<Option<aws_sdk_rds::Client>> {
    let config = s3::load_config(server).await?;
    if config.region().is_none() {
        return Ok(None);
    }
    let builder = aws_sdk_rds::config::Builder::from(&config)
        .retry_config(s3::retries(limits::DATABASE_ATTEMPTS))
        .timeout_config(s3::timeouts(server))
        .interceptor(s3::WholeReplies)
        .retry_classifier(s3::WholeReplies);
    Ok(Some(aws_sdk_rds::Client::from_conf(builder.build())))
}

/// Returns whether the same request may succeed later: throttling, a transient fault, expired credentials that get
/// renewed, or a busy database.
pub(super) fn passes(e: &Error) -> bool {
    e.is_retryable() || is_expired(e.code()) || is_busy(e.code())
}

fn is_expired(code: Option<&str>) -> bool {
    matches!(code, Some("ExpiredToken" | "ExpiredTokenException" | "RequestExpired"))
}

pub(super) fn is_busy(code: Option<&str>) -> bool {
    matches!(
        code,
        Some("InvalidDBInstanceState" | "InvalidDBInstanceStateFault" | "InvalidDBClusterStateFault")
    )
}

/// Returns whether the server refused the request, so that nothing has come of it.
pub(super) fn is_refusal(e: &Error) -> bool {
    e.code().is_some() && matches!(e.kind(), ErrorKind::Invalid | ErrorKind::Denied | ErrorKind::Missing)
}

/// Returns whether the request was refused because the name is taken.
pub(super) fn is_taken(e: &Error) -> bool {
    matches!(e.code(), Some("DBInstanceAlreadyExists" | "DBClusterAlreadyExistsFault"))
}

/// Maps a missing resource to `None`.
pub(super) fn if_there<T>(answer: Result<T>) -> Result<Option<T>> {
    match answer {
        Err(e) if e.kind() == ErrorKind::Missing => Ok(None),
        answer => answer.map(Some),
    }
}

/// Returns the permission whose absence hides the window, if the error names it: "User: ARN is not authorized to
/// perform: ACTION on resource: …"
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html>).
pub(in crate::db) fn missing_permission(e: &Error) -> Option<&'static str> {
    const ASKING: [&str; 5] = [
        "rds:DescribeDBInstances",
        "rds:DescribeDBInstanceAutomatedBackups",
        "rds:DescribeDBClusters",
        "rds:DescribeDBClusterAutomatedBackups",
        "rds:ListTagsForResource",
    ];
    let told = e.to_string();
    let named = |permission: &&str| told.split_whitespace().any(|word| word == *permission);
    ASKING.into_iter().find(named).filter(|_| e.kind() == ErrorKind::Denied)
}

/// Converts an SDK error. `doing` completes "cannot …", such as `describe the instance prod`.
pub(super) fn explain<E>(doing: &str, error: &SdkError<E, HttpResponse>) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let (code, message) = (service.err().code().unwrap_or_default(), service.err().message());
            explain_answer(doing, service.raw().status().as_u16(), code, message.unwrap_or_default())
        }
        SdkError::ConstructionFailure(_) => Error::new(ErrorKind::Invalid, format!("cannot {doing}")),
        _ => Error::new(ErrorKind::Transient, format!("cannot {doing}: RDS does not answer"))
            .hint("check the network, and the endpoint-url and region of the database"),
    }
    .because(DisplayErrorContext(error).to_string())
}

fn explain_answer(doing: &str, status: u16, code: &str, message: &str) -> Error {
    let said = match (code, message) {
        ("", _) if status < 400 => "its reply cannot be read".to_owned(),
        ("", _) => format!("HTTP {status}"),
        (code, "") => code.to_owned(),
        (code, message) => format!("{code}: {}", printable(message)),
    };
    let kind = kind_of(status, code);
    let error = Error::new(kind, format!("cannot {doing}: {said}")).with_code(code);
    match remedy(code, kind) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

fn remedy(code: &str, kind: ErrorKind) -> Option<&'static str> {
    Some(match (code, kind) {
        (code, _) if is_expired(Some(code)) => {
            "the credentials have expired: renew them (aws sso login, or a new session token); RDS continues what was requested, and the same command finds it by its tag"
        }
        (code, _) if is_busy(Some(code)) => "it is busy: wait until it is available",
        (_, ErrorKind::Denied) => "asof check --iam recover prints the permissions that the credentials need",
        (_, ErrorKind::Throttled) => "RDS is throttling requests: try again later",
        ("KMSKeyNotAccessibleFault", _) => {
            "enable the key and allow the role to use it: kms:DescribeKey and kms:CreateGrant for RDS (asof check --iam recover prints the policy)"
        }
        ("PointInTimeRestoreNotEnabled", _) => {
            "its automated backups are off, so no past second can be restored"
        }
        ("DBInstanceQuotaExceeded" | "InstanceQuotaExceeded" | "StorageQuotaExceeded", _) => {
            "remove unused resources, or request a quota increase"
        }
        (code, _) if code.contains("GroupNotFound") => {
            "choose an existing one in the overrides of the recovery file"
        }
        _ => return None,
    })
}

fn kind_of(status: u16, code: &str) -> ErrorKind {
    match (code, status) {
        ("Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException", _)
        | (_, 429) => ErrorKind::Throttled,
        (code, _) if is_expired(Some(code)) => ErrorKind::Denied,
        (
            "DBInstanceNotFound"
            | "DBInstanceNotFoundFault"
            | "DBClusterNotFoundFault"
            | "DBInstanceAutomatedBackupNotFound"
            | "DBInstanceAutomatedBackupNotFoundFault"
            | "DBClusterAutomatedBackupNotFoundFault",
            _,
        ) => ErrorKind::Missing,
        (_, 401 | 403) => ErrorKind::Denied,
        (_, 500..) => ErrorKind::Transient,
        ("", ..=399) => ErrorKind::Corrupt,
        _ => ErrorKind::Invalid,
    }
}

#[cfg(test)]
mod tests;
