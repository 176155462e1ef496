//! `asof undo`.

use std::io::{BufWriter, Write};
use std::time::Instant as Clock;

use super::args::UndoArgs;
use super::carry::{Lead, PendingRun, open_run, server_again, server_of};
use super::confirm::{CHANGE, can_ask, confirm};
use super::context::{Context, Output};
use super::copies::apply_options;
use super::exit::Exit;
use super::results::{CHANGED_MEANWHILE, Reporter};
use crate::engine::{PreparedUndo, RunManifest, Undo};
use crate::error::Result;
use crate::plan::Sums;
use crate::plan::file::Selected;
use crate::report::{Command, DiffView, Done, Format, Heading, Purpose, Summary};

pub(super) async fn run(context: &Context, args: UndoArgs) -> Result<Exit> {
    let UndoArgs { run, undelete, yes, apply, server, output } = args;
    let began = Clock::now();
    let output = Output::from(output);
    let done = open_run(&apply.state, &run, output)?;
    can_ask(yes, CHANGE)?;
    let server = server_again(&done.manifest().server, server);
    let kept = server_of(&server);
    let client = context.client(server, Some(apply.rate)).await?;
    let undo = Undo { done: &done, server: kept, undelete: undelete.into() };
    let prepared = undo.prepare(&client, &context.cancel).await;
    let context = &context.by_clock_of(&client, output);
    let Some(PreparedUndo { run, sums }) = prepared? else {
        output.note(&format!("nothing to take back: the run {} has changed nothing", done.id()));
        let command = Command::Undo(Done::new(None, &context.counters));
        let (place, sums) = (done.manifest().undone_place(), Sums::default());
        let summary =
            Summary::new(command, &place, done.manifest().at, &sums, &context.counters, began.elapsed());
        Reporter::new(output.format, CHANGED_MEANWHILE).finish(&summary)?;
        return Ok(Exit::Done);
    };
    show(context, output, run.manifest(), &sums)?;
    if !yes && let Err(e) = confirm(context, "bucket", &run.manifest().location.bucket).await {
        run.discard()?;
        return Err(e);
    }
    let ready = PendingRun {
        run,
        apply: apply_options(&apply),
        lead: Lead::default(),
        sums: &sums,
        command: Command::Undo,
        selected: &Selected::default(),
        trust_etag: false,
        began,
    };
    ready.carry_out(context, output, &client).await
}

/// Shows what will be taken back.
fn show(context: &Context, output: Output, back: &RunManifest, sums: &Sums) -> Result<()> {
    if output.format != Format::Table || output.quiet {
        return Ok(());
    }
    let heading = Heading {
        location: back.location.clone(),
        at: back.at,
        purpose: Purpose::Undo,
        against: None,
        notes: back.undoes.iter().map(|run| format!("what the run {run} has changed, taken back")).collect(),
        restore: String::new(),
        now: context.now,
    };
    let mut out = BufWriter::new(std::io::stdout());
    DiffView::new(heading, false).sums(sums, &mut out)?;
    Ok(out.flush()?)
}
