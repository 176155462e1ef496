//! Times as S3 writes them: ISO 8601 in XML, RFC 1123 in headers, both from milliseconds since the epoch.

use chrono::{DateTime, NaiveDateTime, Utc};

use crate::model::Instant;

/// Formats `2026-11-17T14:30:05.000Z`: in whole seconds unless `millis` is set.
pub(crate) fn iso(at: i64, millis: bool) -> String {
    let at = Instant::from_millis(at);
    if millis { at.with_millis() } else { at.whole_second().with_millis() }
}

/// Formats `Tue, 17 Nov 2026 14:30:05 GMT`.
pub(crate) fn http_date(at: i64) -> String {
    date_time(at).format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// Parses an HTTP date to milliseconds since the epoch.
pub(crate) fn parse_http_date(text: &str) -> Option<i64> {
    NaiveDateTime::parse_from_str(text, "%a, %d %b %Y %H:%M:%S GMT")
        .ok()
        .map(|time| time.and_utc().timestamp_millis())
}

/// Parses a signature's `20261117T143005Z` to milliseconds since the epoch.
pub(crate) fn parse_amz_date(text: &str) -> Option<i64> {
    NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ").ok().map(|time| time.and_utc().timestamp_millis())
}

fn date_time(at: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at).unwrap_or_default()
}

#[cfg(test)]
mod tests;
