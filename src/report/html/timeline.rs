//! The HTML page of a timeline: a row of bars for each kind of event, on one axis and one scale, with the bursts behind
//! the bars and the suggested target time before them.

use maud::{Markup, html};

use super::super::screen::Screen;
use super::super::timeline::{BurstRow, TimelineView, events, instant, length};
use super::super::units::{count, duration};
use super::axis::{Axis, LENGTH, Scale, labels, percent};
use super::{Badge, Fact, Header, Mood, Ran, Tile, command_line, tiles};
use crate::limits;
use crate::model::Instant;
use crate::timeline::{Bar, Burst, Event, Origin};

/// Room that the number of a burst takes in a row.
const NUMBER: u64 = 700;

/// A picture of bars.
struct Picture<'a> {
    bars: &'a [Bar],
    /// The length of a bar in seconds.
    width: i64,
    axis: Axis,
    scale: Scale,
    bursts: &'a [Burst],
    /// The suggested target time.
    target: Option<i64>,
}

impl TimelineView<'_> {
    /// Returns the page with the picture, the bursts, and the suggested target time.
    pub(crate) fn page(&self, ran: &Ran, now: Instant) -> String {
        let bins = &self.fine;
        let bars: Vec<Bar> = bins.bars().collect();
        let suggestion = self.found.suggestion();
        let badge = match (bars.is_empty(), suggestion) {
            (true, _) => Badge { mood: Mood::Plain, text: "no activity" },
            (false, None) => Badge { mood: Mood::Plain, text: "no target time suggested" },
            (false, Some(_)) => Badge { mood: Mood::Bad, text: "possible incident" },
        };
        let mut facts = vec![Fact { name: "Period", value: self.span(bins) }];
        if let Some(burst) = suggestion {
            let target = instant(burst.before());
            facts.push(Fact {
                name: "Suggested T",
                value: format!("{} ({} ago)", target.human(), target.age(now)),
            });
        }
        let header = Header { command: "timeline", title: self.place(), badge, facts, ran, now };
        header.page(&html! {
            @if bars.is_empty() {
                p { "No activity in this period." }
            } @else {
                (self.next())
                (self.summary())
                (self.picture(&bars).figure())
                (self.moments())
            }
        })
    }

    fn next(&self) -> Markup {
        let (words, command) = self.next_step();
        html! {
            h2 { "Suggested target time" }
            p { (words) }
            @if let Some(command) = command { (command_line(&format!("preview the restore: {command}"))) }
        }
    }

    fn summary(&self) -> Markup {
        let of = std::iter::zip(["Puts", "Overwrites", "Deletes"], self.found.totals);
        let tile = |(name, n)| Tile { name, value: count(n), note: String::new() };
        let mut all: Vec<_> = of.map(tile).collect();
        all.push(Tile { name: "Bursts", value: self.found.bursts.len().to_string(), note: String::new() });
        html! { h2 { "Activity" } (tiles(&all)) }
    }

    fn picture<'a>(&'a self, bars: &'a [Bar]) -> Picture<'a> {
        let width = self.fine.width();
        let (first, last) = (bars.first().map_or(0, |bar| bar.from), bars.last().map_or(0, |bar| bar.from));
        Picture {
            bars,
            width,
            axis: Axis { from: first, to: last + width },
            scale: Scale::of(bars.iter().flat_map(|bar| bar.counts)),
            bursts: &self.found.bursts,
            target: self.found.suggestion().map(Burst::before),
        }
    }

    fn moments(&self) -> Markup {
        let rows = self.bursts(Screen { columns: Some(2 * limits::PAGE_NAME), rows: None });
        let (incidents, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.may_be_incident);
        html! {
            h2 { "Activity bursts" }
            @if incidents.is_empty() && others.is_empty() { p { "None." } } @else {
                div class="scroll" tabindex="0" { table class="bursts" {
                    caption { "Bursts in order of time; rank 1 has the most events" }
                    thead { tr {
                        th scope="col" class="number" { "rank" } th scope="col" { "start" } th scope="col" { "activity" }
                    } }
                    (group("Possible incidents", &incidents))
                    (group("Other activity", &others))
                } }
            }
            @for remark in self.remarks() { p { (remark) } }
        }
    }
}

fn group(title: &str, rows: &[BurstRow]) -> Markup {
    html! {
        @if !rows.is_empty() {
            tbody {
                tr { th scope="rowgroup" colspan="3" { (title) } }
                @for row in rows {
                    tr {
                        td class="number" { (row.rank) }
                        td class="time" { (row.began) }
                        td { (row.activity) }
                    }
                }
            }
        }
    }
}

impl Picture<'_> {
    fn figure(&self) -> Markup {
        let lanes = Event::ALL.into_iter().enumerate().filter(|(n, _)| self.column(*n).any(|n| n > 0));
        html! {
            figure {
                figcaption {
                    "Events in each " (length(self.width)) ", in UTC; " (self.scale.words()) ". "
                    @if !self.bursts.is_empty() { "Numbered bands are the bursts" }
                    @if self.bursts.iter().any(|burst| burst.origin != Origin::Unknown) {
                        ", hatched if made by asof or another restore"
                    }
                    @if self.target.is_some() { "; the dashed line is T, the last second before the incident" }
                    @if !self.bursts.is_empty() { "." }
                }
                div class="plot" role="img" aria-label="Bars of the events over time, which are also in the table below" {
                    @if let Some(target) = self.target { (self.flag(target)) }
                    @for (n, event) in lanes { (self.lane(n, event)) }
                    (labels(&self.axis.clock()))
                }
                details {
                    summary { "The same as a table" }
                    div class="scroll" tabindex="0" { (self.table()) }
                }
            }
        }
    }

    fn column(&self, event: usize) -> impl Iterator<Item = u64> {
        self.bars.iter().map(move |bar| bar.counts.get(event).copied().unwrap_or_default())
    }

    /// The target time above its line, on the side away from the incident where there is room.
    fn flag(&self, target: i64) -> Markup {
        let at = self.axis.place(target);
        let human = instant(target).human();
        let clock = human.split_once(' ').map_or(&*human, |(_, clock)| clock);
        let side = if at > LENGTH * 2 / 5 { "flag before" } else { "flag" };
        html! { div class="flags" { span class=(side) style={ "left:" (percent(at)) } { "T " (clock) } } }
    }

    fn lane(&self, n: usize, event: Event) -> Markup {
        let name = event.name();
        let bursts = || self.bursts.iter().filter(|burst| burst.event == event);
        let numbered = self.numbered(event);
        html! {
            div class="lane-name" { span class={ "key " (name) } {} (events(event, self.column(n).sum())) }
            div class="y" {
                @for mark in self.scale.marks() { span style={ "bottom:" (percent(self.scale.height(mark))) } { (count(mark)) } }
            }
            div class="lane" {
                @for mark in self.scale.marks() { i class="grid" style={ "bottom:" (percent(self.scale.height(mark))) } {} }
                @for burst in bursts() {
                    i class={ "band " (band(burst)) } style=(self.axis.across(burst.from, burst.to + 1)) {}
                }
                @if let Some(target) = self.target { i class="target" style={ "left:" (percent(self.axis.place(target))) } {} }
                svg viewBox={ "0 0 " (LENGTH) " " (LENGTH) } preserveAspectRatio="none" {
                    @for (bar, n) in self.bars.iter().zip(self.column(n)).filter(|(_, n)| *n > 0) {
                        (self.bar(bar, n, name))
                    }
                }
                @for burst in numbered {
                    @let at = self.axis.place(burst.to);
                    b class=[(at > LENGTH * 9 / 10).then_some("before")] style={ "left:" (percent(at)) } { (burst.rank) }
                }
            }
        }
    }

    /// The bursts of a kind whose numbers do not cover each other: those with the most events first.
    fn numbered(&self, event: Event) -> Vec<&Burst> {
        let mut all: Vec<_> = self.bursts.iter().filter(|burst| burst.event == event).collect();
        all.sort_by_key(|burst| burst.rank);
        let mut taken: Vec<u64> = Vec::new();
        all.retain(|burst| {
            let at = self.axis.place(burst.to);
            let is_free = taken.iter().all(|other| other.abs_diff(at) >= NUMBER);
            if is_free {
                taken.push(at);
            }
            is_free
        });
        all
    }

    fn bar(&self, bar: &Bar, n: u64, name: &str) -> Markup {
        let (x, end) = (self.axis.place(bar.from), self.axis.place(bar.from + self.width));
        let height = self.scale.height(n);
        html! {
            rect class=(name) x=(x) y=(LENGTH - height) width=(end - x) height=(height) {}
        }
    }

    fn table(&self) -> Markup {
        html! {
            table {
                caption { "Events in each " (length(self.width)) " with any, in UTC" }
                thead { tr {
                    th scope="col" { "from" }
                    @for event in Event::ALL { th scope="col" class="number" { (event.name()) "s" } }
                } }
                tbody {
                    @for bar in self.bars.iter().filter(|bar| bar.counts.iter().any(|n| *n > 0)) {
                        tr {
                            th scope="row" class="time" { (instant(bar.from).human()) }
                            @for n in bar.counts { td class="number" { (count(n)) } }
                        }
                    }
                }
            }
            @if !self.bursts.is_empty() {
                table {
                    caption { "Bursts, in UTC" }
                    thead { tr {
                        th scope="col" class="number" { "rank" } th scope="col" { "from" } th scope="col" { "for" }
                        th scope="col" { "kind" } th scope="col" class="number" { "events" }
                    } }
                    tbody {
                        @for burst in self.bursts {
                            tr {
                                td class="number" { (burst.rank) }
                                td class="time" { (instant(burst.from).human()) }
                                td { (duration((burst.to - burst.from + 1).unsigned_abs())) }
                                td { (burst.event.name()) "s" }
                                td class="number" { (count(burst.count)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn band(burst: &Burst) -> &'static str {
    match burst.origin {
        Origin::Asof(_) | Origin::Restore => "own",
        Origin::Unknown if burst.may_be_incident() => "incident",
        Origin::Unknown => "",
    }
}
