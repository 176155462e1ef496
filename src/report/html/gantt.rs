//! The steps of a recovery as a Gantt chart: a row for each step, with a bar from its start to its end.

use maud::{Markup, html};

use super::super::recovery::{details, seconds};
use super::axis::{Axis, labels};
use super::name;
use crate::model::printable;
use crate::recover::{Report, StepReport};

/// Returns the picture of the steps, and their table.
pub(super) fn gantt(report: &Report) -> Markup {
    let last = |step: &StepReport| step.begun_ms.unwrap_or_default() + step.ms.unwrap_or_default();
    let end = report.steps.iter().map(last).max().unwrap_or_default().max(report.elapsed_ms).max(1);
    let axis = Axis { from: 0, to: end };
    let is_begun = report.steps.iter().any(|step| step.begun_ms.is_some());
    html! {
        h2 { "Steps" }
        @if is_begun {
            figure {
                figcaption {
                    "Time since the recovery began. The tall bars are the critical path: the steps that decided the duration."
                }
                div class="gantt" role="img" aria-label="Bars of the steps over time, which are also in the table below" {
                    @for step in &report.steps {
                        div class="step" { (name(&step.step)) }
                        div class={ "took " (step.state) } { (took(step)) }
                        div class="track" { (bar(step, axis)) }
                    }
                    (labels(&axis.elapsed()))
                }
            }
        }
        details {
            summary { "The steps as a table, with details" }
            div class="scroll" tabindex="0" { (table(&report.steps)) }
        }
    }
}

fn bar(step: &StepReport, axis: Axis) -> Markup {
    let path = if step.critical { " critical" } else { "" };
    html! {
        @if let Some(begun) = step.begun_ms {
            i class={ (step.state) (path) } style=(axis.across(begun, step.ms.map_or(axis.to, |ms| begun + ms))) {}
        }
    }
}

/// The duration of a step, or its state if it is not done.
fn took(step: &StepReport) -> String {
    match (step.state, step.ms) {
        ("done", Some(ms)) => seconds(ms),
        (state, _) => state.replace('_', " "),
    }
}

fn table(steps: &[StepReport]) -> Markup {
    html! {
        table {
            caption { "Steps in order; start and duration since the recovery began" }
            thead { tr {
                th scope="col" { "step" } th scope="col" { "state" } th scope="col" class="number" { "start" }
                th scope="col" class="number" { "duration" } th scope="col" { "critical" } th scope="col" { "details" }
            } }
            tbody {
                @for step in steps {
                    tr {
                        th scope="row" { (printable(&step.step)) }
                        td { (step.state.replace('_', " ")) }
                        td class="number" { (step.begun_ms.map(seconds).unwrap_or_default()) }
                        td class="number" { (step.ms.map(seconds).unwrap_or_default()) }
                        td { @if step.critical { "yes" } }
                        td class="details" { (details(step)) }
                    }
                }
            }
        }
    }
}
