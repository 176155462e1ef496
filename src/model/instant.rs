//! Times in UTC, and the formats in which servers write them.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Datelike as _, SecondsFormat, Timelike as _, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time in UTC, ISO 8601: to the second, or to the millisecond if the server reports milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, JsonSchema)]
#[schemars(description = "A time in UTC.", extend("format" = "date-time"))]
pub struct Instant(#[schemars(with = "String")] i64);

impl Instant {
    /// Creates an instant from milliseconds since 1970-01-01T00:00:00Z.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Returns milliseconds since 1970-01-01T00:00:00Z.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Returns whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn second(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Truncates to the second. Databases are restored to whole seconds.
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Self(self.second() * 1000)
    }

    /// Parses the format of HTTP headers (`Tue, 17 Nov 2026 14:30:05 GMT`).
    pub fn parse_http_date(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc2822(text).ok().map(|t| Self(t.timestamp_millis()))
    }

    /// Parses the format of S3 listings (`2026-11-17T14:30:05.000Z`).
    pub fn parse_listed(text: &[u8]) -> Option<Self> {
        let general = || DateTime::parse_from_rfc3339(std::str::from_utf8(text).ok()?).ok();
        fast_listed(text).or_else(|| general().map(|t| t.timestamp_millis())).map(Self)
    }

    /// Formats for tables: `2026-11-17 14:30:05 UTC`.
    pub fn human(self) -> String {
        let mut text = self.to_string();
        if let Some(at) = text.find('T') {
            text.replace_range(at..=at, " ");
        }
        text.truncate(text.trim_end_matches('Z').len());
        text.push_str(" UTC");
        text
    }

    /// Formats as RFC 3339 in UTC with three digits after the second: `2026-11-17T14:30:05.000Z`.
    pub(crate) fn with_millis(self) -> String {
        let whole = if self.0 % 1000 == 0 { ".000Z" } else { "Z" };
        let mut text = self.to_string();
        text.truncate(text.trim_end_matches('Z').len());
        text.push_str(whole);
        text
    }

    /// Formats to the second for run IDs: `20261117T143005Z`.
    pub fn compact(self) -> String {
        self.whole_second().to_string().replace(['-', ':'], "")
    }

    /// Returns the time since `earlier`; zero if `earlier` is later.
    pub(crate) fn since(self, earlier: Instant) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0).try_into().unwrap_or_default())
    }

    /// Returns the instant `length` earlier.
    pub(crate) fn before(self, length: Duration) -> Self {
        let length = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_sub(length))
    }

    /// Formats the age at `now` in the two largest units: `3 d 2 h`.
    pub fn age(self, now: Instant) -> String {
        let seconds = (now.0.saturating_sub(self.0)).max(0) / 1000;
        let units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
        let mut rest = seconds;
        let mut parts = Vec::new();
        for (name, length) in units {
            if rest >= length {
                parts.push(format!("{} {name}", rest / length));
                rest %= length;
            }
        }
        if parts.is_empty() { "0 s".to_owned() } else { parts.get(..2).unwrap_or(&parts).join(" ") }
    }
}

/// Parses `YYYY-MM-DDTHH:MM:SS[.mmm]Z` without the general parser: a listing has a date for every version.
fn fast_listed(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| -> Option<i64> {
        text.get(from..to)?
            .iter()
            .try_fold(0i64, |n, b| b.is_ascii_digit().then(|| n * 10 + i64::from(b - b'0')))
    };
    let is = |at: usize, byte: u8| text.get(at) == Some(&byte);
    if !(is(4, b'-') && is(7, b'-') && is(10, b'T') && is(13, b':') && is(16, b':')) {
        return None;
    }
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    let millis = match text.get(19..)? {
        b"Z" => 0,
        [b'.', _, _, _, b'Z'] => number(20, 23)?,
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=28).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None; // The general parser handles days 29 to 31 and values out of range.
    }
    Some(((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years start in March, so that a leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

impl fmt::Display for Instant {
    /// Formats as RFC 3339 in UTC, with a fraction only if it is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(time) = DateTime::<Utc>::from_timestamp_millis(self.0) else {
            return write!(f, "@{}", self.second());
        };
        let digits = digits(&time);
        let length = if self.0 % 1000 == 0 { 19 } else { 23 };
        match digits.get(..length).and_then(|digits| std::str::from_utf8(digits).ok()) {
            Some(text) if (0..=9999).contains(&time.year()) => write!(f, "{text}Z"),
            _ => f.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        }
    }
}

/// Returns the digits of a time in a year of four digits; chrono takes five times as long, and lists have many times.
fn digits(time: &DateTime<Utc>) -> [u8; 23] {
    let mut text = *b"0000-00-00T00:00:00.000";
    let numbers = [
        (0..4, time.year().unsigned_abs()),
        (5..7, time.month()),
        (8..10, time.day()),
        (11..13, time.hour()),
        (14..16, time.minute()),
        (17..19, time.second()),
        (20..23, time.timestamp_subsec_millis()),
    ];
    for (place, mut number) in numbers {
        for digit in text.get_mut(place).into_iter().flatten().rev() {
            *digit += u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
    }
    text
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse_listed(text.as_bytes()).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

#[cfg(test)]
mod tests;
