//! Parsers for values that are not one of a list of words.

use std::time::Duration;

use crate::error::Error;
use crate::limits;
use crate::model::Instant;

type Parsed<T> = Result<T, String>;

/// clap shows only the message of an error, so the hint is made part of it.
pub(super) fn parse<T: std::str::FromStr<Err = Error>>(text: &str) -> Parsed<T> {
    text.parse().map_err(|e: Error| format!("{e}\n  hint: {}", e.hints().join("\n  hint: ")))
}

pub(super) fn rate(text: &str) -> Parsed<u32> {
    let number = text.strip_suffix("/s").unwrap_or(text).parse().ok();
    number.filter(|rate| *rate > 0).ok_or_else(|| "write it as 3000/s".to_owned())
}

pub(super) fn length(text: &str) -> Parsed<Duration> {
    Instant::parse_length(text).ok_or_else(|| "write it as 90m, 2h or 3d".to_owned())
}

/// Parses a duration; a number without a unit is in seconds.
pub(super) fn seconds(text: &str) -> Parsed<Duration> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| Instant::parse_length(text)).ok_or_else(|| "write it as 30, 30s or 5m".to_owned())
}

pub(super) fn concurrency(text: &str) -> Parsed<usize> {
    let number = text.parse().ok().filter(|n| (1..=limits::MAX_CONCURRENCY).contains(n));
    number.ok_or_else(|| format!("a number from 1 to {}", limits::MAX_CONCURRENCY))
}

pub(super) fn read_timeout(text: &str) -> Parsed<Duration> {
    let most = limits::MAX_BODY_IDLE.as_secs();
    let seconds = text.parse().ok().filter(|seconds| (1..=most).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| format!("a number of seconds from 1 to {most}"))
}

#[cfg(test)]
mod tests;
