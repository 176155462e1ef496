//! `asof restore --to DIR`.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant as Clock;

use super::args::RestoreArgs;
use super::confirm::{Asked, ask_doubtful, can_ask, confirm};
use super::context::{Context, Output, query};
use super::copies::{no_copies, restore_options};
use super::diff::Preview;
use super::exit::Exit;
use super::results::Reporter;
use super::suggest::suggest;
use super::time_arg;
use crate::apply::{OnConflict, Outcome};
use crate::engine::{Download, Names, PreparedDownload};
use crate::error::{Error, Result};
use crate::model::{Destination, Instant, Location};
use crate::plan::{Action, Change, Only};
use crate::report::{
    Command, DiffView, Done, Format, Heading, Phase, Progress, Purpose, Summary, done_line, head,
    nothing_to_change, plural, sizes_only,
};

/// What is asked for before files are replaced.
const OVERWRITE: Asked =
    ("overwrite files", "without --on-conflict overwrite, those files are listed and left alone");

/// What is said of a key in conflict.
const STANDS_THERE: &str = "something else stands in its place; left alone";

pub(super) async fn restore(context: &Context, path: &Path, args: RestoreArgs) -> Result<Exit> {
    let RestoreArgs { location, at, no_case_collisions, dry_run, yes, apply, copies, common, .. } = args;
    // clap has asked for them.
    let (Some(location), Some(at)) = (location, at) else {
        return Err(Error::usage("give a location and --at"));
    };
    let began = Clock::now();
    let words = Words { path };
    no_copies(&copies)?;
    let mut options = restore_options(&copies, &apply);
    let overwrite = options.apply.on_conflict == OnConflict::Overwrite;
    let typed = time_arg::read(&at, &apply.state)?;
    if overwrite {
        can_ask(yes || dry_run, OVERWRITE)?;
    }
    let query = query(&location, typed, &common, &Only::default())?;
    let names = if no_case_collisions { Names::ApartInCase } else { Names::Any };
    let wanted = Download::new(query, path, options.apply.on_conflict, names)?;
    let output = Output::from(common.output);
    let client = context.client(common.server, Some(apply.rate)).await?;
    let progress = Progress::start(output.display, Phase::Surveying, &context.counters);
    let prepared = wanted.prepare(&client, &context.cancel).await;
    drop(progress);
    let context = &context.by_clock_of(&client, output);
    let prepared = prepared?;
    let (at, checks, mut sums) = (prepared.at, prepared.checks.clone(), prepared.sums.clone());
    let len = prepared.changes.len();
    words.show(context, output, &prepared, overwrite)?;
    if dry_run {
        let restore = suggest("restore").about(&location, at).to_string();
        let preview =
            Preview { location: &location, at, checks: &checks, sums: &sums, changes: len, restore };
        return preview.show(context, output, prepared.changes.into_changes()?, began);
    }
    if !yes {
        ask_doubtful(context, &sums, at, &mut options).await?;
    }
    prepared.require_certainty(&options)?;
    let mut reporter = Reporter::new(output.format, STANDS_THERE);
    reporter.checks(&checks)?;
    reporter.warnings(&sums.plausibility(at, 0).warnings())?;
    let mut finished = true;
    if len == options.left_out(&sums) {
        output.note(&nothing_to_change(&sums));
    } else {
        if overwrite && !yes && sums.of(Action::Revert).keys > 0 {
            confirm(context, "directory", &path.to_string_lossy()).await?;
        }
        let progress = Progress::start(output.display, Phase::Restoring, &context.counters);
        let on = |change: &Change, outcome: &Outcome| reporter.outcome(change, outcome);
        let brought = prepared.execute(&client, &options, &context.cancel, on).await;
        drop(progress);
        finished = brought?;
        output.note(&done_line(&context.counters, began.elapsed(), !finished));
    }
    sums.unproven = context.counters.unproven.get();
    let command = Command::Restore(Done::new(None, &context.counters));
    let summary = Summary::new(command, &location, at, &sums, &context.counters, began.elapsed());
    let hints = reporter.finish(&summary)?;
    if !finished {
        Words::sizes(context, output);
        output.note("the same command goes on where it stopped: what is right already is not read again");
        return Ok(Exit::Interrupted);
    }
    Ok(words.conclude(context, output, &location, at, &hints))
}

/// What is said of a past state and a directory.
struct Words<'a> {
    path: &'a Path,
}

impl Words<'_> {
    /// Shows the table of what would be brought.
    fn show(
        &self,
        context: &Context,
        output: Output,
        prepared: &PreparedDownload,
        overwrite: bool,
    ) -> Result<()> {
        if output.format != Format::Table || output.quiet || prepared.changes.is_empty() {
            return Ok(());
        }
        let heading = Heading {
            location: prepared.location.clone(),
            at: prepared.at,
            purpose: Purpose::Directory { overwrite },
            against: Some(Destination::Directory(self.path.to_owned())),
            notes: head(&prepared.checks),
            restore: String::new(),
            now: context.now,
        };
        let mut out = BufWriter::new(std::io::stdout());
        let mut view = DiffView::new(heading, false);
        view.warn(&prepared.sums.plausibility(prepared.at, 0).warnings());
        view.sums(&prepared.sums, &mut out)?;
        Ok(out.flush()?)
    }

    fn sizes(context: &Context, output: Output) {
        let unproven = context.counters.unproven.get();
        if unproven > 0 {
            output.note(&sizes_only(unproven));
        }
    }

    /// The last words of a restore that came to its end, and the exit code.
    fn conclude(
        &self,
        context: &Context,
        output: Output,
        location: &Location,
        at: Instant,
        hints: &[String],
    ) -> Exit {
        let counters = &context.counters;
        let (failed, conflicts) = (counters.failed.get(), counters.conflicts.get());
        Self::sizes(context, output);
        if failed > 0 {
            output.note(&plural(failed, "key is not restored", "keys are not restored"));
            for hint in hints {
                output.note(&format!("  {hint}"));
            }
        }
        if conflicts > 0 {
            let others = plural(conflicts, "other file was", "other files were");
            output.note(&format!(
                "{others} left alone in the place of keys; --on-conflict overwrite replaces files"
            ));
        }
        if failed + conflicts > 0 {
            return Exit::Incomplete;
        }
        if counters.settled() > 0 {
            let check = suggest("verify").about(location, at).option("against", self.path);
            output.note(&format!("check it: {check}"));
        }
        Exit::Done
    }
}
