//! The progress of a command in one line, as text or JSON.

use std::collections::VecDeque;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Phase;
use crate::counters::{Counters, Failures};
use crate::report::json::millis;
use crate::report::units::{bytes, count, plural};

/// The time over which the pace is measured, …
const PACE: Duration = Duration::from_mins(1);
/// … with a sample this often.
const SAMPLE: Duration = Duration::from_secs(1);

/// The progress of a command, as a line of a log.
#[derive(Debug, Serialize, JsonSchema)]
pub(in crate::report) struct ProgressLine {
    /// The phase of the command.
    phase: Phase,
    /// Versions and delete markers listed.
    versions: u64,
    /// Listing requests answered.
    list_requests: u64,
    /// Listing requests that the server throttled.
    throttled: u64,
    /// Changes in the plan.
    changes: u64,
    /// Changes with a result, including before the run was resumed.
    settled: u64,
    /// Bytes copied.
    bytes_copied: u64,
    /// Keys that could not be changed.
    failed: u64,
    /// The same by reason, as far as this command has seen it.
    failures: FailuresLine,
    /// Keys not changed because another client changed them.
    conflicts: u64,
    /// Lanes in which changes are made.
    lanes: u64,
    /// Versions listed, or changes settled, per second, in the last minute.
    per_second: u64,
    /// The estimated time left, in seconds; null if there is no estimate.
    eta_s: Option<u64>,
    /// The time since the phase began, in milliseconds.
    elapsed_ms: u64,
}

/// Keys that could not be changed, by reason.
#[derive(Debug, Serialize, JsonSchema)]
struct FailuresLine {
    /// A permission is missing, or the credentials are not accepted.
    denied: u64,
    /// The version is gone.
    missing: u64,
    /// The server throttled the requests for too long.
    throttled: u64,
    /// The connection broke, or the server had errors, for too long.
    transient: u64,
    /// Anything else.
    other: u64,
}

impl FailuresLine {
    fn of(failures: &Failures) -> Self {
        let Failures { denied, missing, throttled, transient, other } = failures;
        Self {
            denied: denied.get(),
            missing: missing.get(),
            throttled: throttled.get(),
            transient: transient.get(),
            other: other.get(),
        }
    }

    /// The reasons in words: ` (2 denied, 1 throttled)`.
    fn words(&self) -> String {
        let Self { denied, missing, throttled, transient, other } = *self;
        let reasons = [
            (denied, "denied"),
            (missing, "missing"),
            (throttled, "throttled"),
            (transient, "unavailable"),
            (other, "other"),
        ];
        let reasons = reasons.iter().filter(|(keys, _)| *keys > 0);
        let reasons: Vec<_> = reasons.map(|(keys, reason)| format!("{} {reason}", count(*keys))).collect();
        if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) }
    }
}

impl ProgressLine {
    pub(super) fn of(phase: Phase, counters: &Counters, elapsed: Duration, pace: &mut Pace) -> Self {
        let (settled, changes) = (counters.settled(), counters.planned.get());
        let (done, left) = match phase {
            Phase::Surveying => (counters.versions.get(), Some(counters.remaining.get()).filter(|n| *n > 0)),
            Phase::Restoring => (settled, Some(changes.saturating_sub(settled))),
        };
        let per_second = pace.per_second(Sample { done, elapsed });
        #[expect(clippy::cast_precision_loss, reason = "for display")]
        let seconds = left.map(|left| left as f64 / per_second).filter(|seconds| seconds.is_finite());
        Self {
            phase,
            versions: counters.versions.get(),
            list_requests: counters.list_requests.get(),
            throttled: counters.throttled.get(),
            changes,
            settled,
            bytes_copied: counters.bytes_copied.get(),
            failed: counters.failed.get(),
            failures: FailuresLine::of(&counters.failures),
            conflicts: counters.conflicts.get(),
            lanes: counters.lanes.get(),
            per_second: whole(per_second),
            eta_s: seconds.map(|seconds| whole(seconds.ceil())),
            elapsed_ms: millis(elapsed),
        }
    }
}

/// The work done after some time.
#[derive(Debug, Clone, Copy)]
struct Sample {
    done: u64,
    elapsed: Duration,
}

/// The pace of the last minute: a run that is resumed counts the changes made before as if they took no time.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// At most one per second; the first is older than a minute, if there is one.
    samples: VecDeque<Sample>,
}

impl Pace {
    /// Returns the work done per second.
    fn per_second(&mut self, now: Sample) -> f64 {
        while self.samples.get(1).is_some_and(|next| next.elapsed + PACE <= now.elapsed) {
            self.samples.pop_front();
        }
        let before = self.samples.front().map_or(Sample { done: 0, elapsed: Duration::ZERO }, |first| *first);
        if self.samples.back().is_none_or(|last| last.elapsed + SAMPLE <= now.elapsed) {
            self.samples.push_back(now);
        }
        let took = now.elapsed.saturating_sub(before.elapsed).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "for display")]
        let done = now.done.saturating_sub(before.done) as f64;
        if took > 0.0 { done / took } else { 0.0 }
    }
}

/// Returns the whole number below.
fn whole(number: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "for display; never negative"
    )]
    let whole = number as u64;
    whole
}

impl ProgressLine {
    pub(super) fn message(&self, counters: &Counters) -> String {
        match self.phase {
            Phase::Surveying => self.surveying(counters),
            Phase::Restoring => {
                let lanes =
                    if self.lanes > 1 { format!("  {} lanes", count(self.lanes)) } else { String::new() };
                format!(
                    "{}/s  {}  {} failed{}  {}{lanes}",
                    count(self.per_second),
                    bytes(self.bytes_copied),
                    count(self.failed),
                    self.failures.words(),
                    plural(self.conflicts, "conflict", "conflicts")
                )
            }
        }
    }

    fn surveying(&self, counters: &Counters) -> String {
        let throttled = match self.throttled {
            0 => String::new(),
            n => format!("  {} throttled", count(n)),
        };
        let left =
            self.eta_s.map_or("no estimate yet".to_owned(), |left| format!("about {} s left", count(left)));
        let ranges = match counters.one_key.get() {
            0 => plural(counters.ranges.get(), "range", "ranges"),
            _ => "1 range, of one key with many versions".to_owned(),
        };
        format!(
            "{} versions  {}/s  {}  {} in {ranges}{throttled}  {left}",
            count(self.versions),
            count(self.per_second),
            plural(counters.changes.get(), "change", "changes"),
            plural(self.list_requests, "request", "requests"),
        )
    }
}

#[cfg(test)]
mod tests;
