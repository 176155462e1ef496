//! The HTML page of a recovery or a drill.

use std::ffi::OsStr;
use std::path::Path;

use maud::{Markup, html};

use super::super::recovery::{application, seconds, verdict};
use super::super::units::{bytes, count};
use super::findings::findings;
use super::gantt::gantt;
use super::{Badge, Fact, Header, Mood, Ran, Tile, name, tiles};
use crate::model::{Instant, printable};
use crate::recover::{Ending, Purpose, Report};

/// Returns the page of a report.
pub(crate) fn recovery_page(report: &Report, ran: &Ran, now: Instant) -> String {
    let mood = match report.ending {
        Ending::Done if report.left.is_empty() => Mood::Good,
        Ending::NotBegun | Ending::Interrupted | Ending::Done => Mood::Caution,
        Ending::Inconsistent | Ending::Failed => Mood::Bad,
    };
    let command = match report.purpose {
        Purpose::Recover => "recover",
        Purpose::Drill => "drill",
    };
    let began = Instant::from_millis(report.at.millis() + report.age_ms);
    let file = Path::new(&report.file).file_name().unwrap_or(OsStr::new(&report.file)).to_string_lossy();
    let facts = vec![
        Fact { name: "ID", value: report.id.clone() },
        Fact { name: "Recovery file", value: printable(&report.file).into_owned() },
        Fact {
            name: "T",
            value: format!("{} ({} before it began)", report.at.human(), report.at.age(began)),
        },
        Fact { name: "Began", value: began.whole_second().human() },
    ];
    let badge = Badge { mood, text: verdict(report) };
    let header = Header { command, title: printable(&file).into_owned(), badge, facts, ran, now };
    let failed = report.steps.iter().filter(|step| step.state == "failed");
    header.page(&html! {
        @for step in failed {
            p class="warning" { "Failed: " (name(&step.step)) ": " (printable(step.why.as_deref().unwrap_or("no reason is known"))) }
        }
        (tiles(&figures(report)))
        @if let Some(running) = report.running { p { (application(running)) } }
        (lists(report))
        (gantt(report))
        (findings(&report.findings))
    })
}

fn figures(report: &Report) -> Vec<Tile<'static>> {
    let tile = |name, value| Tile { name, value, note: String::new() };
    let sum = |name: &str| {
        report.steps.iter().filter_map(|step| step.counts.get(name)).copied().reduce(u64::saturating_add)
    };
    let copied = sum("copied").map(|keys| Tile {
        name: "Keys copied",
        value: count(keys),
        note: sum("bytes_copied").map(bytes).unwrap_or_default(),
    });
    let mut tiles =
        vec![Tile { note: "RTO".to_owned(), ..tile("Recovery time", seconds(report.elapsed_ms)) }];
    tiles.extend(report.downtime_ms.map(|downtime| tile("Downtime", seconds(downtime))));
    tiles.push(tile("Recovery point age", seconds(report.age_ms)));
    tiles.extend(copied);
    tiles.extend(sum("deleted").map(|keys| tile("Keys deleted", count(keys))));
    tiles.extend(sum("matched").map(|keys| tile("Keys verified", count(keys))));
    tiles.push(tile("Findings", count(report.findings.len() as u64)));
    tiles
}

fn lists(report: &Report) -> Markup {
    html! {
        @if !report.left.is_empty() {
            h2 { "Left behind" }
            ul { @for left in &report.left { li { (name(left)) } } }
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
    }
}
