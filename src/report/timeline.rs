//! The chart of a timeline, and the moments to look at.

use std::io::{BufWriter, IsTerminal, Write};
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::csv::of_stream;
use super::json::{JsonLines, Line, SummaryLine};
use super::units::{count, duration, plural};
use crate::counters::Counters;
use crate::engine::Activity;
use crate::error::Result;
use crate::limits;
use crate::model::{Instant, Location, printable};
use crate::timeline::{Bar, Bins, Burst, Counts, Event, Found, Origin, Window};

/// What stands for the events of each kind, in the order of [`Event::ALL`].
const BLOCKS: [char; 3] = ['░', '▒', '█'];

/// What a timeline is about, and what came of it.
#[derive(Debug)]
pub(crate) struct TimelineView<'a> {
    /// The place.
    location: &'a Location,
    /// What was found; its bins as they are shown.
    pub(super) found: Found,
    /// The bins as a page shows them.
    pub(super) fine: Bins,
    /// The command that shows what a restore would change, up to the time.
    diff: String,
    /// The time looked at; its end is the present at the latest.
    window: Window,
    /// Columns of the screen.
    columns: usize,
}

/// An instant at the beginning of a second.
pub(super) fn instant(second: i64) -> Instant {
    Instant::from_millis(second.saturating_mul(1000))
}

impl<'a> TimelineView<'a> {
    /// What was found, to be shown so; `diff` is the command that shows what a restore would change, up to the time.
    pub(crate) fn new(location: &'a Location, activity: Activity, format: Format, diff: String) -> Self {
        let Activity { mut found, window, has_step, .. } = activity;
        let (columns, rows) = screen();
        let mut fine = found.bins.clone();
        if !has_step {
            fine = fine.within(limits::PAGE_BARS);
            found.bins = found.bins.within(match format {
                Format::Table => bars_for(rows),
                Format::Json | Format::Csv => limits::DATA_BARS,
            });
        }
        Self { location, found, fine, diff, window, columns }
    }

    /// Writes it to stdout.
    pub(crate) fn show(&self, format: Format, counters: &Counters, elapsed: Duration) -> Result<()> {
        let mut out = BufWriter::new(std::io::stdout());
        match format {
            Format::Table => self.table(&mut out)?,
            Format::Json => self.json(&mut JsonLines::new(&mut out), counters, elapsed)?,
            Format::Csv => self.csv(&mut out)?,
        }
        Ok(out.flush()?)
    }

    /// Writes the chart, the bursts, and the time to go back to.
    fn table(&self, out: &mut impl Write) -> Result<()> {
        let bars: Vec<Bar> = self.found.bins.bars().collect();
        if bars.is_empty() {
            return Ok(writeln!(out, "{}: no activity in this period", self.place())?);
        }
        writeln!(out, "{} {}", self.place(), self.span(&self.found.bins))?;
        writeln!(out, "  a bar is {}: ░ put  ▒ overwrite  █ delete\n", length(self.found.bins.width()))?;
        self.chart(&bars, out)?;
        let bursts = self.bursts();
        if !bursts.is_empty() {
            writeln!(out, "  rank  activity burst")?;
        }
        for BurstRow { rank, began, activity } in &bursts {
            writeln!(out, "  {rank:>4}  {began}: {activity}")?;
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

    /// `from … to …`, as far as these bins reach.
    pub(super) fn span(&self, bins: &Bins) -> String {
        let (Some(first), Some(last)) = (bins.bars().next(), bins.bars().last()) else {
            return String::new();
        };
        let end = last.from + bins.width() - 1;
        let from = instant(self.window.from.unwrap_or(first.from));
        let to = instant(self.window.to.map_or(end, |to| to.min(end)));
        format!("from {} to {}", from.human(), to.human())
    }

    fn chart(&self, bars: &[Bar], out: &mut impl Write) -> Result<()> {
        let most = bars.iter().map(|bar| bar.counts.iter().sum::<u64>()).max().unwrap_or_default();
        // With a minute or more to a bar, seconds are all the same.
        let digits = if self.found.bins.width() < 60 { 19 } else { 16 };
        writeln!(out, "  {:digits$} {:>12} {:>12} {:>12}", "", "puts", "overwrites", "deletes")?;
        let room = self.columns.saturating_sub(digits + 3 * 13 + 4).max(10);
        for bar in bars {
            let [puts, overwrites, deletes] = bar.counts.map(count);
            let time: String = instant(bar.from).human().chars().take(digits).collect();
            let row = format!(
                "  {time} {puts:>12} {overwrites:>12} {deletes:>12}  {}",
                blocks(bar.counts, most, room)
            );
            writeln!(out, "{}", row.trim_end())?;
        }
        Ok(writeln!(out)?)
    }

    /// The bursts, in words.
    pub(super) fn bursts(&self) -> Vec<BurstRow> {
        let row = |burst: &Burst| {
            let remark = remark(burst).map_or_else(String::new, |remark| format!(" ({remark})"));
            let began = instant(burst.from).human();
            BurstRow { rank: burst.rank, began, activity: format!("{}{remark}", happened(burst)) }
        };
        self.found.bursts.iter().map(row).collect()
    }

    /// What to know of what was counted.
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

    /// The time to go back to, and the command that shows what would come back.
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

/// A bar's share of the room. What there is of a kind is seen, if only as one block.
fn blocks(counts: Counts, most: u64, room: usize) -> String {
    let room = u64::try_from(room).unwrap_or_default().saturating_sub(counts.len() as u64);
    let lengths = counts.map(|n| n.saturating_mul(room).div_ceil(most.max(1)));
    BLOCKS.iter().zip(lengths).flat_map(|(block, n)| (0..n).map(move |_| *block)).collect()
}

/// A width in its largest whole unit.
pub(super) fn length(seconds: i64) -> String {
    let units = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];
    let fit = units.into_iter().find(|(_, unit)| seconds % unit == 0);
    fit.map_or_else(String::new, |(name, unit)| format!("{} {name}", seconds / unit))
}

/// `8,214 deletes in 40 s under uploads/`.
fn happened(burst: &Burst) -> String {
    let seconds = (burst.to - burst.from + 1).unsigned_abs();
    let place = match burst.prefixes.as_slice() {
        [] => String::new(),
        [(prefix, n)] if *n == burst.count => format!(" under {}", printable(prefix)),
        places => {
            let each = places.iter().map(|(prefix, n)| format!("{} under {}", count(*n), printable(prefix)));
            format!(", {}", each.collect::<Vec<_>>().join(", "))
        }
    };
    format!("{} in {}{place}", events(burst.event, burst.count), duration(seconds))
}

/// `8,214 deletes`.
pub(super) fn events(event: Event, n: u64) -> String {
    plural(n, event.name(), &format!("{}s", event.name()))
}

/// A burst as it is referred to.
fn named(burst: &Burst) -> &'static str {
    match burst.event {
        Event::Put => "the puts",
        Event::Overwrite => "the overwrites",
        Event::Delete => "the deletes",
    }
}

/// Why a burst may not be what it seems.
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

/// How many bars fit the screen.
fn bars_for(rows: usize) -> usize {
    rows.saturating_sub(12).clamp(limits::LEAST_BARS, limits::MOST_BARS)
}

/// Columns and rows of the terminal; those of a common one where stdout is none.
fn screen() -> (usize, usize) {
    let out = std::io::stdout();
    let size = out.is_terminal().then(|| rustix::termios::tcgetwinsize(&out).ok()).flatten();
    size.map_or((100, 36), |size| (usize::from(size.ws_col), usize::from(size.ws_row)))
}
