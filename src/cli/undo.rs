//! `asof undo`.

use super::args::restore::UndoArgs;
use super::carry::PendingRun;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, open_run, run_or_set};
use super::undo_set;
use crate::engine::{PreparedUndo, RunManifest, RunOrSet, Server, Sums, Undo};
use crate::error::{Error, Result};
use crate::report::{
    CHANGE, CHANGED_MEANWHILE, Command, Done, Heading, Purpose, Reporter, can_ask, show_sums,
};

pub(super) async fn run(context: &Context, args: UndoArgs) -> Result<Exit> {
    match (run_or_set(&args.apply.state, &args.run)?, args.out.clone()) {
        (RunOrSet::Set, out) => return Box::pin(undo_set::run(context, args, out)).await,
        (RunOrSet::Run, Some(_)) => {
            let message = format!("--out is for the undo of a plan set, and {} is a run", args.run);
            return Err(
                Error::usage(message).hint("leave --out out, or name the plan set's directory: ./SET")
            );
        }
        (RunOrSet::Run, None) => {}
    }
    let UndoArgs { run, out: _, undelete, yes, apply, server, output } = args;
    let mut context = context.shown(output);
    can_ask(yes, CHANGE)?;
    let typed = server.settings(Some(apply.rate));
    let home = home(&apply.state, typed.clone()).await?;
    home.fetch_manifests().await?;
    let done = open_run(&home, &run, context.output).await?;
    let settings = done.manifest().server.clone().unless(typed);
    let client = context.client(settings.clone()).await?;
    if let Some(warning) = done.damaged_uploads()? {
        context.note(&warning);
    }
    let undo = Undo { done: &done, server: Server::of(&settings, &client), undelete };
    let prepared = undo.prepare(&client, &context.cancel).await;
    let Some(PreparedUndo { run, sums }) = context.answered(&client, prepared)? else {
        context.note(&format!("nothing to undo: run {} changed nothing", done.id()));
        let command = Command::Undo(Done::new(None, &context.counters));
        let (place, sums) = (done.manifest().undone_place(), Sums::default());
        let results = Reporter::begin(context.output.format, CHANGED_MEANWHILE, &[], &[])?;
        results.finish(&context.summary(command, &place, done.manifest().at, &sums))?;
        return Ok(Exit::Done);
    };
    let RunManifest { location, at, undoes, .. } = run.manifest();
    let notes = undoes.iter().map(|run| format!("undo of run {run}"));
    let heading = Heading::new(location, *at, Purpose::Undo, context.now).notes(notes.collect());
    show_sums(context.output, heading, &[], &sums)?;
    if !yes && let Err(e) = context.prompt().name("bucket", &location.bucket).await {
        run.discard()?;
        return Err(e);
    }
    let run = home.keep(run, &context.cancel).await?;
    PendingRun::new(run, apply.options(), sums, Command::Undo).execute(&context, &client).await
}
