//! Shows a plan set: the counts of the whole plan, and its shards.

use std::io::{BufWriter, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::columns::Columns;
use super::csv::of_stream;
use super::diff::DiffView;
use super::heading::Heading;
use super::json::{JsonLines, Line, Summary};
use super::table_out::TableOut;
use super::units::{bytes, count, plural};
use crate::engine::{Action, Estimate, PlanSet, Shard};
use crate::error::Result;
use crate::limits;
use crate::model::printable;
use crate::plan::Warning;
use crate::plan::file::Header;

/// A plan set to be shown.
pub(crate) struct SetView<'a> {
    /// The set.
    pub set: &'a PlanSet,
    /// The heading of the table.
    pub heading: Heading,
    /// The counts of the whole plan.
    pub summary: Summary<'a>,
    /// The estimated cost, if it is known.
    pub estimate: Option<&'a Estimate>,
    /// True if the table has every shard.
    pub all: bool,
}

/// The plan set that the shards below belong to.
#[derive(Serialize, JsonSchema)]
pub(super) struct PlanSetLine<'a> {
    /// The ID of the set.
    set: &'a str,
    /// The header of the plan that was cut.
    plan: &'a Header,
    /// The number of shards.
    shards: u32,
    /// The number of requests that change the bucket.
    requests: u64,
}

/// A shard of a plan set.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShardLine<'a> {
    /// The index of the shard, starting at 0.
    shard: u32,
    /// The name of its plan file.
    file: &'a str,
    /// The first key; null for a shard without changes.
    first_key: Option<&'a str>,
    /// The last key; null for a shard without changes.
    last_key: Option<&'a str>,
    /// Keys deleted since T.
    undeletes: u64,
    /// Keys overwritten since T.
    reverts: u64,
    /// Keys created since T.
    deletes: u64,
    /// Bytes of the versions to restore.
    bytes: u64,
    /// The number of requests that change the bucket.
    requests: u64,
}

impl<'a> ShardLine<'a> {
    fn of(index: u32, shard: &'a Shard) -> Self {
        let [undelete, revert, delete] = Action::ALL.map(|action| shard.of(action));
        Self {
            shard: index,
            file: &shard.file,
            first_key: shard.first_key.as_deref(),
            last_key: shard.last_key.as_deref(),
            undeletes: undelete.keys,
            reverts: revert.keys,
            deletes: delete.keys,
            bytes: undelete.bytes.saturating_add(revert.bytes),
            requests: shard.requests,
        }
    }

    fn row(&self) -> [String; 7] {
        let from = self.first_key.map_or_else(|| "-".to_owned(), |key| printable(key).into_owned());
        let [undeletes, reverts, deletes, requests] =
            [self.undeletes, self.reverts, self.deletes, self.requests].map(count);
        [self.shard.to_string(), requests, undeletes, reverts, deletes, bytes(self.bytes), from]
    }
}

const COLUMNS: [&str; 7] = ["shard", "requests", "undelete", "revert", "delete", "bytes", "first key"];

/// Shows a plan set.
pub(crate) fn show_set(format: Format, view: &SetView<'_>) -> Result<()> {
    match format {
        Format::Table => table(view, TableOut::paged(view.all)),
        Format::Json => json(view, BufWriter::new(std::io::stdout())),
        Format::Csv => rows(view, BufWriter::new(std::io::stdout())),
    }
}

fn lines<'a>(view: &SetView<'a>) -> impl Iterator<Item = ShardLine<'a>> + use<'a> {
    (0..).zip(&view.set.manifest.shards).map(|(index, shard)| ShardLine::of(index, shard))
}

fn warnings(view: &SetView<'_>) -> Vec<Warning> {
    let sums = view.set.sums();
    sums.plausibility(view.set.manifest.plan.at, sums.deletes(false)).warnings()
}

fn table(view: &SetView<'_>, mut out: TableOut) -> Result<()> {
    let SetView { set, heading, all, estimate, .. } = view;
    let sums = set.sums();
    let mut changes = DiffView::new(heading.clone(), false, out.screen());
    changes.warn(&warnings(view));
    changes.sums(sums, &mut out)?;
    let (shards, requests) = (u64::from(set.len()), set.manifest.requests);
    let (shards_of, requests) = (plural(shards, "shard", "shards"), plural(requests, "request", "requests"));
    writeln!(out, "plan set {}: {shards_of}, {requests}", set.id)?;
    let most = if *all { usize::MAX } else { limits::SHOWN_SHARDS };
    let rows: Vec<_> = lines(view).take(most).map(|line| line.row()).collect();
    let hidden = shards.saturating_sub(rows.len() as u64);
    out.write_all(Columns::new(COLUMNS, rows).render(out.screen()).as_bytes())?;
    if hidden > 0 {
        writeln!(out, "… and {} more; --all lists every shard", count(hidden))?;
    }
    writeln!(out)?;
    changes.next_step(sums, limits::DEFAULT_RATE, *estimate, &mut out)?;
    if shards > 1 {
        writeln!(out, "  one task per shard, 0 to {}: asof manual shards", shards - 1)?;
    }
    Ok(out.flush()?)
}

fn json(view: &SetView<'_>, out: impl Write) -> Result<()> {
    let SetView { set, summary, .. } = view;
    let mut json = JsonLines::new(out);
    let (plan, requests) = (&set.manifest.plan, set.manifest.requests);
    json.line(Line::PlanSet(PlanSetLine { set: &set.id, plan, shards: set.len(), requests }))?;
    json.warnings(&warnings(view))?;
    for line in lines(view) {
        json.line(Line::Shard(line))?;
    }
    json.summary(summary)
}

fn rows(view: &SetView<'_>, out: impl Write) -> Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    for line in lines(view) {
        csv.serialize(line).map_err(of_stream)?;
    }
    Ok(csv.flush()?)
}
