//! The lab's own endpoint under `/_lab/`, for scripts: the clock, the faults, the counts and the quirks. Requests are
//! unsigned, because only this machine can connect; no bucket can have that name.
//!
//! - `GET /_lab/clock`; `PUT /_lab/clock` with milliseconds since the epoch, an RFC 3339 time, `+SECONDS`, or `real`
//! - `PUT /_lab/skew` with the seconds by which the server's real time is ahead of this machine's
//! - `GET /_lab/faults`; `POST /_lab/faults` with a rule as JSON; `DELETE /_lab/faults`
//! - `GET /_lab/requests`; `DELETE /_lab/requests` resets the counts
//! - `PUT /_lab/thaw` with the seconds that restoring an archived object takes from now on
//! - `PUT /_lab/quirks` with the quirks to switch on, as JSON

use std::time::Duration;

use chrono::DateTime;
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use super::Shared;
use super::fault::{Fault, Rule, When};
use super::quirks::Quirks;
use crate::endpoint::reply::Reply;
use crate::endpoint::time::iso;

pub(crate) const PREFIX: &str = "/_lab/";

/// Answers a request whose path begins with [`PREFIX`].
pub(crate) fn answer(shared: &Shared, method: &Method, path: &str, body: &[u8]) -> Reply {
    let what = path.strip_prefix(PREFIX).unwrap_or_default();
    let done = match (method.as_str(), what) {
        ("GET", "clock") => Ok(clock(shared)),
        ("PUT", "clock") => set_clock(shared, body).map(|()| clock(shared)),
        ("PUT", "skew") => set_skew(shared, body).map(|()| clock(shared)),
        ("GET", "faults") => Ok(json!({ "injected": shared.faults.injected() })),
        ("POST", "faults") => push_fault(shared, body).map(|()| json!({})),
        ("DELETE", "faults") => {
            shared.faults.clear();
            Ok(json!({}))
        }
        ("GET", "requests") => Ok(requests(shared)),
        ("DELETE", "requests") => {
            shared.requests.reset();
            Ok(json!({}))
        }
        ("PUT", "thaw") => set_thaw(shared, body).map(|()| json!({})),
        ("PUT", "quirks") => set_quirks(shared, body).map(|()| json!({})),
        _ => return reply(StatusCode::NOT_FOUND, &json!({ "error": "no such control" })),
    };
    match done {
        Ok(value) => reply(StatusCode::OK, &value),
        Err(error) => reply(StatusCode::BAD_REQUEST, &json!({ "error": error })),
    }
}

/// A reply of the control endpoint.
pub(crate) fn reply(status: StatusCode, value: &serde_json::Value) -> Reply {
    Reply { status, body: format!("{value}\n").into(), ..Reply::default() }
        .with("content-type", "application/json")
}

fn clock(shared: &Shared) -> serde_json::Value {
    let now = shared.clock.now();
    json!({ "millis": now, "time": iso(now, true) })
}

fn set_clock(shared: &Shared, body: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    if text == "real" {
        shared.clock.resume();
    } else if let Some(seconds) = text.strip_prefix('+') {
        let seconds = seconds.parse().map_err(|_| format!("not a number of seconds: {seconds}"))?;
        shared.clock.advance(Duration::from_secs(seconds));
    } else if let Ok(millis) = text.parse() {
        shared.clock.set(millis);
    } else {
        let time = DateTime::parse_from_rfc3339(text);
        let time = time.map_err(|_| format!("not milliseconds, RFC 3339, +SECONDS or real: {text}"))?;
        shared.clock.set(time.timestamp_millis());
    }
    Ok(())
}

fn set_skew(shared: &Shared, body: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    let seconds: i64 = text.parse().map_err(|_| format!("not a number of seconds: {text}"))?;
    shared.clock.set_skew(seconds.saturating_mul(1000));
    Ok(())
}

fn requests(shared: &Shared) -> serde_json::Value {
    let counts = shared.requests.all().into_iter().map(|(operation, count)| (operation.name(), count));
    let by_operation: std::collections::BTreeMap<_, _> = counts.collect();
    json!({
        "total": shared.requests.total(),
        "most_in_flight": shared.requests.most_in_flight(),
        "by_operation": by_operation,
    })
}

fn set_quirks(shared: &Shared, body: &[u8]) -> Result<(), String> {
    let quirks: Quirks = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    shared.store().quirks = quirks;
    Ok(())
}

fn set_thaw(shared: &Shared, body: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(body).unwrap_or_default().trim();
    let seconds = text.parse().map_err(|_| format!("not a number of seconds: {text}"))?;
    shared.store().thaw = Duration::from_secs(seconds);
    Ok(())
}

/// A rule as JSON: `{"operation":"CopyObject","fault":"SlowDown","when":{"every":3}}`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    operation: Option<String>,
    key_prefix: Option<String>,
    fault: FaultText,
    #[serde(default)]
    when: WhenText,
}

#[derive(Deserialize)]
enum FaultText {
    SlowDown,
    InternalError,
    Conflict,
    AccessDenied,
    ExpiredToken,
    UnknownKey,
    BadSignature,
    Reset,
    ReplyLost,
    Closed,
    Truncated,
    Corrupted,
    ErrorInOk,
    SlowDownInOk,
    KeyErrors { every: usize },
    Delay { millis: u64 },
    Stalled,
    Latin1Header,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WhenText {
    #[default]
    Always,
    Nth(u64),
    First(u64),
    Every(u64),
    Probability {
        p: f64,
        #[serde(default)]
        seed: u64,
    },
}

fn push_fault(shared: &Shared, body: &[u8]) -> Result<(), String> {
    let rule: RuleText = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let operation =
        rule.operation.map(|name| name.parse().map_err(|()| format!("no such operation: {name}")));
    shared.faults.push(Rule {
        operation: operation.transpose()?,
        key_prefix: rule.key_prefix,
        fault: rule.fault.into(),
        when: rule.when.into(),
    });
    Ok(())
}

impl From<FaultText> for Fault {
    fn from(text: FaultText) -> Self {
        match text {
            FaultText::SlowDown => Self::SlowDown,
            FaultText::InternalError => Self::InternalError,
            FaultText::Conflict => Self::Conflict,
            FaultText::AccessDenied => Self::AccessDenied,
            FaultText::ExpiredToken => Self::ExpiredToken,
            FaultText::UnknownKey => Self::UnknownKey,
            FaultText::BadSignature => Self::BadSignature,
            FaultText::Reset => Self::Reset,
            FaultText::ReplyLost => Self::ReplyLost,
            FaultText::Closed => Self::Closed,
            FaultText::Truncated => Self::Truncated,
            FaultText::Corrupted => Self::Corrupted,
            FaultText::ErrorInOk => Self::ErrorInOk,
            FaultText::SlowDownInOk => Self::SlowDownInOk,
            FaultText::KeyErrors { every } => Self::KeyErrors { every },
            FaultText::Delay { millis } => Self::Delay(Duration::from_millis(millis)),
            FaultText::Stalled => Self::Stalled,
            FaultText::Latin1Header => Self::Latin1Header,
        }
    }
}

impl From<WhenText> for When {
    fn from(text: WhenText) -> Self {
        match text {
            WhenText::Always => Self::Always,
            WhenText::Nth(n) => Self::Nth(n),
            WhenText::First(n) => Self::First(n),
            WhenText::Every(n) => Self::Every(n),
            WhenText::Probability { p, seed } => Self::Probability { p, seed },
        }
    }
}
