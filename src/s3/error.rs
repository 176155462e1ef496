//! Converts SDK errors into asof's: what failed, for which bucket and key, and what to do next.

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::retry::ErrorKind as RetryKind;

use super::listing::DecodeError;
use super::reply::Stalled;
use super::root;
use super::sites::Sites;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, Known, printable};

/// The operation during which an error occurred.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doing<'a> {
    /// Completes "cannot …", such as `list the versions of`.
    pub(super) what: &'static str,
    pub(super) bucket: &'a str,
    pub(super) key: Option<&'a str>,
    /// The IAM permissions that the request needs.
    pub(super) permission: &'static str,
}

impl Doing<'_> {
    fn target(&self) -> String {
        match self.key {
            Some(key) => format!("s3://{}/{}", self.bucket, printable(key)),
            None => format!("s3://{}", self.bucket),
        }
    }

    fn cannot(&self, why: &str) -> String {
        format!("cannot {} {}: {why}", self.what, self.target())
    }
}

/// The code of an error for an unreadable success reply.
const UNREADABLE: &str = "UnreadableReply";

/// The server and region used for a bucket.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) endpoint: Option<String>,
    pub(super) region: String,
    pub(super) expected_owner: Option<Account>,
}

/// Converts an SDK error.
pub(super) fn explain<E>(error: &SdkError<E, HttpResponse>, doing: Doing<'_>, sites: &Sites) -> Error
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    if let Some(why) = of_credentials(error) {
        return Error::new(ErrorKind::Credentials, doing.cannot(&format!("there are no credentials: {why}")))
            .hint(RENEW)
            .because(DisplayErrorContext(error).to_string());
    }

    let place = &sites.of(doing.bucket).place;
    match error {
        SdkError::ServiceError(service)
            if service.raw().status().is_success() && service.err().code().is_none() =>
        {
            let body = service.raw().body().bytes().unwrap_or_default();
            let why = root::describe(body, &root_cause(error).to_string());
            let why = format!("the reply is not a valid S3 result: {why}");
            Error::new(ErrorKind::Corrupt, doing.cannot(&why)).with_code(UNREADABLE)
        }
        SdkError::ServiceError(service) => {
            explain_answer(&Answer::of(service.raw(), service.err()), doing, place)
        }
        SdkError::TimeoutError(_) => unreachable(ErrorKind::Transient, "the request timed out", doing, place),
        SdkError::DispatchFailure(failure) if failure.is_timeout() => {
            unreachable(ErrorKind::Transient, "the connection timed out", doing, place)
        }
        SdkError::DispatchFailure(failure) if failure.is_io() => match root_cause(error) {
            cause if cause.is::<DecodeError>() => {
                Error::new(ErrorKind::Corrupt, doing.cannot(&cause.to_string()))
            }
            cause => unreachable(ErrorKind::Transient, &cause.to_string(), doing, place),
        },
        // The connection was closed before the reply was complete.
        SdkError::DispatchFailure(failure) if failure.as_other() == Some(RetryKind::TransientError) => {
            unreachable(ErrorKind::Transient, &root_cause(error).to_string(), doing, place)
        }
        // The reply is not valid HTTP; the request may have been executed.
        SdkError::DispatchFailure(_) => {
            Error::new(ErrorKind::Corrupt, doing.cannot(&root_cause(error).to_string()))
        }
        SdkError::ResponseError(_) => match root_cause(error) {
            cause if cause.is::<Stalled>() => {
                unreachable(ErrorKind::Transient, &cause.to_string(), doing, place)
            }
            cause => Error::new(ErrorKind::Transient, doing.cannot(&cause.to_string())),
        },
        _ => Error::new(ErrorKind::Invalid, doing.cannot(&root_cause(error).to_string())),
    }
    .because(DisplayErrorContext(error).to_string())
}

/// Interprets an error in reading a setting. A missing permission makes the setting unknown; unusable credentials or a
/// failing server end the command.
pub(super) fn not_told<T>(e: Error, permission: &'static str) -> Result<Known<T>> {
    let of_permission =
        matches!(e.code(), Some("AccessDenied" | "AllAccessDisabled" | "Forbidden" | "HTTP 403"));
    match e.kind() {
        ErrorKind::Denied if of_permission => Ok(Known::Denied(permission)),
        // For callers from another account, S3 answers 405 about an existing policy, so this does not mean
        // unsupported.
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketPolicy.html
        ErrorKind::Unsupported if !matches!(e.code(), Some("MethodNotAllowed" | "HTTP 405")) => {
            Ok(Known::NotOffered)
        }
        ErrorKind::Denied | ErrorKind::Credentials | ErrorKind::Throttled | ErrorKind::Transient => Err(e),
        _ if e.code() == Some("NoSuchBucket") => Err(e),
        // Ceph RGW answers unsupported requests with the bucket's listing.
        _ if e.code() == Some(UNREADABLE) => {
            Ok(Known::Unclear("unexpected kind of reply: the server may not support it".to_owned()))
        }
        _ => Ok(Known::Unclear(e.to_string())),
    }
}

/// The server's answer, independent of transport.
#[derive(Debug, Default)]
pub(super) struct Answer<'a> {
    pub(super) status: u16,
    pub(super) code: &'a str,
    pub(super) message: &'a str,
    pub(super) bucket_region: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(reply: &'a HttpResponse, error: &'a impl ProvideErrorMetadata) -> Self {
        Self {
            status: reply.status().as_u16(),
            code: error.code().unwrap_or_default(),
            message: error.message().unwrap_or_default(),
            bucket_region: reply.headers().get("x-amz-bucket-region"),
            request_id: reply.headers().get("x-amz-request-id"),
        }
    }

    /// Returns the bucket's region, if the answer names it.
    fn region(&self) -> Option<&'a str> {
        self.bucket_region.or_else(|| self.message.split("expecting '").nth(1)?.split('\'').next())
    }

    /// Returns whether the request was sent to, or signed for, the wrong region
    /// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html>). A HEAD has no code.
    fn is_misdirected(&self) -> bool {
        let code = matches!(
            self.code,
            "PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException" | ""
        );
        code && (self.status == 301 || (self.status == 400 && self.region().is_some()))
    }
}

/// Returns the region that the server named when refusing a request for the wrong region.
pub(super) fn region_named<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let SdkError::ServiceError(service) = error else { return None };
    let answer = Answer::of(service.raw(), service.err());
    answer.region().filter(|_| answer.is_misdirected()).map(ToOwned::to_owned)
}

/// Converts the server's error answer.
pub(super) fn explain_answer(answer: &Answer<'_>, doing: Doing<'_>, place: &Place) -> Error {
    let kind = kind_of(answer);
    let code =
        if answer.code.is_empty() { format!("HTTP {}", answer.status) } else { answer.code.to_owned() };
    let region = answer.region();
    let mut error = match (answer.code, kind) {
        ("NoSuchBucket", _) => Error::new(kind, format!("the bucket {} does not exist", doing.bucket))
            .hint("check its name, --profile and --endpoint-url"),
        ("ExpiredToken" | "ExpiredTokenException" | "RequestExpired" | "TokenRefreshRequired", _) => {
            Error::new(kind, doing.cannot("the credentials have expired")).hint(RENEW)
        }
        ("RequestTimeTooSkewed" | "RequestInTheFuture", _) => {
            Error::new(kind, doing.cannot("this machine's clock differs too much from the server's"))
                .hint("set the clock, then run the command again")
        }
        (_, ErrorKind::Credentials) => {
            Error::new(kind, doing.cannot(&format!("the server does not accept the credentials ({code})")))
                .hint("check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or --profile")
        }
        _ if answer.is_misdirected() && region != Some(&*place.region) => {
            let wrong = format!("the bucket {} is not in the region {}", doing.bucket, place.region);
            match region {
                Some(region) => Error::new(kind, format!("{wrong}, but in {region}"))
                    .hint(format!("add --region {region}")),
                None => Error::new(kind, wrong).hint("set its region with --region"),
            }
        }
        (_, ErrorKind::Denied) => {
            let denied = Error::new(kind, doing.cannot(&format!("access denied ({code})")))
                .hint(format!("the credentials need {}, and no policy may deny it", doing.permission));
            match &place.expected_owner {
                None => denied,
                Some(owner) => denied.hint(format!(
                    "or the bucket is not owned by account {owner}, as --expected-bucket-owner requires"
                )),
            }
        }
        (_, ErrorKind::Throttled) => {
            Error::new(kind, doing.cannot(&format!("the server is throttling requests ({code})")))
                .hint("try again later, or lower --rate and --concurrency")
        }
        _ => {
            let said = if answer.message.is_empty() {
                code.clone()
            } else {
                format!("{code}: {}", printable(answer.message))
            };
            Error::new(kind, doing.cannot(&said))
        }
    };
    error = error.with_code(code);
    match answer.request_id {
        Some(id) if kind == ErrorKind::Invalid && answer.status != 301 && region.is_none() => {
            error.hint(format!("the server's request id is {}", printable(id)))
        }
        _ => error,
    }
}

const RENEW: &str = "renew them (aws login, aws sso login, or a new session token)";

/// Codes that concern neither bucket nor key: every other request would get the same answer
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>).
const OF_CREDENTIALS: [&str; 16] = [
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
    "InvalidToken",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "MissingAuthenticationToken",
    "InvalidSecurity",
    "NotSignedUp",
    "AccountProblem",
    "RequestTimeTooSkewed",
    "RequestInTheFuture",
];

fn kind_of(answer: &Answer<'_>) -> ErrorKind {
    match (answer.code, answer.status) {
        (code, _) if OF_CREDENTIALS.contains(&code) => ErrorKind::Credentials,
        (
            "SlowDown" | "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequests",
            _,
        )
        | (_, 429) => ErrorKind::Throttled,
        ("InvalidObjectState" | "ObjectNotInActiveTierError", _) => ErrorKind::Invalid,
        ("PreconditionFailed" | "ConditionalRequestConflict", _) | (_, 412) => ErrorKind::Precondition,
        ("InternalError" | "RequestTimeout" | "OperationAborted" | "ServiceUnavailable", _) => {
            ErrorKind::Transient
        }
        ("NotImplemented", _) | (_, 501 | 405) => ErrorKind::Unsupported,
        ("NoSuchKey" | "NoSuchVersion" | "NoSuchBucket" | "NotFound", _) | (_, 404) => ErrorKind::Missing,
        ("AccessDenied" | "AllAccessDisabled", _) | (_, 401 | 403) => ErrorKind::Denied,
        (_, 503) => ErrorKind::Throttled,
        (_, 500..) => ErrorKind::Transient,
        _ => ErrorKind::Invalid,
    }
}

fn unreachable(kind: ErrorKind, why: &str, doing: Doing<'_>, place: &Place) -> Error {
    let server =
        place.endpoint.as_deref().map_or_else(|| format!("S3 in {}", place.region), ToOwned::to_owned);
    Error::new(kind, format!("{} (server: {server})", doing.cannot(why)))
        .hint("check the network, and --endpoint-url and --region, then run the command again")
}

/// Returns the stall that caused an error, if any.
pub(super) fn stalled<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Stalled> {
    root_cause(error).downcast_ref()
}

/// Returns why the SDK has no credentials to sign with: they have expired, and their source returns no new ones. A
/// source that timed out may answer next time, so it does not count.
fn of_credentials(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(e) = cause {
        match e.downcast_ref::<CredentialsError>() {
            Some(CredentialsError::ProviderTimedOut(_)) => return None,
            Some(e) => return Some(root_cause(e).to_string()),
            None => cause = e.source(),
        }
    }
    None
}

/// Returns the innermost error: outer ones say only "dispatch failure" and the like.
fn root_cause<'a>(error: &'a (dyn std::error::Error + 'static)) -> &'a (dyn std::error::Error + 'static) {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause
}

#[cfg(test)]
mod tests;
