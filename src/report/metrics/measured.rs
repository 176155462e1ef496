//! The values that the commands measure. A value that a run does not know is absent: 0 would be a claim.

use std::collections::BTreeMap;

use super::{Gauge, Sample};
use crate::counters::{Counter, Counters};
use crate::model::{Check, Instant, Question, Verdict};
use crate::plan::{Action, Sums};
use crate::recover::{FOUND, LATEST, Purpose, Report, StepReport};
use crate::report::Answer;

/// The label of a kind of finding.
const FINDING: &str = "finding";
/// The label of what has become of keys and their bytes.
const OUTCOME: &str = "outcome";

/// The values of a restore, even while it runs; `left_out` uncertain keys are not restored.
pub(crate) fn restored(counters: &Counters, left_out: u64) -> Vec<Sample> {
    let keys = [
        ("copied", &counters.copied),
        ("deleted", &counters.deleted),
        ("markers_removed", &counters.markers_removed),
        ("skipped", &counters.skipped),
        ("conflicts", &counters.conflicts),
        ("superseded", &counters.superseded),
        ("failed", &counters.failed),
        ("archived", &counters.archived),
    ];
    let keys = keys.map(|(outcome, counter)| (outcome, Counter::get(counter)));
    let keys = keys.into_iter().chain([("uncertain", left_out)]);
    let copied = Sample::count(Gauge::Bytes, counters.bytes_copied.get()).of(OUTCOME, "copied");
    keys.map(|(outcome, n)| Sample::count(Gauge::Keys, n).of(OUTCOME, outcome)).chain([copied]).collect()
}

/// The values of a comparison. Uncertain keys are findings unless they are trusted.
pub(crate) fn verified(sums: &Sums, trusting: bool) -> Vec<Sample> {
    let uncertain = sums.uncertain.all();
    let findings = [
        ("mismatched", sums.changes()),
        ("nothing_compared", u64::from(sums.found_nothing())),
        ("uncertain", if trusting { 0 } else { uncertain }),
    ];
    let mismatched = [("missing", Action::Undelete), ("differs", Action::Revert), ("extra", Action::Delete)];
    let mismatched = mismatched.map(|(outcome, action)| (outcome, sums.of(action)));
    let keys = mismatched.iter().map(|(outcome, tally)| (*outcome, tally.keys));
    let keys = keys.chain([("matched", sums.matched()), ("uncertain", uncertain)]);
    let bytes = mismatched.iter().map(|(outcome, tally)| (*outcome, tally.bytes));
    let findings = findings.into_iter().map(|(kind, n)| Sample::count(Gauge::Findings, n).of(FINDING, kind));
    let keys = keys.map(|(outcome, n)| Sample::count(Gauge::Keys, n).of(OUTCOME, outcome));
    let bytes = bytes.map(|(outcome, n)| Sample::count(Gauge::Bytes, n).of(OUTCOME, outcome));
    findings.chain(keys).chain(bytes).collect()
}

/// The values of a check. The time since which every second can be restored is known only if nothing else was asked,
/// and uncertain keys count only if something was.
pub(crate) fn checked(answer: &Answer<'_>) -> Vec<Sample> {
    let fails = |check: &&Check| matches!(check.verdict, Verdict::Failed | Verdict::Unknown);
    let found = [
        ("failed_checks", answer.checks.iter().filter(fails).count() as u64),
        ("incomplete_history", u64::from(answer.whole_keys && !answer.trusting)),
    ];
    let mut samples: Vec<_> =
        found.into_iter().map(|(kind, n)| Sample::count(Gauge::Findings, n).of(FINDING, kind)).collect();
    if answer.question == Question::Back {
        let since = answer.since.filter(|_| answer.restorable);
        samples.extend(since.map(|since: Instant| Sample::time(Gauge::RestorableSince, since)));
    } else {
        let uncertain = if answer.trusting { 0 } else { answer.doubtful.uncertain() };
        samples.push(Sample::count(Gauge::Findings, uncertain).of(FINDING, "uncertain"));
    }
    samples
}

/// The counts of steps that are outcomes of keys.
const SETTLED: [&str; 4] = ["copied", "deleted", "skipped", "matched"];

/// The values of a drill that did not begin, because copies of the one before could not be torn down.
pub(crate) fn left_behind(copies: &[String]) -> Vec<Sample> {
    vec![Sample::count(Gauge::CopiesLeft, copies.len() as u64)]
}

/// The values of a recovery or a drill to a time, as it was typed. It has a recovery time if every step is done.
pub(crate) fn recovered(report: &Report, typed: &str) -> Vec<Sample> {
    let took = report.ending.is_done().then_some(report.elapsed_ms);
    // Only the age of the latest time is an RPO; that of any other time is the one that was asked for.
    let target = if typed == LATEST { LATEST } else { "time" };
    let mut samples = vec![Sample::millis(Gauge::RecoveryPointAge, report.age_ms).of("target", target)];
    samples.extend(took.map(|ms| Sample::millis(Gauge::RecoveryTime, ms)));
    samples.extend(report.downtime_ms.map(|ms| Sample::millis(Gauge::Downtime, ms)));
    if report.purpose == Purpose::Drill {
        samples.extend(left_behind(&report.left));
    }
    let sum = |name: &str| {
        let counts = report.steps.iter().filter_map(|step| step.counts.get(name));
        counts.copied().reduce(u64::saturating_add)
    };
    let written = report.findings.iter().filter(|finding| finding.finding == "written").count() as u64;
    let found = FOUND.into_iter().filter_map(|kind| Some((kind, sum(kind)?)));
    let found = found.chain((written > 0).then_some(("written", written)));
    samples.extend(found.map(|(kind, n)| Sample::count(Gauge::Findings, n).of(FINDING, kind)));
    let settled = SETTLED.into_iter().filter_map(|outcome| Some((outcome, sum(outcome)?)));
    samples.extend(settled.map(|(outcome, n)| Sample::count(Gauge::Keys, n).of(OUTCOME, outcome)));
    let bytes = sum("bytes_copied").map(|n| Sample::count(Gauge::Bytes, n).of(OUTCOME, "copied"));
    samples.extend(bytes);
    samples.extend(durations(&report.steps));
    samples
}

/// The durations of the steps that have ended. Two steps with the same words, of a bucket with two copies, are told
/// apart by a number: a file with the same labels twice is refused as a whole.
fn durations(steps: &[StepReport]) -> Vec<Sample> {
    let mut seen = BTreeMap::<&str, u64>::new();
    let mut samples = Vec::new();
    for step in steps {
        let nth = seen.entry(&step.step).or_default();
        *nth += 1;
        let name = if *nth == 1 { step.step.clone() } else { format!("{} ({nth})", step.step) };
        samples.extend(step.ms.map(|ms| Sample::millis(Gauge::StepDuration, ms).of("step", name)));
    }
    samples
}
