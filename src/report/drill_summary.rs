//! The verdict of a drill in one line, for a chat or a pager.

use super::recovery::times;
use super::units::plural;
use crate::error::Error;
use crate::model::printable;
use crate::recover::{Ending, Report};

/// A drill that has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EndedDrill<'a> {
    /// The name of the recovery file.
    pub name: &'a str,
    /// True if the exit code is 0.
    pub passed: bool,
    /// The report, if the drill got that far.
    pub report: Option<&'a Report>,
    /// The error that ended it, if one did.
    pub error: Option<&'a Error>,
}

impl EndedDrill<'_> {
    /// Returns the line. It never says PASSED of a drill that left copies behind or could not store its report.
    pub(crate) fn summary(&self) -> String {
        let verdict = if self.passed { "PASSED" } else { "FAILED" };
        let of_report = self.report.map(report_words).unwrap_or_default();
        let error = self.error.map(ToString::to_string);
        let details = of_report.into_iter().chain(error).collect::<Vec<_>>().join("; ");
        let details = if details.is_empty() { details } else { format!(": {details}") };
        printable(&format!("asof drill {} {verdict}{details}", self.name)).into_owned()
    }
}

/// Returns an interruption, the failed steps, the number of findings and of copies left, and the times of a drill.
fn report_words(report: &Report) -> Vec<String> {
    let failed =
        report.steps.iter().filter_map(|step| Some(format!("{}: {}", step.step, step.why.as_ref()?)));
    let some = |n: usize, one, many| (n > 0).then(|| plural(n as u64, one, many));
    let findings = some(report.findings.len(), "finding", "findings");
    let left = some(report.left.len(), "copy is left behind", "copies are left behind");
    let at = format!("target time {}", report.at.human());
    let stopped = (report.ending == Ending::Interrupted).then(|| "interrupted".to_owned());
    stopped.into_iter().chain(failed).chain(findings).chain(left).chain([at, times(report)]).collect()
}

#[cfg(test)]
mod tests;
