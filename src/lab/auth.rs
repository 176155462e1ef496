//! Signature Version 4 in the Authorization header, verified on every request.
//!
//! Path and query are decoded and encoded again before they are signed, as AWS does. Presigned requests and `SigV4a`
//! are not supported. A request's date is checked against real time, never the lab's clock.

use std::time::{Duration, SystemTime};

use aws_sigv4::sign::v4::{calculate_signature, generate_signing_key};

use super::checksum::sha256_hex;
use super::error::{Code, Error, Result};
use super::request::{Request, decode, encode, encode_path};
use super::time::{parse_amz_date, parse_http_date};

const MAX_SKEW_MILLIS: u64 = 15 * 60 * 1_000;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The credentials that the lab accepts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The access key ID; `lab` by default.
    pub access_key: String,
    /// The secret access key; `lab-secret` by default.
    pub secret_key: String,
}

impl Default for Credentials {
    fn default() -> Self {
        Self { access_key: "lab".to_owned(), secret_key: "lab-secret".to_owned() }
    }
}

/// The expected properties of a signature.
pub(crate) struct Expected<'a> {
    pub(crate) credentials: &'a Credentials,
    pub(crate) region: &'a str,
    /// The server's real time, in milliseconds since the epoch.
    pub(crate) now: i64,
}

/// The parts of an Authorization header.
struct Authorization<'a> {
    access_key: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

/// Verifies a request's signature. The payload hash is taken from the header, and checked with the body.
pub(crate) fn verify(request: &Request, expected: &Expected<'_>) -> Result<()> {
    let Expected { credentials, region, now } = expected;
    let header = request.header("authorization").ok_or(Code::AccessDenied)?;
    let authorization = parse(header).ok_or_else(|| {
        Error::new(Code::AuthorizationHeaderMalformed, "The authorization header is malformed; not SigV4")
    })?;
    if authorization.access_key != credentials.access_key {
        return Err(Error::from(Code::InvalidAccessKeyId).field("AWSAccessKeyId", authorization.access_key));
    }
    if authorization.region != *region || authorization.service != "s3" {
        let message = format!(
            "The authorization header is malformed; the region '{}' is wrong; expecting '{region}'",
            authorization.region
        );
        return Err(Error::new(Code::AuthorizationHeaderMalformed, message)
            .field("Region", *region)
            .header("x-amz-bucket-region", *region));
    }
    let (stamp, at) = date(request)?;
    if at.abs_diff(*now) > MAX_SKEW_MILLIS {
        return Err(Error::from(Code::RequestTimeTooSkewed).field("RequestTime", stamp));
    }
    let scope = format!("{}/{region}/s3/aws4_request", authorization.date);
    let canonical = canonical(request, authorization.signed_headers)?;
    let to_sign = format!("{ALGORITHM}\n{stamp}\n{scope}\n{}", sha256_hex(&canonical));
    let time = SystemTime::UNIX_EPOCH + Duration::from_millis(u64::try_from(at).unwrap_or(0));
    let key = generate_signing_key(&credentials.secret_key, time, region, "s3");
    if calculate_signature(key, to_sign.as_bytes()) == authorization.signature {
        return Ok(());
    }
    Err(Error::from(Code::SignatureDoesNotMatch)
        .field("AWSAccessKeyId", authorization.access_key)
        .field("StringToSign", to_sign)
        .field("SignatureProvided", authorization.signature)
        .field("CanonicalRequest", String::from_utf8_lossy(&canonical)))
}

/// Returns the region that a request is signed for, if it is signed.
pub(crate) fn region(request: &Request) -> Option<&str> {
    parse(request.header("authorization")?).map(|authorization| authorization.region)
}

fn parse(header: &str) -> Option<Authorization<'_>> {
    let fields = header.strip_prefix(ALGORITHM)?.trim_start();
    let field =
        |name: &str| fields.split(',').find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='));
    let mut scope = field("Credential")?.rsplitn(5, '/');
    let (end, service, region, date) = (scope.next()?, scope.next()?, scope.next()?, scope.next()?);
    if end != "aws4_request" {
        return None;
    }
    Some(Authorization {
        access_key: scope.next()?,
        date,
        region,
        service,
        signed_headers: field("SignedHeaders")?,
        signature: field("Signature")?,
    })
}

/// Returns the request's date as signed, and in milliseconds since the epoch.
fn date(request: &Request) -> Result<(&str, i64)> {
    let stamp = request.header("x-amz-date").map(|text| (text, parse_amz_date(text)));
    let stamp = stamp.or_else(|| request.header("date").map(|text| (text, parse_http_date(text))));
    let message = "AWS authentication requires a valid Date or x-amz-date header";
    match stamp {
        Some((text, Some(at))) => Ok((text, at)),
        _ => Err(Error::new(Code::AccessDenied, message)),
    }
}

fn canonical(request: &Request, signed_headers: &str) -> Result<Vec<u8>> {
    let mut query: Vec<(String, String)> =
        request.query.0.iter().map(|(name, value)| (encode(name), encode(value))).collect();
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
    let payload = request.header("x-amz-content-sha256").unwrap_or("UNSIGNED-PAYLOAD");
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
