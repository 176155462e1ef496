//! Shows the runs of a plan set: its shards by progress, their sums, and the shards that need attention.

use std::io::{BufWriter, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::Format;
use super::columns::Columns;
use super::json::{JsonLines, Line, Results, SummaryLine};
use super::table_out::TableOut;
use super::units::{count, plural};
use crate::engine::{PlanSet, SetProgress, ShardState, ShardStatus, worst};
use crate::error::Result;
use crate::limits;
use crate::model::{Instant, printable};

/// The runs of a plan set, to be shown.
pub(crate) struct SetRunsView<'a> {
    /// The set.
    pub set: &'a PlanSet,
    /// The present, to compute ages.
    pub now: Instant,
    /// The command that resumes the set.
    pub resume: String,
    /// The command that undoes the set.
    pub undo: String,
}

/// A shard of a plan set and its run.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShardRunLine<'a> {
    /// The index of the shard, starting at 0.
    shard: u32,
    /// The ID of its run; null if it has not begun.
    run: Option<&'a str>,
    /// The progress of the shard.
    state: ShardState,
    /// The newest run that undoes its run, finished or not.
    undone_by: Option<&'a str>,
    /// The number of changes in its plan.
    changes: u64,
    #[serde(flatten)]
    results: Results,
    /// Changes that are left to make.
    left: u64,
}

/// The summary of the runs of a plan set.
#[derive(Serialize, JsonSchema)]
pub(super) struct SetRunsSummary<'a> {
    /// `runs`.
    command: &'static str,
    /// The ID of the plan set.
    set: &'a str,
    /// The bucket.
    bucket: &'a str,
    /// The prefix.
    prefix: &'a str,
    /// The target time.
    at: Instant,
    /// The number of changes in the plan.
    changes: u64,
    /// The number of shards.
    shards: u32,
    /// The number of shards by progress.
    progress: ShardCounts,
    /// The changes of all shards that are not undone.
    #[serde(flatten)]
    results: Results,
    /// Changes that are left to make.
    left: u64,
}

/// The number of shards by progress.
#[derive(Serialize, JsonSchema)]
struct ShardCounts {
    /// Shards of which every change is made or was already correct.
    applied: u32,
    /// Shards that a worker applies.
    running: u32,
    /// Shards whose run was stopped before its last change.
    interrupted: u32,
    /// Shards with changes that failed or were skipped.
    incomplete: u32,
    /// Shards with changes left that a worker may be applying: their state is in a bucket.
    unfinished: u32,
    /// Shards of which no change was made.
    not_begun: u32,
    /// Shards whose run was undone, at least in part.
    undone: u32,
    /// Shards with a run that cannot be read or belongs to another plan set.
    damaged: u32,
}

impl ShardCounts {
    fn of(progress: &SetProgress) -> Self {
        Self {
            applied: progress.shards(ShardState::Applied),
            running: progress.shards(ShardState::Running),
            interrupted: progress.shards(ShardState::Interrupted),
            incomplete: progress.shards(ShardState::Incomplete),
            unfinished: progress.shards(ShardState::Unfinished),
            not_begun: progress.shards(ShardState::NotBegun),
            undone: progress.shards(ShardState::Undone),
            damaged: progress.shards(ShardState::Damaged),
        }
    }
}

impl<'a> ShardRunLine<'a> {
    fn of(status: &'a ShardStatus) -> Self {
        let ShardStatus { index, run, state, changes, tally, undone_by } = status;
        Self {
            shard: *index,
            run: run.as_deref(),
            state: *state,
            undone_by: undone_by.as_deref(),
            changes: *changes,
            results: Results::of(*tally),
            left: status.left(),
        }
    }
}

impl<'a> SetRunsSummary<'a> {
    fn of(set: &'a PlanSet, progress: &SetProgress) -> Self {
        let plan = &set.manifest.plan;
        Self {
            command: "runs",
            set: &set.id,
            bucket: &plan.bucket,
            prefix: &plan.prefix,
            at: plan.at,
            changes: set.sums().changes(),
            shards: set.len(),
            progress: ShardCounts::of(progress),
            results: Results::of(progress.tally),
            left: progress.left,
        }
    }
}

/// Shows the runs of a plan set, whose shards are read one after another.
pub(crate) fn show_set_runs(
    format: Format,
    view: &SetRunsView<'_>,
    shards: impl Iterator<Item = ShardStatus>,
) -> Result<()> {
    let mut progress = SetProgress::default();
    let shards = shards.inspect(|shard| progress.add(shard));
    if format == Format::Json {
        let mut json = JsonLines::new(BufWriter::new(std::io::stdout()));
        for shard in shards {
            json.shard_run(&shard)?;
        }
        return json.last(SummaryLine::SetRuns(SetRunsSummary::of(view.set, &progress)));
    }
    let worst = worst(shards.collect(), limits::WORST_SHARDS);
    table(view, &progress, &worst)
}

impl<W: Write> JsonLines<W> {
    /// Writes a shard of a plan set and its run.
    pub(super) fn shard_run(&mut self, shard: &ShardStatus) -> Result<()> {
        self.line(Line::ShardRun(ShardRunLine::of(shard)))
    }
}

fn table(view: &SetRunsView<'_>, progress: &SetProgress, worst: &[ShardStatus]) -> Result<()> {
    let SetRunsView { set, now, resume, undo } = view;
    let mut out = TableOut::new();
    let (plan, shards) = (&set.manifest.plan, plural(set.len().into(), "shard", "shards"));
    let place = plan.location().to_string();
    let place = printable(place.strip_prefix("s3://").unwrap_or_default());
    writeln!(out, "{place} as of {} ({} ago)", plan.at.human(), plan.at.age(*now))?;
    let changes = plural(set.sums().changes(), "change", "changes");
    writeln!(out, "plan set {}: {shards}, {changes}\n", set.id)?;
    for state in ShardState::ALL {
        match progress.shards(state) {
            0 => {}
            shards => writeln!(out, "  {:<12} {:>12}", state.name(), count(shards.into()))?,
        }
    }
    writeln!(out, "\n  {}\n", sums_line(progress))?;
    let heading = ["SHARD", "STATE", "DONE", "FAILED", "CONFLICTS", "LEFT", "RUN"];
    let rows = Columns::new(heading, worst.iter().map(row)).state(1).render(out.screen());
    out.write_all(rows.as_bytes())?;
    if !rows.is_empty() {
        writeln!(out)?;
    }
    if progress.has_left() {
        writeln!(out, "apply the rest here: {resume}")?;
    }
    if progress.has_changed() {
        writeln!(out, "undo it: {undo}")?;
    }
    Ok(out.flush()?)
}

fn row(shard: &ShardStatus) -> [String; 7] {
    let ShardStatus { index, run, state, changes, tally, .. } = shard;
    let done = format!("{} of {}", count(tally.done()), count(*changes));
    let [failed, conflicts, left] = [tally.failed, tally.conflicts, shard.left()].map(count);
    let run = run.clone().unwrap_or_default();
    [index.to_string(), state.name().to_owned(), done, failed, conflicts, left, run]
}

/// Returns the changes of a set by result, in one line.
fn sums_line(progress: &SetProgress) -> String {
    let SetProgress { tally, left, .. } = progress;
    let mut parts =
        vec![format!("{} copied", count(tally.copied)), format!("{} deleted", count(tally.deleted))];
    for (n, what) in [
        (tally.markers_removed, "restored by removing markers"),
        (tally.skipped, "already correct"),
        (tally.archived, "archived"),
        (tally.superseded, "superseded"),
    ] {
        if n > 0 {
            parts.push(format!("{} {what}", count(n)));
        }
    }
    parts.push(plural(tally.conflicts, "conflict", "conflicts"));
    parts.push(format!("{} failed", count(tally.failed)));
    parts.push(format!("{} left", count(*left)));
    parts.join(", ")
}
