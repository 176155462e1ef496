//! Shows the progress and the report of a recovery.

use std::collections::BTreeMap;
use std::time::Instant as Clock;

use super::units::{bytes, count, plural};
use crate::db::RestoreProgress;
use crate::limits;
use crate::model::printable;
use crate::recover::{
    Compared, DatabaseKind, Ending, Event, Finding, Purpose, RecoveryFile, Report, Running, StepReport,
    in_words,
};

/// The progress lines of a running recovery.
#[derive(Debug, Default)]
pub(crate) struct StepNews {
    /// The time a line was last shown for each bucket.
    buckets: BTreeMap<usize, Clock>,
    /// The last progress shown for each database.
    databases: BTreeMap<usize, RestoreProgress>,
}

impl StepNews {
    /// Returns the line of an event if it is due: a bucket's progress at intervals, because it changes with each key; a
    /// database's whenever it changes.
    pub(crate) fn line(&mut self, file: &RecoveryFile, event: &Event<'_>, now: Clock) -> Option<String> {
        let is_due = match event {
            Event::Bucket(n, ..) => {
                let last = *self.buckets.entry(*n).or_insert(now);
                let is_due = now.duration_since(last) >= limits::RECOVERY_LINE;
                if is_due {
                    self.buckets.insert(*n, now);
                }
                is_due
            }
            Event::Database(n, progress) => {
                self.databases.insert(*n, (*progress).clone()).as_ref() != Some(*progress)
            }
            Event::Begun(_)
            | Event::Done(_)
            | Event::Failed(..)
            | Event::Lapsed(..)
            | Event::LastLook
            | Event::Unanswered(..) => true,
        };
        is_due.then(|| progress_line(file, event))
    }
}

/// Formats an event in one line.
fn progress_line(file: &RecoveryFile, event: &Event<'_>) -> String {
    match event {
        Event::Begun(step) => format!("begun   {}", in_words(file, *step)),
        Event::Done(step) => format!("done    {}", in_words(file, *step)),
        Event::Failed(step, why) => format!("failed  {}: {}", in_words(file, *step), printable(why)),
        Event::Lapsed(step, why) => {
            format!("again   {}: {}", in_words(file, *step), printable(why))
        }
        Event::LastLook => "checking every bucket, database and store again".to_owned(),
        Event::Database(n, progress) => {
            let title = file.databases.get(*n).map(DatabaseKind::title).unwrap_or_default();
            let state = match progress {
                RestoreProgress::Restoring { percent: Some(percent), state } => {
                    format!("{state}, {percent} %")
                }
                RestoreProgress::Restoring { percent: None, state } => state.clone(),
                RestoreProgress::Available { .. } => "available".to_owned(),
                RestoreProgress::Failed { why } => format!("failed: {why}"),
            };
            format!("        {}: {}", printable(&title), printable(&state))
        }
        Event::Unanswered(n, e) => {
            let title = file.databases.get(*n).map(DatabaseKind::title).unwrap_or_default();
            let (title, why) = (printable(&title), e.in_one_line());
            format!("        {title}: retrying, since {}", printable(&why))
        }
        Event::Bucket(n, settled, planned) => {
            let name = file.buckets.get(*n).map(|bucket| bucket.source.to_string()).unwrap_or_default();
            format!("        bucket {name}: {} of {}", count(*settled), plural(*planned, "change", "changes"))
        }
    }
}

/// Formats a report: each step with its duration, then the findings.
pub(crate) fn recovery_table(report: &Report) -> String {
    let mut out = format!("{}\n\n", heading(report));
    let width = report.steps.iter().map(|step| step.step.chars().count()).max().unwrap_or_default();
    for step in &report.steps {
        out += &step_line(step, width);
    }
    let mut lines = vec![String::new()];
    for finding in report.findings.iter().take(limits::SHOWN_FAILURES) {
        let key =
            if finding.key.is_empty() { String::new() } else { format!("{}  ", printable(&finding.key)) };
        let details = finding_details(finding);
        lines.push(format!("{}  {}: {key}{details}", finding.finding, printable(&finding.place)));
    }
    if report.findings.len() > limits::SHOWN_FAILURES {
        lines.push("… more; the report names them".to_owned());
    }
    for left in &report.left {
        lines.push(format!("left behind: {}", printable(left)));
    }
    if let Some(running) = report.running {
        lines.push(application(running));
    }
    lines.push(format!("{}; {}", verdict(report), times(report)));
    out + &lines.join("\n") + "\n"
}

/// Returns the times of a recovery or a drill in one line.
pub(super) fn times(report: &Report) -> String {
    let (took, age) = (seconds(report.elapsed_ms), seconds(report.age_ms));
    let downtime = report.downtime_ms.map(|ms| format!(", downtime {}", seconds(ms))).unwrap_or_default();
    // The time of steps of which some are missing says nothing of a recovery.
    let took = if report.ending.is_done() {
        format!("recovery time {took} (RTO)")
    } else {
        format!("ended after {took}")
    };
    format!("{took}{downtime}, recovery point age {age}")
}

/// Returns the details of a finding.
pub(super) fn finding_details(finding: &Finding) -> String {
    let detail = printable(&finding.detail);
    match &finding.references {
        Some(name) => format!("{detail} (references {})", printable(name)),
        None => detail.into_owned(),
    }
}

/// Describes what a resumed application has changed since.
pub(super) fn application(Running { since, keys_changed }: Running) -> String {
    let changed = match keys_changed {
        0 => "no key was changed since".to_owned(),
        1 => "1 key was changed since and left unchanged".to_owned(),
        keys => format!("{} keys were changed since and left unchanged", count(keys)),
    };
    format!("the application has been running since {}: {changed}", since.human())
}

/// Returns the heading of a report.
fn heading(report: &Report) -> String {
    let what = match report.purpose {
        Purpose::Recover => "recovery",
        Purpose::Drill => "drill",
    };
    format!("{what} {} to {}", report.id, report.at.human())
}

/// Returns the result of a report.
pub(super) fn verdict(report: &Report) -> &'static str {
    match report.ending {
        Ending::Done if !report.left.is_empty() => "FAILED: copies are left behind",
        Ending::Done if report.purpose == Purpose::Drill => "PASSED",
        Ending::Done => "done",
        Ending::Inconsistent if report.purpose == Purpose::Drill => "FAILED with findings",
        Ending::Inconsistent => "done, with findings",
        Ending::NotBegun => "nothing was changed",
        Ending::Failed => "FAILED",
        Ending::Interrupted => "interrupted",
    }
}

fn step_line(step: &StepReport, width: usize) -> String {
    let state = step.state.replace('_', " ");
    let took = step.ms.map(seconds).unwrap_or_default();
    let line = format!("  {state:<9}  {:<width$}  {took:>9}  {}", step.step, details(step));
    line.trim_end().to_owned() + "\n"
}

/// Returns the details of a step.
pub(super) fn details(step: &StepReport) -> String {
    let named = |one: &Compared| format!("{}: {}", one.name, in_counts(&one.counts));
    let counts = match step.comparisons.as_slice() {
        [] => vec![in_counts(&step.counts)],
        comparisons => comparisons.iter().map(named).collect(),
    };
    let rest: Vec<_> = step
        .note
        .iter()
        .chain(&counts)
        .chain(&step.why)
        .filter(|text| !text.is_empty())
        .map(|text| printable(text).into_owned())
        .collect();
    rest.join(" · ")
}

fn in_counts(counts: &BTreeMap<String, u64>) -> String {
    let counts: Vec<_> = counts
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(name, n)| match (name.as_str(), name.strip_prefix("bytes_")) {
            (_, Some(_)) => bytes(*n),
            ("nothing_compared", _) => "nothing compared".to_owned(),
            ("failed_checks", _) => "the check failed".to_owned(),
            ("incomplete_history", _) => "the history is incomplete".to_owned(),
            ("keys", _) => plural(*n, "key", "keys"),
            ("left_out", _) => format!("{} left out", count(*n)),
            _ => format!("{} {name}", count(*n)),
        })
        .collect();
    counts.join(", ")
}

/// Formats a duration.
pub(super) fn seconds(ms: i64) -> String {
    let whole = ms / 1000;
    match whole {
        0..60 => format!("{whole}.{} s", ms.rem_euclid(1000) / 100),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}
