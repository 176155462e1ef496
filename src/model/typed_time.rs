//! The formats in which a user may type a time, and the errors for unreadable ones.

use std::time::Duration;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};

use super::Instant;
use crate::error::{Error, Result};
use crate::limits;

const FORMS: &str = "write it as 2026-11-17T14:30:05Z, 2026-11-17T15:30:05+01:00, \"2026-11-17 14:30:05 UTC\", \
                     @1794925805 (seconds since 1970), or an age: 90m, 2h30m, 3d";

/// Date and time without a zone.
const LOCAL_FORMS: [&str; 5] =
    ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y%m%dT%H%M%S"];

/// The names of time units, by letter.
const UNITS: [(&str, &[&str]); 5] = [
    ("s", &["s", "sec", "secs", "second", "seconds"]),
    ("m", &["m", "min", "mins", "minute", "minutes"]),
    ("h", &["h", "hr", "hrs", "hour", "hours"]),
    ("d", &["d", "day", "days"]),
    ("w", &["w", "week", "weeks"]),
];

/// A time as typed. An age becomes an instant only once the server's clock is known: see [`TypedTime::past`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedTime {
    /// An instant.
    Instant(Instant),
    /// This many milliseconds before now.
    Age(i64),
}

impl TypedTime {
    /// Parses a past time as typed by a user.
    ///
    /// | typed | result |
    /// |---|---|
    /// | `2026-11-17T14:30:05Z`, `2026-11-17 14:30Z`, `20261117T143005Z` | an instant |
    /// | `2026-11-17T15:30:05+01:00`, `2026-11-17 15:30 +0100`, `Tue, 17 Nov 2026 14:30:05 GMT` | an instant |
    /// | `@1763389805` | an instant |
    /// | `90m`, `2h30m`, `1.5h`, `3d 2h` | an age |
    /// | `2026-11-17T14:30:05`, `2026-11-17`, `1763389805`, `1763389805000`, `yesterday`, `5 minutes ago` | refused; the hint has the same time in a valid format |
    /// | anything before 2006-03-14 | refused: S3 did not exist |
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        match read(text) {
            Some(Self::Instant(at)) => plausible(at).map(Self::Instant),
            Some(age) => Ok(age),
            None => Err(unreadable(text)),
        }
    }

    /// Returns the instant. It must not be after `now`, the time on the server's clock, which dates versions.
    pub fn past(self, now: Instant) -> Result<Instant> {
        let at = match self {
            Self::Instant(at) => at,
            Self::Age(age) => plausible(Instant::from_millis(now.millis().saturating_sub(age)))?,
        };
        if at > now {
            return Err(Error::usage(format!(
                "the target time {at} must be in the past; by the server's clock it is {now}"
            )));
        }
        Ok(at)
    }
}

impl Instant {
    /// Parses a duration: `90m`, `2h30m`, `1.5h`, `3d`.
    pub fn parse_length(text: &str) -> Option<Duration> {
        parse_age(text).and_then(|millis| u64::try_from(millis).ok()).map(Duration::from_millis)
    }

    /// Parses a time printed by a program: any format but an age.
    pub fn parse_moment(text: &str) -> Option<Self> {
        match read(text)? {
            TypedTime::Instant(at) => Some(at),
            TypedTime::Age(_) => None,
        }
    }
}

fn read(text: &str) -> Option<TypedTime> {
    if let Some(seconds) = text.strip_prefix('@') {
        let seconds = seconds.parse::<i64>().ok().filter(|seconds| *seconds < limits::LATEST_EPOCH)?;
        return of_epoch(seconds).map(TypedTime::Instant);
    }
    if let Some(age) = parse_age(text) {
        return Some(TypedTime::Age(age));
    }
    let other = || DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_rfc2822(text)).ok();
    let read = with_offset(text).or_else(other)?;
    Some(TypedTime::Instant(Instant::from_millis(read.timestamp_millis())))
}

/// Converts seconds since 1970, within the calendar's range.
fn of_epoch(seconds: i64) -> Option<Instant> {
    let millis = seconds.checked_mul(1000)?;
    DateTime::from_timestamp_millis(millis).map(|_| Instant::from_millis(millis))
}

/// Parses a local time with its offset from UTC.
fn with_offset(text: &str) -> Option<DateTime<FixedOffset>> {
    let text = text.to_ascii_uppercase();
    let (stem, offset) = split_offset(&text)?;
    offset.from_local_datetime(&local(stem.trim_end())?).single()
}

fn local(text: &str) -> Option<NaiveDateTime> {
    LOCAL_FORMS.into_iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
}

/// Splits `Z`, `UTC`, `GMT`, `+0100`, `+01:00` or `+01` off the end of a time.
fn split_offset(text: &str) -> Option<(&str, FixedOffset)> {
    if let Some(stem) = ["Z", "UTC", "GMT"].iter().find_map(|zone| text.strip_suffix(zone)) {
        return Some((stem, FixedOffset::east_opt(0)?));
    }
    // The date contains hyphens too.
    let time = text.find(['T', ' '])?;
    let sign = time + text.get(time..)?.rfind(['+', '-'])?;
    let (stem, offset) = (text.get(..sign)?, text.get(sign + 1..)?);
    let digits: String = offset.chars().filter(|c| *c != ':').collect();
    let is_offset = match offset.len() {
        2 | 4 => !offset.contains(':'),
        5 => offset.find(':') == Some(2),
        _ => false,
    };
    if !is_offset || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours = digits.get(..2)?.parse::<i32>().ok().filter(|h| *h < 24)?;
    let minutes = digits.get(2..4).map_or(Some(0), |m| m.parse::<i32>().ok()).filter(|m| *m < 60)?;
    let seconds = (hours * 60 + minutes) * 60;
    let east = if text.get(sign..)?.starts_with('-') { -seconds } else { seconds };
    Some((stem, FixedOffset::east_opt(east)?))
}

/// Parses an age or a duration like `90m`, `2h30m` or `1.5h` into milliseconds. Units descend; only the last number
/// may have a fraction.
fn parse_age(text: &str) -> Option<i64> {
    let (mut rest, mut total, mut above) = (text, 0_i64, i64::MAX);
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit = match tail.chars().next()? {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        if unit >= above {
            return None;
        }
        above = unit;
        total = total.checked_add(scaled(number, unit * 1000)?)?;
        rest = tail.get(1..)?.trim_start();
        if rest.is_empty() {
            return Some(total);
        }
        if number.contains('.') {
            return None;
        }
    }
}

/// Multiplies a decimal number by `by` without floating point.
fn scaled(number: &str, by: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let scale =
        10_i64.checked_pow(u32::try_from(fraction.len()).ok().filter(|digits| (1..=6).contains(digits))?)?;
    let fraction = fraction.parse::<u32>().ok()?;
    whole
        .parse::<u32>()
        .ok()
        .and_then(|whole| i64::from(whole).checked_mul(by))?
        .checked_add(i64::from(fraction) * by / scale)
}

/// Refuses times before S3 existed.
fn plausible(at: Instant) -> Result<Instant> {
    if at.second() >= limits::EARLIEST_TARGET {
        return Ok(at);
    }
    let message = format!("the target time {} is before 2006-03-14, the launch of S3", at.human());
    Err(Error::usage(message).hint(FORMS))
}

/// Returns the error for an unreadable time, with the correct format if it can be guessed.
fn unreadable(text: &str) -> Error {
    if let Some(local) = local(&text.to_ascii_uppercase()) {
        let utc = local.format("%Y-%m-%dT%H:%M:%S");
        return Error::usage(format!("the time {text} has no time zone; write {utc}Z for UTC")).hint(FORMS);
    }
    let error = Error::usage(format!("cannot read the time \"{text}\""));
    let guess = of_number(text).or_else(|| of_date(text)).or_else(|| of_words(text));
    match guess {
        Some(guess) => error.hint(format!("write {guess}")).hint(FORMS),
        None => error.hint(FORMS),
    }
}

/// Interprets a bare number: seconds since 1970, or milli-, micro- or nanoseconds, whichever is plausible.
fn of_number(text: &str) -> Option<String> {
    let text = text.strip_prefix('@').unwrap_or(text);
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    let number = whole.parse::<i64>().ok()?;
    let seconds = [1, 1_000, 1_000_000, 1_000_000_000].map(|unit| number / unit);
    let seconds =
        seconds.into_iter().find(|s| (limits::EARLIEST_TARGET..limits::LATEST_EPOCH).contains(s))?;
    Some(format!("@{seconds} ({})", of_epoch(seconds)?.human()))
}

fn of_date(text: &str) -> Option<String> {
    let mut forms = ["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"].into_iter();
    let date = forms.find_map(|form| NaiveDate::parse_from_str(text, form).ok())?;
    let midnight = date.and_time(NaiveTime::MIN).format("%Y-%m-%dT%H:%M:%S");
    Some(format!("{midnight}Z for midnight UTC"))
}

/// Interprets `now`, `yesterday`, `5 minutes ago`, `an hour ago`, `-2h`.
fn of_words(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        "now" => return Some("0s (now, by the server's clock)".to_owned()),
        "yesterday" => return Some("1d for this time yesterday".to_owned()),
        _ => {}
    }
    let span = text.strip_suffix("ago").unwrap_or(&text).trim_start_matches('-').trim();
    if parse_age(span).is_some() {
        return Some(span.to_owned());
    }
    let (number, unit) = match span.split_once(' ') {
        Some((number, unit)) => (number, unit.trim()),
        None => span.split_at(span.find(|c: char| c.is_ascii_alphabetic())?),
    };
    let number = if matches!(number, "a" | "an" | "one") { "1" } else { number };
    let (letter, _) = UNITS.iter().find(|(_, names)| names.contains(&unit))?;
    let age = format!("{number}{letter}");
    parse_age(&age).map(|_| age)
}

#[cfg(test)]
mod tests;
