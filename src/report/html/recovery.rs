//! The HTML page of a recovery or a drill.

use maud::html;

use super::super::recovery::{application, details, finding_details, heading, seconds, verdict};
use super::page;
use crate::model::{Instant, printable};
use crate::recover::{Ending, Report};

/// Returns the page of a report.
pub(crate) fn recovery_page(report: &Report, now: Instant) -> String {
    let class = if report.ending == Ending::Done && report.left.is_empty() { "good" } else { "bad" };
    let body = html! {
        p class=(class) { strong { (verdict(report)) } }
        p {
            "Recovery time: " (seconds(report.elapsed_ms)) " (RTO)."
            @if let Some(downtime) = report.downtime_ms { " Downtime: " (seconds(downtime)) "." }
            " Recovery point age: " (seconds(report.age_ms)) "."
        }
        @if let Some(running) = report.running { p { (application(running)) } }
        @if !report.left.is_empty() {
            h2 { "Left behind" }
            ul { @for left in &report.left { li { (printable(left)) } } }
        }
        @if !report.follow_ups.is_empty() {
            h2 { "Not carried over" }
            ul { @for follow_up in &report.follow_ups {
                li {
                    (printable(&follow_up.database)) ": " (printable(&follow_up.what)) ": "
                    code { (follow_up.command) }
                }
            } }
        }
        @if !report.findings.is_empty() {
            h2 { "Findings" }
            div class="scroll" { table {
                tr { th { "finding" } th { "place" } th { "key" } th { "details" } }
                @for finding in &report.findings {
                    tr {
                        td { (finding.finding) }
                        td { (printable(&finding.place)) }
                        td class="key-name" { (printable(&finding.key)) }
                        td { (finding_details(finding)) }
                    }
                }
            } }
        }
        h2 { "Steps" }
        div class="scroll" { table {
            tr { th { "step" } th { "state" } th { "duration" } th { "details" } }
            @for step in &report.steps {
                tr {
                    td { (printable(&step.step)) }
                    td { (step.state.replace('_', " ")) }
                    td class="number" { (step.ms.map(seconds).unwrap_or_default()) }
                    td { (details(step)) }
                }
            }
        } }
    };
    page(&heading(report), &format!("recovery file {}", printable(&report.file)), now, &body)
}
