//! Signature Version 4, in the Authorization header or in the query (a presigned URL), verified on every request.
//!
//! Path and query are decoded and encoded again before they are signed, as AWS does. `SigV4a` is not supported. A
//! request's date is compared with real time:
//!
//! | signature | accepted from | until |
//! |---|---|---|
//! | in the header | 15 minutes before its date | 15 minutes after it |
//! | in the query | 15 minutes before its date | `X-Amz-Expires` seconds after it, at most 7 days |
//!
//! The host and every `x-amz-` header must be signed: nobody who sees a signed request can add to it.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};

use super::checksum::sha256_hex;
use super::error::{Code, Error, Result};
use super::request::{Request, decode, encode, encode_path};
use super::time::{iso, parse_amz_date, parse_http_date};

const MAX_SKEW_MILLIS: i64 = 15 * 60 * 1_000;
/// The longest validity of a presigned URL: a week, in seconds.
const MAX_EXPIRES: i64 = 7 * 24 * 60 * 60;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const QUERY_SIGNATURE: &str = "X-Amz-Signature";
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// The credentials that an endpoint accepts.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key ID.
    pub access_key: String,
    /// The secret access key.
    pub secret_key: String,
}

/// Never shows the secret, wherever it is logged.
impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

/// The expected properties of a signature.
pub(crate) struct Expected<'a> {
    pub(crate) credentials: &'a Credentials,
    /// The region that requests must be signed for; any if `None`.
    pub(crate) region: Option<&'a str>,
    /// The server's real time, in milliseconds since the epoch.
    pub(crate) now: i64,
}

/// A signature and the statements about it.
struct Authorization<'a> {
    access_key: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
    place: Place,
}

/// The part of a request that carries the signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Header,
    Query,
}

/// Verifies a request's signature. The payload hash is taken from the header, and checked with the body.
pub(crate) fn verify(request: &Request, expected: &Expected<'_>) -> Result<()> {
    let Expected { credentials, now, .. } = expected;
    let authorization = find(request)?;
    let Authorization { access_key, region, place, .. } = authorization;
    if access_key != credentials.access_key {
        return Err(Error::from(Code::InvalidAccessKeyId).field("AWSAccessKeyId", access_key));
    }
    check_scope(&authorization, expected.region)?;
    let (stamp, at) = match place {
        Place::Header => header_date(request, *now)?,
        Place::Query => query_date(request, *now)?,
    };
    check_signed_headers(request, authorization.signed_headers)?;
    let scope = format!("{}/{region}/s3/aws4_request", authorization.date);
    let canonical = canonical(request, &authorization)?;
    let to_sign = format!("{ALGORITHM}\n{stamp}\n{scope}\n{}", sha256_hex(&canonical));
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0));
    let key = generate_signing_key(&credentials.secret_key, time, region, "s3");
    if is_equal(&calculate_signature(key, to_sign.as_bytes()), authorization.signature) {
        return Ok(());
    }
    Err(Error::from(Code::SignatureDoesNotMatch)
        .field("AWSAccessKeyId", access_key)
        .field("StringToSign", to_sign)
        .field("SignatureProvided", authorization.signature)
        .field("CanonicalRequest", String::from_utf8_lossy(&canonical)))
}

/// Returns the region that a request is signed for, if it is signed.
pub(crate) fn region(request: &Request) -> Option<&str> {
    find(request).ok().map(|authorization| authorization.region)
}

/// Compares in a time that does not depend on where the two differ, which would tell a signature digit by digit.
fn is_equal(computed: &str, given: &str) -> bool {
    let pairs = computed.bytes().zip(given.bytes());
    let difference = pairs.fold(0, |difference, (a, b)| std::hint::black_box(difference | (a ^ b)));
    computed.len() == given.len() && difference == 0
}

/// Returns the signature of a request: one, in the header or in the query.
fn find(request: &Request) -> Result<Authorization<'_>> {
    let in_query = request.query.has(QUERY_SIGNATURE) || request.query.has("X-Amz-Algorithm");
    match request.header("authorization") {
        Some(_) if in_query => {
            let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query \
                           string parameter or the Authorization header should be specified";
            Err(Error::new(Code::InvalidArgument, message))
        }
        Some(header) => parse(header).ok_or_else(|| {
            let message = "The authorization header is malformed; not SigV4";
            Error::new(Code::AuthorizationHeaderMalformed, message)
        }),
        None if in_query => parse_query(request).ok_or_else(|| {
            let message = "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, \
                           X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
            Error::new(Code::AuthorizationQueryParametersError, message)
        }),
        // As clients presign by default for some endpoints.
        None if request.query.has("AWSAccessKeyId") && request.query.has("Signature") => {
            let message = "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.";
            Err(Error::new(Code::InvalidRequest, message))
        }
        None => Err(Code::AccessDenied.into()),
    }
}

fn parse(header: &str) -> Option<Authorization<'_>> {
    let fields = header.strip_prefix(ALGORITHM)?.trim_start();
    let field =
        |name: &str| fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
    let (signed_headers, signature) = (field("SignedHeaders")?, field("Signature")?);
    scoped(field("Credential")?, signed_headers, signature, Place::Header)
}

fn parse_query(request: &Request) -> Option<Authorization<'_>> {
    let field = |name| request.query.get(name);
    field("X-Amz-Algorithm").filter(|algorithm| *algorithm == ALGORITHM)?;
    let (signed_headers, signature) = (field("X-Amz-SignedHeaders")?, field(QUERY_SIGNATURE)?);
    scoped(field("X-Amz-Credential")?, signed_headers, signature, Place::Query)
}

/// Reads a credential, `KEY/DATE/REGION/SERVICE/aws4_request`.
fn scoped<'a>(
    credential: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
    place: Place,
) -> Option<Authorization<'a>> {
    let mut scope = credential.rsplitn(5, '/');
    let (end, service, region, date) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
    if end != "aws4_request" {
        return None;
    }
    Some(Authorization { access_key: scope.next()?, date, region, service, signed_headers, signature, place })
}

fn check_scope(authorization: &Authorization<'_>, expected: Option<&str>) -> Result<()> {
    let Authorization { region, service, place, .. } = authorization;
    let is_elsewhere = expected.is_some_and(|expected| expected != *region);
    if !is_elsewhere && *service == "s3" {
        return Ok(());
    }
    let expecting = expected.unwrap_or(region);
    let message = match place {
        Place::Header => format!(
            "The authorization header is malformed; the region '{region}' is wrong; expecting '{expecting}'"
        ),
        Place::Query => format!(
            "Error parsing the X-Amz-Credential parameter; the region '{region}' is wrong; expecting '{expecting}'"
        ),
    };
    let code = match place {
        Place::Header => Code::AuthorizationHeaderMalformed,
        Place::Query => Code::AuthorizationQueryParametersError,
    };
    Err(Error::new(code, message).field("Region", expecting).header("x-amz-bucket-region", expecting))
}

/// Returns the date of a request signed in its header, as signed, and in milliseconds since the epoch.
fn header_date(request: &Request, now: i64) -> Result<(&str, i64)> {
    let stamp = request.header("x-amz-date").map(|text| (text, parse_amz_date(text)));
    let stamp = stamp.or_else(|| request.header("date").map(|text| (text, parse_http_date(text))));
    let message = "AWS authentication requires a valid Date or x-amz-date header";
    let Some((stamp, Some(at))) = stamp else {
        return Err(Error::new(Code::AccessDenied, message));
    };
    if at.abs_diff(now) > MAX_SKEW_MILLIS.unsigned_abs() {
        return Err(Error::from(Code::RequestTimeTooSkewed).field("RequestTime", stamp));
    }
    Ok((stamp, at))
}

/// Returns the date of a presigned request that is valid now.
fn query_date(request: &Request, now: i64) -> Result<(&str, i64)> {
    let wrong = |message: &'static str| Error::new(Code::AuthorizationQueryParametersError, message);
    let stamp = request.query.get("X-Amz-Date").map(|text| (text, parse_amz_date(text)));
    let Some((stamp, Some(at))) = stamp else {
        return Err(wrong("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\""));
    };
    let expires = request.query.get("X-Amz-Expires").and_then(|text| text.parse::<i64>().ok());
    let expires = expires.ok_or_else(|| wrong("X-Amz-Expires should be a number"))?;
    if expires < 0 {
        return Err(wrong("X-Amz-Expires must be non-negative"));
    }
    if expires > MAX_EXPIRES {
        return Err(wrong("X-Amz-Expires must be less than a week (in seconds) that is 604800"));
    }
    let ends = at.saturating_add(expires * 1_000);
    if now > ends {
        return Err(Error::new(Code::AccessDenied, "Request has expired")
            .field("X-Amz-Expires", expires.to_string())
            .field("Expires", iso(ends, false))
            .field("ServerTime", iso(now, false)));
    }
    if at.saturating_sub(now) > MAX_SKEW_MILLIS {
        return Err(
            Error::new(Code::AccessDenied, "Request is not yet valid").field("ServerTime", iso(now, false))
        );
    }
    Ok((stamp, at))
}

/// Refuses a request with the host or an `x-amz-` header unsigned.
fn check_signed_headers(request: &Request, signed: &str) -> Result<()> {
    let is_signed = |name: &str| signed.split(';').any(|one| one == name);
    let unsigned = |name: &&str| (*name == "host" || name.starts_with("x-amz-")) && !is_signed(name);
    let mut names =
        std::iter::once("host").chain(request.headers.keys().map(hyper::header::HeaderName::as_str));
    match names.find(unsigned) {
        None => Ok(()),
        Some(name) => {
            let message = "There were headers present in the request which were not signed";
            Err(Error::new(Code::AccessDenied, message).field("HeadersNotSigned", name))
        }
    }
}

fn canonical(request: &Request, authorization: &Authorization<'_>) -> Result<Vec<u8>> {
    let Authorization { signed_headers, place, .. } = authorization;
    let signed =
        request.query.0.iter().filter(|(name, _)| *place == Place::Header || name != QUERY_SIGNATURE);
    let mut query: Vec<(String, String)> =
        signed.map(|(name, value)| (encode(name), encode(value))).collect();
    query.sort();
    let query: Vec<String> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let path = encode_path(&decode(&request.path)?);
    let mut canonical = format!("{}\n{path}\n{}\n", request.method, query.join("&")).into_bytes();
    for name in signed_headers.split(';') {
        canonical.extend_from_slice(name.as_bytes());
        canonical.push(b':');
        for (index, value) in request.headers.get_all(name).iter().enumerate() {
            if index > 0 {
                canonical.push(b',');
            }
            canonical.extend(collapse(value.as_bytes()));
        }
        canonical.push(b'\n');
    }
    let payload = request.header("x-amz-content-sha256").unwrap_or(UNSIGNED);
    canonical.extend_from_slice(format!("\n{signed_headers}\n{payload}").as_bytes());
    Ok(canonical)
}

/// Trims a header's value and collapses spaces.
fn collapse(value: &[u8]) -> Vec<u8> {
    let words = value.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(&b' ')
}

#[cfg(test)]
mod tests;
