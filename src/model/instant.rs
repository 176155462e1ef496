//! A moment in UTC, and the forms in which a person may write one.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Result};

/// A moment, in milliseconds since 1970-01-01T00:00:00Z: AWS lists whole seconds, some other servers milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

const FORMS: &str = "write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, \"2026-11-17 14:30:05 UTC\", \
                     @1763389805 (seconds since 1970), or an age: 90m, 2h, 3d";

impl Instant {
    /// From milliseconds since 1970.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// The whole second it lies in, since 1970.
    pub const fn second(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The beginning of that second. Databases are restored to whole seconds.
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Self(self.second() * 1000)
    }

    /// Reads what a person typed after `--at`. `now` anchors ages, and a moment after it is refused: a state that has
    /// not been yet cannot be restored.
    pub fn parse_past(text: &str, now: Instant) -> Result<Self> {
        let text = text.trim();
        let instant = Self::parse(text, now)?;
        if instant > now {
            return Err(Error::usage(format!(
                "the time {text} ({instant}) lies in the future; by this machine's clock it is {now}"
            ))
            .hint("give a past time: a state that has not been yet cannot be restored"));
        }
        Ok(instant)
    }

    /// Reads a length of time: `90m`, `2h`, `3d`.
    pub fn parse_length(text: &str) -> Option<Duration> {
        parse_age(text).and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis)
    }

    fn parse(text: &str, now: Instant) -> Result<Self> {
        if let Some(seconds) = text.strip_prefix('@') {
            return seconds
                .parse::<i64>()
                .ok()
                .and_then(|s| s.checked_mul(1000))
                .and_then(|ms| DateTime::from_timestamp_millis(ms).map(|_| Self(ms)))
                .ok_or_else(|| {
                    Error::usage(format!("cannot read the time {text}: after @ come whole seconds"))
                        .hint(FORMS)
                });
        }
        if let Some(age) = parse_age(text) {
            return Ok(Self(now.0.saturating_sub(age)));
        }
        if let Ok(t) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self(t.timestamp_millis()));
        }
        let (stem, utc) = match text.strip_suffix("UTC").or_else(|| text.strip_suffix('Z')) {
            Some(stem) => (stem.trim_end(), true),
            None => (text, false),
        };
        let naive = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
            .into_iter()
            .find_map(|form| NaiveDateTime::parse_from_str(stem, form).ok());
        match naive {
            Some(t) if utc => Ok(Self(t.and_utc().timestamp_millis())),
            Some(t) => Err(Error::usage(format!(
                "the time {text} has no offset from UTC, so it could mean several moments"
            ))
            .hint(format!("if it is UTC, write {}Z", t.format("%Y-%m-%dT%H:%M:%S")))
            .hint(FORMS)),
            None => Err(Error::usage(format!("cannot read the time \"{text}\"")).hint(FORMS)),
        }
    }

    /// Reads a moment that a program printed: RFC 3339 with an offset, or `@` and seconds.
    pub fn parse_moment(text: &str) -> Option<Self> {
        if parse_age(text).is_some() {
            return None;
        }
        Self::parse(text, Self::default()).ok()
    }

    /// Reads the form of HTTP headers (`Tue, 17 Nov 2026 14:30:05 GMT`).
    pub fn parse_http_date(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc2822(text).ok().map(|t| Self(t.timestamp_millis()))
    }

    /// Reads the form that S3 lists (`2026-11-17T14:30:05.000Z`).
    pub fn parse_listed(text: &[u8]) -> Option<Self> {
        let general = || DateTime::parse_from_rfc3339(std::str::from_utf8(text).ok()?).ok();
        fast_listed(text).or_else(|| general().map(|t| t.timestamp_millis())).map(Self)
    }

    /// `2026-11-17 14:30:05 UTC`, for tables.
    pub fn human(self) -> String {
        let mut text = self.to_string().replace('T', " ");
        text.truncate(text.len() - 1);
        text + " UTC"
    }

    /// To the second, as in the names of runs: `20261117T143005Z`.
    pub fn compact(self) -> String {
        self.whole_second().to_string().replace(['-', ':'], "")
    }

    /// How long before `now` it lies, in the two largest units: `3 d 2 h`.
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

/// An age like `90m` in milliseconds.
fn parse_age(text: &str) -> Option<i64> {
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let digits = text.get(..text.len() - 1)?;
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse::<i64>().ok()?.checked_mul(unit * 1000)
}

/// `YYYY-MM-DDTHH:MM:SS[.mmm]Z` without a general parser: a listing has one for every version.
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
        return None; // Days 29 to 31 and what is out of range go to the general parser.
    }
    Some(((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + millis)
}

/// Days from 1970-01-01 to a date of the Gregorian calendar; years count from March so that a leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC; fractions only where there are any.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = if self.0 % 1000 == 0 { SecondsFormat::Secs } else { SecondsFormat::Millis };
        match DateTime::<Utc>::from_timestamp_millis(self.0) {
            Some(t) => f.write_str(&t.to_rfc3339_opts(form, true)),
            None => write!(f, "@{}", self.second()),
        }
    }
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Instant = Instant::from_millis(1_763_389_805_000);

    #[test]
    fn every_form_names_its_moment() {
        for (text, expected) in [
            ("2025-11-17T14:30:05Z", "2025-11-17T14:30:05Z"),
            ("2025-11-17t14:30:05z", "2025-11-17T14:30:05Z"),
            ("2025-11-17T15:30:05+01:00", "2025-11-17T14:30:05Z"),
            ("2025-11-17 09:00:05-05:30", "2025-11-17T14:30:05Z"),
            ("2025-11-17 14:30:05 UTC", "2025-11-17T14:30:05Z"),
            ("2025-11-17 14:30:05UTC", "2025-11-17T14:30:05Z"),
            ("2025-11-17 14:30:05Z", "2025-11-17T14:30:05Z"),
            ("2025-11-17T14:30:04.250Z", "2025-11-17T14:30:04.250Z"),
            ("@1763389805", "2025-11-17T14:30:05Z"),
            ("@0", "1970-01-01T00:00:00Z"),
            ("0s", "2025-11-17T14:30:05Z"),
            ("90m", "2025-11-17T13:00:05Z"),
            ("2h", "2025-11-17T12:30:05Z"),
            ("3d", "2025-11-14T14:30:05Z"),
            ("1w", "2025-11-10T14:30:05Z"),
            (" 2h ", "2025-11-17T12:30:05Z"),
            ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"),
        ] {
            assert_eq!(Instant::parse_past(text, NOW).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_moment_is_refused_with_a_correct_form() {
        for text in [
            "",
            "yesterday",
            "14:30",
            "2025-11-17",
            "2025-11-17T14:30:05",
            "2025-11-17 14:30:05",
            "2025-13-17T14:30:05Z",
            "2025-02-30T14:30:05Z",
            "2025-11-17T25:30:05Z",
            "@",
            "@abc",
            "@99999999999999999",
            "h",
            "-2h",
            "2.5h",
            "2y",
            "٣d",
            "2025-11-17T14:30:05 CET",
            "9999999999999999999d",
        ] {
            let error = Instant::parse_past(text, NOW).unwrap_err();
            assert_eq!(error.kind(), crate::error::ErrorKind::Usage, "{text}");
            assert!(error.hints().iter().any(|h| h.contains("2026-11-17T14:30:05Z")), "{text}");
        }
    }

    #[test]
    fn a_time_without_offset_is_told_how_to_say_utc() {
        let error = Instant::parse_past("2025-11-17 14:30:05", NOW).unwrap_err();
        assert!(error.hints()[0].contains("2025-11-17T14:30:05Z"));
    }

    #[test]
    fn the_future_is_refused() {
        for text in ["2025-11-17T14:30:06Z", "@1763389806", "2030-01-01T00:00:00Z"] {
            assert!(Instant::parse_past(text, NOW).unwrap_err().to_string().contains("future"), "{text}");
        }
    }

    #[test]
    fn ages_are_told_in_their_two_largest_units() {
        for (seconds, expected) in
            [(0, "0 s"), (59, "59 s"), (3_600, "1 h"), (266_405, "3 d 2 h"), (86_405, "1 d 5 s")]
        {
            assert_eq!(Instant::from_millis(NOW.millis() - seconds * 1000).age(NOW), expected);
        }
        assert_eq!(NOW.human(), "2025-11-17 14:30:05 UTC");
    }

    proptest! {
        #[test]
        fn the_quick_reader_agrees_with_the_general_one(millis in 0i64..4_102_444_800_000) {
            for form in [SecondsFormat::Secs, SecondsFormat::Millis] {
                let t = DateTime::<Utc>::from_timestamp_millis(millis).unwrap();
                let text = t.to_rfc3339_opts(form, true);
                let expected = DateTime::parse_from_rfc3339(&text).unwrap().timestamp_millis();
                prop_assert_eq!(Instant::parse_listed(text.as_bytes()), Some(Instant(expected)));
            }
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in ".{0,40}") {
            drop(Instant::parse_past(&text, NOW));
            prop_assert!(Instant::parse_listed(text.as_bytes()).is_none_or(|t| !t.to_string().is_empty()));
        }
    }
}
