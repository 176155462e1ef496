//! The chart of a timeline, its bursts, and the suggested target time.

use std::io::{BufWriter, Write};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::chart::{BLOCKS, Chart, bars_for};
use super::csv::of_stream;
use super::json::{JsonLines, Line, SummaryLine};
use super::screen::Screen;
use super::table_out::TableOut;
use super::units::{count, duration, plural};
use crate::counters::Counters;
use crate::engine::Activity;
use crate::error::Result;
use crate::limits;
use crate::model::{Instant, Location, printable};
use crate::timeline::{Bar, Bins, Burst, Event, Found, Origin, Window};

/// A timeline, ready to be shown.
#[derive(Debug)]
pub(crate) struct TimelineView<'a> {
    location: &'a Location,
    /// The findings, with bins that fit the format.
    pub(super) found: Found,
    /// The bins of the HTML page.
    pub(super) fine: Bins,
    /// The `asof diff` command, without its target time.
    diff: String,
    /// The period; it ends now at the latest.
    window: Window,
    screen: Screen,
}

/// An instant at the beginning of a second.
pub(super) fn instant(second: i64) -> Instant {
    Instant::from_millis(second.saturating_mul(1000))
}

impl<'a> TimelineView<'a> {
    /// Prepares `activity` for a format; `diff` is the `asof diff` command, without its target time.
    pub(crate) fn new(location: &'a Location, activity: Activity, format: Format, diff: String) -> Self {
        let Activity { mut found, window, has_step, .. } = activity;
        let screen = Screen::of_stdout();
        let mut fine = found.bins.clone();
        if !has_step {
            fine = fine.within(limits::PAGE_BARS);
            found.bins = found.bins.within(match format {
                Format::Table => bars_for(screen),
                Format::Json | Format::Csv => limits::DATA_BARS,
            });
        }
        Self { location, found, fine, diff, window, screen }
    }

    /// Writes the timeline to stdout.
    pub(crate) fn show(&self, format: Format, counters: &Counters, elapsed: Duration) -> Result<()> {
        let mut out = BufWriter::new(std::io::stdout());
        match format {
            Format::Table => {
                let mut table = TableOut::new();
                self.table(&mut table)?;
                table.flush()?;
            }
            Format::Json => self.json(&mut JsonLines::new(&mut out), counters, elapsed)?,
            Format::Csv => self.csv(&mut out)?,
        }
        Ok(out.flush()?)
    }

    /// Writes the chart, the bursts, and the suggested target time.
    fn table(&self, out: &mut impl Write) -> Result<()> {
        let bars: Vec<Bar> = self.found.bins.bars().collect();
        if bars.is_empty() {
            return Ok(writeln!(out, "{}: no activity in this period", self.place())?);
        }
        writeln!(out, "{} {}", self.place(), self.span(&self.found.bins))?;
        let [put, overwrite, delete] = BLOCKS;
        let width = length(self.found.bins.width());
        writeln!(out, "  a bar is {width}: {put} put  {overwrite} overwrite  {delete} delete\n")?;
        let chart = Chart::new(self.found.bins.width(), self.screen);
        chart.lines(&bars).iter().try_for_each(|line| writeln!(out, "{line}"))?;
        writeln!(out)?;
        let bursts = self.bursts(self.screen);
        if !bursts.is_empty() {
            writeln!(out, "  rank  activity burst")?;
        }
        for BurstRow { rank, began, activity, .. } in &bursts {
            writeln!(out, "{}", self.screen.wrap(&format!("  {rank:>4}  {began}: {activity}"), 8))?;
        }
        for line in &self.remarks() {
            writeln!(out, "  {line}")?;
        }
        let (words, command) = self.next_step();
        writeln!(out, "\n{words}")?;
        if let Some(command) = command {
            writeln!(out, "  preview the restore: {command}")?;
        }
        Ok(())
    }

    /// The place, without the scheme.
    pub(super) fn place(&self) -> String {
        let place = self.location.to_string();
        printable(place.strip_prefix("s3://").unwrap_or_default()).into_owned()
    }

    /// `from … to …`, the period that these bins cover.
    pub(super) fn span(&self, bins: &Bins) -> String {
        let (Some(first), Some(last)) = (bins.bars().next(), bins.bars().last()) else {
            return String::new();
        };
        let end = last.from + bins.width() - 1;
        let from = instant(self.window.from.unwrap_or(first.from));
        let to = instant(self.window.to.map_or(end, |to| to.min(end)));
        format!("from {} to {}", from.human(), to.human())
    }

    /// The bursts, in order of time.
    pub(super) fn bursts(&self, screen: Screen) -> Vec<BurstRow> {
        let row = |burst: &Burst| {
            let remark = remark(burst).map_or_else(String::new, |remark| format!(" ({remark})"));
            let began = instant(burst.from).human();
            let activity = format!("{}{remark}", happened(burst, screen));
            BurstRow { rank: burst.rank, began, activity, may_be_incident: burst.may_be_incident() }
        };
        self.found.bursts.iter().map(row).collect()
    }

    /// Remarks on the counts.
    pub(super) fn remarks(&self) -> Vec<String> {
        let lost = (self.found.lost > 0 && !self.found.bursts.is_empty()).then(|| {
            let lost = count(self.found.lost);
            format!(
                "based on the busiest minutes: counts per minute may be up to {lost} too low, and a burst with a slow start may have started earlier"
            )
        });
        let idle = (self.found.idle > 0).then(|| {
            let markers = plural(self.found.idle, "delete marker is", "delete markers are");
            format!("{markers} above no version: not counted as deletes")
        });
        let minor = (self.found.minor > 0).then(|| {
            let bursts = plural(self.found.minor as u64, "burst is", "bursts are");
            format!("{bursts} not listed (below 1% of the largest); narrow --from and --to to see more")
        });
        lost.into_iter().chain(minor).chain(idle).collect()
    }

    /// The suggested target time, and the command that previews a restore to it.
    pub(super) fn next_step(&self) -> (String, Option<String>) {
        let Some(burst) = self.found.suggestion() else {
            let none = "no burst of deletes or overwrites is distinct enough to suggest a target time";
            return (none.to_owned(), None);
        };
        let at = instant(burst.before());
        let words = format!("the last second before {}: --at {at}", named(burst));
        (words, Some(format!("{} --at {at}", self.diff)))
    }

    /// Writes bars, bursts and the summary as JSON.
    fn json(&self, lines: &mut JsonLines<impl Write>, counters: &Counters, elapsed: Duration) -> Result<()> {
        for bar in self.found.bins.bars() {
            lines.line(Line::Bar(BarLine::of(bar, &self.found.bins)))?;
        }
        for burst in &self.found.bursts {
            lines.line(Line::Burst(BurstLine::of(burst)))?;
        }
        let [puts, overwrites, deletes] = self.found.totals;
        lines.last(SummaryLine::Timeline(TimelineSummary {
            command: "timeline",
            bucket: &self.location.bucket,
            prefix: &self.location.prefix,
            at: self.found.suggestion().map(|burst| instant(burst.before())),
            step_seconds: self.found.bins.width(),
            keys: counters.keys.get(),
            versions: counters.versions.get(),
            puts,
            overwrites,
            deletes,
            idle_markers: self.found.idle,
            minor_bursts: self.found.minor,
            max_undercount_per_minute: self.found.lost,
            list_requests: counters.list_requests.get(),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        }))
    }

    /// Writes the bars as comma-separated values.
    fn csv(&self, out: impl Write) -> Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["from", "to", "puts", "overwrites", "deletes"]).map_err(of_stream)?;
        for bar in self.found.bins.bars() {
            let BarLine { from, to, puts, overwrites, deletes } = BarLine::of(bar, &self.found.bins);
            let counts = [puts, overwrites, deletes].map(|n| n.to_string());
            csv.write_record([from.to_string(), to.to_string()].iter().chain(&counts)).map_err(of_stream)?;
        }
        Ok(csv.flush()?)
    }
}

/// A width in its largest whole unit.
pub(super) fn length(seconds: i64) -> String {
    let units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let fit = units.into_iter().find(|(_, unit)| seconds % unit == 0);
    fit.map_or_else(String::new, |(name, unit)| format!("{} {name}", seconds / unit))
}

/// `8,214 deletes in 40 s under uploads/`.
fn happened(burst: &Burst, screen: Screen) -> String {
    let shown = |prefix: &str| screen.half(&printable(prefix)).into_owned();
    let seconds = (burst.to - burst.from + 1).unsigned_abs();
    let place = match burst.prefixes.as_slice() {
        [] => String::new(),
        [(prefix, n)] if *n == burst.count => format!(" under {}", shown(prefix)),
        places => {
            let each = places.iter().map(|(prefix, n)| format!("{} under {}", count(*n), shown(prefix)));
            format!(", {}", each.collect::<Vec<_>>().join(", "))
        }
    };
    format!("{} in {}{place}", events(burst.event, burst.count), duration(seconds))
}

/// `8,214 deletes`.
pub(super) fn events(event: Event, n: u64) -> String {
    plural(n, event.name(), &format!("{}s", event.name()))
}

/// The events of a burst.
fn named(burst: &Burst) -> &'static str {
    match burst.event {
        Event::Put => "the puts",
        Event::Overwrite => "the overwrites",
        Event::Delete => "the deletes",
    }
}

/// A likely explanation of a burst other than a mistake.
fn remark(burst: &Burst) -> Option<String> {
    let text = match (&burst.origin, burst.event) {
        (Origin::Asof(runs), _) => return Some(format!("made by asof: {}", runs.join(", "))),
        (Origin::Restore, Event::Delete) => "with copies of older versions: a restore?",
        (Origin::Restore, _) => "copies of older versions: a restore?",
        (Origin::Unknown, _) if burst.is_at_midnight() => "at midnight UTC: lifecycle expiry?",
        (Origin::Unknown, _) if burst.under_way => {
            "already under way at the start of the period; use an earlier --from to see its start"
        }
        (Origin::Unknown, _) => return None,
    };
    Some(text.to_owned())
}

/// A burst as a row of a table.
pub(super) struct BurstRow {
    pub(super) rank: usize,
    pub(super) began: String,
    pub(super) activity: String,
    pub(super) may_be_incident: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct BarLine {
    from: Instant,
    to: Instant,
    puts: u64,
    overwrites: u64,
    deletes: u64,
}

impl BarLine {
    fn of(bar: Bar, bins: &Bins) -> Self {
        let [puts, overwrites, deletes] = bar.counts;
        Self { from: instant(bar.from), to: instant(bar.from + bins.width() - 1), puts, overwrites, deletes }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct BurstLine<'a> {
    rank: usize,
    event: &'static str,
    from: Instant,
    to: Instant,
    count: u64,
    rise: u64,
    prefixes: Vec<PrefixLine<'a>>,
    before: Instant,
    /// `asof`, `restore`, or null where that is not known.
    origin: Option<&'static str>,
    /// Of asof's, the runs.
    runs: &'a [String],
    remark: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct PrefixLine<'a> {
    prefix: &'a str,
    count: u64,
}

impl<'a> BurstLine<'a> {
    fn of(burst: &'a Burst) -> Self {
        let prefixes = burst.prefixes.iter().map(|(prefix, count)| PrefixLine { prefix, count: *count });
        let (origin, runs) = match &burst.origin {
            Origin::Unknown => (None, [].as_slice()),
            Origin::Asof(runs) => (Some("asof"), runs.as_slice()),
            Origin::Restore => (Some("restore"), [].as_slice()),
        };
        Self {
            rank: burst.rank,
            event: burst.event.name(),
            from: instant(burst.from),
            to: instant(burst.to),
            count: burst.count,
            rise: burst.rise,
            prefixes: prefixes.collect(),
            before: instant(burst.before()),
            origin,
            runs,
            remark: remark(burst),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct TimelineSummary<'a> {
    #[schemars(extend("const" = "timeline"))]
    command: &'static str,
    bucket: &'a str,
    prefix: &'a str,
    /// The last second before the burst to look at first.
    at: Option<Instant>,
    step_seconds: i64,
    keys: u64,
    versions: u64,
    puts: u64,
    overwrites: u64,
    deletes: u64,
    idle_markers: u64,
    minor_bursts: usize,
    max_undercount_per_minute: u64,
    list_requests: u64,
    elapsed_ms: u64,
}
