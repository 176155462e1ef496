//! `asof undo`.

use super::args::UndoArgs;
use super::carry::{Lead, PendingRun};
use super::confirm::{CHANGE, can_ask, confirm};
use super::context::Context;
use super::copies::apply_options;
use super::exit::Exit;
use super::kept::{open_run, server_again, server_of};
use crate::engine::{PreparedUndo, Run, RunManifest, Sums, Undo};
use crate::error::Result;
use crate::report::{CHANGED_MEANWHILE, Command, Done, Heading, Purpose, Reporter, show_sums};

pub(super) async fn run(context: &Context, args: UndoArgs) -> Result<Exit> {
    let UndoArgs { run, undelete, yes, apply, server, output } = args;
    let mut context = context.shown(output);
    let done = open_run(&apply.state, &run, context.output)?;
    can_ask(yes, CHANGE)?;
    let server = server_again(&done.manifest().server, server);
    let client = context.client(server.clone(), Some(apply.rate)).await?;
    if let Some(warning) = done.damaged_uploads()? {
        context.note(&warning);
    }
    let undo = Undo { done: &done, server: server_of(server, &client), undelete: undelete.into() };
    let prepared = undo.prepare(&client, &context.cancel).await;
    let Some(PreparedUndo { run, sums }) = context.answered(&client, prepared)? else {
        return nothing(&context, &done);
    };
    let RunManifest { location, at, undoes, .. } = run.manifest();
    let notes = undoes.iter().map(|run| format!("what the run {run} has changed, taken back"));
    let heading = Heading::new(location, *at, Purpose::Undo, context.now).notes(notes.collect());
    show_sums(context.output, heading, &[], &sums)?;
    if !yes && let Err(e) = confirm(&context, "bucket", &location.bucket).await {
        run.discard()?;
        return Err(e);
    }
    let ready = PendingRun {
        run,
        apply: apply_options(&apply),
        lead: Lead::default(),
        sums: &sums,
        command: Command::Undo,
        check: None,
    };
    ready.execute(&context, &client).await
}

fn nothing(context: &Context, done: &Run) -> Result<Exit> {
    context.note(&format!("nothing to take back: the run {} has changed nothing", done.id()));
    let command = Command::Undo(Done::new(None, &context.counters));
    let place = done.manifest().undone_place();
    let summary = context.summary(command, &place, done.manifest().at, &Sums::default());
    Reporter::new(context.output.format, CHANGED_MEANWHILE).finish(&summary)?;
    Ok(Exit::Done)
}
