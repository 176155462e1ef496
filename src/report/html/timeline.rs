//! The HTML page of a timeline.

use maud::{Markup, html};

use super::super::screen::Screen;
use super::super::timeline::{TimelineView, events, instant, length};
use super::super::units::plural;
use super::page;
use crate::model::Instant;
use crate::timeline::{Bar, Event};

/// The chart's own units; the browser scales them to the page.
const BAR: u64 = 10;
const HEIGHT: u64 = 1000;

impl TimelineView<'_> {
    /// Returns the page with the chart, the bursts, and the suggested target time.
    pub(crate) fn page(&self, now: Instant) -> String {
        let bins = &self.fine;
        let bars: Vec<Bar> = bins.bars().collect();
        let body = html! {
            @if bars.is_empty() {
                p { "No activity in this period." }
            } @else {
                (self.figure(&bars, bins.width()))
                (self.moments())
            }
        };
        page(&format!("Activity in {}", self.place()), &self.span(bins), now, &body)
    }

    fn figure(&self, bars: &[Bar], width: i64) -> Markup {
        let most = bars.iter().map(|bar| bar.counts.iter().sum::<u64>()).max().unwrap_or_default();
        let first = bars.first().map_or(0, |bar| bar.from);
        let across = BAR * bars.len() as u64;
        let before = self
            .found
            .suggestion()
            .map(|burst| (burst.from - first).max(0).unsigned_abs() * BAR / width.unsigned_abs());
        let totals = std::iter::zip(Event::ALL, self.found.totals);
        html! {
            p {
                "A bar is " (length(width)) "."
                @for (event, n) in totals {
                    span class={ "key " (event.name()) } {}
                    (events(event, n))
                }
            }
            figure {
                svg viewBox={ "0 0 " (across) " " (HEIGHT) } preserveAspectRatio="none" role="img" {
                    @for (n, bar) in (0..).zip(bars).filter(|(_, bar)| bar.counts.iter().any(|n| *n > 0)) {
                        (column(n, bar, most))
                    }
                    @if let Some(x) = before {
                        line class="before" x1=(x) x2=(x) y1="0" y2=(HEIGHT) {}
                    }
                }
                div class="ends" {
                    span { (instant(first).human()) }
                    span { "tallest bar: " (plural(most, "event", "events")) }
                    span { (instant(bars.last().map_or(first, |bar| bar.from) + width).human()) }
                }
            }
        }
    }

    fn moments(&self) -> Markup {
        let (words, command) = self.next_step();
        html! {
            h2 { "Activity bursts" }
            @let bursts = self.bursts(Screen::ENDLESS);
            @if bursts.is_empty() { p { "None." } } @else {
                div class="scroll" { table {
                    tr { th { "rank" } th { "start" } th { "activity" } }
                    @for burst in &bursts {
                        tr {
                            td class="number" { (burst.rank) }
                            td { (burst.began) }
                            td { (burst.activity) }
                        }
                    }
                } }
            }
            @for remark in self.remarks() { p { (remark) } }
            h2 { "Suggested target time" }
            p { (words) }
            @if let Some(command) = command { p { code { (command) } } }
        }
    }
}

/// Returns a bar, with the kinds of events stacked; a tooltip names the counts. Each kind that occurs is visible, at
/// least as a line.
fn column(n: u64, bar: &Bar, most: u64) -> Markup {
    let mut top = HEIGHT;
    let there = || std::iter::zip(Event::ALL, bar.counts).filter(|(_, n)| *n > 0);
    let parts = there().map(|(event, n)| {
        let height = (u128::from(n) * u128::from(HEIGHT)).div_ceil(u128::from(most.max(1)));
        let height = u64::try_from(height).unwrap_or(HEIGHT).max(HEIGHT / 200);
        top = top.saturating_sub(height);
        (event, top, height)
    });
    let said = there().map(|(event, n)| events(event, n));
    html! {
        g {
            title { (instant(bar.from).human()) ": " (said.collect::<Vec<_>>().join(", ")) }
            @for (event, y, height) in parts {
                rect class=(event.name()) x=(n * BAR) y=(y) width=(BAR - 1) height=(height) {}
            }
        }
    }
}
