//! Conditions on a read.
//!
//! | header | ETag or date | outcome |
//! |---|---|---|
//! | `If-Match` | matches | `If-Unmodified-Since` is ignored |
//! | `If-Match` | differs | 412 |
//! | `If-Unmodified-Since`, no `If-Match` | modified later | 412 |
//! | `If-None-Match` | matches | 304; `If-Modified-Since` is ignored |
//! | `If-None-Match` | differs | read; `If-Modified-Since` is ignored |
//! | `If-Modified-Since`, no `If-None-Match` | not modified later | 304 |
//!
//! A date that cannot be read counts as absent.

use super::error::{Code, Error, Result};
use super::request::Request;
use super::time::parse_http_date;

/// The facts about an object that conditions compare.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compared<'a> {
    /// Without quotes.
    pub(crate) etag: &'a str,
    /// In milliseconds since the epoch.
    pub(crate) modified: i64,
}

/// Checks the conditions of a read, or those on the source of a copy, whose headers have a prefix. An unchanged object
/// is the error `not_modified`.
pub(crate) fn check_read(
    request: &Request,
    prefix: &str,
    object: Compared<'_>,
    not_modified: Code,
) -> Result<()> {
    let header = |name: &str| request.header(&format!("{prefix}{name}"));
    // Times in headers are whole seconds.
    let modified = object.modified.div_euclid(1_000) * 1_000;
    match header("if-match") {
        Some(wanted) if !etag_matches(wanted, object.etag) => return Err(failed("If-Match")),
        Some(_) => {}
        None => {
            let since = header("if-unmodified-since").and_then(parse_http_date);
            if since.is_some_and(|since| modified > since) {
                return Err(failed("If-Unmodified-Since"));
            }
        }
    }
    let unchanged = if let Some(unwanted) = header("if-none-match") {
        etag_matches(unwanted, object.etag)
    } else {
        let since = header("if-modified-since").and_then(parse_http_date);
        since.is_some_and(|since| modified <= since)
    };
    if unchanged { Err(not_modified.into()) } else { Ok(()) }
}

/// Returns true if an `ETag` is among those of a header: one or several, quoted or not, or `*`.
pub(crate) fn etag_matches(wanted: &str, etag: &str) -> bool {
    wanted.split(',').map(str::trim).any(|one| {
        let one = one.strip_prefix("W/").unwrap_or(one);
        one == "*" || one.trim_matches('"') == etag
    })
}

/// Returns the error for a condition that does not hold.
pub(crate) fn failed(condition: &'static str) -> Error {
    Error::from(Code::PreconditionFailed).field("Condition", condition)
}

#[cfg(test)]
mod tests;
