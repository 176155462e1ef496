//! `asof restore --to DIR`.

use std::path::Path;

use super::args::common::PastArgs;
use super::args::restore::RestoreArgs;
use super::context::Context;
use super::exit::Exit;
use super::suggest::suggest;
use super::time_arg;
use crate::engine::{Action, Conclusion, Download, Names, OnConflict, PreparedDownload};
use crate::error::{Error, Result};
use crate::model::Destination;
use crate::report::{
    Asked, Command, Done, Heading, Phase, Preview, Purpose, Reporter, STANDS_THERE, can_ask, done_line,
    download_words, head, nothing_to_change, show_sums,
};

/// The question before files are replaced.
const OVERWRITE: Asked = Asked {
    does: "overwrite files",
    first: "leave out --on-conflict overwrite to list those files and keep them",
};

pub(super) async fn restore(mut context: Context, path: &Path, args: RestoreArgs) -> Result<Exit> {
    let PastArgs { location, at } = args.past()?;
    let RestoreArgs { no_case_collisions, dry_run, yes, change, common, .. } = args;
    change.copies.require_none()?;
    if change.apply.lanes.is_some() {
        return Err(Error::usage("--lanes applies to writes in a bucket only").hint("leave it out"));
    }
    let mut options = change.options();
    let typed = time_arg::read(&at, &change.apply.state, None)?;
    let overwrite = change.apply.on_conflict == OnConflict::Overwrite;
    if overwrite {
        can_ask(yes || dry_run, OVERWRITE)?;
    }
    let names = if no_case_collisions { Names::DistinctInCase } else { Names::Any };
    let wanted = Download::new(
        common.query(&location, typed, &[], &context.cancel).await?,
        path,
        options.apply.on_conflict,
        names,
    )?;
    let client = context.client(common.server.settings(Some(change.apply.rate))).await?;
    let prepared = context.surveying(wanted.prepare(&client, &context.cancel)).await;
    let prepared = context.answered(&client, prepared)?;
    let PreparedDownload { at, ref checks, ref sums, ref changes, .. } = prepared;
    let warnings = sums.plausibility(at, 0).warnings();
    if !changes.is_empty() {
        let heading = Heading::new(&location, at, Purpose::Directory { overwrite }, context.now)
            .against(Some(Destination::Directory(path.to_owned())))
            .notes(head(checks));
        show_sums(context.output, heading, &warnings, sums)?;
    }
    if dry_run {
        let restore = suggest("restore").about(&location, at).to_string();
        let preview = Preview { checks, sums, changes: changes.len(), restore };
        let summary = context.summary(Command::Diff { versus: None }, &location, at, sums);
        preview.show(context.output.format, prepared.changes.into_changes()?, &summary)?;
        return Ok(Exit::Done);
    }
    if !yes {
        context.prompt().doubtful(sums, at, &mut options).await?;
    }
    prepared.require_certainty(&options)?;
    let left_out = options.left_out(sums);
    context.metrics.restoring(&context.counters, left_out);
    let mut reporter = Reporter::begin(context.output.format, STANDS_THERE, checks, &warnings)?;
    let mut sums = sums.clone();
    let mut finished = true;
    if changes.len() == left_out {
        context.note(&nothing_to_change(&sums));
    } else {
        if overwrite && !yes && sums.of(Action::Revert).keys > 0 {
            context.prompt().name("directory", &path.to_string_lossy()).await?;
        }
        let progress = context.progress(Phase::Restoring);
        let on = |change: &_, outcome: &_| reporter.outcome(change, outcome);
        let brought = prepared.execute(&client, &options, &context.cancel, on).await;
        drop(progress);
        finished = brought?;
        context.note(&done_line(&context.counters, context.elapsed(), !finished));
    }
    sums.unverifiable = context.counters.unverifiable.get();
    let command = Command::Restore(Done::new(None, &context.counters));
    let hints = reporter.finish(&context.summary(command, &location, at, &sums))?;
    let check = suggest("verify").about(&location, at).option("against", path).to_string();
    for line in download_words(&context.counters, finished, &hints, &check) {
        context.note(&line);
    }
    let left = context.counters.failed.get() + context.counters.conflicts.get();
    Ok(Conclusion::of_restore(finished, left).into())
}
