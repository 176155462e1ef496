//! The findings of a recovery by kind: the counts first, then some of each.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::super::recovery::finding_details;
use super::super::units::{count, plural};
use super::{Tile, name, tiles};
use crate::limits;
use crate::recover::Finding;

/// Returns the findings, if there are any.
pub(super) fn findings(all: &[Finding]) -> Markup {
    let mut kinds = BTreeMap::<&str, Vec<&Finding>>::new();
    for finding in all {
        kinds.entry(finding.finding).or_default().push(finding);
    }
    let counts = kinds.iter().map(|(kind, found)| Tile {
        name: kind,
        value: count(found.len() as u64),
        note: String::new(),
    });
    html! {
        @if !kinds.is_empty() {
            h2 { "Findings" }
            @if all.len() >= limits::FINDINGS {
                p { "The report lists the first " (count(all.len() as u64)) "; the steps count all." }
            }
            (tiles(&counts.collect::<Vec<_>>()))
            @for (kind, found) in &kinds { (group(kind, found)) }
        }
    }
}

fn group(kind: &str, found: &[&Finding]) -> Markup {
    let shown = found.get(..limits::PAGE_KEYS).unwrap_or(found);
    html! {
        h3 { (kind) ": " (plural(found.len() as u64, "finding", "findings")) }
        div class="scroll" tabindex="0" { table {
            caption {
                @if shown.len() < found.len() {
                    "The first " (shown.len()) "; --report FILE lists all as JSON"
                } @else {
                    "All of this kind"
                }
            }
            thead { tr { th scope="col" { "key" } th scope="col" { "place" } th scope="col" { "details" } } }
            tbody {
                @for finding in shown {
                    tr {
                        td class="key-name" { (name(&finding.key)) }
                        td class="place" { (name(&finding.place)) }
                        td class="details" { (finding_details(finding)) }
                    }
                }
            }
        } }
    }
}
