//! `asof resume` of a plan set.

use std::path::Path;

use super::args::restore::ResumeArgs;
use super::context::Context;
use super::exit::Exit;
use super::kept::{home, open_set};
use super::suggest;
use crate::engine::{Conclusion, ResumeSet, ResumedSet, Said, Server, ShardWorker};
use crate::error::Result;
use crate::report::{CHANGE, NextOfSet, SetResults, can_ask, plural};

pub(super) async fn run(context: &Context, args: ResumeArgs) -> Result<Exit> {
    let ResumeArgs { run: set, yes, allow_mass_delete, change, server, output } = args;
    let mut context = context.shown(output);
    let path = Path::new(&set);
    let typed = server.settings(Some(change.apply.rate));
    let set = open_set(path, &change.apply.state, typed.clone()).await?;
    let home = home(&change.apply.state, typed.clone()).await?;
    home.require_apart(&set.manifest.plan.location())?;
    let settings = set.manifest.server.clone().unless(typed);
    let client = context.client(settings.clone()).await?;
    let options = change.options();
    let worker = ShardWorker {
        home: &home,
        server: Server::of(&settings, &client),
        options: &options,
        allow_mass_delete,
    };
    let resume = ResumeSet::new(&set, worker).await?;
    if resume.begins() > 0 {
        can_ask(yes, CHANGE)?;
        let shards = plural(resume.begins().into(), "shard has", "shards have");
        context.note(&format!("{shards} not begun yet, and will begin here"));
        let said = Said { allow_mass_delete, yes };
        context.prompt().consent(&set.manifest.plan.bucket, resume.plausibility(), said).await?;
    }
    client.ask_clock(&set.manifest.plan.bucket).await;
    context.answered(&client, Ok(()))?;
    let next = NextOfSet {
        resume: suggest::resume_set(path).again().to_string(),
        runs: suggest::runs_of_set(path).to_string(),
        undo: suggest::undo_set(path).to_string(),
    };
    let mut results = SetResults::begin(context.output, &context.counters)?;
    let resumed = Box::pin(resume.execute(&client, &context.cancel, |event| results.on(&event))).await;
    let resumed = resumed.map_err(|e| {
        e.hint(format!(
            "completed changes are in the journals of the shards; after fixing this: {}",
            next.resume
        ))
    })?;
    results.finish(&set, &resumed, &next, context.elapsed())?;
    Ok(exit(&context, &resumed))
}

/// The worst exit code of all shards.
fn exit(context: &Context, resumed: &ResumedSet) -> Exit {
    let counters = &context.counters;
    let left = [&counters.failed, &counters.conflicts, &counters.archived, &counters.superseded];
    let left = left.iter().map(|left| left.get()).sum();
    let kinds = resumed.left_alone.iter().copied().map(Exit::from);
    kinds.fold(Conclusion::of_restore(resumed.finished, left).into(), Exit::worse)
}
