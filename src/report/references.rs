//! Shows dangling references and orphans as a table, JSON Lines, or CSV.

use std::io::Write;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::csv::of_stream;
use super::json::{JsonLines, Line, SummaryLine, VersionLine};
use super::key_row::KeyRow;
use super::screen::Screen;
use super::tone::Tone;
use super::units::{bytes, count, plural};
use crate::counters::Counters;
use crate::error::Result;
use crate::limits;
use crate::model::{Instant, Location, printable};
use crate::recover::{Dangling, Existed, Orphan, ReferenceSums};
use crate::resolve::Doubt;

/// The heading of the table.
#[derive(Debug, Clone)]
pub(crate) struct ReferencesHeading {
    /// The bucket and prefix.
    pub location: Location,
    /// The target time.
    pub at: Instant,
    /// The location whose present state is compared, if it is not the state at T.
    pub against: Option<Location>,
    /// Notes, one per line.
    pub notes: Vec<String>,
    /// True if orphans were asked for.
    pub orphans: bool,
    /// The present, to compute ages.
    pub now: Instant,
}

/// Collects the rows of the table: counts, and the first keys of each kind.
#[derive(Debug)]
pub(crate) struct ReferencesView {
    heading: ReferencesHeading,
    all: bool,
    screen: Screen,
    begun: bool,
    dangling: [Vec<Dangling>; 4],
    orphans: Vec<Orphan>,
}

impl ReferencesView {
    /// Creates an empty table. `all` prints every key as it arrives.
    pub(super) fn new(heading: ReferencesHeading, all: bool, screen: Screen) -> Self {
        Self { heading, all, screen, begun: false, dangling: Default::default(), orphans: Vec::new() }
    }

    /// Adds a dangling reference.
    pub(crate) fn dangling(&mut self, dangling: &Dangling, out: &mut impl Write) -> Result<()> {
        if self.all {
            self.head(out)?;
            return self.dangling_line(dangling, out);
        }
        let slot = Existed::ALL.iter().position(|existed| *existed == dangling.existed);
        if let Some(shown) = slot.and_then(|slot| self.dangling.get_mut(slot))
            && shown.len() < limits::SHOWN_CHANGES
        {
            shown.push(dangling.clone());
        }
        Ok(())
    }

    /// Adds an orphan.
    pub(crate) fn orphan(&mut self, orphan: &Orphan, out: &mut impl Write) -> Result<()> {
        if self.all {
            self.head(out)?;
            return orphan_line(orphan, self.screen, out);
        }
        if self.orphans.len() < limits::SHOWN_CHANGES {
            self.orphans.push(orphan.clone());
        }
        Ok(())
    }

    /// Writes the table.
    pub(crate) fn finish(mut self, sums: &ReferenceSums, out: &mut impl Write) -> Result<()> {
        if self.begun {
            writeln!(out)?;
        }
        self.head(out)?;
        self.counts(sums, out)?;
        let shown: Vec<_> = self.dangling.iter().flatten().collect();
        for dangling in &shown {
            self.dangling_line(dangling, out)?;
        }
        for orphan in &self.orphans {
            orphan_line(orphan, self.screen, out)?;
        }
        let found = sums.dangling() + sums.orphans.keys;
        let hidden = found - (shown.len() + self.orphans.len()) as u64;
        if !self.all && hidden > 0 {
            writeln!(out, "  … and {} more; --all lists every key", count(hidden))?;
        }
        if !self.all && found > 0 {
            writeln!(out)?;
        }
        Ok(())
    }

    /// Writes the heading, once.
    fn head(&mut self, out: &mut impl Write) -> Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let ReferencesHeading { location, at, against, notes, now, .. } = &self.heading;
        let place = location.to_string();
        let place = printable(place.strip_prefix("s3://").unwrap_or_default());
        write!(out, "rows compared with {place} as of {} ({} ago)", at.human(), at.age(*now))?;
        if let Some(against) = against {
            write!(out, ", and {} now", printable(&against.to_string()))?;
        }
        writeln!(out)?;
        for note in notes {
            writeln!(out, "  {note}")?;
        }
        Ok(writeln!(out)?)
    }

    fn counts(&self, sums: &ReferenceSums, out: &mut impl Write) -> Result<()> {
        let mut row = |word: &str, keys: u64, meaning: &str| {
            writeln!(out, "  {word:<12} {:>12}   {meaning}", count(keys))
        };
        row("held", sums.held(), "named by rows, exist")?;
        row("dangling", sums.dangling(), "named by rows, missing: dangling references")?;
        for existed in Existed::ALL.into_iter().filter(|existed| sums.of(*existed) > 0) {
            row(&format!("  {}", existed.name()), sums.of(existed), meaning(existed))?;
        }
        if sums.doubtful > 0 {
            row("  uncertain", sums.doubtful, "of these, uncertain: their versions may have been removed")?;
        }
        if self.heading.orphans {
            let meaning = format!("{}, which no row names", bytes(sums.orphans.bytes));
            row("orphans", sums.orphans.keys, &meaning)?;
        }
        Ok(writeln!(out)?)
    }

    /// Writes a dangling reference: when the key existed, and how long after T it was written.
    fn dangling_line(&self, dangling: &Dangling, out: &mut impl Write) -> Result<()> {
        let Dangling { key, existed, deleted, later, doubts, .. } = dangling;
        let time = match existed {
            Existed::After => later.as_ref().map(|version| version.last_modified),
            _ => *deleted,
        };
        let time = time.map(Instant::human).unwrap_or_default();
        let came = dangling.delay(self.heading.at).map(|delay| format!("{} later", delayed(delay)));
        let deleted = match (existed, deleted) {
            (Existed::After, Some(deleted)) => Some(format!("deleted {}", deleted.human())),
            _ => None,
        };
        let doubts: Vec<_> = doubts.iter().map(|doubt| doubt.name()).collect();
        let doubts = (!doubts.is_empty()).then(|| format!("uncertain: {}", doubts.join(", ")));
        let notes: Vec<_> = [came, deleted, doubts].into_iter().flatten().collect();
        let row = KeyRow {
            word: existed.name(),
            tone: Tone::Danger,
            facts: format!("{time:<23}"),
            key,
            notes: notes.join("; "),
        };
        Ok(writeln!(out, "{}", row.render(self.screen))?)
    }
}

fn orphan_line(orphan: &Orphan, screen: Screen, out: &mut impl Write) -> Result<()> {
    let Orphan { key, version } = orphan;
    let facts = format!("{:<23}", version.last_modified.human());
    let row = KeyRow { word: "orphan", tone: Tone::Plain, facts, key, notes: bytes(version.size) };
    Ok(writeln!(out, "{}", row.render(screen))?)
}

fn meaning(existed: Existed) -> &'static str {
    match existed {
        Existed::After => "written after T: a late upload",
        Existed::Before => "deleted before T",
        Existed::Then => "existed at T, missing now",
        Existed::Never => "no version exists, before or after T",
    }
}

/// Formats a delay in whole seconds or, if it is long, in the two largest units.
fn delayed(delay: Duration) -> String {
    let millis = i64::try_from(delay.as_millis()).unwrap_or(i64::MAX);
    let second = millis.div_euclid(1000) + i64::from(millis % 1000 > 0);
    Instant::from_millis(0).age(Instant::from_millis(second.saturating_mul(1000)))
}

/// The verdict: how many keys exist, and how many dangle.
pub(crate) fn references_verdict(sums: &ReferenceSums) -> String {
    match (sums.keys, sums.dangling()) {
        (0, _) => "nothing was compared: no row names a key".to_owned(),
        (keys, 0) => format!(
            "no dangling references: {} there",
            plural(keys, "referenced key is", "referenced keys are all")
        ),
        (_, n) => {
            let held = plural(sums.held(), "key is", "keys are");
            format!("{held} there, {} not", plural(n, "is", "are"))
        }
    }
}

/// A dangling reference.
#[derive(Serialize, JsonSchema)]
pub(super) struct DanglingLine<'a> {
    /// The key that a row names.
    key: &'a str,
    /// The time at which the key existed, relative to T.
    existed: Existed,
    /// The time the delete marker live at T was created; null if there is none.
    deleted: Option<Instant>,
    /// The first version after T; null if there is none.
    later: Option<VersionLine<'a>>,
    /// The time from T to that version, in whole seconds, rounded up.
    seconds_later: Option<u64>,
    /// The version live now; null if the key does not exist.
    now: Option<VersionLine<'a>>,
    /// The reasons the key may have existed at T after all.
    doubts: &'a [Doubt],
}

/// An orphan: an object without rows.
#[derive(Serialize, JsonSchema)]
pub(super) struct OrphanLine<'a> {
    /// The key.
    key: &'a str,
    /// The version of the object.
    version: Option<VersionLine<'a>>,
}

/// The counts of `asof references`.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReferencesSummary<'a> {
    #[schemars(extend("const" = "references"))]
    command: &'static str,
    /// The bucket.
    bucket: &'a str,
    /// The prefix.
    prefix: &'a str,
    /// The target time.
    at: Instant,
    /// The location whose present state was compared; missing if the state at T was.
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<String>,
    /// Different keys that rows name.
    named: u64,
    /// Named keys that exist.
    held: u64,
    /// Named keys that do not exist: dangling references.
    dangling: u64,
    /// Dangling references to keys written after T.
    after: u64,
    /// Dangling references to keys deleted at or before T and not written since.
    before: u64,
    /// Dangling references to keys that existed at T but do not exist now.
    then: u64,
    /// Dangling references to keys without any version.
    never: u64,
    /// Dangling references to keys that may have existed at T after all.
    doubtful: u64,
    /// Objects without rows; null if they were not asked for.
    orphans: Option<u64>,
    /// The total size of these objects in bytes.
    orphan_bytes: Option<u64>,
    /// Keys listed.
    keys: u64,
    /// Versions and delete markers listed.
    versions: u64,
    /// List requests sent.
    list_requests: u64,
    /// The duration of the command in milliseconds.
    elapsed_ms: u64,
}

impl<'a> ReferencesSummary<'a> {
    /// Creates the summary.
    pub(crate) fn new(
        heading: &'a ReferencesHeading,
        sums: &ReferenceSums,
        counters: &Counters,
        elapsed: Duration,
    ) -> Self {
        let ReferencesHeading { location, at, against, orphans, .. } = heading;
        Self {
            command: "references",
            bucket: &location.bucket,
            prefix: &location.prefix,
            at: *at,
            against: against.as_ref().map(ToString::to_string),
            named: sums.keys,
            held: sums.held(),
            dangling: sums.dangling(),
            after: sums.of(Existed::After),
            before: sums.of(Existed::Before),
            then: sums.of(Existed::Then),
            never: sums.of(Existed::Never),
            doubtful: sums.doubtful,
            orphans: orphans.then_some(sums.orphans.keys),
            orphan_bytes: orphans.then_some(sums.orphans.bytes),
            keys: counters.keys.get(),
            versions: counters.versions.get(),
            list_requests: counters.list_requests.get(),
            elapsed_ms: u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

impl<W: Write> JsonLines<W> {
    /// Writes a dangling reference.
    pub(crate) fn dangling(&mut self, dangling: &Dangling, at: Instant) -> Result<()> {
        let Dangling { key, existed, deleted, later, now, doubts } = dangling;
        let body = DanglingLine {
            key,
            existed: *existed,
            deleted: *deleted,
            later: VersionLine::of(later.as_ref()),
            seconds_later: seconds(dangling.delay(at)),
            now: VersionLine::of(now.as_ref()),
            doubts,
        };
        self.line(Line::Dangling(body))
    }

    /// Writes an orphan.
    pub(crate) fn orphan(&mut self, orphan: &Orphan) -> Result<()> {
        let Orphan { key, version } = orphan;
        self.line(Line::Orphan(OrphanLine { key, version: VersionLine::of(Some(version)) }))
    }

    /// Writes the summary.
    pub(crate) fn references(&mut self, summary: &ReferencesSummary<'_>) -> Result<()> {
        self.last(SummaryLine::References(summary))
    }
}

/// Converts to whole seconds, rounded up.
fn seconds(delay: Option<Duration>) -> Option<u64> {
    delay.map(|delay| delay.as_secs() + u64::from(delay.subsec_nanos() > 0))
}

/// Writes dangling references and orphans as CSV, one per line.
#[derive(Debug)]
pub(crate) struct CsvReferences<W: Write>(csv::Writer<W>);

impl<W: Write> CsvReferences<W> {
    /// Creates a writer and writes the header.
    pub(crate) fn new(out: W) -> Result<Self> {
        let mut csv = csv::Writer::from_writer(out);
        let heading = [
            "key",
            "type",
            "existed",
            "deleted",
            "version_id",
            "last_modified",
            "size",
            "seconds_later",
            "doubts",
        ];
        csv.write_record(heading).map_err(of_stream)?;
        Ok(Self(csv))
    }

    /// Writes a dangling reference with the first version after T.
    pub(crate) fn dangling(&mut self, dangling: &Dangling, at: Instant) -> Result<()> {
        let Dangling { key, existed, deleted, later, doubts, .. } = dangling;
        let (id, made, size) = later.as_ref().map_or_else(Default::default, |v| {
            (v.version_id.clone(), v.last_modified.to_string(), v.size.to_string())
        });
        let deleted = deleted.map(|t| t.to_string()).unwrap_or_default();
        let seconds = seconds(dangling.delay(at)).map(|n| n.to_string()).unwrap_or_default();
        let doubts: Vec<_> = doubts.iter().map(|doubt| doubt.name()).collect();
        let record =
            [key, "dangling", existed.name(), &deleted, &id, &made, &size, &seconds, &doubts.join(" ")];
        Ok(self.0.write_record(record).map_err(of_stream)?)
    }

    /// Writes an orphan.
    pub(crate) fn orphan(&mut self, orphan: &Orphan) -> Result<()> {
        let Orphan { key, version } = orphan;
        let (made, size) = (version.last_modified.to_string(), version.size.to_string());
        let record = [key, "orphan", "", "", &version.version_id, &made, &size, "", ""];
        Ok(self.0.write_record(record).map_err(of_stream)?)
    }

    /// Flushes the buffer.
    pub(crate) fn finish(mut self) -> Result<()> {
        Ok(self.0.flush()?)
    }
}
